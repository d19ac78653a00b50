from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from .benefit_words import in_language_of

ONE_DAY = timedelta(days=1)


class BenefitEntitlementEnd(models.Model):
    _inherit = "benefit.entitlement.end"

    def _revoke(self, reason):
        """Take ends back: the entitlements go on as if they had never been.

        :return: the ends that were revoked now
        """
        # sudo: as in `_end_each`
        ends = self.sudo().filtered(lambda end: not end.revoked_at)
        entitlements = ends.entitlement_id
        entitlements._lock()
        ends.invalidate_recordset(["revoked_at"])
        ends = ends.filtered(lambda end: not end.revoked_at)
        before = {one: one.date_end for one in entitlements}
        drafts = ends.order_id.filtered(lambda order: order.state != "signed")
        (ends & drafts.end_ids)._set_order(drafts.browse())
        drafts._uncheck()
        ends._write_facts(
            {
                "revoked_at": fields.Datetime.now(),
                "revoked_by_id": self.env.uid,
                "revoke_reason": reason,
            }
        )
        entitlements.flush_recordset()
        # what ended before another decision took effect has no end by that decision
        entitlements._follow_superseded(entitlements.decision_id)
        entitlements._follow_days(
            {
                one: (max(one.date_from, before[one] + ONE_DAY), one.date_end)
                for one in entitlements
            },
            {
                one: in_language_of(one, one.company_id).env._(
                    "The benefit goes on: %s", reason
                )
                for one in entitlements
            },
        )
        return ends

    def _get_reason(self):
        """Return the sentence that parents read beside a corrected charge."""
        self = in_language_of(self, self.company_id)
        grounds = dict(self._fields["ground"]._description_selection(self.env))
        return self.env._(
            "Benefit until %(day)s: %(ground)s",
            day=format_date(self.env, self.last_day),
            ground=grounds[self.ground],
        )
