"""A municipality with a regulation in force for tests of the benefits."""

from contextlib import contextmanager
from datetime import date, datetime

from odoo import Command

from odoo.addons.school_meal_day.tests.common import MealDayCase

#: A Tuesday and its midday, on which offices work.
TODAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 9, 0)


class BenefitCase(MealDayCase):
    """`cls.regulation` of `cls.city` has three categories: `cls.hot` (grades 1-4, one
    breakfast), `cls.ovz` (two meals, health ground) and `cls.money` (at home)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # sentences are stored in it, whatever languages the database has
        cls.city.partner_id.lang = "en_US"
        cls.identity = cls._new_document_type("t_identity")
        cls.birth = cls._new_document_type("t_birth")
        cls.pmpk = cls._new_document_type("t_pmpk", is_health=True, has_validity=True)
        cls.ovz_category = cls.env["meal.category"].create(
            {"name": "OVZ test", "code": "t_ovz"}
        )
        cls.regulation = cls.env["benefit.regulation"].create(
            {
                "name": "Test regulation",
                "number": "1",
                "date": date(2026, 8, 1),
                "authority": "Administration",
                "company_id": cls.city.id,
                "date_from": date(2026, 9, 1),
            }
        )
        cls.hot = cls._new_category(
            "hot",
            meal_category_id=cls.grades_1_4.id,
            grade_to=4,
            meals=cls.breakfast,
            sequence=20,
        )
        cls.ovz = cls._new_category(
            "ovz",
            meal_category_id=cls.ovz_category.id,
            meals=cls.breakfast + cls.lunch,
            documents=cls.pmpk,
            is_health=True,
            sequence=10,
        )
        cls.money = cls._new_category(
            "money",
            kind="money",
            is_onsite=False,
            is_home=True,
            is_remote=True,
            start_rule="application",
            documents=cls.pmpk,
            is_health=True,
        )
        cls.ovz_rule = cls.free_rule.copy(
            {
                "name": "OVZ",
                "sequence": 5,
                "category_id": cls.ovz_category.id,
                "meal_type_ids": [Command.set((cls.breakfast + cls.lunch).ids)],
            }
        )
        cls.regulation.state = "in_force"

    @classmethod
    @contextmanager
    def _redrafted(cls):
        """Let a test change the regulation as if it had been written so."""
        cls.regulation.state = "draft"
        yield
        cls.env.flush_all()
        cls.regulation.state = "in_force"

    @classmethod
    def _new_document_type(cls, code, **vals):
        return cls.env["benefit.document.type"].create(
            {"name": code, "code": code, **vals}
        )

    @classmethod
    def _new_category(cls, code, *, meals=None, documents=None, **vals):
        """Return a category that asks for identity and birth certificate."""
        documents = cls.identity + cls.birth + (documents or cls.identity.browse())
        return cls.env["benefit.category"].create(
            {
                "name": code,
                "code": code,
                "regulation_id": cls.regulation.id,
                "requirement_ids": [
                    Command.create(
                        {
                            "name": document.name,
                            "code": document.code,
                            "sequence": index,
                            "document_type_ids": [Command.set(document.ids)],
                            "may_be_held": True,
                            "is_birth_certificate": document == cls.birth,
                        }
                    )
                    for index, document in enumerate(documents)
                ],
                "grant_ids": [
                    Command.create({"meal_type_ids": [Command.set(meals.ids)]})
                ]
                if meals
                else [],
                **vals,
            }
        )
