from odoo import models
from odoo.tools.translate import _

from odoo.addons.account.models.chart_template import template


class AccountChartTemplate(models.AbstractModel):
    """Accounts of Russian budget bookkeeping that the money of meals needs.

    Codes are the synthetic and analytic digits of the unified chart of accounts
    (18th-23rd digit of the 26-digit number) plus one digit of our own.
    """

    _inherit = "account.chart.template"

    @template("ru_school_meal")
    def _get_ru_school_meal_template_data(self):
        return {
            "name": _("School meals: budget bookkeeping"),
            "country": "ru",
            "code_digits": "6",
            "property_account_receivable_id": "ru_sm_205310",
            "property_account_payable_id": "ru_sm_302260",
        }

    @template("ru_school_meal", "res.company")
    def _get_ru_school_meal_res_company(self):
        return {
            self.env.company.id: {
                "account_fiscal_country_id": "base.ru",
                "bank_account_code_prefix": "20111",
                "cash_account_code_prefix": "20134",
                "transfer_account_code_prefix": "20123",
                "account_default_pos_receivable_account_id": "ru_sm_205312",
                "account_journal_suspense_account_id": "ru_sm_205811",
                "transfer_account_id": "ru_sm_201230",
                "default_cash_difference_income_account_id": "ru_sm_401108",
                "default_cash_difference_expense_account_id": "ru_sm_401208",
                "income_currency_exchange_account_id": "ru_sm_401109",
                "expense_currency_exchange_account_id": "ru_sm_401209",
                "account_journal_early_pay_discount_loss_account_id": "ru_sm_401209",
                "account_journal_early_pay_discount_gain_account_id": "ru_sm_401109",
                "income_account_id": "ru_sm_401101",
                "expense_account_id": "ru_sm_401201",
            },
        }

    @template("ru_school_meal", "account.journal")
    def _get_ru_school_meal_account_journal(self):
        return {
            "bank": {"default_account_id": "ru_sm_201110"},
            "cash": {
                "name": _("Cash"),
                "type": "cash",
                "code": "CSH1",
                "default_account_id": "ru_sm_201340",
                "show_on_dashboard": True,
                "sequence": 8,
            },
            "school_meal": {
                "name": _("Meals: personal accounts"),
                "type": "general",
                "code": "MEAL",
                "default_account_id": "ru_sm_205311",
                "show_on_dashboard": True,
                "sequence": 4,
                "name@ru": "Питание: лицевые счета",
            },
        }
