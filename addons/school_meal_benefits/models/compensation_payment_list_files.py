from odoo import models
from odoo.exceptions import UserError

from ..domain import bank_account, payment_order
from ..report import compensation_pdf, compensation_xlsx


class CompensationPaymentList(models.Model):
    """The files of a list: orders and registry for the bank, the list on paper."""

    _inherit = "compensation.payment.list"

    # === ACTIONS === #

    def action_print(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def action_exchange(self):
        return self._download("txt")

    def action_registry(self):
        return self._download("csv")

    def _download(self, extension):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/compensation/list/{self.id}.{extension}",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _render(self, extension):
        """Return the bytes of a file; those for the bank only when it was sent."""
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        if extension in ("txt", "csv") and self.state == "draft":
            raise UserError(
                self.env._("Send the list first: its payment orders have no numbers.")
            )
        # the accounts of all of them are in the file
        self.env["school.access.log"]._note(self.payment_ids.student_id, "bank")
        return {
            "txt": lambda: payment_order.exchange_file(
                self._get_payer(), self._get_orders()
            ),
            "csv": lambda: payment_order.registry_file(self._get_orders()),
            "pdf": lambda: compensation_pdf.render_list(self._get_content()),
            "xlsx": lambda: compensation_xlsx.render_list(self._get_content()),
        }[extension]()

    def _get_file_name(self, extension):
        name = (self.name or f"draft-{self.id}").replace("/", "-")
        return f"kompensaciya-{name}.{extension}"

    def _get_payer(self):
        company = self.company_id.sudo()  # sudo: who pays is no secret
        account = self.journal_id.bank_account_id.sudo()
        number = bank_account.digits(account.acc_number)
        bic = bank_account.digits(account.bank_id.bic or account.bank_bic)
        if not number or bank_account.bic_problem(bic) or not bic:
            raise UserError(
                self.env._(
                    "Enter the account and the BIC of the bank of journal “%s” first:"
                    " the payment orders name them.",
                    self.journal_id.display_name,
                )
            )
        return payment_order.Payer(
            name=company.name,
            inn=company.vat or "",
            account=number,
            bic=bic,
            kpp=company.meal_kpp or "",
            correspondent=bank_account.digits(
                account.bank_id.meal_correspondent_account
            ),
            bank=account.bank_id.name or "",
        )

    def _get_orders(self):
        return [
            payment_order.Order(
                number=payment.number,
                date=payment.date,
                kopecks=round(payment.amount * 100),
                name=payment.partner_id.name,
                account=payment.bank_account,
                bic=payment.bank_bic,
                purpose=payment._get_purpose(),
            )
            # sudo: names of payees, whom the accountant of meals pays
            for payment in self.payment_ids.sudo().sorted("number")
        ]

    def _get_content(self):
        """Return what the printed list and the workbook say."""
        states = dict(
            self.env["compensation.payment"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        # sudo: as in _get_orders
        payments = self.payment_ids.sudo().sorted(
            lambda each: (each.number, each.student_id.name)
        )
        return {
            "number": self.name or "",
            "date": self.date,
            "payer": self.company_id.name,
            "journal": self.journal_id.name,
            "rows": [
                {
                    "number": payment.number or "",
                    "school": payment.school_id.short_name,
                    "student": payment.student_id.name,
                    "payee": payment.partner_id.name,
                    "account": payment.bank_account,
                    "bic": payment.bank_bic,
                    "months": payment.months,
                    "days": sum(
                        line.day_count - line.previous_id.day_count
                        for line in payment.line_ids
                    ),
                    "kopecks": round(payment.amount * 100),
                    "state": states[payment.state],
                }
                for payment in payments
            ],
        }
