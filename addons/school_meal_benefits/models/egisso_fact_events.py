from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models

from ..const import EGISSO_END_KINDS
from ..domain.egisso import amounts

TOLD = ("packed", "accepted")


class EgissoFact(models.Model):
    """How rows come about: from entitlements, their ends, and revoked ends."""

    _inherit = "egisso.fact"

    @api.model
    def _tell_assignments(self, entitlements):
        """Make the rows of new entitlements and check them; return them."""
        entitlements = entitlements.filtered(lambda row: not row.is_void)
        measures = self.env["egisso.measure"]._find_for(entitlements.category_id)
        vals_list = []
        plan = self._get_planner(measures)
        for entitlement in entitlements:
            measure = measures[entitlement.category_id]
            if measure and not measure.is_reported:
                continue
            decision = entitlement.decision_id
            vals_list.append(
                {
                    "kind": "fact",
                    "entitlement_id": entitlement.id,
                    "student_id": entitlement.student_id.id,
                    "company_id": entitlement.company_id.id,
                    "category_id": entitlement.category_id.id,
                    "measure_id": measure.id,
                    "guardian_id": decision.application_id.applicant_id.id,
                    "decision_date": decision.date,
                    "date_start": entitlement.date_from,
                    "date_finish": entitlement.date_to,
                    "quantity": measure.quantity or 1,
                    "amount": plan(entitlement, entitlement.date_to),
                    "deadline": self._get_deadline(decision.date, measure),
                }
            )
        rows = self.create(vals_list)
        rows._check()
        return rows

    @api.model
    def _tell_ends(self, ends):
        """Make the rows of new ends; what was never told is not told any more."""
        rows = self.search(
            [
                ("entitlement_id", "in", ends.entitlement_id.ids),
                ("kind", "=", "fact"),
                ("state", "!=", "cancelled"),
            ]
        )
        row_of = {row.entitlement_id: row for row in rows}
        measures = {row.category_id: row.measure_id for row in rows}
        plan = self._get_planner(measures)
        today = fields.Date.context_today(self)
        vals_list, untold = [], self.browse()
        for end in ends:
            row = row_of.get(end.entitlement_id)
            if not row or not self._is_news(row, end):
                continue
            earlier = row.event_ids.filtered("end_id")
            untold |= earlier.filtered(lambda event: event.state not in TOLD)
            is_void = end.last_day < end.entitlement_id.date_from
            if is_void and row.state not in TOLD:
                untold |= row
                continue
            if is_void:
                kind = "error"
            elif earlier.filtered(lambda event: event.state in TOLD):
                kind = "previous_errors"  # it has ended already, on another day
            else:
                kind = EGISSO_END_KINDS[end.ground]
            vals_list.append(
                {
                    **row._prepare_event(kind, end.order_id.date or today),
                    "end_id": end.id,
                    "date_finish": False if is_void else end.last_day,
                    "quantity": row.quantity if kind == "previous_errors" else 0,
                    "amount": 0 if is_void else plan(end.entitlement_id, end.last_day),
                }
            )
        (untold | untold.event_ids)._cancel()
        events = self.create(vals_list)
        events._check()
        return events

    @api.model
    def _is_news(self, row, end):
        """Return whether the register does not know yet of a last day that early."""
        if end.last_day >= end.entitlement_id.date_to:
            return False
        told = row._get_last_told()
        if not told:
            return True
        return bool(told.date_finish) and end.last_day < told.date_finish

    def _get_last_told(self):
        """Return the newest row about the last day of this assignment, told by an end
        or by hand; a correction that takes an end back is one too."""
        self.ensure_one()
        told = self.event_ids.filtered(
            lambda event: (
                event.state != "cancelled" and (event.date_finish or event.end_id)
            )
        )
        return told.sorted("id")[-1:]

    @api.model
    def _tell_revoked(self, ends):
        """An end was revoked: its row is dropped, or the assignment corrected."""
        rows = self.search([("end_id", "in", ends.ids), ("state", "!=", "cancelled")])
        rows.filtered(lambda row: row.state not in TOLD)._cancel()
        today = fields.Date.context_today(self)
        told = rows.filtered(lambda row: row.state in TOLD)
        removed = told.filtered(lambda row: row.kind == "error")
        vals_list = [
            {
                **row.fact_id._prepare_event("previous_errors", today),
                "end_id": row.end_id.id,
                "date_finish": row.fact_id.date_finish,
                "quantity": row.fact_id.quantity,
                "amount": row.fact_id.amount,
            }
            for row in told - removed
        ]
        events = self.create(vals_list)
        events._check()
        # what was removed from the register is told anew, under another uuid
        removed.fact_id._cancel()
        return events | self._tell_assignments(removed.entitlement_id)

    def _prepare_event(self, kind, decided):
        """Return values of a row about this assignment."""
        self.ensure_one()
        return {
            "kind": kind,
            "fact_id": self.id,
            "entitlement_id": self.entitlement_id.id,
            "student_id": self.student_id.id,
            "company_id": self.company_id.id,
            "category_id": self.category_id.id,
            "measure_id": self.measure_id.id,
            "guardian_id": self.guardian_id.id,
            "decision_date": decided,
            "date_start": self.date_start,
            "deadline": self._get_deadline(decided, self.measure_id),
        }

    @api.model
    def _get_deadline(self, day, measure):
        days = measure.deadline_days if measure else 1
        return self.env["school.calendar"]._add_working_days(day, days)

    @api.model
    def _get_planner(self, measures):
        """Return a function (entitlement, last day) → roubles planned till that day.

        School days of a school and a span are counted once.
        """
        calendar, counted = self.env["school.calendar"], defaultdict(dict)

        def plan(entitlement, last):
            measure = measures[entitlement.category_id]
            if not measure or not measure.rate:
                return 0
            first, days = entitlement.date_from, 0
            if measure.rate_basis == amounts.DAY:
                of_school, span = counted[entitlement.school_id], (first, last)
                if span not in of_school:
                    of_school[span] = len(
                        calendar._school_days(first, last, entitlement.school_id)
                    )
                days = of_school[span]
            rate = Decimal(f"{measure.rate:.2f}")
            return float(
                amounts.planned(
                    rate, measure.rate_basis, first=first, last=last, days=days
                )
            )

        return plan
