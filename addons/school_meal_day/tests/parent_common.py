"""What tests of the parents' interface share: two families."""

from datetime import timedelta

from odoo import Command

from .order_common import MONDAY, OrderCase

WEDNESDAY = MONDAY + timedelta(days=2)
SATURDAY = MONDAY + timedelta(days=5)
PASSWORD = "portal-password"


class ParentCase(OrderCase):
    """Two families: the mother of `student` (5A) and `sibling` (1B), and the father of
    `classmate`; a grandmother of `student` is told news only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.father = cls.env["res.partner"].create({"name": "Petrov Pavel"})
        cls.grandmother = cls.env["res.partner"].create({"name": "Ivanova Nina"})
        cls.env["school.guardian"].create(
            {"student_id": cls.classmate.id, "partner_id": cls.father.id}
        )
        cls.grandmother_row = cls.env["school.guardian"].create(
            {
                "student_id": cls.student.id,
                "partner_id": cls.grandmother.id,
                "relation": "grandmother",
                "is_legal": False,
                "may_order": False,
                "may_pay": False,
            }
        )
        cls.mother_user = cls._portal_user("mother", cls.mother)
        cls.father_user = cls._portal_user("father", cls.father)
        cls.grandmother_user = cls._portal_user("grandmother", cls.grandmother)
        cls.kosher = cls._variant("Set 2")
        cls.diet = cls._variant("Without milk", is_diet=True)

    @classmethod
    def _portal_user(cls, login, partner):
        user = cls.env["res.users"].create(
            {
                "login": login,
                "password": PASSWORD,
                "partner_id": partner.id,
                "company_id": cls.city.id,
                "company_ids": [Command.set(cls.city.ids)],
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )
        if "meal.terms" in cls.env:  # the portal asks for consent first
            terms = cls.env["meal.terms"]._get_current()
            cls.env["meal.terms.acceptance"]._accept(user, terms, "127.0.0.1")
        return user

    @classmethod
    def _variant(cls, name, **vals):
        return cls.env["meal.variant"].create(
            {"name": name, "company_id": cls.city.id, **vals}
        )

    def _api(self, user=None):
        api = self.env["meal.parent.api"].with_user(user or self.mother_user)
        return api.with_context(allowed_company_ids=self.city.ids)

    def _days(self, first=MONDAY, last=None, student=None, user=None):
        student = student or self.student
        return self._api(user)._get_days(student.id, str(first), str(last or first))

    def _meal(self, student, meal, day=MONDAY):
        meals = self._days(day, student=student)[0]["meals"]
        return next(each for each in meals if each["id"] == meal.id)

    def _change(self, wanted=True, *days, student=None, meal=None, **kwargs):
        dates = [str(day) for day in days or [MONDAY]]
        student = student or self.student
        answers = self._api()._change_meal(
            student.id, (meal or self.lunch).id, wanted, dates=dates, **kwargs
        )
        return [answer["status"] for answer in answers]

    def _state(self, student=None, day=MONDAY, meal=None):
        return self._orders(student or self.student, day, meal or self.lunch).state
