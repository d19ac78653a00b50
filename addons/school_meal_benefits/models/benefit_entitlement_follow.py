from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.school_meal_day.const import COOKED


class BenefitEntitlement(models.Model):
    """What follows when days of entitlements come or go: orders and closed days."""

    _inherit = "benefit.entitlement"

    @api.model
    def _follow_days(self, days, reasons):
        """Hook: bring everything up to date that depends on these days.

        Orders to come are ordered or taken off, closed days are corrected. A repeat
        changes nothing.

        :param days: {entitlement: (first, last)} days that it has now and had not
            before, or the other way round; last before first: none
        :param reasons: {entitlement: sentence that the parents read}
        """
        spans = {
            one: span
            for one, span in days.items()
            if one.kind == "meals" and span[0] <= span[1]
        }
        if not spans:
            return
        self.env.flush_all()
        self._sync_orders(spans)
        self._correct_closed_days(spans, reasons)

    # === ORDERS TO COME === #

    @api.model
    def _sync_orders(self, spans):
        """Make the orders of these days right, on days that are ordered for already:
        the others come by the clock."""
        # sudo: orders follow by themselves, whoever decides
        orders = self.env["meal.order"].sudo()
        for school, date, students in self._get_days_to_sync(spans):
            if not school._is_after_cutoff(date):
                school._lock_orders()
                orders._sync(school, date, students)
            else:
                self._free_lost(school, date, students)

    @api.model
    def _get_days_to_sync(self, spans):
        """Return [(school, date, students), …], in the order in which to lock them."""
        calendar = self.env["school.calendar"]
        by_school = defaultdict(list)
        for entitlement, span in spans.items():
            # sudo: the school of a student is a fact
            by_school[entitlement.sudo().student_id.school_id].append(
                (entitlement.sudo().student_id, span)
            )
        found = []
        for school, members in by_school.items():
            today = calendar._local_date(school)
            last = max(span[1] for _student, span in members)
            for date in self._get_ordered_days(school, today, last):
                students = self.env["school.student"].union(
                    *(one for one, (first, last) in members if first <= date <= last)
                )
                if students:
                    found.append((school, date, students))
        return sorted(found, key=lambda each: (each[0].id, each[1]))

    @api.model
    def _get_ordered_days(self, school, first, last):
        if last < first:
            return []
        return [
            date
            for (date,) in self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT date FROM meal_order
                     WHERE school_id = %s AND date BETWEEN %s AND %s
                     ORDER BY date
                    """,
                    school.id,
                    first,
                    last,
                )
            )
        ]

    @api.model
    def _free_lost(self, school, date, students):
        """Free portions in the pots of students who are no longer entitled: nobody is
        charged for what the family did not order."""
        # sudo: orders follow by themselves, as benefits do
        orders = (
            self.env["meal.order"]
            .sudo()
            .search(
                [
                    ("student_id", "in", students.ids),
                    ("date", "=", date),
                    ("state", "=", COOKED),
                    ("origin", "=", "entitled"),
                ]
            )
        )
        orders = orders._without_closed_days()
        if not orders:
            return
        rows = orders._read_students(school, date, students)
        entitled = orders._get_entitled_meals(
            school, date, {row.id: row for row in rows}
        )
        orders.filtered(
            lambda order: (
                order.meal_type_id.id not in entitled.get(order.student_id.id, ())
            )
        )._take_off("not_entitled")

    # === CLOSED DAYS === #

    @api.model
    def _correct_closed_days(self, spans, reasons):
        """Price what was eaten again, by dated corrections."""
        by_reason = defaultdict(dict)
        for entitlement, span in spans.items():
            by_reason[reasons[entitlement]][entitlement] = span
        # sudo: money follows by itself, whoever decides
        corrections = self.env["meal.correction"].sudo()
        for reason, some in by_reason.items():
            lines = self._get_frozen_lines(some)
            if lines:
                corrections._make(lines, reason)

    @api.model
    def _get_frozen_lines(self, spans):
        """Return the issued portions of closed days, in sudo."""
        rows = [
            (entitlement.sudo().student_id.id, *span)
            for entitlement, span in spans.items()
        ]
        students, firsts, lasts = (list(column) for column in zip(*rows, strict=True))
        found = self.env.execute_query(
            SQL(
                """
                SELECT l.id
                  FROM unnest(%s::int[], %s::date[], %s::date[]) AS lost (student, f, t)
                  JOIN meal_day_line l ON l.student_id = lost.student
                   AND l.date BETWEEN lost.f AND lost.t
                 WHERE l.is_current AND l.outcome = 'issued'
                 ORDER BY l.date, l.id
                """,
                students,
                firsts,
                lasts,
            )
        )
        # sudo: as above
        return self.env["meal.day.line"].sudo().browse({id_ for (id_,) in found})
