from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..domain import bank_account

#: Who may see where money goes.
BANK_GROUPS = f"{SENSITIVE_GROUP},school_meal_base.group_accountant"


class CompensationPayee(models.Model):
    """Whose account receives a student's compensation from a day on (22, 23.6, 26).

    Needed only where the details differ from those of the application: a new account,
    a mistake that the bank found, the other parent. The newest row holds.
    """

    _name = "compensation.payee"
    _description = "Bank Details for Compensation"
    _order = "date_from desc, id desc"
    _rec_name = "student_id"

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="student_id.company_id", store=True)
    guardian_id = fields.Many2one(
        "school.guardian",
        "Parent",
        required=True,
        ondelete="restrict",
        domain="[('student_id', '=', student_id), ('is_legal', '=', True)]",
        help="Who lives with the child and receives the money (item 22).",
    )
    bank_account = fields.Char("Account", required=True, groups=BANK_GROUPS)
    bank_bic = fields.Char("Bank's BIC", required=True, groups=BANK_GROUPS)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    basis = fields.Char(required=True, help="The parent's note with the new details.")

    # === CONSTRAINTS === #

    @api.constrains("bank_account", "bank_bic")
    def _check_account(self):
        for payee in self.sudo():  # sudo: the check shows nothing
            code = bank_account.personal_problem(payee.bank_account, payee.bank_bic)
            if code:
                raise ValidationError(self._get_account_message(code))

    @api.constrains("student_id", "guardian_id")
    def _check_guardian(self):
        for payee in self:
            guardian = payee.guardian_id.sudo()  # sudo: as above
            if guardian.student_id != payee.student_id or not guardian.is_legal:
                raise ValidationError(
                    self.env._(
                        "Compensation is paid to a parent or legal representative of"
                        " this child."
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        payees = super().create([self._normalised(vals) for vals in vals_list])
        payees._refresh_lines()
        return payees

    def write(self, vals):
        result = super().write(self._normalised(vals))
        self._refresh_lines()
        return result

    @api.model
    def _normalised(self, vals):
        names = vals.keys() & {"bank_account", "bank_bic"}
        return {**vals, **{name: bank_account.digits(vals[name]) for name in names}}

    # === BUSINESS METHODS === #

    def _refresh_lines(self):
        """Approved lines that wait for these details are paid with the next list."""
        # sudo: lines are the accountant's, the details may come to the school
        self.env["compensation.line"].sudo().search(
            [("student_id", "in", self.student_id.ids), ("state", "=", "due")]
        )._refresh_payees()

    @api.model
    def _find_payees(self, entitlements):
        """Return {student: (partner, account, BIC)} of the newest details of students:
        a row of this model, else what stands in the application."""
        # sudo: the details are copied to lines and payments, not shown to anybody
        found = {}
        for entitlement in entitlements.sudo().sorted("date_from"):
            application = entitlement.decision_id.application_id
            found[entitlement.student_id] = (
                application.applicant_id.partner_id,
                bank_account.digits(application.bank_account),
                bank_account.digits(application.bank_bic),
            )
        newest = self.sudo().search(
            [("student_id", "in", entitlements.student_id.ids)],
            order="date_from, id",
        )
        today = fields.Date.context_today(self)
        for payee in newest.filtered(lambda payee: payee.date_from <= today):
            found[payee.student_id] = (
                payee.guardian_id.partner_id,
                payee.bank_account,
                payee.bank_bic,
            )
        return found

    @api.model
    def _get_account_message(self, code):
        """Return the sentence for a code of `bank_account.personal_problem`."""
        _ = self.env._
        return {
            bank_account.ACCOUNT_CHARACTERS: _("An account has only digits."),
            bank_account.ACCOUNT_LENGTH: _(
                "An account has twenty digits: compare it with the bank's paper."
            ),
            bank_account.BIC_CHARACTERS: _("A BIC has only digits."),
            bank_account.BIC_LENGTH_WRONG: _(
                "A BIC has nine digits: compare it with the bank's paper."
            ),
            bank_account.BIC_NOT_A_BANK: _(
                "The BIC is not that of a Russian bank: ask for the details of an"
                " account in a credit institution."
            ),
            bank_account.KEY: _(
                "The account does not belong to the bank with this BIC: a digit of the"
                " account or of the BIC is wrong. Compare them with the bank's paper."
            ),
            bank_account.NOT_PERSONAL: _(
                "The account is not one of a natural person (40817…, 423…): ask the"
                " parent for the details of an own account."
            ),
            bank_account.CURRENCY: _(
                "The account is not in roubles: ask for a rouble account."
            ),
        }[code]
