from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const
from ..exceptions import LedgerRefusal
from .school_card import ACTIVE, BLOCKED, HANDED, LOST, MADE, REPLACED

#: From which states a card may go to which.
SOURCES = {
    MADE: (BLOCKED, LOST),
    HANDED: (MADE, BLOCKED, LOST),
    ACTIVE: (MADE, HANDED, BLOCKED, LOST),
    BLOCKED: (MADE, HANDED, ACTIVE),
    LOST: (MADE, HANDED, ACTIVE, BLOCKED),
    REPLACED: (MADE, HANDED, ACTIVE, BLOCKED, LOST),
}


class SchoolCard(models.Model):
    """The life of a card. :meth:`_update_state` is the only way between states."""

    _inherit = "school.card"

    # === BUSINESS METHODS - LIFE === #

    def _hand_over(self, **origin):
        """Hand cards over to the person responsible for meals."""
        jobs = self.filtered(lambda card: not card.is_enrolled)
        if jobs:
            raise UserError(
                self.env._(
                    "%(count)s cards have no number yet, the first is that of"
                    " %(student)s. Enrol them before they are handed over.",
                    count=len(jobs),
                    student=jobs[0].student_id.display_name,
                )
            )
        pending = self.filtered(lambda card: card.state == MADE)
        return pending._update_state(
            HANDED, {"handed_at": fields.Datetime.now()}, **origin
        )

    def _activate(self, *, waive_reason=None, **origin):
        """Put the card into use for its fee; the card it replaces ends here.

        :param str waive_reason: why no fee is taken; only operators may say so
        :param origin: see :meth:`_add_event`
        :raises LedgerRefusal: the account does not cover the fee
        """
        self.ensure_one()
        self._lock()
        if self.state == ACTIVE:
            return
        if self.state in (BLOCKED, LOST):
            raise UserError(
                self.env._(
                    "This card is blocked or lost. The person responsible for meals can"
                    " unblock it; a new card can be ordered as well."
                )
            )
        if not self.is_enrolled:
            raise UserError(
                self.env._("The card has no number yet. Enrol it before activation.")
            )
        self._check_source(ACTIVE)
        if not self.activated_at:
            self._take_fee(waive_reason, **origin)
        self._update_state(
            ACTIVE,
            {"activated_at": self.activated_at or fields.Datetime.now()},
            **origin,
        )
        former = self.replaces_id
        while former:  # the one before may have been reissued before its use, too
            former._update_state(REPLACED, {}, **origin)
            former = former.replaces_id

    def _block(self, reason=None, **origin):
        """Stop the cards; nothing can be paid with them until they are unblocked."""
        self._update_state(BLOCKED, {}, reason=reason, **origin)

    def _unblock(self, reason=None, **origin):
        """Let blocked or found cards be used again, at no fee."""
        stopped = self.filtered(lambda card: card.state in (BLOCKED, LOST))
        stopped._check_not_replaced()
        stopped._check_short_number()
        for card in stopped:
            state = ACTIVE if card.activated_at else HANDED if card.handed_at else MADE
            card._update_state(state, {}, reason=reason, **origin)

    def _was_blocked_at_till(self):
        """Whether a cashier blocked the card, so that a cashier may take it back.

        What the office blocked, or a lost card, is the operator's to unblock.
        """
        self.ensure_one()
        if self.state != BLOCKED or self.replaced_by_ids:
            return False
        blocked = self.event_ids.filtered(lambda line: line.event == BLOCKED)
        return bool(blocked.sorted("id")[-1:].session_ref)

    def _report_lost(self, reason=None, **origin):
        """Mark the cards as lost; the money stays on the account."""
        self._update_state(LOST, {}, reason=reason, **origin)

    def _reissue(self, reason=None, **origin):
        """Stop the card and make the job of its replacement, once.

        :return: the new card; the old one is replaced when the new one is activated
        """
        self.ensure_one()
        if self.replaced_by_ids:
            return self.replaced_by_ids
        if self.state == REPLACED:
            raise self._state_error(REPLACED)
        if self.state != LOST:
            self._block(reason=reason, **origin)
        new = self._make([self._prepare_replacement(self.kind)])
        self._add_event("reissued", reason=reason, **origin)
        return new

    def _prepare_replacement(self, kind):
        """Return the values of the card that takes over from this one."""
        self.ensure_one()
        return {
            "student_id": self.student_id.id,
            "kind": kind,
            "replaces_id": self.id,
        }

    def _check_not_replaced(self):
        if any(new.state == ACTIVE for new in self.replaced_by_ids):
            raise UserError(
                self.env._("The student already uses the card that replaced this one.")
            )

    def _update_state(self, target, values, **origin):
        """Change the state of the cards: the only method that does.

        Cards already there are left alone, so a repeated call is harmless.

        :param dict values: other fields to write with it
        :return: the cards that changed
        """
        pending = self.filtered(lambda card: card.state != target)
        pending._check_source(target)
        for state, cards in pending.grouped("state").items():
            cards._edit({**values, "state": target})
            is_return = state in (BLOCKED, LOST) and target in (MADE, HANDED, ACTIVE)
            cards._add_event("unblocked" if is_return else target, **origin)
        return pending

    def _check_source(self, target):
        for card in self:
            if card.state not in SOURCES[target]:
                raise card._state_error(target)

    def _state_error(self, target):
        names = dict(self._fields["state"]._description_selection(self.env))
        return UserError(
            self.env._(
                "A card in the state “%(state)s” cannot become “%(target)s”. Make a new"
                " card for the student instead.",
                state=names[self.state],
                target=names[target],
            )
        )

    def _take_fee(self, waive_reason, **origin):
        """Charge the fee of the first activation, exactly once per card."""
        kopecks = round(self._get_fee() * 100)
        if kopecks <= 0:
            return
        if waive_reason:
            self._add_event("fee_waived", reason=waive_reason, **origin)
            return
        self._charge_fee(kopecks, origin.get("device"))
        self._add_event("fee_charged", **origin)

    def _get_fee(self):
        """Return the price of activating this card, in roubles."""
        return self.replaces_id._get_next_fee(self.company_id)

    def _get_next_fee(self, company):
        """Return the price of the card after this one, or of the first, in roubles.

        A card that nobody ever used (spoilt in printing) makes the next no reissue.
        """
        company = company.sudo()  # sudo: prices are settings, not a secret
        card = self
        while card and not card.activated_at:
            card = card.replaces_id
        return company.meal_card_reissue_fee if card else company.meal_card_fee

    def _charge_fee(self, kopecks, device):
        # sudo: whoever activates a card may not read the family's account.
        accounts = self.env["meal.account"].sudo()
        try:
            self.env["meal.ledger"]._charge(
                accounts._issue(self.student_id.sudo()),
                kopecks,
                uuid=f"school.card,{self.id}:fee",
                credit=accounts._system("card_fee", self.company_id),
                kind="card_fee",
                school=self.school_id,
                source=(self._name, self.id),
                device=device,
            )
        except LedgerRefusal as refusal:
            if refusal.code != const.INSUFFICIENT_FUNDS:
                raise
            raise LedgerRefusal(refusal.code, self._fee_message(kopecks)) from None

    def _fee_message(self, kopecks):
        return self.env._(
            "The account does not cover the fee of %(fee)s roubles for the card. Top it"
            " up and activate the card again; the person responsible for meals can"
            " also activate it free of charge, giving the reason.",
            fee=f"{kopecks / 100:.2f}",
        )

    def _lock(self):
        """Wait for whoever changes this card now."""
        self.flush_recordset()
        self.env.execute_query(
            SQL("SELECT id FROM school_card WHERE id = %s FOR NO KEY UPDATE", self.id)
        )
        self.invalidate_recordset(["state", "activated_at"])
