from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from . import decision_table, decision_table_dates, decision_table_documents
from .decision_rules import RULES


@tagged("post_install", "-at_install")
class TestRegulationData(TransactionCase):
    """The shipped regulations say what the text says; words are checked in Russian."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plast = cls.env.ref("school_meal_benefits.plast_1020")
        cls.kuzbass = cls.env.ref("school_meal_benefits.kuzbass")

    def test_the_data_answers_every_case_of_the_decision_table(self):
        rules, terms = self.plast._get_rules(), self.plast._get_terms()
        count = 0
        for case, expected, answer in decision_table.answer_rows(rules, terms):
            with self.subTest(case=case):
                self.assertEqual(answer, expected)
            count += 1
        self.assertGreaterEqual(count, 250)

    def test_the_data_is_the_rules_of_the_text(self):
        rules = self.plast._get_rules()
        self.assertEqual(set(rules), set(RULES))
        for code, expected in RULES.items():
            with self.subTest(code=code):
                self.assertEqual(rules[code], expected)

    def test_each_of_the_ten_categories_of_item_15_is_there(self):
        numbers = set(self.plast.category_ids.article_id.mapped("number"))
        self.assertLessEqual({f"15.{number}" for number in range(1, 11)}, numbers)
        self.assertLessEqual({"17", "21"}, numbers)
        grants = self.plast.category_ids.grant_ids.article_id
        self.assertEqual(
            set(grants.mapped("number")), {"16", "18", "19", "31", "34", "40", "43"}
        )

    def test_items_are_the_words_of_the_resolution(self):
        texts = {each.number: each.text for each in self.plast.article_ids}
        self.assertLessEqual({str(number) for number in range(1, 55)}, set(texts))
        self.assertIn("не может являться основанием для отказа", texts["7.1"])
        self.assertTrue(
            texts["41.5"].endswith("подпункте 8) пункта 17 настоящего Порядка.")
        )
        self.assertIn("не ранее даты возникновения", texts["10"])
        self.assertFalse([number for number, text in texts.items() if not text])

    def test_everything_decided_points_at_its_item(self):
        categories = self.plast.category_ids
        for parts in (categories, categories.grant_ids, categories.requirement_ids):
            self.assertTrue(all(part.article_id for part in parts))
            self.assertEqual(parts.article_id.regulation_id, self.plast)

    def test_contradictions_have_a_reading(self):
        read = set(self.plast.reading_ids.article_ids.mapped("number"))
        self.assertLessEqual(
            {"6", "10", "12", "13", "14", "32.2", "41.4", "41.5", "15.2", "16", "42"},
            read,
        )
        self.assertTrue(
            all(each.choice and each.reason for each in self.plast.reading_ids)
        )

    def test_templates_could_be_put_in_force(self):
        for template in self.plast + self.kuzbass:
            with self.subTest(template=template.number):
                self.assertFalse(list(template._find_problems()))
                self.assertTrue(template.is_template)
                self.assertEqual(template.state, "draft")

    def test_kuzbass_has_its_categories_and_says_what_is_not_known(
        self,
    ):
        self.assertEqual(
            set(self.kuzbass.category_ids.mapped("code")),
            {"primary", "disability", "guardianship", "large_low_income", "low_income"},
        )
        self.assertIn("подлежат проверке", self.kuzbass.note)

    def test_health_grounds_are_marked(self):
        health = self.plast.category_ids.filtered("is_health").mapped("code")
        self.assertEqual(
            set(health),
            {
                "disability",
                "disability_special",
                "disability_home",
                "disability_remote",
                "health",
            },
        )
        for category in self.plast.category_ids.filtered("is_health"):
            kinds = category.requirement_ids.document_type_ids
            self.assertTrue(any(kinds.mapped("is_health")))
        others = self.plast.category_ids.filtered(lambda each: not each.is_health)
        kinds = others.requirement_ids.document_type_ids
        self.assertFalse(any(kinds.mapped("is_health")))

    def test_the_table_has_every_category(self):
        used = {row[1] for row in decision_table_documents.GRANTS}
        used |= {row[1] for row in decision_table_dates.SPANS}
        self.assertEqual(used, set(RULES))
