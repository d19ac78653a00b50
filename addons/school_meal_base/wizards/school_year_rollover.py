from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.school_class import GRADUATION, LAST_GRADE


class SchoolYearRollover(models.TransientModel):
    """Begin a school year: every class rises a grade, grade 11 graduates.

    The classes that rise are those of the year before. A school remembers the year
    it has begun: a second run passes it by, whatever classes were added since.
    """

    _name = "school.year.rollover"
    _description = "Begin a school year"

    school_ids = fields.Many2many(
        "school.school",
        string="Schools",
        required=True,
        default=lambda self: self._default_schools(),
    )
    year_start = fields.Integer(
        "New school year from",
        required=True,
        default=lambda self: self._default_year_start(),
        help="2027 for the school year 2027/2028.",
    )
    line_ids = fields.Many2many(
        "school.class", string="Classes", compute="_compute_line_ids"
    )
    rising_count = fields.Integer("Classes that rise", compute="_compute_line_ids")
    graduate_count = fields.Integer(
        "Students who graduate", compute="_compute_line_ids"
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_schools(self):
        if self.env.context.get("active_model") == "school.school":
            return self.env["school.school"].browse(self.env.context["active_ids"])
        return self.env["school.school"].search(
            [("company_id", "=", self.env.company.id)]
        )

    @api.model
    def _default_year_start(self):
        today = fields.Date.context_today(self)
        # before June one prepares nothing yet: the running year is offered
        return today.year if today.month >= 6 else today.year - 1

    @api.depends("school_ids", "year_start")
    def _compute_line_ids(self):
        for wizard in self:
            classes = wizard._get_classes()
            graduates = classes.filtered(lambda one: one.grade == LAST_GRADE)
            wizard.line_ids = classes
            wizard.rising_count = len(classes - graduates)
            wizard.graduate_count = len(wizard._get_graduates(graduates))

    # === ACTIONS === #

    def action_rollover(self):
        """Raise the classes, archive grade 11, open the list of graduates."""
        self.ensure_one()
        self.school_ids.check_access("write")
        classes = self._get_classes()
        if not classes:
            self._refuse()
        self._check_names_are_free(classes)
        graduating = classes.filtered(lambda one: one.grade == LAST_GRADE)
        graduates = self._get_graduates(graduating)
        self._raise_classes(classes - graduating)
        graduating.with_context(school_year_rollover=GRADUATION).active = False
        # sudo: the year of a school is set by this code only
        classes.school_id.sudo().school_year_start = self.year_start
        if not graduates:
            return {"type": "ir.actions.act_window_close"}
        return self._open_graduation(graduates)

    # === BUSINESS METHODS === #

    def _get_classes(self):
        """Return the classes of the year before, highest grade first."""
        schools = self.school_ids.filtered(
            lambda school: school.school_year_start < self.year_start
        )
        return self.env["school.class"].search(
            [
                ("school_id", "in", schools.ids),
                ("school_year_start", "=", self.year_start - 1),
            ],
            order="grade desc, id",
        )

    def _get_graduates(self, classes):
        return self.env["school.student"].search(
            [("class_id", "in", classes.ids), ("state", "=", "enrolled")]
        )

    def _refuse(self):
        year = f"{self.year_start}/{self.year_start + 1}"
        latest = self.env["school.class"].search(
            [("school_id", "in", self.school_ids.ids)],
            order="school_year_start desc",
            limit=1,
        )
        begun = max(
            latest.school_year_start, *self.school_ids.mapped("school_year_start")
        )
        if begun >= self.year_start:
            raise UserError(
                self.env._(
                    "The school year %s has already begun: its classes are there"
                    " and have risen. Nothing was changed.",
                    year,
                )
            )
        raise UserError(
            self.env._(
                "The schools have no classes of the year before %s."
                " Check the year you entered.",
                year,
            )
        )

    def _check_names_are_free(self, classes):
        """Refuse before any change when a class of the new year is in the way."""
        wanted = {
            (one.school_id, one.grade + 1, one.letter): one
            for one in classes
            if one.grade < LAST_GRADE
        }
        present = self.env["school.class"].search(
            [
                ("school_id", "in", self.school_ids.ids),
                ("school_year_start", "=", self.year_start),
            ]
        )
        taken = present.filtered(
            lambda one: (one.school_id, one.grade, one.letter) in wanted
        )
        if taken:
            raise UserError(
                self.env._(
                    "These classes of the new year already exist: %s. Merge them"
                    " with the classes that rise, or archive them, then try again.",
                    ", ".join(
                        f"{one.school_id.display_name} {one.name}" for one in taken
                    ),
                )
            )

    def _raise_classes(self, classes):
        """Raise classes one grade, highest first, so that no two share a name."""
        first_day = date(self.year_start, 9, 1)
        for grade in sorted(set(classes.mapped("grade")), reverse=True):
            group = classes.filtered(lambda one, g=grade: one.grade == g)
            group.write({"grade": grade + 1, "school_year_start": self.year_start})
            group.flush_recordset()
        self._get_graduates(classes)._roll_enrolments(first_day)

    def _open_graduation(self, graduates):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_student_leave_action"
        )
        return {
            **action,
            "context": {
                "active_model": "school.student",
                "active_ids": graduates.ids,
                "default_reason": "graduated",
            },
        }
