from odoo import Command, fields, models

from ..const import TERMINAL


class SchoolSchool(models.Model):
    _inherit = "school.school"

    pos_config_ids = fields.One2many("pos.config", "school_id", "Tills")

    def action_open_tills(self):
        """Set the school's first till up if there is none, and show its tills."""
        self.ensure_one()
        self.check_access("write")
        if not self.pos_config_ids:
            self._setup_school_till()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "point_of_sale.action_pos_config_kanban"
        )
        action["domain"] = [("school_id", "=", self.id)]
        return action

    def _setup_school_till(self, name=None, cash=False):
        """Create a till of the school that takes payments from students' accounts.

        :param str name: of the till; the school's short name by default
        :param bool cash: whether it also takes cash (with a journal of its own)
        :return: `pos.config`
        """
        self.ensure_one()
        company = self.company_id
        methods = self._account_method()
        name = name or self._free_till_name()
        if cash:
            methods += self._cash_method(name)
        # sudo: setting up a till needs no rights in accounting beyond this school's.
        configs = self.env["pos.config"].sudo().with_company(company)
        return configs.create(
            {
                "name": name,
                "company_id": company.id,
                "school_id": self.id,
                "payment_method_ids": [Command.set(methods.ids)],
                "module_pos_restaurant": False,
                "manual_discount": False,
                "restrict_price_control": True,
                "iface_print_auto": False,
            }
        )

    def _free_till_name(self):
        """Name tills “School 24”, “School 24 (2)”, …"""
        count = len(self.with_context(active_test=False).pos_config_ids)
        return self.short_name if not count else f"{self.short_name} ({count + 1})"

    def _account_method(self):
        """The municipality's payment method “student's account”, created once."""
        # sudo: as above.
        methods = self.env["pos.payment.method"].sudo().with_company(self.company_id)
        domain = [
            ("use_payment_terminal", "=", TERMINAL),
            ("company_id", "=", self.company_id.id),
        ]
        return methods.search(domain, limit=1) or methods.create(
            {
                "name": self.env._("Student's account"),
                "company_id": self.company_id.id,
                "payment_method_type": "terminal",
                "use_payment_terminal": TERMINAL,
                "journal_id": False,
                "sequence": 0,
            }
        )

    def _cash_method(self, till_name):
        """A cash method with a journal of its own: core allows no sharing."""
        company = self.company_id
        # sudo: as above.
        journal = (
            self.env["account.journal"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "name": self.env._("Cash: %s", till_name),
                    "type": "cash",
                    "company_id": company.id,
                }
            )
        )
        return (
            self.env["pos.payment.method"]
            .sudo()
            .create(
                {
                    "name": self.env._("Cash"),
                    "company_id": company.id,
                    "journal_id": journal.id,
                    "sequence": 10,
                }
            )
        )
