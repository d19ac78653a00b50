"""A municipality whose benefits are told to ЕГИССО, for tests with a database."""

from datetime import date, datetime

from odoo import Command

from .common import TODAY, BenefitCase
from .egisso_common import CATEGORY, LMSZ, OSZ, make_snils

YEAR_END = date(2027, 5, 31)


class EgissoCase(BenefitCase):
    """`cls.measure` tells of the category `hot`; `cls.anna` has nothing wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.measure = cls._new_measure(cls.hot)
        cls.anna = cls._new_pupil("Иванова", "Анна", 112_233_445)
        cls.packages = cls.env["egisso.package"].with_company(cls.city)
        cls.packages = cls.packages.with_context(allowed_company_ids=cls.city.ids)
        cls.packages = cls.packages.with_user(cls.roles["accountant"])

    @classmethod
    def _new_measure(cls, category, **vals):
        return cls.env["egisso.measure"].create(
            {
                "category_id": category.id,
                "company_id": cls.city.id,
                "lmsz_id": LMSZ,
                "local_category_id": CATEGORY,
                "osz_code": OSZ,
                "rate": 85.30,
                "rate_basis": "month",
                **vals,
            }
        )

    @classmethod
    def _new_pupil(cls, last_name, first_name, number, **vals):
        return cls._new_student(
            cls.class_1b,
            last_name,
            first_name,
            snils=make_snils(number),
            gender="female",
            **vals,
        )

    @classmethod
    def _grant(cls, students, category=None, date_from=TODAY, date_to=YEAR_END):
        """Return entitlements of the students as an order gives them."""
        category = category or cls.hot
        order = cls.env["benefit.order"].create(
            {
                "school_id": students.school_id[:1].id,
                "number": f"E-{cls.env['benefit.order'].search_count([])}",
                "date": TODAY,
                "state": "signed",
                "signed_by_id": cls.env.uid,
            }
        )
        entitlements = cls.env["benefit.entitlement"]
        last = cls.env["benefit.application"].search([], order="number desc", limit=1)
        applications = cls.env["benefit.application"].create(
            [
                {
                    "student_id": student.id,
                    "school_id": student.school_id.id,
                    "school_year_start": 2026,
                    "category_id": category.id,
                    "submitted_on": TODAY,
                    "number": last.number + place,
                    "registered_at": datetime(2026, 11, 17, 9, 0),
                    "state": "granted",
                }
                for place, student in enumerate(students, start=1)
            ]
        )
        decisions = cls.env["benefit.decision"].create(
            [
                {
                    "application_id": application.id,
                    "student_id": application.student_id.id,
                    "school_id": application.school_id.id,
                    "company_id": cls.city.id,
                    "category_id": category.id,
                    "result": "granted",
                    "date": TODAY,
                    "user_id": cls.env.uid,
                    "order_id": order.id,
                }
                for application in applications
            ]
        )
        return entitlements.create(
            [
                {
                    "decision_id": decision.id,
                    "student_id": decision.student_id.id,
                    "company_id": cls.city.id,
                    "category_id": category.id,
                    "kind": category.kind,
                    "meal_category_id": category.meal_category_id.id,
                    "meal_type_ids": [Command.set(cls.breakfast.ids)],
                    "date_from": date_from,
                    "date_to": date_to,
                }
                for decision in decisions
            ]
        )

    @classmethod
    def _end(cls, entitlement, last_day, ground="left"):
        return entitlement._end(ground, last_day)

    @classmethod
    def _facts_of(cls, entitlements):
        return cls.env["egisso.fact"].search(
            [("entitlement_id", "in", entitlements.ids)], order="id"
        )

    def _pack(self):
        """Return the packages that the accountant's button makes."""
        before = self.packages.search([])
        self.packages.action_pack()
        return (self.packages.search([]) - before).with_env(self.env)

    def _codes(self, rows):
        errors = rows.error_ids.filtered(lambda error: not error.is_done)
        return sorted(errors.mapped("code"))
