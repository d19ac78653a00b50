from odoo import api, fields, models
from odoo.tools import SQL, file_open

from ..const import SHIFT_LINE_KINDS


class AccessShiftLine(models.Model):
    """A line of the journal of a post: added once, never changed."""

    _name = "access.shift.line"
    _description = "Line of the journal of a post"
    _order = "id"
    _rec_name = "kind"

    shift_id = fields.Many2one(
        "access.shift", required=True, ondelete="restrict", index=True, readonly=True
    )
    # Written with the line: what is computed later would change it.
    site_id = fields.Many2one(
        "access.site", required=True, ondelete="restrict", index=True, readonly=True
    )
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True, readonly=True
    )
    at = fields.Datetime(
        "Time", required=True, readonly=True, default=fields.Datetime.now
    )
    kind = fields.Selection(SHIFT_LINE_KINDS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "By", required=True, ondelete="restrict", readonly=True
    )
    text = fields.Char("Reason or note", readonly=True)
    point_id = fields.Many2one(
        "access.point", ondelete="restrict", index="btree_not_null", readonly=True
    )
    person_id = fields.Many2one(
        "access.person", ondelete="set null", index="btree_not_null", readonly=True
    )
    alarm_id = fields.Many2one(
        "access.alarm", ondelete="set null", index="btree_not_null", readonly=True
    )
    verification_id = fields.Many2one(
        "access.verification",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    summary = fields.Char("What happened", compute="_compute_summary")

    def init(self):
        with file_open("school_access/sql/access_shift_line.sql") as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    # === COMPUTE METHODS === #

    @api.depends("kind", "alarm_id.kind")
    @api.depends_context("lang")
    def _compute_summary(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        alarms = self.env["access.alarm"]._fields["kind"]
        alarms = dict(alarms._description_selection(self.env))
        for line in self:
            # sudo: the kind of the alarm belongs to the line
            alarm = line.sudo().alarm_id.kind
            text = kinds.get(line.kind, "")
            line.summary = f"{text}: {alarms[alarm]}" if alarm else text
