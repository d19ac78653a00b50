import logging
import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import clock
from ..const import HISTORY_DAYS, PASSWORD, SEED

#: Models that grow with the story.
COUNTED = (
    "meal.",
    "school.",
    "access.",
    "attendance.",
    "benefit.",
    "egisso.",
    "pos.order",
    "pos.payment",
    "account.move",
)

_logger = logging.getLogger(__name__)


class MealDemo(models.AbstractModel):
    """Fills an empty database with a believable region, the same one every time.

    Everything goes the way users go: lists are imported as files, money arrives in a
    bank's registries, receipts are sent by tills. Only the dates are shifted back.
    """

    _name = "meal.demo"
    _description = "Demo Generator"

    @api.model
    def _generate(self):
        """Create everything; commits nothing but the imported lists."""
        with clock.story():
            self._tell_story()

    @api.model
    def _tell_story(self):
        demo = self.with_context(
            tracking_disable=True, mail_create_nolog=True, no_reset_password=True
        )
        chance = random.Random(SEED)
        demo._prepare_region()
        cities = [demo._create_city(values) for values in demo._get_cities()]
        for city in cities:
            _logger.info("%s: students, cards, staff", city.name)
            with demo._at_year_begin(city):
                demo._import_students(city, chance)
            demo._create_cards(city, chance)
            demo._create_staff(city)
            demo._create_parents(city)
            demo._create_entrances(city)
            demo._create_menu(city)
            demo._create_set_meals(city)
            demo._create_benefits(city)
            demo._create_choices(city, chance)
            demo._count_rows()
            demo._play_history(city.with_context(lang="ru_RU"), chance)
        demo._set_rules(cities[0], chance)
        demo._create_region_user(cities[0] + cities[1])
        demo._prepare_access_today(cities[0] + cities[1])

    @api.model
    def _count_rows(self):
        """Let the database know how much there is now.

        What is not committed yet is counted by nobody, and an empty table is read in
        whole for every single question.
        """
        self.env.flush_all()
        tables = [
            SQL.identifier(model._table)
            for name, model in self.env.items()
            if model._auto and not model._transient and name.startswith(COUNTED)
        ]
        tables.append(SQL.identifier("access_event_log"))
        self.env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(tables)))

    @api.model
    def _logins(self):
        """Who may log in: list of dicts role, purpose, login, password, path."""
        rows = [
            {
                "role": "Администратор",
                "purpose": "настройки и всё остальное",
                "login": "admin",
                "password": "admin",
                "path": "/odoo",
            }
        ]
        users = self.env["res.users"].search([("login", "=like", "%@demo.school-meal")])
        purposes = self._get_purposes()
        for user in users.sorted("id"):
            role = user.login.partition("@")[0].partition(".")[0]
            rows.append(
                {
                    "role": purposes[role][0],
                    "purpose": f"{purposes[role][1]} — {user.name}",
                    "login": user.login,
                    "password": PASSWORD,
                    "path": purposes[role][2],
                }
            )
        return rows

    @api.model
    def _get_purposes(self):
        """Role's login prefix → (role, what it is for, first page)."""
        return {
            "accountant": (
                "Бухгалтер",
                "реестры, счета, сверка, компенсации, ЕГИССО",
                "/odoo",
            ),
            "department": (
                "Управление образования",
                "обзор школ, порядок льгот, отчёты, проверки",
                "/odoo",
            ),
            "head": ("Директор школы", "своя школа, приказы о льготах", "/odoo"),
            "operator": (
                "Ответственный за питание",
                "списки, карты, заявления на льготы",
                "/odoo",
            ),
            "teacher": ("Классный руководитель", "свой класс", "/odoo"),
            "cashier": ("Кассир", "касса школы", "/odoo"),
            "canteen": ("Повар, раздача", "меню, заявки, выдача", "/odoo"),
            "guard": (
                "Охранник",
                "пост охраны: кто проходит, тревоги, разрешения",
                "/school_access/post",
            ),
            "region": (
                "Регион",
                "посещаемость пяти школ: отметьте справа вверху оба управления",
                "/odoo",
            ),
            "parent": ("Родитель", "кабинет: баланс и выписка", "/my"),
        }

    @api.model
    def _get_history_begin(self, school):
        today = fields.Date.context_today(self.with_context(tz=school.tz))
        return today - timedelta(days=HISTORY_DAYS)

    @api.model
    def _get_days(self, school):
        """School days of the history, oldest first; today is left to the user."""
        first = self._get_history_begin(school)
        days = (first + timedelta(days=n) for n in range(HISTORY_DAYS))
        return [
            day
            for day in days
            if self.env["school.calendar"]._is_school_day(day, school)
        ]
