import uuid

from odoo import Command, api, models

from odoo.addons.school_meal_base.domain import snils

from .. import benefits, meals
from ..const import CITIES


class MealDemo(models.AbstractModel):
    """What a municipality and its schools have before anybody applies for a benefit."""

    _inherit = "meal.demo"

    @api.model
    def _create_benefits(self, company):
        """Regulation, funding, rates, measures of the register and the people."""
        begin = self._get_year_begin(company)
        self._create_benefit_staff(company)
        regulation = self._adopt_regulation(company, begin)
        self._create_benefit_funding(company, begin)
        self._create_measures(regulation)
        self._create_rates(company, begin)
        return regulation

    @api.model
    def _city_code(self, company):
        return next(city["code"] for city in CITIES if city["name"] == company.name)

    @api.model
    def _get_schools(self, company):
        return self.env["school.school"].search([("company_id", "=", company.id)])

    # === PEOPLE === #

    @api.model
    def _create_benefit_staff(self, company):
        """Every school has a clerk and a head; those of the first one may sign in."""
        others = self._get_schools(company)[1:]
        for school, names in zip(others, benefits.STAFF, strict=False):
            for role, name in zip(("operator", "head"), names, strict=True):
                user = self._create_user(
                    company,
                    f"{role}.{school.code}.{company.id}",
                    name,
                    f"group_{role}",
                )
                # nobody signs in with these, and `_logins` does not name them
                user.login = f"{role}.{school.code}.{company.id}@example.com"
                user.school_ids = school
                field = "head_id" if role == "head" else "meals_responsible_id"
                school[field] = user

    @api.model
    def _as_clerk(self, school):
        """Return the environment of the person responsible for meals."""
        return self.with_user(school.meals_responsible_id).env

    @api.model
    def _as_head(self, school):
        return self.with_user(school.head_id).env

    @api.model
    def _as_staff(self, company, role):
        """Return the environment of the demo's accountant or department."""
        login = f"{role}{self._login_suffix(company)}@demo.school-meal"
        user = self.env["res.users"].search([("login", "=", login)])
        return self.with_user(user).env

    @api.model
    def _make_snils(self, number):
        body = f"{number:09d}"
        return body + snils.check_digits(body)

    # === REGULATION === #

    @api.model
    def _adopt_regulation(self, company, begin):
        template = self.env.ref(benefits.REGULATIONS[self._city_code(company)])
        template = template.with_company(company)
        regulation = self.env["benefit.regulation"].browse(
            template.action_adopt()["res_id"]
        )
        regulation.date_from = begin
        regulation.action_put_in_force()
        return regulation

    @api.model
    def _get_category(self, company, code):
        return self.env["benefit.category"].search(
            [
                ("code", "=", code),
                ("company_id", "=", company.id),
                ("regulation_id.state", "=", "in_force"),
            ]
        )

    @api.model
    def _create_benefit_funding(self, company, begin):
        """Who pays for the meals of the categories; grades 1-4 are paid already."""
        sources = {
            source.code: source
            for source in self.env["meal.funding.source"].search(
                [("company_id", "=", company.id)]
            )
        }
        categories = self.env["benefit.category"].search(
            [("company_id", "=", company.id), ("kind", "=", "meals")]
        )
        used = {category.meal_category_id.code for category in categories}
        self.env["meal.funding.rule"].create(
            [
                {
                    "name": self.env.ref(
                        f"school_meal_benefits.meal_category_{code}"
                    ).name,
                    "sequence": 20 + place,
                    "company_id": company.id,
                    "category_id": self.env.ref(
                        f"school_meal_benefits.meal_category_{code}"
                    ).id,
                    "meal_type_ids": [
                        Command.set([self._meal_type(meal).id for meal in meal_codes])
                    ],
                    "date_from": begin,
                    "is_ordered_automatically": True,
                    "basis": "Порядок обеспечения питанием",
                    "line_ids": self._prepare_funding_lines(sources, share),
                }
                for place, (code, (meal_codes, share)) in enumerate(
                    benefits.FUNDING.items()
                )
                if code in used
            ]
        )

    @api.model
    def _prepare_funding_lines(self, sources, share):
        regional, municipal = (sources[code] for code, *_rest in meals.SOURCES)
        parts = []
        if share:
            parts.append(
                {"source_id": regional.id, "mode": "percent", "percent": share}
            )
        if share < 100:
            parts.append({"source_id": municipal.id, "mode": "rest"})
        return [
            Command.create({"sequence": 10 * number, **part})
            for number, part in enumerate(parts, 1)
        ]

    # === STATE REGISTER === #

    @api.model
    def _create_measures(self, regulation):
        """The codes are of the demo's own making: a municipality gets its own ones."""
        body = benefits.EGISSO_BODY.format(number=regulation.company_id.id)

        def code(*parts):
            return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))

        self.env["egisso.measure"].create(
            [
                {
                    "category_id": category.id,
                    "company_id": regulation.company_id.id,
                    "lmsz_id": code(body, "lmsz", category.code),
                    "local_category_id": code(body, "category", category.code),
                    "osz_code": body,
                    "form": "01" if category.kind == "money" else "03",
                    "rate": 85.30,
                }
                for category in regulation.category_ids
            ]
        )
