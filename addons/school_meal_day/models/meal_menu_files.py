import io
import zipfile
from datetime import date

from odoo import api, models

from ..domain import menu_files


class MealMenuFiles(models.AbstractModel):
    """Makes the files a school publishes in /food/; what is approved only.

    Private: callers check rights. Each ``_make_…`` returns bytes.
    """

    _name = "meal.menu.files"
    _description = "Published Menu Files"

    @api.model
    def _make_daily(self, menu):
        """Return the bytes of `YYYY-MM-DD-sm.xlsx` of a ``meal.menu``."""
        return menu_files.write_daily(
            menu_files.Daily(
                menu.school_id.name,
                "",
                menu.date,
                tuple(
                    line._as_file_dish()
                    for line in menu.line_ids.sorted(
                        lambda line: (
                            line.meal_type_id.sequence,
                            line.sequence,
                            line.id,
                        )
                    )
                ),
            )
        )

    @api.model
    def _make_calendar(self, school, year):
        """Return the bytes of `kpYYYY.xlsx`: the days of the cycle of the young."""
        return menu_files.write_calendar(
            menu_files.Calendar(
                school.name, year, self._get_calendar_days(school, year)
            )
        )

    @api.model
    def _get_calendar_days(self, school, year):
        """Return {date: day of the cycle} of the usual set, the young first."""
        span = date(year, 1, 1), date(year, 12, 31)
        # sudo: numbers of days only; who publishes them need not plan menus
        found = self.env["meal.menu"].sudo()._get_cycle_days(school.sudo(), *span)
        groups = self.env["meal.age.group"].search([("grade_from", ">", 0)])
        own = [found[g.id, False] for g in groups if (g.id, False) in found]
        days = own[0] if own else {}
        return {day: number for day, (_cycle, number) in days.items()}

    @api.model
    def _get_files(self, school, date_from, date_to):
        """Yield (name, bytes) of everything a school publishes about a period."""
        for menu in self._get_published(school, date_from, date_to):
            name = menu_files.daily_name(menu.date, menu.age_group_id.code)
            yield name, self._make_daily(menu)
        generator = self.env["meal.menu"]
        used = set()
        # sudo: what is published is read by everybody
        cycles = generator.sudo()._get_cycles(school.sudo(), date_from, date_to)
        for cycle in reversed(cycles.filtered(lambda cycle: not cycle.variant_id)):
            name = cycle._get_file_name()
            if name not in used:
                used.add(name)
                yield name, cycle._make_file()
        for year in range(date_from.year, date_to.year + 1):
            yield menu_files.calendar_name(year), self._make_calendar(school, year)

    @api.model
    def _get_published(self, school, date_from, date_to):
        """Approved menus of the usual set, one a day and age: the first shift's."""
        menus = self.env["meal.menu"].search(
            [
                ("school_id", "=", school.id),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
                ("state", "=", "approved"),
                ("variant_id", "=", False),
            ],
            order="date, age_group_id",
        )
        firsts = {}
        for menu in menus.sorted(lambda menu: menu.shift or ""):
            firsts.setdefault((menu.date, menu.age_group_id), menu)
        return menus.filtered(lambda menu: firsts[menu.date, menu.age_group_id] == menu)

    @api.model
    def _make_archive(self, schools, date_from, date_to):
        """Return the bytes of a ZIP file, a folder per school if there are several."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for school in schools:
                folder = f"{school.code}/" if len(schools) > 1 else ""
                for name, data in self._get_files(school, date_from, date_to):
                    archive.writestr(f"{folder}food/{name}", data)
        return stream.getvalue()
