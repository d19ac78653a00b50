import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from school_edge.protocol import windows

from odoo.tests import BaseCase, tagged

from odoo.addons.school_access import const
from odoo.addons.school_access.domain import access_windows
from odoo.addons.school_access.domain.access_windows import Rule
from odoo.addons.school_meal_base.tests import (
    hypothesis_profile,  # noqa: F401 (settings of this file's tests)
)

VECTORS = Path(__file__).resolve().parents[3] / "protocol" / "access_windows.json"
MONDAY = date(2026, 11, 16)

quick = settings(max_examples=60)

days = st.integers(0, 20).map(lambda number: MONDAY + timedelta(days=number))
moments = st.builds(
    datetime.combine, days, st.builds(time, st.integers(0, 23), st.integers(0, 59))
)
directions = st.sampled_from(["in", "out"])


@st.composite
def rules(draw):
    begin, end = sorted(
        draw(st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True))
    )
    first, last = sorted((draw(days), draw(days)))
    return Rule(
        draw(st.sampled_from(["allow", "deny"])),
        draw(st.sampled_from(["in", "out", "both"])),
        draw(st.text("01", min_size=7, max_size=7)),
        begin,
        end,
        draw(st.sampled_from([None, first])),
        draw(st.sampled_from([None, last])),
        draw(st.booleans()),
    )


def first_that_fits(many, school_days, direction, moment):
    """The meaning of rules, said plainly."""
    for rule in many:
        day, minute = moment.date(), moment.hour * 60 + moment.minute
        if (
            rule.direction in (direction, "both")
            and rule.days[day.weekday()] == "1"
            and rule.begin <= minute < rule.end
            and (rule.date_from or day) <= day <= (rule.date_to or day)
            and (not rule.school_days or day in school_days)
        ):
            return rule.effect == "allow"
    return False


@tagged("post_install", "-at_install")
class TestAccessWindows(BaseCase):
    """Rules as windows, and the decision that server and gateway share."""

    def test_every_golden_case_gets_its_verdict(self):
        vectors = json.loads(VECTORS.read_text("utf-8"))
        verdicts = set()
        for case in vectors["cases"]:
            with self.subTest(case=case["name"]):
                self.assertEqual(self._decide(vectors, case), case["verdict"])
            verdicts.add(case["verdict"])
        self.assertGreater(len(vectors["cases"]), 40)
        by_others = {"not_verified", "other_school"}
        self.assertLessEqual(set(dict(const.VERDICTS)) - by_others, verdicts)

    def _decide(self, vectors, case):
        given_ = {**vectors["usual"], **case}
        profile = given_["profile"]
        return windows.decide(
            vectors["profiles"][profile] if profile else None,
            given_["direction"],
            datetime.fromisoformat(given_["now"]),
            given_["tz"],
            refusal=given_["refusal"],
            valid_from=self._moment(given_["valid_from"]),
            valid_to=self._moment(given_["valid_to"]),
            permissions=[
                (way, self._moment(begin), self._moment(end))
                for way, begin, end in given_["permissions"]
            ],
            inside=given_["inside"],
            antipassback=given_["antipassback"],
            mode=given_["mode"],
        )

    def _moment(self, text):
        return text and datetime.fromisoformat(text)

    @quick
    @given(st.lists(rules(), max_size=5), st.sets(days), directions, moments)
    def test_windows_say_what_the_first_rule_that_fits_says(
        self, many, school_days, direction, moment
    ):
        span = [MONDAY + timedelta(days=number) for number in range(21)]
        calendar = access_windows.calendar_of("1111100", school_days, span)
        opens = access_windows.compile_windows(many, calendar)
        self.assertEqual(
            windows.allows(opens, direction, moment),
            first_that_fits(many, school_days, direction, moment),
        )

    @quick
    @given(st.lists(rules(), max_size=4))
    def test_windows_do_not_overlap_and_come_in_one_order(self, many):
        opens = access_windows.compile_windows(many)
        again = [
            Rule("allow", way, mask, begin, end, self._day(first), self._day(last))
            for way, mask, begin, end, first, last in reversed(opens)
        ]
        self.assertEqual(len(access_windows.compile_windows(again)), len(opens))

    def _day(self, text):
        return text and date.fromisoformat(text)

    @quick
    @given(st.lists(rules(), max_size=4), directions, moments)
    def test_a_controller_alone_never_keeps_in_whom_the_rules_let_out(
        self, many, direction, moment
    ):
        many = [rule._replace(school_days=False) for rule in many]
        opens = access_windows.compile_windows(many)
        spans = access_windows.weekly_spans(many, moment.date())
        minute = moment.hour * 60 + moment.minute
        held = any(
            mask[moment.weekday()] == "1" and begin <= minute < end
            for mask, begin, end in spans
        )
        if windows.allows(opens, direction, moment):
            self.assertTrue(held)
        elif not windows.allows(opens, "out" if direction == "in" else "in", moment):
            self.assertFalse(held)

    @quick
    @given(st.lists(rules(), max_size=4), directions, moments)
    def test_a_permission_opens_and_a_refused_card_stays_shut(
        self, many, direction, moment
    ):
        opens = access_windows.compile_windows(many)
        until = moment + timedelta(minutes=1)
        permissions = [("both", moment, until)]
        verdict = windows.decide(
            opens, direction, moment, "Europe/Moscow", permissions=permissions
        )
        self.assertEqual(verdict, "granted")
        verdict = windows.decide(
            opens,
            direction,
            moment,
            "Europe/Moscow",
            permissions=permissions,
            refusal="blocked_card",
        )
        self.assertEqual(verdict, "blocked_card")
