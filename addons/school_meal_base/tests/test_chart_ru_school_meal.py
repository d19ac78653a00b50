from odoo.tests import tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestChart(SchoolMealCase):
    """A municipality starts with our chart of accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.charts = cls.env["account.chart.template"]
        cls.charts.try_loading("ru_school_meal", cls.city)

    def gl_account(self, code):
        return (
            self.env["account.account"]
            .with_company(self.city)
            .search([("code", "=", code), ("company_ids", "in", self.city.ids)])
        )

    def test_the_chart_is_offered_to_russian_companies(self):
        offered = dict(self.charts._select_chart_template(self.env.ref("base.ru")))
        self.assertIn("ru_school_meal", offered)

    def test_company_keeps_books_in_roubles_in_russia(self):
        self.assertEqual(self.city.chart_template, "ru_school_meal")
        self.assertEqual(self.city.currency_id, self.rub)
        self.assertEqual(self.city.account_fiscal_country_id, self.env.ref("base.ru"))

    def test_control_account_is_a_liability(self):
        self.assertEqual(self.gl_account("205311").account_type, "liability_current")

    def test_journals_exist(self):
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.city.id)]
        )
        self.assertLessEqual(
            {"bank", "cash", "sale", "purchase", "general"},
            set(journals.mapped("type")),
        )
        self.assertIn("MEAL", journals.mapped("code"))

    def test_defaults_the_point_of_sale_needs_are_there(self):
        pos_account = self.city.account_default_pos_receivable_account_id
        self.assertEqual(pos_account.account_type, "asset_receivable")
        self.assertTrue(pos_account.reconcile)
        self.assertEqual(self.city.income_account_id, self.gl_account("401101"))
        self.assertFalse(self.city.account_sale_tax_id)

    def test_no_account_was_left_to_a_generated_name(self):
        codes = (
            self.env["account.account"]
            .with_company(self.city)
            .search([("company_ids", "in", self.city.ids)])
            .mapped("code")
        )
        self.assertEqual(len(codes), len(set(codes)))
        self.assertFalse([code for code in codes if len(code) != 6 or code > "402"])

    def test_names_are_russian_for_russian_users(self):
        if not self.env["res.lang"]._get_data(code="ru_RU").id:
            self.skipTest("Russian is not installed")
        names = self.gl_account("205311").with_context(lang="ru_RU").name
        self.assertIn("лицевые счета", names)
