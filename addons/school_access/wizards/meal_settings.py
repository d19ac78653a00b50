from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..channels.telegram_api import is_token
from ..const import (
    PARAM_NOTICE_DAYS,
    PARAM_NOTICE_LATE,
    PARAM_TELEGRAM_BOT,
    PARAM_TELEGRAM_OFFSET,
    PARAM_TELEGRAM_TOKEN,
)


class MealSettings(models.TransientModel):
    _inherit = "meal.settings"

    notice_late_minutes = fields.Integer(
        "Passages are news for, minutes",
        default=lambda self: self._get_notice_number(PARAM_NOTICE_LATE),
        help="What a turnstile reports later is in the portal's list, but is not sent.",
    )
    notice_days = fields.Integer(
        "Notices are kept, days",
        default=lambda self: self._get_notice_number(PARAM_NOTICE_DAYS),
    )
    telegram_token = fields.Char(
        "Token of the Telegram bot",
        help="Of @BotFather. It is not shown again; leave it empty to keep it.",
    )

    @api.model
    def _get_notice_number(self, param):
        return self.env["access.notice"]._get_number(param)

    def action_save(self):
        """Override of `school_meal_base`, which checks who saves."""
        action = super().action_save()
        if min(self.notice_late_minutes, self.notice_days) < 1:
            raise ValidationError(
                self.env._("Enter at least one minute and one day for notices.")
            )
        # sudo: parameters belong to the system
        params = self.env["ir.config_parameter"].sudo()
        params.set_param(PARAM_NOTICE_LATE, self.notice_late_minutes)
        params.set_param(PARAM_NOTICE_DAYS, self.notice_days)
        if self.telegram_token:
            self._save_token(params, self.telegram_token.strip())
        return action

    def _save_token(self, params, token):
        if not is_token(token):
            raise ValidationError(
                self.env._(
                    "This is not a token of a Telegram bot. It looks like"
                    " 123456:AAbb… and comes from @BotFather."
                )
            )
        params.set_param(PARAM_TELEGRAM_TOKEN, token)
        params.set_param(PARAM_TELEGRAM_BOT, False)
        params.set_param(PARAM_TELEGRAM_OFFSET, False)
        self.telegram_token = False
