from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ..domain import day_closing


class MealDay(models.Model):
    """Finds what is to be decided about a day, and closes it."""

    _inherit = "meal.day"

    # === ACTION METHODS === #

    def action_check(self):
        """Look for exceptions now (button)."""
        self._check_may_close()
        for day in self.filtered(lambda d: d.state == "open"):
            day._check_has_come()
            day.school_id._close_ordering(day.date)
            day._find_exceptions()

    def action_apply_usual(self):
        """Show the usual outcomes of what is not decided, to be confirmed (button)."""
        self.ensure_one()
        self.action_check()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The usual outcomes"),
            "res_model": "meal.day.usual",
            "view_mode": "form",
            "target": "new",
            "context": {"default_day_id": self.id},
        }

    def action_close(self):
        """Close the day, or each of the selected ones (button)."""
        for day in self.sorted(lambda d: (d.date, d.id)):
            day._close()

    def action_open_postings(self):
        """Show the ledger's entries of the day (button)."""
        self.ensure_one()
        lines = (
            self.with_context(active_test=False)
            .env["meal.day.line"]
            .search([("day_id", "=", self.id)])
        )
        return lines._open_postings(self.env._("Entries of %s", self.display_name))

    def action_correct(self):
        """Begin a correction (button)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correction"),
            "res_model": "meal.correction",
            "view_mode": "form",
            "context": {"default_day_id": self.id},
        }

    # === EXCEPTIONS === #

    def _find_exceptions(self, facts=None):
        """Bring the list of exceptions up to date; decisions made before are kept.

        What has solved itself is no longer there: an event undone, a paper list typed.
        """
        self.ensure_one()
        # sudo: the list follows from the facts, nobody writes it by hand
        self = self.sudo()
        facts = facts or self._read_facts()
        found = {
            (each.kind, each.order, each.event): each for each in facts.day.examine()
        }
        known = {exception._get_key(): exception for exception in self.exception_ids}
        self.env["meal.day.exception"].create(
            [
                self._prepare_exception(finding, facts)
                for key, finding in found.items()
                if key not in known
            ]
        )
        for key, exception in known.items():
            is_issued = exception.outcome == day_closing.ISSUED_IN_FACT
            if key in found and is_issued:
                # Issued in fact, and then undone after all: to be decided again.
                exception.write(exception._prepare_decision(False))
            elif key not in found and not is_issued:
                exception.unlink()
        self.invalidate_recordset()
        return self.exception_ids

    def _prepare_exception(self, finding, facts):
        row = facts.orders.get(finding.order) or facts.events[finding.event]
        return {
            "day_id": self.id,
            "kind": finding.kind,
            "student_id": finding.student,
            "class_id": row.class_id,
            "meal_type_id": finding.meal,
            "order_id": finding.order,
            "event_id": finding.event,
        }

    # === CLOSING === #

    def _close(self):
        """Freeze the day's portions and book who pays what: all of it, or nothing."""
        self.ensure_one()
        self._check_may_close()
        self._check_time()
        self.school_id._close_ordering(self.date)
        self._lock()
        self._check_nothing_arrives()
        facts = self._read_facts()
        self._find_exceptions(facts)
        self._check_decided()
        rows = self._prepare_lines(facts)
        self._hold_prices(rows)
        self.env["meal.day.line"]._freeze(self, rows, self.date)
        self._check_sums(sum(each.state != "cancelled" for each in facts.day.orders))
        self.invalidate_recordset()
        # sudo: closed by this method only; rights are checked above
        self.sudo().write(
            {
                "state": "closed",
                "closed_student_count": self.student_count,
                "closed_present_count": self.present_count,
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
            }
        )
        self.invalidate_recordset()  # counting has read what events may add to

    def _check_has_come(self):
        """There is nothing to decide about tomorrow: all is still to be claimed."""
        if self.date > self.env["school.calendar"]._local_date(self.school_id):
            raise UserError(
                self.env._(
                    "%s has not come yet: there is nothing to check.", self.display_name
                )
            )

    def _check_time(self):
        """A day is closed when its meals are over."""
        school = self.school_id.sudo()  # sudo: the school's clock
        now = self.env["school.calendar"]._local_datetime(school)
        hours = timedelta(hours=school.closing_from)
        is_over = self.date < now.date() or (
            self.date == now.date()
            and timedelta(hours=now.hour, minutes=now.minute) >= hours
        )
        if not is_over:
            raise UserError(
                self.env._(
                    "%(day)s is not over yet: it can be closed from %(hour)s on.",
                    day=self.display_name,
                    hour=f"{int(school.closing_from):02}:"
                    f"{round(school.closing_from % 1 * 60):02}",
                )
            )

    def _lock(self):
        """Take the days alone: orders, events and another closing wait."""
        self.env.flush_all()
        # Who comes second is told so by PostgreSQL, and Odoo repeats the call.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM meal_day WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                self.ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["state"])

    def _check_nothing_arrives(self):
        """Refuse a day closed meanwhile; repeat when something came while waiting.

        The transaction still sees what was there when it began. What others committed
        until they gave the day's row away is seen by a look from outside.
        """
        if self.state == "closed":
            raise UserError(self.env._("%s is closed already.", self.display_name))
        # A decision that was changed meanwhile makes the transaction repeat.
        self.env.execute_query(
            SQL(
                "SELECT id FROM meal_day_exception WHERE day_id = %s ORDER BY id"
                " FOR UPDATE",
                self.id,
            )
        )
        query = self._get_arrivals_query()
        with self.env.registry.cursor() as outside:
            outside.execute(query)
            there = outside.fetchall()
        if not set(self.env.execute_query(query)).issuperset(there):
            raise ConcurrencyError("Something arrived before the closing")

    def _get_arrivals_query(self):
        """Return the query of all rows that the closing of the day depends on."""
        return SQL(
            """
            SELECT 'order', id FROM meal_order
             WHERE school_id = %(school)s AND date = %(date)s
             UNION ALL
            SELECT 'change', id FROM meal_order_change
             WHERE school_id = %(school)s AND date = %(date)s
             UNION ALL
            SELECT 'event', id FROM meal_issue_event
             WHERE school_id = %(school)s AND date = %(date)s
             UNION ALL
            SELECT CASE WHEN withdrawn_at IS NULL THEN 'absence' ELSE 'withdrawn' END,
                   id
              FROM meal_absence
             WHERE school_id = %(school)s
               AND %(date)s BETWEEN date_from AND date_to
             UNION ALL
            SELECT 'attendance', id FROM meal_attendance
             WHERE school_id = %(school)s AND date = %(date)s
            """,
            school=self.school_id.id,
            date=self.date,
        )

    def _check_decided(self):
        # sudo: all exceptions count, whoever closes
        undecided = self.sudo().exception_ids.filtered(lambda e: not e.outcome)
        if undecided:
            raise UserError(
                self.env._(
                    "%(day)s has %(count)s exceptions to decide. Look through them, or"
                    " apply the usual outcomes, and close it then.",
                    day=self.display_name,
                    count=len(undecided),
                )
            )

    def _prepare_lines(self, facts):
        """Return the rows of all portions for ``meal.day.line._freeze``."""
        decisions = {
            exception._get_key(): exception.outcome
            # sudo: as above
            for exception in self.sudo().exception_ids
        }
        taken = self._get_taken_numbers(facts)
        rows, priceless = [], []
        for portion in facts.day.settle(decisions):
            fact = facts.orders.get(portion.order) or facts.events[portion.event]
            if portion.payer and not facts.taught[fact.class_id]:
                self._refuse_untaught(portion)
            charge = facts.pricing.get_charge(fact, portion.payer)
            if charge is None:
                priceless.append(portion)
                continue
            tariff, rule, price, parts = charge
            rows.append(
                {
                    "student_id": portion.student,
                    "class_id": facts.pricing.get_class(fact).id or None,
                    "meal_type_id": portion.meal,
                    "age_group_id": facts.pricing.get_age_group(fact),
                    "variant_id": fact.variant_id,
                    "portion": portion.number
                    + taken.get((portion.student, portion.meal), 0),
                    "revision": 0,
                    "order_id": portion.order,
                    "event_id": portion.event,
                    "presence": self._get_mark(portion, facts),
                    "outcome": portion.outcome,
                    "payer": portion.payer,
                    "rule_id": rule,
                    "tariff_id": tariff,
                    "price": price,
                    "parts": parts,
                }
            )
        self._check_priced(priceless)
        return rows

    def _refuse_untaught(self, portion):
        """Whatever was decided: a day without lessons is charged to nobody."""
        raise UserError(
            self.env._(
                "%(student)s had no lessons on %(day)s: nobody can be charged.",
                student=self.env["school.student"].browse(portion.student).name,
                day=f"{self.date:%d.%m.%Y}",
            )
        )

    @api.model
    def _hold_prices(self, rows):
        """Let nobody change the prices and rules until they are known as used; what
        was changed meanwhile makes the transaction repeat."""
        for table, column in (
            ("meal_tariff", "tariff_id"),
            ("meal_funding_rule", "rule_id"),
        ):
            self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR SHARE",
                    SQL.identifier(table),
                    list({row[column] for row in rows} - {None}),
                )
            )

    @api.model
    def _get_mark(self, portion, facts):
        """Who was issued a portion was present, whatever had been reported."""
        if portion.event and portion.outcome == "issued":
            return "present"
        return facts.presence.get(portion.student, "unknown")

    def _get_taken_numbers(self, facts):
        """Return {(student id, meal id): portions that other schools have frozen}."""
        return {
            (student_id, meal_id): number
            for student_id, meal_id, number in self.env.execute_query(
                SQL(
                    """
                    SELECT student_id, meal_type_id, max(portion) FROM meal_day_line
                     WHERE date = %(date)s AND day_id <> %(day)s
                       AND student_id = ANY(%(students)s)
                     GROUP BY student_id, meal_type_id
                    """,
                    date=self.date,
                    day=self.id,
                    students=list(facts.pricing.students),
                )
            )
        }

    def _check_priced(self, portions):
        if not portions:
            return
        meals = Counter(portion.meal for portion in portions)
        names = self.env["meal.type"].browse(meals).mapped("name")
        raise UserError(
            self.env._(
                "There is no price for: %s. Enter it under Configuration → Meals →"
                " Prices, or decide that nobody is charged.",
                ", ".join(names),
            )
        )

    def _check_sums(self, portions):
        """The parts are the price of every portion; all ordered portions are there."""
        [(wrong, frozen)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE l.price <> coalesce(p.amount, 0)),
                       count(DISTINCT l.order_id)
                  FROM meal_day_line l
                  LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM meal_day_part
                                      WHERE line_id = l.id) p ON true
                 WHERE l.day_id = %s
                """,
                self.id,
            )
        )
        if wrong or frozen != portions:
            raise UserError(
                self.env._(
                    "%s does not add up. Nothing was closed; tell the administrator.",
                    self.display_name,
                )
            )
