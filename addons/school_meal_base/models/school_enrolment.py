from odoo import fields, models


class SchoolEnrolment(models.Model):
    """A period in which a student was in one class: the history, never edited.

    Rows are written by ``school.student`` and the year rollover only. The name of
    the class is kept as it was, because the class itself rises with the years.
    """

    _name = "school.enrolment"
    _description = "Enrolment"
    _order = "date_from desc, id desc"
    _rec_name = "class_name"

    student_id = fields.Many2one(
        "school.student", "Student", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        "school.school", "School", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    class_id = fields.Many2one(
        "school.class", "Class", index="btree_not_null", ondelete="set null"
    )
    class_name = fields.Char("Class at that time")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To")
    reason = fields.Selection(
        [
            ("admission", "Admission"),
            ("class", "Change of class"),
            ("school", "Transfer from another school"),
            ("rollover", "New school year"),
            ("return", "Return"),
        ],
        "Began by",
        required=True,
        default="admission",
    )
    end_reason = fields.Selection(
        [
            ("class", "Change of class"),
            ("school", "Transfer to another school"),
            ("rollover", "End of school year"),
            ("left", "Left"),
            ("graduated", "Graduated"),
        ],
        "Ended by",
    )

    _one_open = models.UniqueIndex(
        "(student_id) WHERE date_to IS NULL",
        "A student can be enrolled in one class at a time.",
    )
    # ranges of one number, as equality of plain numbers would need an extension
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(student_id, student_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "Two enrolments of a student cannot be on the same day.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "An enrolment cannot end before it begins.",
    )
