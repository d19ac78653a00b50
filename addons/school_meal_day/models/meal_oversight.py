from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..const import LIVE_STATES, PAYABLE_OUTCOMES
from ..domain import oversight

GROUPS = tuple(
    f"school_meal_base.group_{role}" for role in ("head", "department", "operator")
)
TREND_DAYS = 30
#: Numbers that open their records.
BLOCKS = (
    "students", "absent", "confirmed", "unconfirmed", "ordered", "waiting", "issued",
    "money", "open_days", "menu",
)  # fmt: skip
#: Facts of a school that the board always has, with what they are without any row.
COUNTS = (
    "students", "present", "absent", "ordered", "waiting", "issued", "fed", "classes",
    "confirmed", "open_days", "menus_missing",
)  # fmt: skip


class MealOversight(models.AbstractModel):
    """What happens at the schools today, for those who answer for them.

    Heads and operators see their own schools, the department its municipality: the
    schools are those that the record rules let the user read, and every query is about
    these. Benefits appear as sums by source only, never with a child.
    """

    _name = "meal.oversight"
    _description = "Oversight of Meals"

    # === BOARD === #

    @api.model
    def get_board(self):
        """Return the state of today at every school of the user, as JSON."""
        schools = self._get_schools()
        days = self._get_today(schools)
        facts = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
        for query in (
            self._query_students,
            self._query_orders,
            self._query_issues,
            self._query_days,
            self._query_fixed,
        ):
            for row in query(days):
                facts[row.pop("school_id")].update(row)
        self._add_classes(facts, schools, days)
        self._add_meal_days(facts, days)
        self._add_menus(facts, schools, days)
        money = self._get_money(schools, days, facts)
        rows = [
            self._prepare_row(school, days[school.id], facts[school.id], money)
            for school in schools
        ]
        dates = sorted(set(days.values()))
        return {
            "title": " / ".join(format_date(self.env, day) for day in dates),
            "schools": rows,
            "total": self._sum_rows(rows),
            "currency": schools.company_id[:1].currency_id.id,
        }

    @api.model
    def get_trend(self, school_id=None):
        """Return the last days of one school, or of all that the user sees."""
        schools = self._get_schools(school_id)
        today = max(self._get_today(schools).values(), default=None)
        if not today:
            return []
        rows = self._query_trend(schools, today - timedelta(days=TREND_DAYS), today)
        # sudo: a number of whole schools that the user may see
        students = (
            self.env["school.student"]
            .sudo()
            .search_count(
                [("school_id", "in", schools.ids), ("state", "=", "enrolled")]
            )
        )
        return [
            {
                **row,
                "date": str(row["date"]),
                "label": f"{row['date']:%d.%m}",
                "coverage": oversight.percent(row["fed"], students),
            }
            for row in rows
        ]

    @api.model
    def open_rows(self, block, school_id=None):
        """Return the action that shows the records behind a number."""
        if block not in BLOCKS:
            raise UserError(self.env._("There are no records to show."))
        schools = self._get_schools(school_id)
        days = set(self._get_today(schools).values())
        model, domain = self._get_rows_domain(block, schools, days)
        names = {
            "students": self.env._("Students"),
            "absent": self.env._("Absent today"),
            "confirmed": self.env._("Classes confirmed today"),
            "ordered": self.env._("Ordered today"),
            "waiting": self.env._("Ordered, not claimed yet"),
            "issued": self.env._("Issued today"),
            "money": self.env._("Frozen portions of today"),
            "open_days": self.env._("Days not closed"),
            "menu": self.env._("Menus of today"),
            "unconfirmed": self.env._("Classes not confirmed today"),
        }
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": names[block],
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("school_id", "in", schools.ids), *domain],
            "target": "current",
        }

    # === WHO AND WHEN === #

    @api.model
    def _get_schools(self, school_id=None):
        """Return the schools of the user, one of them if asked for.

        The queries below go past the record rules: this is the one gate before them.
        """
        if not any(self.env.user.has_group(group) for group in GROUPS):
            raise AccessError(
                self.env._(
                    "Oversight is for the head of the school, the person responsible"
                    " for meals and the education department."
                )
            )
        domain = [("company_id", "in", self.env.companies.ids)]
        if school_id:
            domain.append(("id", "=", int(school_id)))
        return self.env["school.school"].search(domain)

    @api.model
    def _get_today(self, schools):
        calendar = self.env["school.calendar"]
        return {school.id: calendar._local_date(school) for school in schools}

    # === ROWS === #

    @api.model
    def _prepare_row(self, school, day, facts, money):
        now = self.env["school.calendar"]._local_datetime(school)
        late = oversight.warnings(
            {
                **facts,
                "attendance_from": school.correction_cutoff,
                "is_fixed": facts.get("is_fixed", False),
            },
            now.hour + now.minute / 60,
            facts["is_meal_day"],
        )
        by_source = money.get(school.id, {})
        return {
            "id": school.id,
            "name": school.short_name,
            "date": str(day),
            **{name: facts[name] for name in COUNTS},
            "is_school_day": facts["is_school_day"],
            "is_meal_day": facts["is_meal_day"],
            "is_closed": facts["is_closed"],
            "unconfirmed": facts["unconfirmed"],
            "unconfirmed_names": facts["unconfirmed_names"],
            "unknown": facts["students"] - facts["present"] - facts["absent"],
            "coverage": oversight.percent(facts["fed"], facts["students"]),
            **self._get_money_row(by_source),
            "late": late,
        }

    @api.model
    def _get_money_row(self, by_source):
        return {
            "money": oversight.largest_first(by_source),
            "amount": sum(by_source.values()),
        }

    @api.model
    def _sum_rows(self, rows):
        total = {name: sum(row[name] for row in rows) for name in COUNTS}
        by_source, forecast = defaultdict(int), 0
        for row in rows:
            for part in row["money"]:
                by_source[part["source"]] += part["amount"]
            forecast += 0 if row["is_closed"] else row["amount"]
        return {
            **total,
            "unknown": sum(row["unknown"] for row in rows),
            "closed": sum(row["is_closed"] for row in rows),
            "to_close": sum(row["is_meal_day"] or row["is_closed"] for row in rows),
            "late": sum(bool(row["late"]) for row in rows),
            "coverage": oversight.percent(total["fed"], total["students"]),
            **self._get_money_row(by_source),
            "forecast": forecast,
        }

    @api.model
    def _get_rows_domain(self, block, schools, days):
        """Return (model, domain) of a block; the domain goes to the browser."""
        days = list(days)
        last = str(max(days)) if days else False
        today = [("date", "in", [str(day) for day in days])]
        if block == "waiting":
            return "meal.order", [("id", "in", self._query_waiting(schools, days))]
        if block == "unconfirmed":
            confirmed = self._get_confirmed_class_ids(days)
            return "school.class", [("id", "not in", confirmed)]
        return {
            "students": ("school.student", [("state", "=", "enrolled")]),
            "absent": (
                "meal.absence",
                [
                    ("withdrawn_at", "=", False),
                    ("date_from", "<=", last),
                    ("date_to", ">=", last),
                ],
            ),
            "confirmed": ("meal.attendance", today),
            "ordered": ("meal.order", [*today, ("state", "in", list(LIVE_STATES))]),
            "issued": ("meal.issue.event", [*today, ("action", "=", "given")]),
            "money": (
                "meal.day.line",
                [
                    *today,
                    ("is_current", "=", True),
                    ("outcome", "in", list(PAYABLE_OUTCOMES)),
                ],
            ),
            "open_days": ("meal.day", [("state", "=", "open"), ("date", "<=", last)]),
            "menu": ("meal.menu", today),
        }[block]

    @api.model
    def _get_confirmed_class_ids(self, days):
        rows = self.env["meal.attendance"]._read_group(
            [("date", "in", days)], ["class_id"]
        )
        return [school_class.id for (school_class,) in rows]
