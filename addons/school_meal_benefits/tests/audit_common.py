"""One correct history of a child, from the application to the meal that was paid."""

from datetime import date, datetime

from odoo import Command
from odoo.tools import SQL

from .common import BenefitCase

#: The day before the decision, the day of the decision, one later.
SUBMITTED = date(2026, 11, 12)
DECIDED = date(2026, 11, 13)
MEAL_DAY = date(2026, 11, 16)
SNILS = "11223344595"
APPLICANT = "05686067192"
ACCOUNT = "40817810099910004312"


class AuditCase(BenefitCase):
    """`cls._grant(student, category)` makes what the procedure leaves behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.applications = 0
        for student in cls.student + cls.sibling + cls.classmate:
            student.enrolment_ids.date_from = date(2026, 9, 1)
        cls.student.snils, cls.sibling.snils = SNILS, "08765430300"
        cls.classmate.snils = "87759460892"

    @classmethod
    def _apply(cls, student, category, **vals):
        """Return a registered application with all its documents."""
        cls.applications += 1
        return cls.env["benefit.application"].create(
            {
                "student_id": student.id,
                "school_id": student.school_id.id,
                "school_year_start": 2026,
                "category_id": category.id,
                "applicant_name": "Ivanova Maria",
                "applicant_snils": APPLICANT,
                "state": "registered",
                "submitted_on": SUBMITTED,
                "number": cls.applications,
                "registered_at": datetime(2026, 11, 12, 9),
                "registered_by_id": cls.roles["operator"].id,
                "register_by": DECIDED,
                "decide_by": DECIDED,
                "order_by": date(2026, 11, 16),
                "grade": student.class_id.grade,
                "study_form": "home" if category.is_home else "onsite",
                "document_ids": [
                    Command.create(
                        {
                            "requirement_id": requirement.id,
                            "document_type_id": requirement.document_type_ids[:1].id,
                            "state": "provided",
                            "series": "IV-AI",
                            "number": "555777",
                            "received_on": vals.get("submitted_on", SUBMITTED),
                        }
                    )
                    for requirement in category.requirement_ids
                ],
                **vals,
            }
        )

    @classmethod
    def _decide(cls, application, result="granted", **vals):
        """Return the decision by an order of its own (granted) or a refusal."""
        order = cls.env["benefit.order"]
        if result == "granted":
            order = order.create(
                {
                    "number": f"{application.number}-p",
                    "date": DECIDED,
                    "school_id": application.school_id.id,
                    "state": "signed",
                    "prepared_by_id": cls.roles["operator"].id,
                    "signed_by_id": cls.roles["head"].id,
                    "signed_at": datetime(2026, 11, 13, 9),
                }
            )
            application.order_id = order
        application.state = result
        checklist = vals.pop("checklist", None)
        if checklist is None:
            checklist = [
                {
                    "requirement": document.requirement_id.code,
                    "name": document.requirement_id.name,
                    "document": document.document_type_id.name,
                    "state": document.state,
                    "place": document.held_place or "",
                }
                for document in application.document_ids
            ]
        return cls.env["benefit.decision"].create(
            {
                "application_id": application.id,
                "student_id": application.student_id.id,
                "school_id": application.school_id.id,
                "company_id": application.company_id.id,
                "category_id": application.category_id.id,
                "result": result,
                "date": DECIDED,
                "user_id": cls.roles["head"].id,
                "order_id": order.id,
                "checklist": checklist,
                "facts": {"grade": application.grade, "study_form": "onsite"},
                **vals,
            }
        )

    @classmethod
    def _entitle(cls, decision, **vals):
        category = decision.category_id
        return cls.env["benefit.entitlement"].create(
            {
                "decision_id": decision.id,
                "student_id": decision.student_id.id,
                "company_id": decision.company_id.id,
                "category_id": category.id,
                "kind": category.kind,
                "meal_category_id": category.meal_category_id.id,
                "meal_type_ids": [Command.set(category.grant_ids.meal_type_ids.ids)],
                "date_from": decision.date,
                "date_to": date(2027, 5, 31),
                "why": "From the date of the decision.",
                **vals,
            }
        )

    @classmethod
    def _grant(cls, student, category, **vals):
        """Return (application, decision, entitlement) that break no rule."""
        application = cls._apply(student, category, **vals)
        decision = cls._decide(application)
        return application, decision, cls._entitle(decision)

    @classmethod
    def _eat(
        cls, student, day=MEAL_DAY, rule=None, meal=None, portion=1, outcome="issued"
    ):
        """Return a frozen portion that a funding rule paid; by SQL, as closing does."""
        meal = meal or cls.breakfast
        meal_day = cls.env["meal.day"]._get_or_make(student.school_id, day)
        cls.env.flush_all()
        [(line,)] = cls.env.execute_query(
            SQL(
                """
                INSERT INTO meal_day_line (
                       day_id, school_id, company_id, date, student_id, class_id,
                       meal_type_id, age_group_id, portion, revision, is_current,
                       presence, outcome, rule_id, price)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, true, 'present',
                        %s, %s, 85.30)
                RETURNING id
                """,
                meal_day.id,
                student.school_id.id,
                student.company_id.id,
                day,
                student.id,
                student.class_id.id,
                meal.id,
                cls.young.id,
                portion,
                outcome,
                (rule or cls.free_rule).id,
            )
        )
        cls.env.execute_query(
            SQL(
                """
                INSERT INTO meal_day_part (line_id, source_id, amount, transfer_uuid)
                VALUES (%s, %s, 85.30, %s) RETURNING id
                """,
                line,
                cls.municipal.id,
                f"audit-{line}",
            )
        )
        return cls.env["meal.day.line"].browse(line)

    @classmethod
    def _force(cls, table, record, **vals):
        """Change a row past all guards, as somebody with a database console would."""
        cls.env.flush_all()
        name = SQL.identifier(table)
        cls.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cls.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", name))
        for column, value in vals.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                    name,
                    SQL.identifier(column),
                    value,
                    record.ids,
                )
            )
        cls.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", name))
        cls.env.invalidate_all()
