from datetime import date, timedelta

from odoo.tests import tagged

from .entitle_common import EntitlementCase

FIRST, LAST = date(2026, 8, 25), date(2027, 1, 31)


@tagged("post_install", "-at_install")
class TestEntitlementBorders(EntitlementCase):
    """What a parent sees of months is read once between two borders."""

    def test_categories_change_on_borders_only(self):
        self._grant(self.sibling, self.hot, date(2026, 9, 7))
        self._grant(self.sibling, self.ovz, date(2026, 10, 1))
        self.env["benefit.study.period"].create(
            {
                "student_id": self.sibling.id,
                "form": "home",
                "date_from": date(2026, 11, 9),
                "date_to": date(2026, 11, 20),
                "basis": "1",
            }
        )
        ovz = self.sibling.benefit_entitlement_ids.filtered(
            lambda one: one.code == "ovz"
        )
        ovz._end("ground_lost", date(2026, 12, 10))
        days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
        expected = {day: self._categories(self.sibling, day) for day in days}
        read = self.env["meal.parent.api"]._read_categories(self.sibling, days)
        self.assertEqual(read, expected)
        changes = {
            day
            for before, day in zip(days, days[1:], strict=False)
            if expected[before] != expected[day]
        }
        self.assertEqual(
            changes,
            {
                self.regulation.date_from,
                date(2026, 9, 7),
                date(2026, 10, 1),
                date(2026, 11, 9),
                date(2026, 11, 21),
                date(2026, 12, 11),
            },
        )
