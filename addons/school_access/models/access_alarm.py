from odoo import fields, models


class AccessAlarm(models.Model):
    """Something a guard must look at; open until somebody has."""

    _name = "access.alarm"
    _description = "Alarm of a post"
    _order = "since desc, id desc"

    kind = fields.Selection(
        [
            ("blocked_card", "Blocked card"),
            ("unknown_card", "Unknown card"),
            ("forced_door", "Door forced"),
            ("door_left_open", "Door left open"),
            ("silent", "Controller silent"),
            ("fire", "Fire"),
            ("unknown_controller", "Unknown controller"),
            ("flood", "Too many calls"),
            ("list_differs", "Cards of the controller differ"),
            ("authorisation_changed", "Key of the controller changed"),
        ],
        required=True,
    )
    site_id = fields.Many2one(
        "access.site", ondelete="set null", index="btree_not_null"
    )
    school_id = fields.Many2one(
        "school.school", ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", ondelete="set null", index="btree_not_null"
    )
    controller_id = fields.Many2one(
        "access.controller", ondelete="set null", index="btree_not_null"
    )
    point_id = fields.Many2one(
        "access.point", ondelete="set null", index="btree_not_null"
    )
    person_id = fields.Many2one(
        "access.person", ondelete="set null", index="btree_not_null"
    )
    key = fields.Char(help="One open alarm of a kind and key.")
    since = fields.Datetime(required=True, default=fields.Datetime.now)
    count = fields.Integer(default=1)
    closed_at = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    note = fields.Char()

    _open_uniq = models.UniqueIndex(
        "(kind, key) WHERE closed_at IS NULL", "The alarm is open already."
    )
