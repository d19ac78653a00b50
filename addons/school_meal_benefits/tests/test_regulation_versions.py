from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NOON, BenefitCase


@tagged("post_install", "-at_install")
class TestRegulationVersions(BenefitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("school_meal_benefits.plast_1020")
        cls._make_roles()

    def _adopt(self):
        action = self._as("department", self.template).action_adopt()
        return self._as("department", self.template).browse(action["res_id"])

    # === ADOPT === #

    def test_adopting_gives_the_municipality_a_draft_with_all_parts(self):
        draft = self._adopt()
        self.assertEqual(
            (draft.company_id, draft.state, draft.version, draft.previous_id.id),
            (self.city, "draft", 1, False),
        )
        self.assertEqual(draft._get_rules(), self.template._get_rules())
        self.assertEqual(draft._get_terms(), self.template._get_terms())
        self.assertEqual(len(draft.article_ids), len(self.template.article_ids))
        self.assertEqual(len(draft.reading_ids), len(self.template.reading_ids))

    def test_parts_of_a_copy_point_at_each_other_only(self):
        draft = self._adopt()
        categories = draft.category_ids
        for articles in (
            categories.article_id,
            categories.grant_ids.article_id,
            categories.requirement_ids.article_id,
            draft.reading_ids.article_ids,
        ):
            self.assertTrue(articles)
            self.assertEqual(articles.regulation_id, draft)
        self.assertEqual(draft.reading_ids.category_ids.regulation_id, draft)
        # and nothing was taken away from the template
        self.assertEqual(
            self.template.category_ids.article_id.regulation_id, self.template
        )

    def test_a_template_is_changed_by_nobody(self):
        template = self._as("manager", self.template)
        for change in (
            lambda: template.write({"name": "Ours"}),
            lambda: template.category_ids[0].write({"grade_to": 11}),
            lambda: template.category_ids[0].requirement_ids[0].unlink(),
            lambda: template.article_ids[0].write({"text": "Other words"}),
            lambda: template.reading_ids[0].write({"choice": "Other"}),
            lambda: template.category_ids.grant_ids[0].unlink(),
            template.unlink,
        ):
            with self._refused(UserError, "is a template"):
                change()

    def test_what_is_the_municipalitys_own_is_not_adopted(self):
        with self._refused(UserError, "Only templates are adopted"):
            self._as("department", self.regulation).action_adopt()

    def test_nobody_makes_a_template(self):
        with self._refused(UserError, "is a template"):
            self._as("department", self.env["benefit.regulation"]).create(
                {
                    "name": "Ours",
                    "number": "7",
                    "date": date(2026, 8, 1),
                    "authority": "We",
                    "date_from": date(2026, 9, 1),
                    "company_id": False,
                }
            )

    def test_clerks_and_heads_read_only(self):
        for role in ("operator", "head", "accountant"):
            with self.subTest(role=role):
                self.assertTrue(
                    self._as(role, self.template).category_ids.mapped("name")
                )
                with self.assertRaises(AccessError):
                    self._as(role, self.template).action_adopt()
                with self.assertRaises(AccessError):
                    self._as(role, self.hot).write({"grade_to": 9})

    # === A DRAFT === #

    def test_a_department_changes_its_draft_on_the_screen(self):
        draft = self._adopt()
        category = draft.category_ids.filtered(lambda each: each.code == "low_income")
        category.write(
            {
                "grade_from": 5,
                "grant_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "meal_type_ids": [
                                Command.set((self.breakfast + self.lunch).ids)
                            ]
                        }
                    ),
                ],
            }
        )
        rules = category._as_rules()
        self.assertEqual(rules.conditions.grade_from, 5)
        self.assertEqual(
            [grant.meals for grant in rules.grants], [("breakfast", "lunch")]
        )
        # the template stays
        self.assertEqual(
            self.template._get_rules()["low_income"].conditions.grade_from, 1
        )

    def test_status_and_dates_are_the_buttons_only(self):
        draft = self._adopt()
        for vals in (
            {"state": "in_force"},
            {"date_to": date(2027, 1, 1)},
            {"company_id": False},
            {"previous_id": self.regulation.id},
        ):
            with self.subTest(vals=vals), self._refused(UserError, "by its buttons"):
                draft.write(vals)
        with self._refused(UserError, "by its buttons"):
            draft.copy({"state": "in_force"})

    # === PUT IN FORCE === #

    def test_a_new_regulation_ends_the_one_before(self):
        draft = self._adopt()
        draft.date_from = date(2027, 1, 1)
        draft.action_put_in_force()
        self.assertEqual(draft.state, "in_force")
        self.assertEqual(
            (self.regulation.state, self.regulation.date_to),
            ("replaced", date(2026, 12, 31)),
        )
        find = self.env["benefit.regulation"]._get_in_force
        self.assertEqual(find(self.city, date(2026, 12, 31)), self.regulation)
        self.assertEqual(find(self.city, date(2027, 1, 1)), draft)
        self.assertFalse(find(self.city, date(2026, 8, 31)))

    def test_two_are_never_in_force_on_one_day(self):
        draft = self._adopt()
        draft.date_from = self.regulation.date_from
        with self._refused(UserError, "Let this one begin later"):
            draft.action_put_in_force()
        self.assertEqual(draft.state, "draft")
        self.assertFalse(self.regulation.date_to)

    def test_a_draft_that_could_decide_nothing_is_refused(self):
        draft = self._adopt()
        draft.date_from = date(2027, 1, 1)
        primary = draft.category_ids.filtered(lambda each: each.code == "primary")
        faults = (
            (primary, {"requirement_ids": [Command.clear()]}, "asks for no document"),
            (primary, {"grant_ids": [Command.clear()]}, "which meals are free"),
            (primary, {"is_onsite": False}, "for no form of study"),
            (primary.grant_ids[0], {"shift": False}, "Two rows of meals"),
            (
                primary.requirement_ids[0],
                {"document_type_ids": [Command.clear()]},
                "names no kind of document",
            ),
            (draft, {"category_ids": [Command.clear()]}, "has no category"),
        )
        for record, vals, words in faults:
            with (
                self.subTest(words=words),
                self.env.cr.savepoint() as savepoint,
            ):
                record.write(vals)
                with self._refused(UserError, words):
                    draft.action_put_in_force()
                self.assertEqual(draft.state, "draft")
                savepoint.rollback()
                self.env.invalidate_all()
        draft.action_put_in_force()
        self.assertEqual(draft.state, "in_force")

    # === FROZEN === #

    def test_what_is_in_force_is_frozen_for_everybody(self):
        article = self.env["benefit.article"]
        changes = (
            lambda: self.regulation.write({"decision_days": 9}),
            lambda: self.regulation.unlink(),
            lambda: self.hot.write({"grade_to": 11}),
            lambda: self.hot.unlink(),
            lambda: self.hot.grant_ids.write({"hours_to": 3}),
            lambda: self.hot.requirement_ids[0].write({"is_refusal_ground": False}),
            lambda: self.hot.requirement_ids[0].unlink(),
            lambda: self.hot.copy({"code": "other"}),
            lambda: article.create(
                {"regulation_id": self.regulation.id, "number": "99"}
            ),
        )
        for change in changes:
            with self._refused(UserError, "is or was in force"):
                change()
        self.assertEqual(self.hot.grade_to, 4)

    def test_a_part_is_not_moved_into_what_is_in_force(self):
        draft = self._adopt()
        with self._refused(UserError, "is or was in force"):
            draft.category_ids[0].regulation_id = self.regulation
        self.assertNotIn("primary", self.regulation.category_ids.mapped("code"))

    def test_readings_and_the_note_go_on(self):
        own = self._as("department", self.regulation)
        own.note = "See the letter of the department."
        own.reading_ids = [
            Command.create({"name": "Which day?", "choice": "The next."})
        ]
        self.assertEqual(own.reading_ids.name, "Which day?")

    # === AMEND === #

    @freeze_time(NOON)
    def test_an_amendment_is_another_version_and_old_decisions_keep_theirs(self):
        old = self._as("department", self.regulation)
        action = old.action_amend()
        new = old.browse(action["res_id"])
        self.assertEqual(
            (new.previous_id, new.version, new.state, new.date_from),
            (old, 2, "draft", date(2026, 11, 18)),
        )
        # pressed again it opens the same draft
        self.assertEqual(old.action_amend()["res_id"], new.id)
        new.category_ids.filtered(lambda each: each.code == "hot").grade_to = 9
        new.date_from = date(2026, 12, 1)
        new.action_put_in_force()
        self.assertEqual((old.state, old.date_to), ("replaced", date(2026, 11, 30)))
        self.assertEqual(self.hot.grade_to, 4)
        self.assertEqual(self.hot.regulation_id, self.regulation)
        with self._refused(UserError, "is or was in force"):
            self.hot.grade_to = 9

    def test_only_what_is_in_force_is_amended(self):
        with self._refused(UserError, "Only a regulation in force is amended"):
            self._adopt().action_amend()

    # === WORDS === #

    def test_lists_say_for_whom_and_what(self):
        bused = self.template.category_ids.filtered(lambda each: each.code == "bused")
        self.assertEqual(
            bused.conditions_summary,
            "grades 1–11; at school; bused; more than 6 hours a day",
        )
        self.assertEqual(
            self.ovz.grants_summary, f"{self.breakfast.name}, {self.lunch.name}"
        )
        self.assertEqual(self.money.grants_summary, "Money compensation")

    def test_a_category_whose_meals_nobody_pays_warns(self):
        self.assertFalse(self.ovz.funding_problem)
        self.assertIn(
            "No funding rule pays",
            self._adopt()
            .category_ids.filtered(lambda each: each.code == "volunteer")
            .funding_problem,
        )
        self.assertFalse(self.money.funding_problem)

    def test_meals_of_a_student_by_hours_and_shift(self):
        special = self.template.category_ids.filtered(
            lambda each: each.code == "disability_special"
        )
        self.assertEqual(
            special._get_granted_meals(8).mapped("code"),
            ["breakfast", "lunch", "snack"],
        )
        self.assertFalse(special._get_granted_meals())
