from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..domain import person_name, school_days, snils

DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))
WEEKS = st.sampled_from([5, 6])
SEARCH = settings(max_examples=200, deadline=None, database=None)

letters = st.characters(whitelist_categories=("Lu", "Ll"))
words = st.text(letters, min_size=1, max_size=12)


@tagged("post_install", "-at_install")
class TestSnils(BaseCase):
    @SEARCH
    @given(st.integers(1_001_999, 999_999_999))
    def test_a_number_with_its_own_check_digits_is_accepted_in_any_writing(
        self, number
    ):
        body = f"{number:09d}"
        whole = body + snils.check_digits(body)
        self.assertIsNone(snils.problem(whole))
        self.assertEqual(snils.normalise(snils.display(whole)), whole)

    @SEARCH
    @given(st.integers(1_001_999, 999_999_999), st.integers(0, 8), st.integers(1, 9))
    def test_one_wrong_digit_is_found(self, number, place, shift):
        body = f"{number:09d}"
        check = snils.check_digits(body)
        digit = (int(body[place]) + shift) % 10
        wrong = body[:place] + str(digit) + body[place + 1 :]
        # The official rule itself maps remainders 100 and 101 to one check number.
        same = snils.check_digits(wrong) == check
        if int(wrong) >= snils.FIRST_CHECKED and not (same and check == "00"):
            self.assertEqual(snils.problem(wrong + check), "check")

    @SEARCH
    @given(st.text(max_size=20))
    def test_any_text_gets_an_answer_and_never_an_error(self, text):
        self.assertIn(snils.problem(text), {"characters", "length", "check", None})


@tagged("post_install", "-at_install")
class TestPersonName(BaseCase):
    @SEARCH
    @given(words, words, st.lists(words, max_size=2))
    def test_splitting_a_joined_name_gives_its_parts_back(self, last, first, middle):
        middle = " ".join(middle)
        joined = person_name.full(last, first, middle)
        self.assertEqual(person_name.split(joined), (last, first, middle))

    @SEARCH
    @given(st.text(max_size=30))
    def test_cleaning_twice_changes_nothing_more(self, text):
        once = person_name.clean(text)
        self.assertEqual(person_name.clean(once), once)

    @SEARCH
    @given(words, words)
    def test_a_masked_name_shows_only_first_letters(self, first, middle):
        masked = person_name.masked(first, middle).split(" ")
        for shown, word in zip(masked, (first, middle), strict=True):
            self.assertEqual(shown, word[0] + "*" * (len(word) - 1))


@tagged("post_install", "-at_install")
class TestSchoolDays(BaseCase):
    @SEARCH
    @given(DAYS, st.integers(1, 60), WEEKS)
    def test_after_n_working_days_n_working_days_have_passed(self, day, count, week):
        end = school_days.add_working_days(day, count, week)
        self.assertTrue(school_days.is_working_day(end, week))
        span = [day + timedelta(days=n + 1) for n in range((end - day).days)]
        self.assertEqual(
            sum(school_days.is_working_day(each, week) for each in span), count
        )

    @SEARCH
    @given(DAYS, st.integers(1, 60), WEEKS)
    def test_going_forth_and_back_from_a_working_day_returns(self, day, count, week):
        start = school_days.add_working_days(day, 0, week)
        end = school_days.add_working_days(start, count, week)
        self.assertEqual(school_days.add_working_days(end, -count, week), start)

    @SEARCH
    @given(DAYS, WEEKS, st.sampled_from(["quarantine", "remote"]))
    def test_a_closed_class_has_no_school_whatever_else_is_set(self, day, week, kind):
        periods = [
            school_days.Period("extra_day", day, day, school_days.SCOPE_CLASS),
            school_days.Period(kind, day, day),
        ]
        self.assertEqual(school_days.day_kind(day, week, periods), kind)
        self.assertFalse(school_days.is_school_day(day, week, periods))

    @SEARCH
    @given(DAYS)
    def test_a_six_day_week_has_every_working_day_of_a_five_day_week(self, day):
        if school_days.is_working_day(day, 5):
            self.assertTrue(school_days.is_working_day(day, 6))

    def test_official_transfers_of_2024_to_2026_are_known(self):
        off = [
            date(2024, 4, 29),
            date(2025, 5, 2),
            date(2026, 1, 9),
            date(2026, 12, 31),
        ]
        on = [date(2024, 4, 27), date(2024, 12, 28), date(2025, 11, 1)]
        for day in off:
            self.assertEqual(school_days.production_kind(day), "holiday", day)
        for day in on:
            self.assertEqual(school_days.production_kind(day), "school", day)

    def test_number_of_working_days_equals_the_official_calendar(self):
        for year, official in ((2024, 248), (2025, 247), (2026, 247)):
            first, last = date(year, 1, 1), date(year, 12, 31)
            self.assertEqual(len(school_days.school_days(first, last)), official)
