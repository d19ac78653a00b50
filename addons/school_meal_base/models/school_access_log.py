from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("snils", "SNILS"),
    ("health", "Health"),
    ("both", "SNILS and health"),
    ("card", "Card number"),
]


class SchoolAccessLog(models.Model):
    """Who has looked at a student's СНИЛС, health or card number, and when.

    Lines say what was shown, never the values. They are added by ``school.student`` and
    ``school.card`` and change no more; only code that ends their retention may delete
    them.
    """

    _name = "school.access.log"
    _description = "Reading of restricted data"
    _order = "id desc"
    _rec_name = "student_id"
    _log_access = False  # user and time are the content of a line

    read_at = fields.Datetime(
        "Time", required=True, index=True, default=lambda self: fields.Datetime.now()
    )
    user_id = fields.Many2one(
        "res.users", "User", required=True, index=True, ondelete="restrict"
    )
    student_id = fields.Many2one(
        "school.student", "Student", index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", "Municipality", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, "Shown", required=True)

    def write(self, vals):
        raise UserError(self.env._("The log of readings cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_by_retention_only(self):
        if not self.env.su:
            raise UserError(self.env._("The log of readings cannot be changed."))

    @api.model
    def _note(self, students, kind):
        """Record that the user of this environment was shown these students' data.

        :param str kind: one of :data:`KINDS`
        """
        # sudo: nobody has the right to write this log, and not everybody who is shown a
        # student may read the student's municipality
        self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "student_id": student.id,
                    "company_id": student.company_id.id,
                    "kind": kind,
                }
                for student in students.sudo()
            ]
        )
