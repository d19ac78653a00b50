"""The decision at the gateway: the golden vectors the server replays too."""

import doctest
import json
from datetime import datetime
from pathlib import Path

import pytest
from school_edge.protocol import windows

VECTORS = json.loads(
    (Path(__file__).parents[2] / "protocol" / "access_windows.json").read_text("utf-8")
)


def moment(text):
    return text and datetime.fromisoformat(text)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_every_golden_case_gets_its_verdict(case):
    given = {**VECTORS["usual"], **case}
    profile = given["profile"]
    verdict = windows.decide(
        VECTORS["profiles"][profile] if profile else None,
        given["direction"],
        moment(given["now"]),
        given["tz"],
        refusal=given["refusal"],
        valid_from=moment(given["valid_from"]),
        valid_to=moment(given["valid_to"]),
        permissions=[
            (way, moment(begin), moment(end))
            for way, begin, end in given["permissions"]
        ],
        inside=given["inside"],
        antipassback=given["antipassback"],
        mode=given["mode"],
    )
    assert verdict == case["verdict"]


def test_the_examples_of_the_module_hold():
    result = doctest.testmod(windows)
    assert result.attempted and not result.failed
