from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestMealLedgerSetup(SchoolMealCase):
    """The ledger is tied to the general ledger of a company."""

    def setup_for(self, company):
        return self.env["meal.ledger.setup"]._setup_company(company)

    def mapping(self, company):
        mappings = self.env["meal.gl.mapping"].search([("company_id", "=", company.id)])
        return {mapping.kind: mapping.account_id for mapping in mappings}

    def code(self, record):
        return record.with_company(self.city).code

    def test_fresh_company_gets_our_chart_and_is_ready(self):
        self.setup_for(self.city)
        self.assertEqual(self.city.chart_template, "ru_school_meal")
        self.assertEqual(self.code(self.city.meal_control_account_id), "205311")
        self.assertEqual(self.city.meal_journal_id.code, "MEAL")
        self.assertEqual(self.code(self.mapping(self.city)["transit"]), "201231")

    def test_every_kind_of_system_account_is_mapped(self):
        self.setup_for(self.city)
        kinds = dict(self.env["meal.gl.mapping"]._fields["kind"].selection)
        self.assertNotIn("student", kinds)
        self.assertEqual(set(self.mapping(self.city)), set(kinds))

    def test_another_chart_gets_the_missing_accounts(self):
        self.env["account.chart.template"].try_loading("generic_coa", self.city)
        self.setup_for(self.city)
        self.assertEqual(self.city.chart_template, "generic_coa")
        self.assertEqual(
            self.city.meal_control_account_id.account_type, "liability_current"
        )
        self.assertEqual(self.mapping(self.city)["sales"].account_type, "income")

    def test_repeating_the_set_up_changes_nothing(self):
        self.setup_for(self.city)
        before = self.mapping(self.city), self.city.meal_control_account_id
        self.setup_for(self.city)
        self.assertEqual(
            before, (self.mapping(self.city), self.city.meal_control_account_id)
        )

    def test_schools_get_analytic_accounts(self):
        self.setup_for(self.city)
        self.assertTrue(self.school.analytic_account_id)
        self.assertNotEqual(
            self.school.analytic_account_id, self.second_school.analytic_account_id
        )

    def test_companies_do_not_share_accounts(self):
        self.setup_for(self.city)
        self.setup_for(self.other_city)
        self.assertNotEqual(
            self.city.meal_control_account_id, self.other_city.meal_control_account_id
        )

    def test_saving_with_a_gap_is_refused(self):
        wizard = self.env["meal.ledger.setup"].create({"company_id": self.city.id})
        with self.assertRaisesRegex(UserError, "control account"):
            wizard.action_apply()

    def test_one_click_loads_the_chart(self):
        wizard = self.env["meal.ledger.setup"].create({"company_id": self.city.id})
        self.assertTrue(wizard.can_load_chart)
        wizard.action_load_chart()
        self.assertEqual(self.code(self.city.meal_control_account_id), "205311")

    def test_an_accountant_cannot_set_up(self):
        user = self._new_user("buh", "group_accountant", self.school)
        with self.assertRaises(AccessError):
            self.env["meal.ledger.setup"].with_user(user).create(
                {"company_id": self.city.id}
            )
