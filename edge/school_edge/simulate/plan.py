"""The cast of a play: controllers with their addresses, and cards.

A plan is a JSON file:

    {"timezone": "Europe/Moscow",
     "controllers": [{"serial": 44374, "url": "http://127.0.0.1:8069/school_access/v1/c/…",
                      "type": "Z5RWEB", "firmware": "3.23"}],
     "cards": ["00000042D1BC", …],
     "strangers": ["0000000BADBAD", …]}

`strangers` are cards that nobody knows or that are blocked: one tap in fifty is theirs.
A controller with `"is_quiet": true` talks to the server, and nobody comes to it.
"""

import json
import random
from dataclasses import dataclass, field


class PlanError(Exception):
    """The file is no plan; the text says why."""


@dataclass
class Plan:
    controllers: list[dict]
    cards: list[str]
    strangers: list[str] = field(default_factory=list)
    timezone: str = "Europe/Moscow"


def load(path):
    """Read a plan.

    :raises PlanError: the file cannot be read or lacks something
    """
    try:
        with open(path, encoding="utf-8") as stream:
            content = json.load(stream)
    except (OSError, ValueError) as error:
        raise PlanError(f"{path}: {error}") from error
    return parse(content)


def parse(content):
    """Return the plan of a parsed document.

    >>> parse({"controllers": []})
    Traceback (most recent call last):
    ...
    school_edge.simulate.plan.PlanError: no controllers in the plan
    """
    if not isinstance(content, dict) or not content.get("controllers"):
        raise PlanError("no controllers in the plan")
    for controller in content["controllers"]:
        if not {"serial", "url"} <= controller.keys():
            raise PlanError("a controller needs `serial` and `url`")
    return Plan(
        controllers=content["controllers"],
        cards=content.get("cards") or [],
        strangers=content.get("strangers") or [],
        timezone=content.get("timezone", "Europe/Moscow"),
    )


def random_cards(count, seed=0):
    """Return numbers of cards as Wiegand-26 readers send them.

    >>> random_cards(1)[0][:6]
    '000000'
    """
    chance = random.Random(seed)
    return [
        f"{number:012X}" for number in chance.sample(range(0x10000, 0xFFFFFF), count)
    ]
