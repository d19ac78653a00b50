from datetime import timedelta

from odoo import fields, models

from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..const import LIVE_STATES
from ..domain import student_names


class SchoolStudent(models.Model):
    _inherit = "school.student"

    diet_variant_id = fields.Many2one(
        "meal.variant",
        "Diet set",
        domain="[('is_diet', '=', True), ('company_id', '=', company_id)]",
        groups=SENSITIVE_GROUP,
        help="Set meal given on medical grounds; replaces any other choice.",
    )

    # === HOOKS === #

    def _get_meal_categories(self, date):
        """Return the benefit categories of students on a day.

        Add-ons override this, call ``super()`` and add theirs. The students are of
        one municipality and may be all of it: answer with few queries.

        :param date: day of the meal, the school's local date
        :return: {student id: set of ``meal.category`` codes, or of pairs (code, id of a
            ``meal.type``) where a category counts for that meal only}; a student
            without any may be missing
        """
        return {
            student.id: {"grades_1_4"}
            for student in self
            if student.class_id and student.class_id.grade <= 4
        }

    def _get_category_borders(self, date_from, date_to):
        """Return the days of a span on which the categories of a student may change.

        Add-ons that override `_get_meal_categories` override this too: who shows months
        of a child asks for the categories once between two borders.

        :return: set of dates, of which each is the first of other categories
        """
        return set()

    def _follow_moves(self, before):
        """Override of `school_meal_base`: meals follow where the student is taught."""
        # sudo: orders follow by themselves, whoever moves the student
        moved = self.sudo().filtered(lambda one: before[one] != one._get_place())
        orders = moved._get_live_orders()
        orders._close_ordering()  # the history of enrolments is still as it was
        super()._follow_moves(before)
        moved._move_absences()
        orders._follow_students()

    # === NAMES === #

    def _get_short_names(self):
        """Return {student: name} that tells the students of a class apart."""
        people = [
            student_names.Person(
                student.class_id.id,
                student.last_name,
                student.first_name,
                student.middle_name or None,
                student.birth_date or None,
            )
            for student in self
        ]
        return dict(zip(self, student_names.tell_apart(people), strict=True))

    # === MOVES === #

    def _move_absences(self):
        """A teacher sees the absences of the own class, the kitchen those of its
        school: reported ones go along."""
        absences = self.env["meal.absence"].search(
            [
                ("student_id", "in", self.ids),
                ("date_to", ">=", fields.Date.today()),
                ("withdrawn_at", "=", False),
            ]
        )
        for student, rows in absences.grouped("student_id").items():
            if student.state == "enrolled":
                rows.write(
                    {"school_id": student.school_id.id, "class_id": student.class_id.id}
                )

    def _get_live_orders(self):
        """Return the orders of today and later; yesterday is still today elsewhere."""
        yesterday = fields.Date.today() - timedelta(days=1)
        orders = self.env["meal.order"].search(
            [
                ("student_id", "in", self.ids),
                ("date", ">=", yesterday),
                ("state", "in", LIVE_STATES),
            ]
        )
        calendar = self.env["school.calendar"]
        return orders.filtered(
            lambda order: order.date >= calendar._local_date(order.school_id)
        )
