from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.school_meal_base.domain import school_days
from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from ..domain import bank_account, payment_order
from ..domain import compensation as rules

FIRST, LAST = date(2023, 9, 1), date(2027, 8, 31)
DAYS = st.dates(FIRST, LAST)
SPANS = st.tuples(DAYS, st.integers(0, 400)).map(
    lambda pair: rules.Span(pair[0], pair[0] + timedelta(days=pair[1]))
)
STUDIES = st.builds(
    rules.Study,
    st.sampled_from(["home", "remote", "family"]),
    DAYS,
    st.none(),
    st.text("1234567", max_size=4),
)
STAYS = st.tuples(st.sampled_from(rules.STAYS), SPANS).map(
    lambda pair: rules.Stay(pair[0], *pair[1])
)
ABSENCES = st.tuples(st.booleans(), SPANS).map(
    lambda pair: rules.Absence(pair[0], *pair[1])
)
RATES = st.lists(
    st.builds(rules.Rate, DAYS, st.integers(1, 100_000)),
    max_size=4,
    unique_by=lambda rate: rate.date_from,
).map(lambda rates: tuple(sorted(rates)))
FACTS = st.builds(
    rules.Facts,
    st.lists(SPANS, max_size=2).map(tuple),
    st.lists(SPANS, min_size=1, max_size=2).map(tuple),
    st.lists(STUDIES, max_size=1).map(tuple),
    st.just(school_days.production_kind),
    RATES,
    st.lists(STAYS, max_size=2).map(tuple),
    st.lists(ABSENCES, max_size=2).map(tuple),
    st.frozensets(DAYS, max_size=5),
)


class TestDays(BaseCase):
    @given(DAYS, FACTS)
    def test_each_day_of_the_month_is_explained_once(self, month, facts):
        first, last = rules.month_bounds(month)
        days = rules.explain(first, last, facts)
        self.assertEqual(
            [day.date for day in days],
            [first + timedelta(days=n) for n in range((last - first).days + 1)],
        )
        self.assertEqual((last + timedelta(days=1)).day, 1)
        self.assertLessEqual({day.reason for day in days}, set(rules.REASONS))

    @given(DAYS, FACTS)
    def test_the_month_is_the_sum_of_its_days_at_their_rates(self, month, facts):
        days = rules.explain(*rules.month_bounds(month), facts)
        expected = 0
        for day in days:
            if day.is_counted:
                valid = [rate for rate in facts.rates if rate.date_from <= day.date]
                self.assertEqual(day.kopecks, valid[-1].kopecks)
                expected += valid[-1].kopecks
            else:
                self.assertEqual(day.kopecks, 0)
        self.assertEqual(rules.total(days), expected)

    @given(DAYS, FACTS)
    def test_what_never_counts(self, month, facts):
        for day in rules.explain(*rules.month_bounds(month), facts):
            if not day.is_counted:
                continue
            self.assertEqual(school_days.production_kind(day.date), "school")
            self.assertTrue(any(rules.covers(each, day.date) for each in facts.rights))
            self.assertTrue(any(rules.covers(each, day.date) for each in facts.places))
            self.assertFalse(any(rules.covers(each, day.date) for each in facts.stays))
            self.assertFalse(
                any(rules.covers(each, day.date) for each in facts.absences)
            )
            self.assertNotIn(day.date, facts.meals)
            self.assertIn(facts.studies[0].form, rules.FORMS)

    @given(DAYS, FACTS)
    def test_parts_of_a_month_add_up(self, day, facts):
        first, last = rules.month_bounds(day)
        whole = rules.explain(first, last, facts)
        left = rules.explain(first, day, facts)
        right = rules.explain(day + timedelta(days=1), last, facts)
        self.assertEqual(left + right, whole)

    @given(DAYS, FACTS, FACTS)
    def test_a_correction_is_the_difference(self, month, then, now):
        bounds = rules.month_bounds(month)
        before, after = rules.explain(*bounds, then), rules.explain(*bounds, now)
        changed = rules.changed(before, after)
        known = {day.date: day.kopecks for day in before}
        self.assertEqual(
            sum(day.kopecks - known[day.date] for day in changed),
            rules.total(after) - rules.total(before),
        )

    def test_leap_day(self):
        right = (rules.Span(date(2024, 1, 1), date(2024, 8, 31)),)
        facts = rules.Facts(
            right,
            right,
            (rules.Study("home", date(2024, 1, 1)),),
            school_days.production_kind,
            (rules.Rate(date(2024, 1, 1), 100), rules.Rate(date(2024, 2, 29), 111)),
        )
        days = rules.explain(*rules.month_bounds(date(2024, 2, 1)), facts)
        self.assertEqual(len(days), 29)
        self.assertEqual(days[-1], rules.Day(date(2024, 2, 29), "counted", 111))
        # 20 working days: 23 February is a holiday
        self.assertEqual(rules.total(days), 19 * 100 + 111)

    def test_a_school_that_goes_on_in_the_new_year(self):
        right = (rules.Span(date(2026, 12, 28), date(2027, 1, 15)),)
        facts = rules.Facts(
            right,
            right,
            (rules.Study("home", date(2026, 9, 1)),),
            school_days.production_kind,
            (rules.Rate(date(2026, 9, 1), 100),),
        )
        counted = [
            day.date.day
            for month in (date(2026, 12, 1), date(2027, 1, 1))
            for day in rules.explain(*rules.month_bounds(month), facts)
            if day.is_counted
        ]
        self.assertEqual(counted, [28, 29, 30, 11, 12, 13, 14, 15])


