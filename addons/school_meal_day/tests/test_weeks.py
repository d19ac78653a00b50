"""Random weeks of two schools: the four numbers and the money reconcile.

Whatever people and tablets do from the evening before Monday to the Monday after, with
D a closed day of a school, "live" a portion whose newest revision it is:

* *ordered*: the orders of D that were not taken off before the cut-off are the
  portions of D with an order, one each. The number on the day is theirs.
* *issued*: what the tablets recorded as given and not undone is the portions of D with
  an event, plus what nobody is named for (guests, unknown cards), plus what came after
  closing and was not corrected. No event that a tablet sent is missing or twice there.
* *present*: students of the school less the absent, as known at closing, whatever is
  reported later; who was issued a payable portion is present.
* *charged*: when D is closed, the sources pay exactly for the events and orders that
  were plain or decided to be paid, by a price list of the test's own; nothing for a
  class without lessons; no budget pays for two portions of a student's meal.
* *money*: per school and source, and per student, the ledger's entries of set meals
  less their reversals are the parts of the live portions, however short the account
  is. A student's statement says the same.
* The nightly audit finds nothing.
"""

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.const import FREED_PORTION, PAYABLE_OUTCOMES

from .weeks_common import PARTS, WEEK, WeekCase

DAY, WHO, LUNCH = st.integers(0, 6), st.integers(0, 5), st.booleans()
MORNING, LATE, SERVING, EVENING = [7, 8], [10, 11], [12, 12.5], [15, 16]
ANY = MORNING + LATE + EVENING
PLACE = st.sampled_from([0, 0, 0, 1])
HOW = st.sampled_from(["card", "card", "card", "search", "search", "unknown", "guest"])
OUTCOME = st.sampled_from(["issued", "not_claimed", "charged_unclaimed", "written_off"])
OFF = st.sampled_from(["remote", "quarantine", "vacation", "day_off"])
#: Closed on the day, some hours or days later.
AFTER = st.sampled_from([0, 0, 0, 1, 3])


def step(hours, name, *args, days=DAY):
    """A thing that somebody does on a day at one of the local hours."""
    return st.tuples(days, st.sampled_from(hours), st.just(name), st.tuples(*args))


TAP = step(SERVING, "tap", WHO, LUNCH, HOW, PLACE, st.booleans())
MOSTLY = st.sampled_from([True, True, True, False])
HAND = step(
    *(SERVING, "hand", WHO, MOSTLY, PLACE, MOSTLY, st.booleans(), st.booleans()),
    days=st.integers(0, 4),
)
CORRECT = step(EVENING, "correct", WHO, LUNCH, OUTCOME, st.booleans())
STEPS = st.one_of(
    step(SERVING, "serve", WHO),
    step(MORNING + LATE, "order", WHO, LUNCH, st.integers(0, 2)),
    step(MORNING + LATE, "take_off", WHO, LUNCH, st.integers(0, 1)),
    step(ANY, "report", WHO, st.integers(-1, 1), st.integers(0, 1)),
    step(ANY, "withdraw", WHO),
    step(LATE, "pass_on", WHO),
    step(LATE, "write_off"),
    step(MORNING, "confirm", WHO),
    step(MORNING + EVENING, "no_lessons", WHO, OFF, st.integers(-1, 1)),
    step(SERVING + EVENING, "take_back", PLACE, st.integers(0, 2), st.booleans()),
    step(SERVING + EVENING, "send", PLACE, st.integers(0, 5)),
    step(EVENING, "look"),
    step(MORNING + EVENING, "clock"),
)


