from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError

from ..domain import entitlement_dates
from ..domain.conditions import ANY, GENERAL, SPECIAL
from .benefit_lock import claim

ONE_DAY = timedelta(days=1)


class BenefitEntitlement(models.Model):
    """Ends: who loses a benefit before its time, by which ground, and back again."""

    _inherit = "benefit.entitlement"

    # === ENDING === #

    def _end(self, ground, last_day, **facts):
        """End entitlements on one day; see :meth:`_end_each`."""
        row = {"ground": ground, "last_day": last_day, **facts}
        return self._end_each(dict.fromkeys(self, row))

    @api.model
    def _end_each(self, rows):
        """End entitlements; those that end by then anyway stay as they are.

        :param rows: {entitlement: values of `benefit.entitlement.end`, `ground` and
            `last_day` at least}
        :return: the new ends, in sudo
        """
        if not rows:
            return self.env["benefit.entitlement.end"].sudo()
        # sudo: ends follow from events and from wizards that check the rights
        entitlements = self.sudo().browse([each.id for each in rows])
        entitlements._lock()
        longer = entitlements.filtered(
            lambda one: not one.is_void and one.date_end > rows[one]["last_day"]
        )
        before = {one: one.date_end for one in longer}
        ends = (
            self.env["benefit.entitlement.end"]
            .sudo()
            .create(
                [
                    {"entitlement_id": one.id, "user_id": self.env.uid, **rows[one]}
                    for one in longer
                ]
            )
        )
        longer.flush_recordset()
        longer._follow_days(
            {
                one: (max(one.date_from, rows[one]["last_day"] + ONE_DAY), before[one])
                for one in longer
            },
            {end.entitlement_id: end._get_reason() for end in ends},
        )
        return ends

    def _lock(self):
        """Let nobody end or restore the same entitlements at the same time: the last
        day follows from all ends."""
        self.env.flush_all()
        self.env.execute_query(claim("benefit_entitlement", self.ids))

    def _report_service_end(self, ended_on, reported_on, **facts):
        """End by a report of the end of service, in time or late (item 42)."""
        rows = {}
        for entitlement in self:
            # sudo: the terms of the regulation are a fact, whoever reports
            terms = entitlement.sudo().decision_id._get_terms()
            report = entitlement_dates.service_end(ended_on, reported_on, terms)
            rows[entitlement] = {
                "ground": "service_ended",
                "last_day": report.end.last_day,
                "ground_on": ended_on,
                "report_by": report.due_on,
                "reported_on": reported_on,
                "is_late": report.is_late,
                **facts,
            }
        return self._end_each(rows)

    # === BY EVENTS === #

    def _get_roster_end(self, first_day):
        """Return the :class:`End` when school or grade no longer fit, or None."""
        category, student = self.category_id, self.student_id
        kind = SPECIAL if student.school_id.is_special else GENERAL
        if category.school_kind not in (ANY, kind):
            return entitlement_dates.End(
                entitlement_dates.GROUND_LOST,
                entitlement_dates.lasts_until(first_day),
            )
        if not student.class_id:
            return None
        end = entitlement_dates.stage_end(
            first_day, student.class_id.grade, category.grade_from, category.grade_to
        )
        # the reading of item 13: only where the category belongs to a stage; another
        # category that a grade does not fit has lost its ground
        if end and not category.ends_with_stage:
            end = end._replace(why=entitlement_dates.GROUND_LOST)
        return end

    # === BY ANOTHER DECISION === #

    @api.model
    def _follow_superseded(self, decision):
        """End what a decision gave that another one supersedes, once.

        :param decision: `benefit.decision` records: those superseded, or those that
            supersede them
        """
        # sudo: what a decision replaces ends by itself, whoever decides
        decisions = decision.sudo()
        newer = decisions.superseded_by_ids
        newer |= (decisions - newer.supersedes_id).filtered("supersedes_id")
        starts = {}
        for one in newer:
            given = one.entitlement_ids[:1]
            starts[one] = given.date_from or one.effective_on or one.date
        granted = newer.filtered(
            lambda one: one.result == "granted" and not one.entitlement_ids
        )
        for one, span in self._get_spans(granted).items():
            starts[one] = span.date_from
        return self._end_superseded(starts)

    @api.model
    def _end_superseded(self, starts):
        """End what former decisions gave.

        :param starts: {decision that supersedes: first day of what it decides}
        """
        return self._end_each(
            {
                entitlement: {
                    "ground": "replaced",
                    "last_day": entitlement_dates.lasts_until(first),
                    "order_id": decision.order_id.id,
                }
                for decision, first in starts.items()
                for entitlement in decision.supersedes_id.entitlement_ids
            }
        )

    # === REVOKING === #

    @api.model
    def _check_may_revoke(self):
        """Who decides on a benefit also decides that it goes on."""
        if not self.env.su and not any(
            self.env.user.has_group(f"school_meal_base.group_{role}")
            for role in ("head", "manager")
        ):
            raise AccessError(
                self.env._("An end is revoked by the head of the school.")
            )