class TestBankAccounts(BaseCase):
    def test_accounts_that_exist(self):
        """Correspondent accounts of banks, as the Bank of Russia publishes them, and
        the single treasury account of a region."""
        for account, bic in (
            ("30101810400000000225", "044525225"),
            ("30101810700000000187", "044525187"),
            ("30101810145250000974", "044525974"),
            ("30101810700000000602", "047501602"),
            ("40102810645370000062", "017501500"),
        ):
            self.assertIsNone(bank_account.problem(account, bic), account)

    @given(st.integers(0, 10**11 - 1), st.integers(50, 999), st.integers(0, 19))
    def test_a_wrong_digit_is_found(self, number, bank, place):
        bic = f"044525{bank:03}"
        account = bank_account.with_key(f"408178100{number:011}", bic)
        self.assertIsNone(bank_account.personal_problem(account, bic))
        digit = (int(account[place]) + 1) % 10
        wrong = f"{account[:place]}{digit}{account[place + 1 :]}"
        self.assertTrue(bank_account.personal_problem(wrong, bic))


ORDERS = st.lists(
    st.builds(
        payment_order.Order,
        st.integers(1, 10**6),
        DAYS,
        st.integers(1, 10**9),
        st.sampled_from(["Иванова Мария Петровна", "Ким", "Де ла Крус; Анна"]),
        st.just("40817810438000000001"),
        st.just("044525225"),
        st.sampled_from(["Компенсация\r\nКод=1", "За 11.2026; НДС нет", "x" * 300]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda order: order.number,
)


class TestFiles(BaseCase):
    @given(ORDERS)
    def test_the_answer_to_a_registry_is_the_registry(self, orders):
        lines = payment_order.registry_file(orders).decode("cp1251").splitlines()
        text = "\r\n".join([*(f"{line};Зачислено" for line in lines[:-1]), lines[-1]])
        answers = payment_order.read_answer(text.encode("cp1251"))
        self.assertEqual(
            [(each.number, each.kopecks, each.is_credited) for each in answers],
            [(order.number, order.kopecks, True) for order in orders],
        )

    @given(ORDERS)
    def test_a_text_makes_no_key(self, orders):
        payer = payment_order.Payer("Школа\nКод=7", "7420001234", "1", "2")
        text = payment_order.exchange_file(payer, orders).decode("cp1251")
        codes = [line for line in text.splitlines() if line.startswith("Код=")]
        self.assertEqual(codes, ["Код=0"] * len(orders))
        purposes = [
            line.partition("=")[2]
            for line in text.splitlines()
            if line.startswith("НазначениеПлатежа=")
        ]
        self.assertLessEqual(max(map(len, purposes)), payment_order.MAX_PURPOSE)
