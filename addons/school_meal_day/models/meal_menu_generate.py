from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: School days for which the nightly job makes menus.
DAYS_AHEAD = 10
QUIET = {"tracking_disable": True, "mail_create_nolog": True}


class MealMenu(models.Model):
    """How menus of days come from cyclic menus.

    A cycle begins anew after its last day; its days are counted by the school days of
    each school from the day the cycle came into force: holidays and vacations are
    skipped, not lost. The published calendar tells the same numbers.
    """

    _inherit = "meal.menu"

    # === GENERATION === #

    @api.model
    def _generate(self, schools, date_from, date_to):
        """Make the menus that are missing from approved cycles.

        :return: the new ``meal.menu``, in draft
        """
        missing = self._get_missing(schools, date_from, date_to)
        menus = self.with_context(**QUIET).create(missing).with_env(self.env)
        menus._add_cycle_lines()
        return menus

    @api.model
    def _get_missing(self, schools, date_from, date_to):
        known = self._get_known(schools, date_from, date_to)
        wanted = []
        for school in schools:
            for (age, variant), days in self._get_cycle_days(
                school, date_from, date_to
            ).items():
                wanted += [
                    {
                        "school_id": school.id,
                        "date": date,
                        "age_group_id": age,
                        "variant_id": variant,
                        "cycle_id": cycle.id,
                        "cycle_day": number,
                    }
                    for date, (cycle, number) in days.items()
                    if (school.id, date, age, variant) not in known
                ]
        return wanted

    @api.model
    def _get_known(self, schools, date_from, date_to):
        menus = self.search_fetch(
            [
                ("school_id", "in", schools.ids),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
            ],
            ["school_id", "date", "age_group_id", "variant_id"],
        )
        return {
            (menu.school_id.id, menu.date, menu.age_group_id.id, menu.variant_id.id)
            for menu in menus
        }

    def _add_cycle_lines(self):
        """Copy the dishes of the cycle's day into new menus, in one statement."""
        if not self:
            return
        self.env["meal.cycle.line"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO meal_menu_line (
                    menu_id, school_id, company_id, meal_type_id, sequence, section_id,
                    dish_id, cycle_dish_id, price, output_g, proteins_g, fats_g,
                    carbohydrates_g, energy_kcal,
                    create_uid, write_uid, create_date, write_date
                )
                SELECT menu.id, menu.school_id, menu.company_id, line.meal_type_id,
                       line.sequence, line.section_id, line.dish_id, line.dish_id,
                       round(line.price, 2), line.output_g, line.proteins_g,
                       line.fats_g, line.carbohydrates_g, line.energy_kcal,
                       %(user)s, %(user)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM meal_menu menu
                  JOIN meal_cycle_line line
                    ON line.cycle_id = menu.cycle_id
                   AND line.day_number = menu.cycle_day
                 WHERE menu.id IN %(menus)s
                 ORDER BY menu.id, line.id
                """,
                user=self.env.uid,
                menus=tuple(self.ids),
            )
        )
        self.invalidate_recordset()
        self.env["meal.menu.line"].invalidate_model()

    @api.model
    def _cron_generate(self):
        """Make the menus of the coming school days of every school."""
        today = fields.Date.context_today(self)
        schools = self.env["school.school"].search([("active", "=", True)])
        for company_schools in schools.grouped("company_id").values():
            self._generate_ahead(company_schools, today, DAYS_AHEAD)

    @api.model
    def _generate_ahead(self, schools, today, count):
        calendar = self.env["school.calendar"]
        # A vacation in between: look far enough for `count` days of every school.
        last = today + timedelta(days=3 * count + 14)
        by_end = defaultdict(list)
        for school in schools:
            days = calendar._school_days(today + timedelta(days=1), last, school)
            if days:
                by_end[days[:count][-1]].append(school.id)
        menus = self.browse()
        for end, ids in by_end.items():
            menus += self._generate(schools.browse(ids), today + timedelta(days=1), end)
        return menus

    # === DAYS OF THE CYCLE === #

    @api.model
    def _get_cycle_days(self, school, date_from, date_to):
        """Return {(age group id, variant id or False): {date: (cycle, day number)}}."""
        found = defaultdict(dict)
        cycles = self._get_cycles(school, date_from, date_to)
        if not cycles:
            return found
        first = min(cycles.mapped("date_from"))
        days = self._get_school_days(school, min(first, date_from), date_to)
        for cycle in cycles:  # the less particular first, the others replace it
            key = cycle.age_group_id.id, cycle.variant_id.id
            own = [day for day in days if day >= cycle.date_from]
            for index, day in enumerate(own):
                ended = cycle.date_to and day > cycle.date_to
                if day >= date_from and not ended:
                    found[key][day] = cycle, index % cycle.day_count + 1
        return found

    @api.model
    def _get_cycles(self, school, date_from, date_to):
        """Return approved cycles of a school, the most particular and newest last."""
        domain = (
            Domain("company_id", "=", school.company_id.id)
            & Domain("state", "=", "approved")
            & Domain("date_from", "<=", date_to)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", date_from))
        )
        cycles = (
            self.env["meal.cycle"]
            .search(domain)
            .filtered(lambda cycle: not cycle.school_ids or school in cycle.school_ids)
        )
        return cycles.sorted(
            lambda cycle: (bool(cycle.school_ids), cycle.date_from, cycle.id)
        )

    @api.model
    def _get_school_days(self, school, date_from, date_to):
        return self.env["school.calendar"]._school_days(date_from, date_to, school)
