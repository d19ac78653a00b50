"""Decisions and what they give, with orders and closed days."""

from datetime import date, datetime
from itertools import count

from odoo import Command

from odoo.addons.school_meal_day.tests.closing_common import ClosingCase

from .common import BenefitCase


class EntitlementCase(BenefitCase, ClosingCase):
    """The clock stands at Sunday noon before `MONDAY`, 16 November 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entitlements = cls.env["benefit.entitlement"]
        cls.bused_category = cls.env["meal.category"].create(
            {"name": "Bused test", "code": "t_bused"}
        )

    def setUp(self):
        super(ClosingCase, self).setUp()  # without the day of orders that it makes
        self.seconds = count(1)

    @classmethod
    def _add_category(cls, code, **vals):
        """Return one more category of the regulation, which is in force."""
        cls.regulation.flush_recordset()
        cls.env.cr.execute(
            "UPDATE benefit_regulation SET state = 'draft' WHERE id = %s",
            [cls.regulation.id],
        )
        cls.regulation.invalidate_recordset()
        category = cls._new_category(code, **vals)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE benefit_regulation SET state = 'in_force' WHERE id = %s",
            [cls.regulation.id],
        )
        cls.regulation.invalidate_recordset()
        return category

    def _apply_for(self, students, category, day, **vals):
        """Return registered applications whose documents were all provided."""
        applications = self.env["benefit.application"]
        for student in students:
            year = day.year if day.month >= 9 else day.year - 1
            [number] = self.env["benefit.journal"]._take_numbers(
                student.school_id, year
            )
            values = {
                "student_id": student.id,
                "school_id": student.school_id.id,
                "category_id": category.id,
                "school_year_start": year,
                "submitted_on": day,
                "number": number,
                "registered_at": datetime(day.year, day.month, day.day, 9),
                "state": "registered",
                "grade": student.class_id.grade,
                "document_ids": [
                    Command.create(
                        {
                            "requirement_id": requirement.id,
                            "document_type_id": requirement.document_type_ids[:1].id,
                            "state": "provided",
                        }
                    )
                    for requirement in category.requirement_ids
                ],
                **vals,
            }
            applications |= applications.create(values)
        return applications

    def _sign(self, applications, day, **vals):
        """Return decisions by a signed order, without entitlements yet."""
        order = self.env["benefit.order"].create(
            {
                "school_id": applications[:1].school_id.id,
                "number": str(self.env["benefit.order"].search_count([]) + 1),
                "date": day,
                "state": "signed",
                "signed_by_id": self.env.uid,
            }
        )
        decisions = self.env["benefit.decision"].create(
            [
                {
                    "application_id": application.id,
                    "student_id": application.student_id.id,
                    "school_id": application.school_id.id,
                    "company_id": application.company_id.id,
                    "category_id": application.category_id.id,
                    "result": "granted",
                    "date": day,
                    "user_id": self.env.uid,
                    "order_id": order.id,
                    **vals,
                }
                for application in applications
            ]
        )
        return decisions

    def _grant(self, students, category, day=date(2026, 9, 1), *, facts=None, **vals):
        """Return the entitlements of students by a decision of a day."""
        applications = self._apply_for(students, category, day, **(facts or {}))
        decisions = self._sign(applications, day, **vals)
        return self.entitlements._create_from_decisions(decisions)

    def _study(self, form, first, last=None, student=None):
        return self.env["benefit.study.period"].create(
            {
                "student_id": (student or self.student).id,
                "form": form,
                "date_from": first,
                "date_to": last,
                "basis": "Order 5",
            }
        )

    def _categories(self, student, day):
        return student._get_meal_categories(day).get(student.id, set())

    def _span(self, entitlement):
        return entitlement.date_from, entitlement.date_end
