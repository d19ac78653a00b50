from odoo import api, models

from ..const import LIVE_STATES
from ..domain import roster_code
from ..report.class_roster import Sheet, draw_rosters
from .database_secret import get_secret


class MealRoster(models.AbstractModel):
    """Paper lists of a school's day: what the serving hatch does without any tablet."""

    _name = "meal.roster"
    _description = "Paper Lists"

    @api.model
    def _pdf(self, school, date, classes):
        """Return the lists of classes in one file, with what is known now.

        The caller has checked that the user may see the students of these classes.
        """
        # sudo: a canteen worker sees of health only what stands on the serving screen.
        self = self.sudo()
        meals = self.env["meal.serving.day"]._get_meals(school, date)
        orders = self._get_orders(classes, date)
        stops = self._get_stops(school, date)
        secret = get_secret(self.env)
        sheets = [
            Sheet(
                title=self.env._("Class %s", school_class.name),
                subtitle=self._get_subtitle(school, date, students, orders),
                code=roster_code.sheet_code(secret, school_class.id, date),
                meals=meals.mapped("name"),
                rows=[
                    (
                        name,
                        roster_code.student_code(secret, student.id),
                        [
                            self._get_cell(
                                orders.get((student, meal)),
                                stops.get((student.id, meal.id)),
                            )
                            for meal in meals
                        ],
                    )
                    for student, name in students._get_short_names().items()
                ],
            )
            for school_class, students in self._get_students(classes)
        ]
        return draw_rosters(sheets, self._get_labels(school, date))

    @api.model
    def _get_students(self, classes):
        """Return [(class, its students)] in the order of the classes."""
        students = self.env["school.student"].search(
            [("class_id", "in", classes.ids), ("state", "=", "enrolled")]
        )
        by_class = students.grouped("class_id")
        return [(found, by_class[found]) for found in classes if found in by_class]

    @api.model
    def _get_orders(self, classes, date):
        orders = self.env["meal.order"].search(
            [("student_id.class_id", "in", classes.ids), ("date", "=", date)]
        )
        return {(order.student_id, order.meal_type_id): order for order in orders}

    @api.model
    def _get_stops(self, school, date):
        """Return {(student id, meal id): names of the allergens}."""
        stops = self.env["meal.serving.day"]._get_school_stops(school, date)
        found_ids = {one for _student, _meal, found in stops for one in found}
        allergens = self.env["school.allergen"].browse(found_ids)
        names = {allergen.id: allergen.name for allergen in allergens}
        return {
            (student, meal): ", ".join(names[one] for one in found)
            for student, meal, found in stops
        }

    @api.model
    def _get_cell(self, order, stop):
        """Return what is in the way, else the set and a box to mark."""
        if stop:
            return self.env._("STOP: %s", stop)
        if not order or order.state not in LIVE_STATES:
            return "—"
        return f"{order.variant_id.name or ''} ☐".strip()

    @api.model
    def _get_subtitle(self, school, date, students, orders):
        ordered = sum(
            order.state in LIVE_STATES
            for (student, _meal), order in orders.items()
            if student in students
        )
        return self.env._(
            "%(school)s, %(date)s, portions: %(count)s",
            school=school.short_name or school.name,
            date=date.strftime("%d.%m.%Y"),
            count=ordered,
        )

    @api.model
    def _get_labels(self, school, date):
        _ = self.env._
        return {
            "title": _("List of issue, %s", date.strftime("%d.%m.%Y")),
            "footer": school.name,
            "number": _("No."),
            "name": _("Student"),
            "given_by": _("Issued by"),
            "empty": _("There are no students in the chosen classes."),
            "hint": _(
                "Mark who got the meal. Without a tablet: type the list back under"
                " “Issue”, by the number of this sheet. With a tablet: scan the code of"
                " the student."
            ),
        }
