"""A small world for tests of all add-ons: two municipalities, three schools."""

from contextlib import contextmanager
from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

ROLES = (
    "teacher",
    "canteen",
    "cashier",
    "operator",
    "head",
    "department",
    "accountant",
    "manager",
)
OUTSIDERS = ("nobody", "portal", "public")


class SchoolMealCase(TransactionCase):
    """Company `city` with two schools, company `other_city` with one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.rub = cls.env.ref("base.RUB")
        cls.rub.active = True
        cls.city = cls._new_company("Test City")
        cls.other_city = cls._new_company("Other City")
        cls.env.user.company_ids += cls.city + cls.other_city
        cls.env = cls.env(
            context=dict(
                cls.env.context, allowed_company_ids=(cls.city + cls.other_city).ids
            )
        )
        cls.school = cls._new_school(cls.city, "024", "School 24")
        cls.second_school = cls._new_school(cls.city, "025", "School 25")
        cls.other_school = cls._new_school(
            cls.other_city, "001", "School 1", tz="Asia/Novokuznetsk"
        )
        cls.class_5a = cls._new_class(cls.school, 5, "А")
        cls.class_1b = cls._new_class(cls.school, 1, "Б")
        cls.class_other = cls._new_class(cls.other_school, 5, "А")
        cls.student = cls._new_student(cls.class_5a, "Ivanov", "Ivan")
        cls.sibling = cls._new_student(cls.class_1b, "Ivanova", "Anna")
        cls.classmate = cls._new_student(cls.class_5a, "Petrov", "Petr")
        cls.stranger = cls._new_student(cls.class_other, "Sidorov", "Sidor")
        cls.mother = cls.env["res.partner"].create(
            {"name": "Ivanova Maria", "email": "maria@example.com"}
        )
        cls.env["school.guardian"].create(
            [
                {"student_id": child.id, "partner_id": cls.mother.id}
                for child in cls.student + cls.sibling
            ]
        )
        students = cls.student + cls.sibling + cls.classmate + cls.stranger
        cls.env["meal.account"]._issue(students)
        cls.account = cls.student.account_id
        cls.transit = cls.env["meal.account"]._system("transit", cls.city, code="bank")
        cls.ledger = cls.env["meal.ledger"]

    @classmethod
    def _new_company(cls, name):
        return cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.rub.id,
                "country_id": cls.env.ref("base.ru").id,
            }
        )

    @classmethod
    def _new_school(cls, company, code, name, tz="Europe/Moscow", **vals):
        return cls.env["school.school"].create(
            {
                "name": name,
                "short_name": name,
                "code": code,
                "company_id": company.id,
                "tz": tz,
                **vals,
            }
        )

    @classmethod
    def _new_class(cls, school, grade, letter, **vals):
        return cls.env["school.class"].create(
            {"school_id": school.id, "grade": grade, "letter": letter, **vals}
        )

    @classmethod
    def _new_student(cls, school_class, last_name, first_name, **vals):
        return cls.env["school.student"].create(
            {
                "last_name": last_name,
                "first_name": first_name,
                "school_id": school_class.school_id.id,
                "class_id": school_class.id,
                "birth_date": date(2015, 5, 20),
                **vals,
            }
        )

    @classmethod
    def _new_user(cls, login, group, schools, **vals):
        """A staff member; `group` is an xml id within school_meal_base."""
        company = schools.company_id[:1] or cls.city
        return new_test_user(
            cls.env,
            login,
            groups=f"school_meal_base.{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            school_ids=[Command.set(schools.ids)],
            **vals,
        )

    @classmethod
    def _make_roles(cls):
        """Make one user per role in `cls.roles`, working at `cls.school`.

        The teacher's class is `cls.class_5a`. Outsiders: `nobody` (internal, no
        role), `portal` (no children), `public`.
        """
        cls.roles = {
            role: cls._new_user(f"test_{role}", f"group_{role}", cls.school)
            for role in ROLES
        }
        cls.class_5a.teacher_id = cls.roles["teacher"]
        for name, group in (
            ("nobody", "base.group_user"),
            ("portal", "base.group_portal"),
            ("public", "base.group_public"),
        ):
            cls.roles[name] = new_test_user(
                cls.env,
                f"test_{name}",
                groups=group,
                company_id=cls.city.id,
                company_ids=[Command.set(cls.city.ids)],
            )

    def _today(self, school=None):
        """Return the date at a school, where it may be tomorrow already."""
        return self.env["school.calendar"]._local_date(school or self.school)

    @contextmanager
    def _refused(self, error, sentence):
        """Expect an error with this sentence; what was written before it is undone."""
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            yield

    def _as(self, role, record):
        """Return the record as the user of a role sees it, in that user's company."""
        user = self.roles[role]
        return record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def _top_up(self, account, kopecks, uuid="topup-1"):
        return self.ledger._top_up(account, kopecks, uuid=uuid, debit=self.transit)
