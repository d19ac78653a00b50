from odoo import fields, models
from odoo.exceptions import UserError

#: Settings of an account that a family feels: each change leaves a note.
NOTED_FIELDS = ("state", "credit_limit", "limit_day", "limit_sitting")


class MealAccount(models.Model):
    """What the accountant does with an account in the back office."""

    _inherit = "meal.account"

    class_id = fields.Many2one(related="student_id.class_id")

    # === CRUD METHODS === #

    def write(self, vals):
        noted = [name for name in NOTED_FIELDS if name in vals]
        before = {account: [account[name] for name in noted] for account in self}
        result = super().write(vals)
        for account, values in before.items() if noted else ():
            if values != [account[name] for name in noted]:
                account._note_change(noted, values)
        return result

    # === ACTION METHODS === #

    def action_block(self):
        """Stop purchases; set meals that are already eaten are still recorded."""
        self._change_state("open", "blocked")

    def action_unblock(self):
        self._change_state("blocked", "open")

    def _change_state(self, old, new):
        self._check_personal()
        self.check_access("write")
        # sudo: the state is written by these buttons only, for whoever may write
        self.sudo().filtered(lambda account: account.state == old).state = new

    def action_open_statement(self):
        self.ensure_one()
        return self._open_form("meal.statement.wizard", self.env._("Statement"))

    def action_open_adjustment(self):
        self.ensure_one()
        self._check_personal()
        return self._open_form("meal.adjustment", self.env._("Top-up or correction"))

    def action_open_sibling_transfer(self):
        self.ensure_one()
        self._check_personal()
        return self._open_form(
            "meal.sibling.transfer", self.env._("Transfer to a brother or sister")
        )

    def action_open_transfers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.meal_transfer_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("debit_account_id", "=", self.id),
                ("credit_account_id", "=", self.id),
            ],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _check_personal(self):
        if any(account.kind != "student" for account in self):
            raise UserError(self.env._("This is for personal accounts only."))

    def _open_form(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }

    def _note_change(self, names, before):
        """Say on the student's record who changed what."""
        self.ensure_one()
        lines = []
        for name, old in zip(names, before, strict=True):
            field = self._fields[name]
            if old != self[name]:
                label = field._description_string(self.env)
                values = (self._get_note_value(field, one) for one in (old, self[name]))
                lines.append(f"{label}: {' → '.join(values)}")
        # sudo: an accountant may not write contacts; the author stays the accountant
        self.student_id.sudo().partner_id.message_post(
            body=self.env._(
                "Account %(number)s. %(changes)s",
                number=self.number,
                changes="; ".join(lines),
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _get_note_value(self, field, value):
        """Return a value as the screens show it."""
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        return self.currency_id.format(value) if value else "—"
