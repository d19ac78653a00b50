"""People of the portal around the small world of school_meal_base."""

from datetime import date, datetime

from odoo import Command
from odoo.tests import HttpCase

from odoo.addons.school_meal_base.tests.common import SchoolMealCase

PASSWORD = "portal-password"


class PortalCase(SchoolMealCase, HttpCase):
    """A mother of two, a father of a classmate, a grandmother who is only notified, a
    pupil's own login, and a supplier's contact without any child."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.father = cls.env["res.partner"].create({"name": "Petrov Pavel"})
        cls.grandmother = cls.env["res.partner"].create({"name": "Ivanova Nina"})
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier's clerk"})
        cls.env["school.guardian"].create(
            [
                {"student_id": cls.classmate.id, "partner_id": cls.father.id},
                {
                    "student_id": cls.student.id,
                    "partner_id": cls.grandmother.id,
                    "relation": "grandmother",
                    "is_legal": False,
                    "may_pay": False,
                },
            ]
        )
        cls.mother_user = cls._new_portal_user("maria@example.com", cls.mother)
        cls.father_user = cls._new_portal_user("pavel@example.com", cls.father)
        cls.notified_user = cls._new_portal_user("nina@example.com", cls.grandmother)
        cls.supplier_user = cls._new_portal_user("clerk@example.com", cls.supplier)
        cls.student._issue_temporary_password()
        cls.student_user = cls.student.partner_id.user_ids
        cls.student_user.password = PASSWORD
        cls._accept_terms(cls.student_user)
        day = date(2026, 9, 1)
        cls.ledger._top_up(
            cls.account, 50_000, uuid="t", debit=cls.transit, business_date=day,
            occurred_at=datetime(2026, 9, 1, 5),
        )  # fmt: skip
        cls.ledger._charge(
            cls.account, 4_961, uuid="m", kind="meal", business_date=day,
            occurred_at=datetime(2026, 9, 1, 8),
        )  # fmt: skip

    @classmethod
    def _new_portal_user(cls, login, partner, accept=True):
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
        if accept:
            cls._accept_terms(user)
        return user

    @classmethod
    def _accept_terms(cls, user):
        terms = cls.env["meal.terms"]._get_current()
        cls.env["meal.terms.acceptance"]._accept(user, terms, "127.0.0.1")

    def _as(self, user, model):
        """A model with a user's rights and companies, as a request has it."""
        companies = {"allowed_company_ids": user.company_ids.ids}
        return self.env[model].with_user(user).with_context(**companies)

    def _sign_in(self, user):
        """Open a session the quick way, without the form."""
        self.authenticate(user.login, PASSWORD)

    def _post_form(self, url, page=None, **values):
        """Post like a browser: with the token of the page that holds the form."""
        token = self.url_open(page or url).text
        token = token.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self.url_open(
            url, data={"csrf_token": token, **values}, allow_redirects=False
        )

    def _log_in_by_form(self, login, password):
        return self._post_form("/web/login", login=login, password=password)

    def _statement_url(self, student, suffix=""):
        return f"/my/children/{student.id}/statement{suffix}"
