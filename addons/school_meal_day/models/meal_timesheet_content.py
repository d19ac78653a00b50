from collections import Counter, defaultdict

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.school_meal_base.domain import school_days

from ..const import PAYABLE_OUTCOMES
from ..domain import timesheet
from .meal_timesheet import FULL_GROUPS


class MealTimesheet(models.Model):
    """What a timesheet says: read from the facts, or from the signed rows."""

    _inherit = "meal.timesheet"

    # === WHO SEES WHAT === #

    def _get_content(self):
        """Return the content as the current user may see it."""
        return self._hide(self._get_full_content())

    def _hide(self, content):
        """Return what the current user may see of a content."""
        return content if self._sees_all() else timesheet.for_teacher(content)

    def _sees_all(self):
        return self.env.su or any(
            self.env.user.has_group(group) for group in FULL_GROUPS.split(",")
        )

    def _get_full_content(self):
        """Return the signed rows, or those of the draft as the facts are now."""
        self.ensure_one()
        self.check_access("read")
        if self.state == "draft":
            return self._compute_content()
        # sudo: the field is hidden from teachers, who get their part of it
        content = self.sudo().content
        if timesheet.digest(content) != self.digest:
            raise UserError(
                self.env._(
                    "The signed rows of “%s” do not fit their digest: somebody changed"
                    " them in the database. Call the administrator.",
                    self.display_name,
                )
            )
        return content

    # === FACTS === #

    def _compute_content(self):
        """Return the content of the sheet from the facts of its month."""
        self.ensure_one()
        # sudo: a teacher's sheet is the same document as everybody's; what the reader
        # may see of it is decided by _get_content
        self = self.sudo()
        days = self._get_days()
        students, class_name = self._get_students()
        if self.kind == "attendance":
            body = timesheet.attendance(days, students, self._get_absences())
            body["rate"] = self._get_rate()
        else:
            body = timesheet.meals(
                days, students, self._get_portions(), self._get_sources()
            )
        return {
            "kind": self.kind,
            "month": str(self.month),
            "school": self.school_id.name,
            "company": self.company_id.name,
            "class": class_name,
            "week": self.school_id.week_days,
            "teacher": self.class_id.teacher_id.name or "",
            "head": self.school_id.head_id.name or "",
            "responsible": self.school_id.meals_responsible_id.name or "",
            **body,
        }

    def _get_last_day(self):
        return self.month + relativedelta(months=1, days=-1)

    def _get_days(self):
        school = self.school_id
        dates = timesheet.month_days(self.month)
        rules = self.env["school.calendar"]._get_rules(
            school, self.class_id, dates[0], dates[-1]
        )
        is_known = self._get_known_days()
        days = []
        for day in dates:
            kind = school_days.day_kind(day, int(school.week_days), rules)
            is_off = kind not in school_days.SCHOOL_KINDS
            days.append(timesheet.Day(day, kind, is_off, is_known(day, is_off)))
        return days

    def _get_known_days(self):
        """Return a function (day, is it off) → whether all is known of it."""
        span = [("date", ">=", self.month), ("date", "<=", self._get_last_day())]
        if self.kind == "attendance":
            today = self.env["school.calendar"]._local_date(self.school_id)
            rows = self.env["meal.attendance"].search(
                [("class_id", "=", self.class_id.id), *span]
            )
            confirmed = {row.date for row in rows if row.date <= today}
            return lambda day, is_off: is_off or day in confirmed
        rows = self.env["meal.day"].search(
            [("school_id", "=", self.school_id.id), *span]
        )
        state = {row.date: row.state for row in rows}
        # a day that is open although it is off may still bring portions
        return lambda day, is_off: (
            state.get(day, "closed" if is_off else "") == "closed"
        )

    def _get_students(self):
        """Return ([Student], name of the class in the month)."""
        enrolments = self.env["school.enrolment"].search(
            [
                ("class_id", "=", self.class_id.id),
                ("date_from", "<=", self._get_last_day()),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.month),
            ],
            order="date_from",
        )
        spans = defaultdict(list)
        for row in enrolments:
            spans[row.student_id].append((row.date_from, row.date_to or None))
        if self.kind == "meals":
            # money is never left out: a portion of the class has its row
            for student in self._get_lines().student_id:
                spans.setdefault(student, [])
        students = self.env["school.student"].union(*spans).sorted()
        names = Counter(row.class_name for row in enrolments if row.class_name)
        class_name = names.most_common(1)[0][0] if names else self.class_id.name
        return [
            timesheet.Student(
                student.id,
                student.name,
                student.account_number or "",
                tuple(spans[student]),
            )  # fmt: skip
            for student in students
        ], class_name

    def _get_absences(self):
        rows = self.env["meal.absence"].search(
            [
                ("school_id", "=", self.school_id.id),
                ("withdrawn_at", "=", False),
                ("date_from", "<=", self._get_last_day()),
                ("date_to", ">=", self.month),
            ],
            order="id",
        )
        return [
            timesheet.Absence(
                row.student_id.id,
                row.date_from,
                row.date_to,
                row.reason,
                row.note or "",
            )  # fmt: skip
            for row in rows
        ]

    def _get_rate(self):
        """Return the price of the first meal of the day for the age of the class.

        It is the same for all children of the class, whoever pays it.
        """
        prices = self.env["meal.pricing"]._get_price_list(self.school_id, self.month)
        groups = self.env["meal.age.group"]._by_grade()
        age = groups.get(self.class_id.grade, self.env["meal.age.group"])
        for meal in self.env["meal.type"].search([("active", "=", True)]):
            tariff = prices.get_tariff(meal.id, age.id)
            if tariff:
                return tariff.price
        return None

    def _get_lines(self):
        return self.env["meal.day.line"].search(
            [
                ("school_id", "=", self.school_id.id),
                ("class_id", "=", self.class_id.id),
                ("date", ">=", self.month),
                ("date", "<=", self._get_last_day()),
                ("is_current", "=", True),
                ("outcome", "in", PAYABLE_OUTCOMES),
            ]
        )

    def _get_portions(self):
        """Read the frozen portions with their parts in one query."""
        for model in ("meal.day.line", "meal.day.part"):
            self.env[model].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.student_id, line.date, line.meal_type_id,
                       (line.price * 100)::bigint AS price,
                       COALESCE(
                           json_agg(json_build_array(
                               source.code, (part.amount * 100)::bigint
                           ) ORDER BY source.sequence, source.id)
                           FILTER (WHERE part.id IS NOT NULL), '[]'
                       ) AS parts
                  FROM meal_day_line line
                  LEFT JOIN meal_day_part part ON part.line_id = line.id
                  LEFT JOIN meal_funding_source source ON source.id = part.source_id
                 WHERE line.school_id = %s AND line.class_id = %s
                   AND line.date BETWEEN %s AND %s
                   AND line.is_current AND line.outcome IN %s
                 GROUP BY line.id
                 ORDER BY line.date, line.id
                """,
                self.school_id.id,
                self.class_id.id,
                self.month,
                self._get_last_day(),
                PAYABLE_OUTCOMES,
            )
        )
        rows = self.env.cr.fetchall()
        # the form is Russian in every language of the program
        meals = self.env["meal.type"].with_context(lang="ru_RU")
        names = {meal.id: meal for meal in meals.browse({row[2] for row in rows})}
        return [
            timesheet.Portion(
                student,
                day,
                names[meal].code,
                names[meal].name,
                price,
                tuple(map(tuple, parts)),
            )  # fmt: skip
            for student, day, meal, price, parts in rows
        ]

    def _get_sources(self):
        sources = self.env["meal.funding.source"].with_context(active_test=False)
        return [
            (source.code, source.name, source.level == "parent")
            for source in sources.search([("company_id", "=", self.company_id.id)])
        ]
