"""A clerk, a head and a deputy of `cls.school` with applications in every state."""

from freezegun import freeze_time

from .common import NOON, TODAY, BenefitCase

CHILD_SNILS = "11223344595"
PARENT_SNILS = "08765430300"


class ApplicationCase(BenefitCase):
    """The clock stands at noon of `TODAY`, Tuesday 17 November 2026."""

    @classmethod
    def setUpClass(cls):
        with freeze_time("2026-09-01 06:00:00"):  # when the children came to school
            super().setUpClass()
        clock = freeze_time(NOON)
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.income = cls._new_document_type("t_income")
        cls.poor_category = cls.env["meal.category"].create(
            {"name": "Poor test", "code": "t_poor"}
        )
        with cls._redrafted():
            cls.poor = cls._new_category(
                "poor",
                meal_category_id=cls.poor_category.id,
                meals=cls.lunch,
                documents=cls.income,
                is_income_ground=True,
            )
            cls.poor.requirement_ids.filtered(lambda one: one.code == "t_income").write(
                {
                    "provider": "request",
                    "may_be_held": False,
                    "request_body": "Social protection",
                    "request_days": 5,
                }
            )
        cls._make_roles()
        cls.clerk, cls.head = cls.roles["operator"], cls.roles["head"]
        cls.deputy = cls._new_user("test_deputy", "group_head", cls.school)
        cls.second_clerk = cls._new_user("test_clerk_2", "group_operator", cls.school)
        cls.school.write({"head_id": cls.head.id, "meals_responsible_id": cls.clerk.id})
        cls.student.snils = CHILD_SNILS
        cls.guardian = cls.student.guardian_ids

    def _clerk(self, records):
        return self._as("operator", records)

    def _head(self, records):
        return self._as("head", records)

    def _draft(self, category=None, student=None, **vals):
        """Return a draft that the clerk took in."""
        student = student or self.student
        return self._clerk(self.env["benefit.application"]).create(
            {
                "student_id": student.id,
                "category_id": (category or self.ovz).id,
                "applicant_id": student.guardian_ids[:1].id,
                "applicant_name": "Ivanova Maria",
                "applicant_snils": PARENT_SNILS,
                "submitted_on": TODAY,
                **vals,
            }
        )

    def _provide(self, application, *skipped):
        """Bring all documents but those of these types."""
        for row in application.document_ids:
            if row.requirement_id.document_type_ids not in skipped:
                row.write(
                    {
                        "state": "provided",
                        "document_type_id": row.requirement_id.document_type_ids[:1],
                        "number": "1234",
                    }
                )
        return application

    def _registered(self, category=None, student=None, skipped=(), **vals):
        application = self._draft(category, student, **vals)
        self._provide(application, *skipped)
        application.action_register()
        return application

    def _order(self, *applications):
        """Return a draft order of the clerk with these applications."""
        together = self._clerk(self.env["benefit.application"].union(*applications))
        together.action_put_on_order()
        return together.order_id

    def _granted(self, *args, **vals):
        application = self._registered(*args, **vals)
        order = self._order(application)
        self._head(order).action_sign()
        return application

    def _refused_one(self, **vals):
        application = self._registered(skipped=[self.pmpk], **vals)
        self._head(application)._refuse("documents")
        return application

    def _row(self, application, document_type):
        return application.document_ids.filtered(
            lambda row: row.requirement_id.document_type_ids == document_type
        )
