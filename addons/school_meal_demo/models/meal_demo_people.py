import base64
from datetime import date

from odoo import Command, api, models

from odoo.addons.school_meal_base.domain import roster_table, snils

from .. import const

HEADERS = (
    "Школа;Класс;Фамилия;Имя;Отчество;Дата рождения;Пол;СНИЛС;Представитель;"
    "Степень родства;Телефон;E-mail"
).split(";")

#: Roles of the staff: login prefix → (group, name, only in the first city).
STAFF = {
    "accountant": ("group_accountant", "Кравцова Людмила Петровна"),
    "department": ("group_department", "Демидов Сергей Викторович"),
    "head": ("group_head", "Белова Галина Ивановна"),
    "operator": ("group_operator", "Титова Оксана Юрьевна"),
    "teacher": ("group_teacher", "Ершова Нина Павловна"),
    "cashier": ("group_cashier", "Рябова Вера Олеговна"),
    "canteen": ("group_canteen", "Гусева Тамара Степановна"),
}


class MealDemo(models.AbstractModel):
    _inherit = "meal.demo"

    @api.model
    def _get_cities(self):
        return const.CITIES

    @api.model
    def _prepare_region(self):
        """The company every database begins with becomes the region's office."""
        region = self.env.ref("base.main_company")
        region.name = "Региональный оператор школьного питания"
        region.logo = False
        rubles = self.env.ref("base.RUB")
        rubles.write({"active": True, "symbol": "₽"})
        region.currency_id = rubles
        self.env.ref("base.user_admin").lang = "ru_RU"

    @api.model
    def _create_city(self, values):
        """A municipality with chart, ledger, schools, channel and tills."""
        company = self.env["res.company"].create(
            {
                "name": values["name"],
                "currency_id": self.env.ref("base.RUB").id,
                "country_id": self.env.ref("base.ru").id,
            }
        )
        company.partner_id.write({"lang": "ru_RU", "tz": values["tz"]})
        self.env.user.company_ids += company
        admin = self.env.ref("base.user_admin")
        if admin.company_id == self.env.ref("base.main_company"):
            admin.write(
                {"company_ids": [Command.link(company.id)], "company_id": company.id}
            )
        admin.company_ids += company
        company.logo = False
        # The cards of the demo are free: its families have no money on the first day.
        company.meal_card_fee = 33
        schools = self.env["school.school"].create(
            [
                {
                    "name": name,
                    "short_name": short_name,
                    "code": code,
                    "company_id": company.id,
                    "tz": values["tz"],
                }
                for code, name, short_name in values["schools"]
            ]
        )
        self.env["meal.ledger.setup"].with_company(company)._setup_company(company)
        for school in schools:
            school.with_company(company)._setup_school_till(cash=True)
        return company

    @api.model
    def _at_year_begin(self, company):
        """Freeze the clock at noon of the first of September."""
        school = self.env["school.school"].search(
            [("company_id", "=", company.id)], limit=1
        )
        return self._at(school, self._get_year_begin(company), 12)

    # === STUDENTS === #

    @api.model
    def _import_students(self, company, chance):
        """Import the list of the municipality the way an operator does."""
        schools = self.env["school.school"].search([("company_id", "=", company.id)])
        rows = [row for school in schools for row in self._make_rows(school, chance)]
        imports = self.env["meal.roster.import"].with_company(company)
        roster = imports.create(
            {
                "company_id": company.id,
                "school_id": False,
                "file": base64.b64encode(roster_table.write_xlsx(HEADERS, rows)),
                "file_name": f"Ученики {company.id}.xlsx",
            }
        )
        roster.action_read()
        roster.action_preview()
        roster._set({"state": "running", "applied_by_id": self.env.uid})
        roster._apply()
        assert roster.create_count == len(rows), roster.error_count
        students = schools.student_ids
        self.env["meal.account"]._issue(students)

    @api.model
    def _make_rows(self, school, chance):
        family, number = None, int(school.code) * 1000 + school.company_id.id * 100_000
        for grade in range(1, 12):
            for letter in const.LETTERS:
                for _place in range(const.STUDENTS_PER_CLASS):
                    number += 1
                    if family is None or chance.random() > 0.2:
                        family = self._make_family(number, chance)
                    yield self._make_row(school, grade, letter, number, family, chance)

    @api.model
    def _make_family(self, number, chance):
        last_name, father = (
            chance.choice(const.LAST_NAMES),
            chance.choice(const.FATHERS),
        )
        name, grandfather = chance.choice(const.MOTHERS), chance.choice(const.FATHERS)
        mother = f"{last_name}а {name} {grandfather}на"
        return last_name, father, mother, f"+7 900 {number:07d}", f"family{number}"

    @api.model
    def _make_row(self, school, grade, letter, number, family, chance):
        last_name, father, mother, phone, mailbox = family
        boy = chance.random() < 0.5
        year = self.env["school.calendar"]._local_date(school).year
        day, month = chance.randint(1, 28), chance.randint(1, 12)
        body = f"{100_200_000 + number * 11:09d}"
        return [
            school.short_name,
            f"{grade}{letter}",
            last_name if boy else f"{last_name}а",
            chance.choice(const.BOYS if boy else const.GIRLS),
            father + ("ич" if boy else "на"),
            f"{date(year - 6 - grade, month, day):%d.%m.%Y}",
            "М" if boy else "Ж",
            body + snils.check_digits(body),
            mother,
            "мать",
            phone,
            f"{mailbox}@example.com",
        ]

    @api.model
    def _create_cards(self, company, chance):
        """Nine of ten students have an active card; the rest are at every stage."""
        students = self.env["school.student"].search([("company_id", "=", company.id)])
        cards = self.env["school.card"].sudo()
        values = []
        for number, student in enumerate(students):
            fate = chance.random()
            # The first three bytes are what Wiegand-26 tells: different for everybody.
            uid = f"{0x400000 + number * 4_999:06X}{chance.getrandbits(8):02X}"
            if fate < 0.92:
                values.append({"uid": uid, "state": "active"})
            elif fate < 0.95:
                values.append({"uid": uid, "state": "handed"})
            elif fate < 0.97:
                values.append({"uid": uid, "state": "lost"})
            else:
                values.append({"state": "made"})
            values[-1]["student_id"] = student.id
        cards.create(values)

    # === USERS === #

    @api.model
    def _create_staff(self, company):
        schools = self.env["school.school"].search([("company_id", "=", company.id)])
        suffix = self._login_suffix(company)
        for role, (group, name) in STAFF.items():
            user = self._create_user(company, f"{role}{suffix}", name, group)
            if role in ("head", "operator", "cashier", "teacher", "canteen"):
                user.school_ids = schools[0]
            if role == "teacher":
                schools[0].class_ids.filtered(
                    lambda c: c.name == "5А"
                ).teacher_id = user
            if role == "head":
                schools[0].head_id = user
            if role == "operator":
                schools[0].meals_responsible_id = user

    @api.model
    def _create_user(self, company, login, name, group):
        return self.env["res.users"].create(
            {
                "name": name,
                "login": f"{login}@demo.school-meal",
                "password": const.PASSWORD,
                "lang": "ru_RU",
                "tz": company.partner_id.tz,
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [
                    Command.set([self.env.ref(f"school_meal_base.{group}").id])
                ],
            }
        )

    @api.model
    def _create_parents(self, company):
        """One family with two children may sign in to the portal."""
        guardian = self.env["school.guardian"].search(
            [("student_id.company_id", "=", company.id)], order="id"
        )
        parent = next(
            person
            for person in guardian.partner_id
            if len(guardian.filtered(lambda g, p=person: g.partner_id == p)) > 1
        )
        self.env["res.users"].create(
            {
                "partner_id": parent.id,
                "login": f"parent{self._login_suffix(company)}@demo.school-meal",
                "password": const.PASSWORD,
                "lang": "ru_RU",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )

    @api.model
    def _login_suffix(self, company):
        first = company.name == const.CITIES[0]["name"]
        return "" if first else "." + const.CITIES[1]["code"]

    @api.model
    def _set_rules(self, company, chance):
        """Limits, bans and allergies on some children of the first municipality."""
        students = self.env["school.student"].search([("company_id", "=", company.id)])
        sweets = self.env["product.category"].search(
            [("name", "=", const.SWEETS)], limit=1
        )
        allergens = self.env["school.allergen"].search([("code", "!=", False)])
        for student in chance.sample(list(students), 40):
            student.account_id.limit_day = chance.choice((100, 150, 200))
        for student in chance.sample(list(students), 25):
            self.env["meal.ban"].create(
                {"account_id": student.account_id.id, "category_id": sweets.id}
            )
        for student in chance.sample(list(students), 20):
            student.allergen_ids = chance.choice(list(allergens))
