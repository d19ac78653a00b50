from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import TERMINAL


class PosConfig(models.Model):
    _inherit = "pos.config"

    school_id = fields.Many2one(
        "school.school",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The till sells to the cards of this school.",
    )
    school_pay_on_tap = fields.Boolean(
        "Pay when the card is tapped",
        help="With dishes in the cart, a tap pays at once, without any button.",
    )
    school_reader_id = fields.Many2one(
        "school.card.reader",
        "Card reader",
        domain="[('school_id', '=', school_id)]",
        help="Settings of the reader at this till; readers that print whole lines need"
        " none.",
    )

    school_agent_port = fields.Integer(
        "Port of the reader program",
        help="A program on the till's computer that reads cards and listens on this"
        " port of 127.0.0.1, usually 8970. Zero: there is none; the reader types like a"
        " keyboard.",
    )

    _school_agent_port_range = models.Constraint(
        "CHECK (school_agent_port IS NULL OR school_agent_port = 0"
        " OR school_agent_port BETWEEN 1024 AND 65535)",
        "The port of the reader program is a number from 1024 to 65535, or zero.",
    )

    @api.constrains("payment_method_ids", "school_id", "company_id")
    def _check_school_till(self):
        for config in self:
            has_account = any(
                method.use_payment_terminal == TERMINAL
                for method in config.payment_method_ids
            )
            if has_account and not config.school_id:
                raise ValidationError(
                    self.env._(
                        "Choose the school of “%s”: it takes payments from students'"
                        " accounts.",
                        config.name,
                    )
                )
            if config.school_id and config.school_id.company_id != config.company_id:
                raise ValidationError(
                    self.env._(
                        "“%s” and its school must belong to one municipality.",
                        config.name,
                    )
                )

    def _school_reader_options(self):
        """Settings of the till's reader as `parseReaderText` takes them."""
        # sudo: a cashier has no access to the settings of readers.
        reader = self.sudo().school_reader_id
        return reader._options_dict() if reader else {}
