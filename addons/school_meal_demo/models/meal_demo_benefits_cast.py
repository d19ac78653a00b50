import random
from collections import defaultdict
from datetime import timedelta

from odoo import api, models

from .. import benefits
from ..agenda import Agenda
from ..const import SEED

#: Working days of the longest history of one child, with some in reserve.
LONGEST = 20


class MealDemo(models.AbstractModel):
    """Who applies for what, and when: the agenda of the benefits of a municipality."""

    _inherit = "meal.demo"

    @api.model
    def _plan_benefits(self, company):
        """Return the agenda of everything that happens before today."""
        agenda, schools = Agenda(), self._get_schools(company)
        for place, school in enumerate(schools):
            self._plan_primary(agenda, school)
            self._plan_cast(agenda, school, is_shown=place == 0)
        if self._get_category(company, "milk"):
            self._plan_milk(agenda, schools[0])
            self._plan_milk_at_home(agenda, schools[0])
        if self._get_category(company, "disability_home"):
            self._plan_compensation(agenda, schools)
        self._plan_register(agenda, schools[0])
        return agenda

    @api.model
    def _play_benefits(self, agenda, school, day):
        """Do what the agenda holds until the morning of a day."""
        for step in agenda.take(day):
            with self._at(school, step.day, step.hour):
                step.run()

    # === DAYS === #

    @api.model
    def _before_today(self, school, working_days):
        """Return the day so many working days ago, not before the school year."""
        calendar = self.env["school.calendar"]
        today = calendar._local_date(school)
        day = calendar._add_working_days(today, -working_days)
        return max(day, self._get_year_begin(school.company_id))

    @api.model
    def _after_begin(self, school, working_days):
        """Return the working day of the school year, the first is 0; none to come."""
        calendar = self.env["school.calendar"]
        begin = self._get_year_begin(school.company_id)
        day = calendar._add_working_days(begin, working_days)
        yesterday = calendar._local_date(school) - timedelta(days=1)
        return max(begin, min(day, yesterday))

    # === GRADES 1-4 === #

    @api.model
    def _plan_primary(self, agenda, school):
        """Everybody in grades 1-4 applies before the first meal of the year."""
        students = self._get_students(school, 1, 4)
        self._plan_plain(
            agenda, school, self._after_begin(school, 0), {"primary": students}
        )

    @api.model
    def _plan_milk(self, agenda, school):
        students = self._get_students(school, *benefits.MILK["grades"])
        self._plan_plain(
            agenda, school, self._after_begin(school, 1), {"milk": students}
        )

    @api.model
    def _get_students(self, school, first, last):
        students = school.with_env(self.env).student_ids
        return students.filtered(
            lambda one: one.state == "enrolled" and first <= one.class_id.grade <= last
        )

    # === THE OTHER CATEGORIES === #

    @api.model
    def _plan_cast(self, agenda, school, is_shown):
        plain, fates = self._cast(school, is_shown)
        if is_shown:
            self._misspell(plain["disability"][:1])
        self._set_facts(school, plain, fates)
        for day, members in self._spread(school, plain).items():
            self._plan_plain(agenda, school, day, members)
        for student, code, fate in fates:
            category = self._get_category(school.company_id, code)
            getattr(self, f"_fate_{fate}")(agenda, school, student, category)

    @api.model
    def _cast(self, school, is_shown):
        """Choose the children of a school, the same ones every time.

        :return: {category: students} without anything special, and [(student,
            category, fate), …]
        """
        city = self._city_code(school.company_id)
        chance = random.Random(f"{SEED} {city} {school.code}")
        # the family of the demo has its own story
        students = self._get_students(school, 5, 11).filtered(
            lambda one: not one.guardian_ids.partner_id.user_ids
        )
        pool = students.browse(chance.sample(students.ids, len(students)))
        plain, fates, place = {}, [], 0
        # in the first weeks of a school year nothing can have happened yet
        begin = self._get_year_begin(school.company_id)
        has_fates = is_shown and self._before_today(school, LONGEST) > begin
        for code, shown, other in benefits.CAST[city]:
            number = shown if is_shown else other
            members = pool[place : place + number]
            place += number
            named = benefits.FATES.get(code, []) if has_fates else []
            fates += [
                (student, code, fate)
                for student, fate in zip(members, named, strict=False)
            ]
            plain[code] = members[len(named) :]
        return plain, fates

    @api.model
    def _spread(self, school, plain):
        """Return {day: {category: students}}: most apply in September."""
        chance = random.Random(f"{SEED} days {school.code}")
        september = [self._after_begin(school, number) for number in (1, 2)]
        later = [self._before_today(school, number) for number in (34, 27, 12, 6)]
        days = defaultdict(lambda: defaultdict(self.env["school.student"].browse))
        for code, students in plain.items():
            for student in students:
                is_early = chance.random() * 100 < benefits.SEPTEMBER
                day = chance.choice(september if is_early else later)
                if code == "disability_remote":  # not before they are taught so
                    day = self._after_begin(school, 9)
                days[day][code] += student
        return days

    @api.model
    def _set_facts(self, school, plain, fates):
        """What the school knows of its children: who rides the bus, who is taught at
        home and since when."""
        members = defaultdict(self.env["school.student"].browse, plain)
        for student, code, _fate in fates:
            members[code] += student
        members["bused"].write({"is_bused": True, "hours_at_school": 7.5})
        begin = self._get_year_begin(school.company_id)
        orders = {"disability_home": ("home", 0), "disability_remote": ("remote", 9)}
        self._as_clerk(school)["benefit.study.period"].create(
            [
                {
                    "student_id": student.id,
                    "form": form,
                    "date_from": begin + timedelta(days=days),
                    "basis": f"Приказ от {begin:%d.%m.%Y} № {number}-У",
                    "week_days": "1235" if number % 2 else False,
                }
                for code, (form, days) in orders.items()
                for number, student in enumerate(members[code], 41)
            ]
        )
