from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain.bells import Bell

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class AttendanceBell(models.Model):
    """When the lessons of a shift or a class begin and end, see ``domain/bells.py``."""

    _name = "attendance.bell"
    _description = "Lesson times"
    _order = "school_id, shift, class_id, weekday, id"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["school.class"]._default_school(),
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")], required=True, default="1"
    )
    class_id = fields.Many2one(
        "school.class",
        "Only class",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('school_id', '=', school_id)]",
        help="Empty: all classes of the shift.",
    )
    weekday = fields.Selection(WEEKDAYS, help="Empty: every day of the week.")
    first_lesson = fields.Float("First lesson begins", required=True, default=8.5)
    last_lesson = fields.Float("Last lesson ends", required=True, default=14.0)

    _once = models.UniqueIndex(
        "(school_id, shift, (COALESCE(class_id, 0)), (COALESCE(weekday, '')))",
        "These lesson times are entered already: change that line.",
    )
    _hours_order = models.Constraint(
        "CHECK (first_lesson >= 0 AND first_lesson < last_lesson AND last_lesson < 24)",
        "Lessons begin before they end, both between 00:00 and 23:59.",
    )

    # === CONSTRAINTS === #

    @api.constrains("school_id", "class_id")
    def _check_class(self):
        for bell in self:
            if bell.class_id and bell.class_id.school_id != bell.school_id:
                raise ValidationError(
                    self.env._("The class of lesson times is one of their school.")
                )

    # === COMPUTE METHODS === #

    @api.depends("school_id", "shift", "class_id", "weekday")
    def _compute_display_name(self):
        shifts = dict(self._fields["shift"]._description_selection(self.env))
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for bell in self:
            parts = [bell.class_id.name or shifts.get(bell.shift, "")]
            bell.display_name = ", ".join(
                parts + [days[bell.weekday]] * bool(bell.weekday)
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_by_school(self, schools):
        """Return {school id: [:class:`Bell`]} of schools."""
        # sudo: when lessons begin is no secret
        found = self.sudo().search([("school_id", "in", schools.ids)])
        return {
            school.id: [bell._as_bell() for bell in bells]
            for school, bells in found.grouped("school_id").items()
        }

    def _as_bell(self):
        return Bell(
            self.first_lesson,
            self.last_lesson,
            self.shift,
            self.class_id.id or None,
            int(self.weekday) if self.weekday else None,
        )
