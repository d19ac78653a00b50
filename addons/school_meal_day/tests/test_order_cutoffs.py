from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.domain.school_days import PERIOD_KINDS, Period
from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import cutoffs

from .order_common import (
    BEFORE,
    CUT_OFF,
    LATE,
    MONDAY,
    MORNING,
    SUNDAY,
    TUESDAY,
    OrderCase,
)

DAYS = st.dates(date(2025, 9, 1), date(2027, 6, 30))
HOURS = st.floats(0, 23.999)
ZONES = st.sampled_from(
    ["Europe/Moscow", "Asia/Novokuznetsk", "Europe/Berlin", "America/Sao_Paulo", "UTC"]
)
PERIODS = st.lists(
    st.builds(
        lambda kind, day, length: Period(kind, day, day + timedelta(days=length)),
        st.sampled_from(PERIOD_KINDS),
        DAYS,
        st.integers(0, 20),
    ),
    max_size=4,
)


class TestCutoffDomain(BaseCase):
    @given(DAYS, HOURS, ZONES)
    def test_the_clock_of_the_school_shows_the_hour(self, day, hour, zone):
        moment = cutoffs.moment(day, hour, zone)
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        shown = local.hour * 60 + local.minute
        skipped = shown - min(round(hour * 60), 1439)
        self.assertEqual(local.date(), day)
        self.assertIn(skipped, (0, 60))  # 60: an hour that does not exist in spring

    @given(DAYS, HOURS, HOURS, ZONES, st.sampled_from((5, 6)), PERIODS)
    def test_evening_comes_before_morning(
        self, day, evening, morning, zone, week, all_
    ):
        before = cutoffs.forecast_day(day, week, all_)
        self.assertLess(before, day)
        self.assertLessEqual(
            cutoffs.moment(before, evening, zone), cutoffs.moment(day, morning, zone)
        )

    @given(DAYS, st.floats(0, 23.9), ZONES)
    def test_later_hours_are_later(self, day, hour, zone):
        self.assertLessEqual(
            cutoffs.moment(day, hour, zone), cutoffs.moment(day, hour + 0.05, zone)
        )


@tagged("post_install", "-at_install")
class TestOrderCutoffs(OrderCase):
    def _snapshots(self, day=MONDAY):
        return self.env["meal.snapshot"].search(
            [("school_id", "=", self.school.id), ("date", "=", day)], order="id"
        )

    def test_moments(self):
        friday = MONDAY - timedelta(days=3)
        self.assertEqual(
            self.school._get_cutoffs(MONDAY),
            (datetime(friday.year, friday.month, friday.day, 15, 0), CUT_OFF),
        )
        self.assertEqual(
            self.other_school._get_cutoffs(TUESDAY),
            (datetime(2026, 11, 16, 11, 0), datetime(2026, 11, 17, 2, 0)),
        )

    def test_after_a_vacation_the_working_day_before(self):
        self._period("vacation", SUNDAY - timedelta(days=8), date_to=SUNDAY)
        self.assertEqual(
            self.school._get_cutoffs(MONDAY)[0].date(), MONDAY - timedelta(days=3)
        )

    def test_forecast_then_order(self):
        self._at(BEFORE - timedelta(days=2, hours=1))
        self._generate()
        self.assertFalse(self.school._pass_cutoffs(MONDAY))
        self._at(BEFORE)
        forecast = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(forecast.kind, "forecast")
        self.assertEqual(forecast.portion_count, 1)
        self.assertFalse(self.school._pass_cutoffs(MONDAY))
        self._order(self.student)
        self._at(CUT_OFF - timedelta(seconds=1))
        self.assertFalse(self.school._pass_cutoffs(MONDAY))
        self._at(CUT_OFF)
        order = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(order.kind, "order")
        self.assertEqual(order.previous_id, forecast)
        self.assertEqual(order.portion_count, 2)
        self.assertFalse(self.school._pass_cutoffs(MONDAY))
        self.assertEqual(
            set(self._orders(self.student + self.sibling).mapped("state")), {"cooked"}
        )
        self.assertEqual(self._snapshots(), forecast + order)

    def test_hours_moved_later_do_not_open_a_binding_day_again(self):
        order = self._order(self.student)
        self._at(CUT_OFF)
        self.school._pass_cutoffs(MONDAY)
        self.school.correction_cutoff = 11
        late = self._order(self.classmate)
        order._take_off("changed_mind")
        self.assertEqual((order.state, late.state), ("freed", "cooked"))
        self.assertTrue(
            all((order.change_ids[-1:] + late.change_ids).mapped("is_late"))
        )
        self.assertFalse(self.school._is_after_cutoff(TUESDAY))

    def test_a_server_that_was_down_all_night(self):
        self._at(LATE)
        order = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(order.kind, "order")
        self.assertEqual(order.portion_count, 1)
        self.assertEqual(
            self._history(self._orders(self.sibling)),
            [
                (None, "ordered", "generated", True),
                ("ordered", "cooked", "cut_off", False),
            ],
        )

    def test_the_past_is_not_ordered_for(self):
        self._at(LATE + timedelta(days=3))
        self.assertEqual(self.school._pass_cutoffs(MONDAY).portion_count, 0)
        self.assertFalse(self._orders(self.sibling))

    def test_a_holiday_known_before_the_cut_off_is_not_cooked(self):
        self._generate()
        self._period("quarantine", classes=self.class_1b)
        self._at(LATE)
        self.assertEqual(self.school._pass_cutoffs(MONDAY).portion_count, 0)
        self.assertEqual(self._orders(self.sibling).state, "cancelled")

    def test_the_first_change_after_the_cut_off_fixes_the_number(self):
        self._order(self.student)
        self._generate()
        self._at(LATE)
        self._report(self.student)
        self.assertEqual(self._snapshots().kind, "order")
        self.assertEqual(self._snapshots().portion_count, 2)
        self.assertEqual(self._snapshots().free_count, 0)
        self.assertEqual(self._orders(self.student).state, "freed")

    def test_lines(self):
        variant = self.env["meal.variant"].create(
            {"name": "Set 2", "company_id": self.city.id}
        )
        self._order(self.student + self.classmate, meal_type=self.breakfast)
        self._order(self.classmate, variant=variant)
        self._at(LATE)
        snapshot = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(
            {
                (
                    line.meal_type_id,
                    line.age_group_id,
                    line.class_id,
                    line.variant_id,
                    line.quantity,
                )
                for line in snapshot.line_ids
            },
            {
                (self.breakfast, self.older, self.class_5a, variant.browse(), 2),
                (self.lunch, self.older, self.class_5a, variant, 1),
                (self.breakfast, self.young, self.class_1b, variant.browse(), 1),
            },
        )
        self.assertEqual(snapshot.line_ids.school_id, self.school)
        self.assertEqual(set(snapshot.line_ids.mapped("date")), {MONDAY})

    def test_just_before_the_cut_off_nothing_is_late(self):
        self._at(MORNING)
        order = self._order(self.student)
        self.assertFalse(any(order.change_ids.mapped("is_late")))
