from odoo import api, fields, models


class MealRosterPrint(models.TransientModel):
    """Paper lists of a school and a day; all classes unless some are chosen."""

    _name = "meal.roster.print"
    _description = "Print Paper Lists"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    class_ids = fields.Many2many(
        "school.class",
        string="Classes",
        domain="[('school_id', '=', school_id)]",
        help="Empty: all classes of the school.",
    )

    @api.onchange("school_id")
    def _onchange_school_id(self):
        self.class_ids = False

    def action_print(self):
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/roster/{self.id}",
            "target": "download",
        }

    def _get_pdf(self):
        """Return the file; the user sees the school and its classes."""
        self.ensure_one()
        self.check_access("read")
        self.school_id.check_access("read")
        classes = self.class_ids or self.env["school.class"].search(
            [("school_id", "=", self.school_id.id)], order="grade, letter, id"
        )
        classes = classes.filtered(lambda one: one.school_id == self.school_id)
        classes.check_access("read")
        return self.env["meal.roster"]._pdf(self.school_id, self.date, classes)