@tagged("post_install", "-at_install")
class TestWeeks(WeekCase):
    @settings(max_examples=6, print_blob=True)
    @given(
        st.lists(TAP, min_size=30, max_size=50),
        st.lists(HAND, min_size=10, max_size=20),
        st.lists(STEPS, min_size=30, max_size=50),
        st.lists(CORRECT, min_size=5, max_size=15),
        st.lists(AFTER, min_size=7, max_size=7),
        st.integers(0, 2**32),
    )
    def test_a_week(self, taps, hands, steps, corrections, closings, seed):
        savepoint = self.env.cr.savepoint()
        try:
            self._begin(seed)
            self.frozen = {}
            self._live(hands + taps + steps + corrections, closings)
            self._go(7, 17)
            for place in range(len(self.schools)):
                self._do_send(place, 3)
                self._do_send(place, 0)  # what overtook what it takes back
                self.assertFalse(self.queues[place])
            self._do_clock()
            self._close_due([0] * 7)
            self._do_look()
            self._check_all()
            self._check_statements()
            self._check_audit()
        finally:
            savepoint.rollback()
            self.env.invalidate_all()

    def _live(self, steps, closings):
        self._do_clock()
        for number in range(len(WEEK)):
            today = sorted(
                (each[1:] for each in steps if each[0] == number),
                key=lambda each: each[0],
            )
            for hour, name, args in today:
                if hour < 14:
                    self._do(number, hour, name, args)
            self._go(number, 14)
            self._close_due(closings)
            for hour, name, args in today:
                if hour > 14:
                    self._do(number, hour, name, args)
            self._check_all()
            self._go(number, 19)
            self._do_clock()

    def _do(self, number, hour, name, args):
        self._go(number, hour)
        # A refusal leaves everything as it was.
        with suppress(UserError), self.env.cr.savepoint():
            getattr(self, f"_do_{name}")(*args)

    def _close_due(self, closings):
        for day in self._get_days("open"):
            if day.date not in WEEK:
                continue  # ordered for already
            waits = timedelta(days=closings[(day.date - WEEK[0]).days])
            if day.date + waits > self.today:
                continue
            self._decide_all(day)
            day._close()
            self._commit_checks()
            self._check_closing(day)

    # === THE FOUR NUMBERS === #

    def _check_closing(self, day):
        orders, given = self._get_orders(day), self._get_given(day)
        lines = day.line_ids
        self.assertEqual(lines.order_id.sorted("id"), orders.sorted("id"))
        self.assertEqual(len(lines.filtered("order_id")), len(orders))
        self.assertEqual(day.ordered_count, len(orders))
        self.assertEqual(day.issued_count, len(given))
        named = given.filtered("student_id")
        self.assertEqual(sorted(lines.event_id.ids), sorted(named.ids))
        self.assertEqual(len(lines.filtered("event_id")), len(named))
        self.assertFalse(lines.filtered(lambda ln: not ln.order_id and not ln.event_id))
        self._check_present(day)
        self._check_charged(day, orders, given)
        self.frozen[day] = self._get_frozen(day)

    def _get_frozen(self, day):
        return day.student_count, day.present_count, day.ordered_count

    def _get_orders(self, day):
        domain = [("school_id", "=", day.school_id.id), ("date", "=", day.date)]
        return self.order_model.search([*domain, ("state", "!=", "cancelled")])

    def _get_given(self, day):
        domain = [("school_id", "=", day.school_id.id), ("date", "=", day.date)]
        events = self.env["meal.issue.event"].search(domain)
        given = events.filtered(lambda event: event.action == "given")
        return given - events.undoes_id

    def _check_present(self, day):
        pupils = self.students.filtered(lambda each: each.school_id == day.school_id)
        absences = self.env["meal.absence"].search(
            [
                ("student_id", "in", pupils.ids),
                ("date_from", "<=", day.date),
                ("date_to", ">=", day.date),
                ("withdrawn_at", "=", False),
            ]
        )
        self.assertEqual(day.student_count, len(pupils))
        self.assertEqual(day.present_count, len(pupils - absences.student_id))
        issued = day.line_ids.filtered(lambda line: line.outcome == "issued")
        self.assertLessEqual(set(issued.mapped("presence")), {"present"})

    # === WHO PAYS === #

    def _check_charged(self, day, orders, given):
        """Compare with what follows from the facts, told independently."""
        expected = defaultdict(list)
        for event in given.filtered("student_id"):
            payer = self._get_payer(day, event, orders)
            expected[event.student_id, event.meal_type_id] += self._price(event, payer)
        claimed = {(event.student_id, event.meal_type_id) for event in given}
        for order in orders:
            decided = day.exception_ids.filtered(
                lambda each, order=order: each.order_id == order
            )
            if not decided and order.state in ("ordered", "cooked", "freed"):
                self.assertIn((order.student_id, order.meal_type_id), claimed)
            if "charge_parent" in decided.mapped("outcome"):
                key = order.student_id, order.meal_type_id
                expected[key] += self._price(order, "parent")
        found = defaultdict(list)
        for line in day.line_ids:
            parts = {each.source_id.code: each.amount for each in line.part_ids}
            parts = self._as_kopecks(parts)
            found[line.student_id, line.meal_type_id] += [parts] * bool(parts)
        for key in expected.keys() | found.keys():
            self.assertCountEqual(found[key], expected[key], key)
        paid = sum(map(len, expected.values()))
        self.assertEqual(day.charged_count, paid)
        self._check_not_billed(day.line_ids)

    def _get_payer(self, day, event, orders):
        """Return who pays for what was handed out: "rules", "parent" or None."""
        decided = day.exception_ids.filtered(lambda each: each.event_id == event)
        outcomes = decided.mapped("outcome")
        if not decided:
            # Plain: ordered, present, taught, the first.
            order = orders.filtered(
                lambda each: (
                    each.student_id == event.student_id
                    and each.meal_type_id == event.meal_type_id
                )
            )
            self.assertIn(order.state, ("ordered", "cooked"))
            self.assertNotIn((order.class_id, day.date), self.off)
            absent = self.env["meal.absence"]._absent_ids(day.school_id, day.date)
            self.assertNotIn(event.student_id.id, absent)
        if "no_charge" in outcomes:
            return None
        return "parent" if "charge_parent" in outcomes else "rules"

    def _price(self, fact, payer):
        """Return [{source: kopecks}] of a portion; nobody pays: nothing."""
        is_young = fact.student_id.class_id.grade <= 4
        parts = PARTS[fact.meal_type_id.code, is_young]
        if payer == "parent":
            return [{"parent": sum(parts.values())}]
        return [parts] if payer else []

    def _as_kopecks(self, parts):
        own = self.parent_source.code
        return {
            "parent" if code == own else code: round(amount * 100)
            for code, amount in parts.items()
        }

    # === AT ANY TIME === #

    def _check_all(self):
        self._commit_checks()
        self.env.invalidate_all()
        for day in self._get_days("closed"):
            self.assertEqual(self._get_frozen(day), self.frozen[day], day.display_name)
            self._check_founded(day)
        self._check_money()
        self._check_events()
        self._check_passed()

    def _check_founded(self, day):
        """Every live portion comes from an order, an event or a correction; what was
        issued is there once."""
        lines, late = day.line_ids, day.exception_ids
        for line in lines:
            self.assertTrue(line.order_id or line.event_id or line.correction_id)
            self.assertLessEqual(len(line.order_id), 1)
        for field in ("order_id", "event_id"):
            ids = [line[field].id for line in lines if line[field]]
            self.assertEqual(len(ids), len(set(ids)))
        late = late.filtered(lambda each: each.kind == "late_event")
        waiting = late.filtered(lambda each: each.outcome != "pay").event_id
        given = self._get_given(day).filtered("student_id")
        self.assertFalse(given - lines.event_id - waiting)
        self.assertFalse(lines.event_id - given - waiting.undoes_id)
        charged = lines.filtered(lambda line: line.outcome in PAYABLE_OUTCOMES)
        self.assertEqual(day.charged_count, len(charged))
        self.assertEqual(charged, lines.filtered("price"))

    def _check_money(self):
        self.env.flush_all()
        live, subsidised = Counter(), Counter()
        for school, student, day, meal, code, amount in self._read_live_parts():
            kind = "student" if code == self.parent_source.code else code
            live[kind, student if kind == "student" else school] += amount
            live["supplier", school] -= amount
            if kind != "student":
                subsidised[student, day, meal, code] += 1
        self.assertLessEqual(set(subsidised.values()), {1})
        booked = {
            (kind, owner): kopecks
            for kind, owner, kopecks in self._read_booked()
            if kopecks
        }
        self.assertEqual(booked, {key: sum_ for key, sum_ in live.items() if sum_})
        self.own = {student: live["student", student.id] for student in self.students}

    def _read_live_parts(self):
        return self.env.execute_query(
            SQL(
                """
                SELECT l.school_id, l.student_id, l.date, l.meal_type_id, s.code,
                       (p.amount * 100)::int
                  FROM meal_day_line l
                  JOIN meal_day_part p ON p.line_id = l.id
                  JOIN meal_funding_source s ON s.id = p.source_id
                 WHERE l.is_current AND l.school_id = ANY(%s)
                """,
                self.schools.ids,
            )
        )

    def _read_booked(self):
        """Return (kind, owner, kopecks) taken from each account by set meals."""
        return self.env.execute_query(
            SQL(
                """
                SELECT CASE a.kind WHEN 'funding' THEN a.code ELSE a.kind END,
                       coalesce(a.student_id, a.school_id),
                       sum(CASE WHEN a.id = t.debit_account_id THEN t.amount
                                ELSE -t.amount END * 100)::int
                  FROM meal_transfer t
                  JOIN meal_account a
                    ON a.id IN (t.debit_account_id, t.credit_account_id)
                 WHERE t.source_model = 'meal.day.line' AND t.company_id = %s
                 GROUP BY 1, 2
                """,
                self.city.id,
            )
        )

    def _check_statements(self):
        span = WEEK[0] - timedelta(days=30), WEEK[-1] + timedelta(days=30)
        for student in self.students:
            statement = self.env["meal.statement"]._get_statement(
                student.account_id, *span, receipts=False
            )
            top_up = self.top_ups.get(student, 0)
            meals = statement["debit"] - statement["credit"] + top_up
            self.assertEqual(meals, self.own[student])
            self.assertEqual(self._balance(student), top_up - self.own[student])

    def _check_events(self):
        """All that the tablets have sent is there, once."""
        for place, tablet in enumerate(self.tablets):
            events = self.env["meal.issue.event"].search(
                [("device_id", "=", tablet.id)]
            )
            self.assertEqual(
                sorted(events.mapped("sequence")),
                sorted(event["sequence"] for event in self.sent[place]),
            )

    def _check_passed(self):
        """A portion that was passed on is one other student's, and of the same meal;
        one that was handed over and taken back was freed again."""
        orders = self.order_model.search([("school_id", "in", self.schools.ids)])
        handed = orders.filtered("passed_from_id")
        passed = orders.filtered(lambda order: order.state == "passed_on")
        self.assertEqual(handed.passed_from_id, passed & handed.passed_from_id)
        self.assertEqual(len(handed), len(passed))
        for order in handed:
            source = order.passed_from_id
            self.assertEqual(
                (order.date, order.meal_type_id), (source.date, source.meal_type_id)
            )
            self.assertNotEqual(order.student_id, source.student_id)
        closed = {(day.school_id, day.date) for day in self._get_days("closed")}
        for order in handed:
            events = self.env["meal.issue.event"].search([("order_id", "=", order.id)])
            given = events.filtered(lambda event: event.action == "given")
            is_back = not given - events.undoes_id
            if is_back and set(given.mapped("reason")) == {FREED_PORTION}:
                if (order.school_id, order.date) not in closed:
                    self.assertIn("correction", order.change_ids.mapped("reason"))

    def _check_audit(self):
        self.env.flush_all()
        for name, check in self.env["meal.audit"]._audit_checks().items():
            if name.startswith("day_"):
                found = [f for f in check() if f["school_id"] in self.schools.ids]
                self.assertFalse(found, name)
