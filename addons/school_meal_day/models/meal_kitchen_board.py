from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..const import LIVE_STATES

#: Who is shown how much to cook, at the schools where they work.
ROLES = ("canteen", "operator", "head")


class MealKitchenBoard(models.AbstractModel):
    """What the kitchen has to cook today and the next day: forecast → order → now.

    Numbers only, no names of children. Private, called by the controllers.
    """

    _name = "meal.kitchen.board"
    _description = "Kitchen Screen"

    # === ACCESS === #

    @api.model
    def _get_schools(self):
        """Return the schools whose kitchen screen the user may open."""
        user = self.env.user
        if user.has_group("school_meal_base.group_manager"):
            return self.env["school.school"].search(
                Domain("company_id", "in", self.env.companies.ids)
            )
        if not any(user.has_group(f"school_meal_base.group_{role}") for role in ROLES):
            raise AccessError(
                self.env._("The kitchen screen is for those who cook and order meals.")
            )
        return self.env["school.school"].search(Domain("user_ids", "=", user.id))

    @api.model
    def _get_school(self, school_id=None):
        schools = self._get_schools()
        school = schools.filtered(lambda each: each.id == school_id)
        if school_id and not school:
            raise AccessError(
                self.env._(
                    "You do not work at this school. Ask the administrator to add you"
                    " to its staff."
                )
            )
        return school or schools[:1]

    # === DATA === #

    @api.model
    def _prepare_page(self, school_id=None):
        """Return the values of the page."""
        school = self._get_school(school_id)
        calendar = self.env["school.calendar"]
        now = fields.Datetime.now()
        return {
            "doctype": Markup("<!DOCTYPE html>"),
            "school": school,
            "schools": self._get_schools(),
            "days": [self._prepare_day(school, day) for day in self._get_days(school)],
            "clock": school and f"{calendar._local_datetime(school, now):%H:%M}",
            "locale": (self.env.lang or "en_US").replace("_", "-"),
        }

    @api.model
    def _get_days(self, school):
        """Return today, if some class is taught, and the next school day."""
        if not school:
            return []
        calendar = self.env["school.calendar"]
        today = calendar._local_date(school)
        is_taught = bool(calendar._get_taught_classes(school, today))
        days = [is_taught and today, calendar._next_school_day(today, school)]
        return [day for day in days if day]

    @api.model
    def _prepare_day(self, school, day):
        snapshots = self._get_snapshots(school, day)
        # sudo: numbers of a school that was checked
        counts = {"now": self.env["meal.snapshot"].sudo()._count(school, day)}
        for snapshot in snapshots:  # the oldest first: a correction is the order now
            kind = "forecast" if snapshot.kind == "forecast" else "order"
            counts[kind] = self._as_counts(snapshot)
        meals = self._prepare_meals(counts)
        replacements = self.env["meal.order"]._count_allergen(school, day)
        away = self._count_away(school, day)
        for meal in meals:
            meal["notes"] = self._prepare_notes(meal, replacements, away)
        return {
            "date": day,
            "is_today": day == self.env["school.calendar"]._local_date(school),
            "cutoff": self._get_clock(school, school._get_correction_cutoff(day)),
            "is_late": school._is_after_cutoff(day),
            "snapshots": [self._prepare_snapshot(school, each) for each in snapshots],
            "meals": meals,
            "replacements": replacements,
            "away": away,
        }

    @api.model
    def _prepare_notes(self, meal, replacements, away):
        """Return what the kitchen has to know of a meal beside its numbers."""
        _ = self.env._

        def bold(count):
            return Markup("<b>%s</b>") % count

        notes = []
        if count := replacements.get(meal["id"]):
            text = _(
                "%(meal)s: allergen in the meal, to replace: %(count)s",
                meal=meal["name"],
                count=bold(count),
            )
            notes.append({"class": "kb-replace", "text": text})
        if count := away.get(meal["id"]):
            text = _(
                "%(meal)s: of students who are not at school: %(count)s",
                meal=meal["name"],
                count=bold(count),
            )
            notes.append({"class": "kb-away", "text": text})
        return notes

    @api.model
    def _count_away(self, school, day):
        """Return {meal id: portions of students known not to be at school}."""
        presence = school._get_presence(day)
        away = [student for student, kind in presence.items() if kind == "absent"]
        # sudo: numbers of a school that was checked
        counts = (
            self.env["meal.order"]
            .sudo()
            ._read_group(
                [
                    ("school_id", "=", school.id),
                    ("date", "=", day),
                    ("state", "in", LIVE_STATES),
                    ("student_id", "in", away),
                ],
                ["meal_type_id"],
                ["__count"],
            )
        )
        return {meal.id: count for meal, count in counts}

    @api.model
    def _get_snapshots(self, school, day):
        domain = [("school_id", "=", school.id), ("date", "=", day)]
        # sudo: the school was checked
        return self.env["meal.snapshot"].sudo().search(domain, order="id")

    @api.model
    def _as_counts(self, snapshot):
        return [
            {
                "meal_type_id": line.meal_type_id.id,
                "age_group_id": line.age_group_id.id,
                "class_id": line.class_id.id,
                "variant_id": line.variant_id.id,
                "quantity": line.quantity,
                "free_quantity": line.free_quantity,
            }
            for line in snapshot.line_ids
        ]

    @api.model
    def _prepare_snapshot(self, school, snapshot):
        kinds = dict(snapshot._fields["kind"]._description_selection(self.env))
        return {
            "id": snapshot.id,
            "name": kinds[snapshot.kind],
            "at": self._get_clock(school, snapshot.taken_at),
            "count": snapshot.portion_count,
        }

    # === SHAPE === #

    @api.model
    def _prepare_meals(self, counts):
        """Return the meals of a day with rows of numbers by age, set and class."""
        ids = {row["meal_type_id"] for rows in counts.values() for row in rows}
        # sudo: names, here and below
        meals = self.env["meal.type"].sudo().browse(ids).sorted("sequence")
        return [
            {
                "id": meal.id,
                "name": meal.name,
                "total": {
                    "name": self.env._("Total"),
                    "class": "kb-total",
                    **self._sum(counts, meal, None)[None],
                },
                "ages": self._prepare_rows(counts, meal, "age_group_id"),
                "sets": self._prepare_rows(counts, meal, "variant_id"),
                "classes": self._prepare_rows(counts, meal, "class_id"),
            }
            for meal in meals
        ]

    @api.model
    def _prepare_rows(self, counts, meal, key):
        model = {
            "age_group_id": "meal.age.group",
            "variant_id": "meal.variant",
            "class_id": "school.class",
        }[key]
        sums = self._sum(counts, meal, key)
        # sudo: names of meals, classes and sets only
        records = self.env[model].sudo().browse(id_ for id_ in sums if id_)
        order = {
            "age_group_id": lambda record: record.grade_from,
            "variant_id": lambda record: (record.sequence, record.id),
            "class_id": lambda record: (record.grade, record.letter or ""),
        }[key]
        return [
            {"name": record.name, **sums[record.id]} for record in records.sorted(order)
        ]

    @api.model
    def _sum(self, counts, meal, key):
        """Return {value of `key`: {column: portions}}, without a key {None: …}."""
        sums = {}
        for column, rows in counts.items():
            for row in rows:
                if row["meal_type_id"] == meal.id:
                    sums.setdefault(row[key] if key else None, Counter()).update(
                        {
                            column: row["quantity"],
                            "free": row["free_quantity"] if column == "now" else 0,
                        }
                    )
        return {value: self._as_row(row, counts.keys()) for value, row in sums.items()}

    @api.model
    def _as_row(self, row, columns):
        """None is a number that was not fixed yet, which is not the same as 0."""
        known = "order" if "order" in columns else "forecast"
        numbers = {
            column: row[column] if column in columns else None
            for column in ("forecast", "order", "now")
        }
        change = row["now"] - row[known] if known in columns else 0
        return {**numbers, "change": change, "free": row["free"]}

    @api.model
    def _get_clock(self, school, moment):
        return f"{self.env['school.calendar']._local_datetime(school, moment):%H:%M}"
