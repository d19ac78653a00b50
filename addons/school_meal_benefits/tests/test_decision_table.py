from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_benefits.domain.deadlines import Terms

from . import decision_table, decision_table_documents
from .decision_rules import RULES

#: The items of № 1020 that decide something; the table names each.
ITEMS = {
    *("5", "6", "7", "7.1", "7.2", "10", "11", "12", "13", "14"),
    *(f"15.{number}" for number in range(1, 11)),
    *("16", "17", "18", "19", "20", "20.4", "21", "23", "23.5", "23.6"),
    *("24.1", "24.2", "24.3", "24.4", "25", "25.1", "25.2", "27"),
    *("31", "31.4", "31.5", "32.1", "32.3", "33", "34", "35", "36"),
    *("40", "41", "41.4", "41.5", "42", "43", "44", "44.4", "44.5", "44.6"),
}


@tagged("post_install", "-at_install")
class TestDecisionTable(BaseCase):
    def test_the_rules_answer_every_case_of_the_regulation(self):
        count = 0
        for case, expected, answer in decision_table.answer_rows(RULES, Terms()):
            with self.subTest(case=case):
                self.assertEqual(answer, expected)
            count += 1
        self.assertGreaterEqual(count, 250)

    def test_every_deciding_item_has_a_case(self):
        cases = decision_table.answer_rows(RULES, Terms())
        self.assertFalse(ITEMS - {case[0] for case, _expected, _answer in cases})

    def test_no_case_is_written_twice(self):
        seen = set()
        for case, _expected, _answer in decision_table.answer_rows(RULES, Terms()):
            self.assertNotIn(str(case), seen)
            seen.add(str(case))

    def test_what_is_granted_is_never_refused_for_documents(self):
        rows = [row[:4] for row in decision_table_documents.GRANTS]
        rows += [(*row[:2], *row[3:5]) for row in decision_table_documents.REFUSALS]
        for row in rows:
            item, code, given, authorised = row
            checked = decision_table.make_rows(RULES[code], given)
            grant = decision_table.checklist.grant_problem(
                checked, authorised, decision_table.CHECK_DAY
            )
            refusal = decision_table.checklist.refusal_problem(
                "documents", checked, authorised, decision_table.CHECK_DAY
            )
            with self.subTest(item=item, code=code):
                self.assertFalse(grant is None and refusal is None)
