from odoo import api, fields, models

from ..const import CONTROLLER_STATES, DRIVERS, MODES


class AccessController(models.Model):
    """A device that opens a point and reports what happened there."""

    _name = "access.controller"
    _description = "Controller"
    _order = "point_id, name, id"

    name = fields.Char(required=True)
    point_id = fields.Many2one(
        "access.point", required=True, ondelete="restrict", index=True
    )
    site_id = fields.Many2one(related="point_id.site_id", store=True, index=True)
    school_id = fields.Many2one(related="point_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    driver = fields.Selection(DRIVERS, required=True, default="web_json")
    model = fields.Char(readonly=True, help="As the controller calls itself.")
    serial = fields.Char(required=True, index=True, copy=False)
    address = fields.Char(readonly=True, copy=False)
    firmware = fields.Char(readonly=True, copy=False)
    device_id = fields.Many2one(
        "school.device",
        "Gateway",
        ondelete="set null",
        index="btree_not_null",
        domain="[('kind', '=', 'edge')]",
    )
    secret_digest = fields.Char(copy=False, readonly=True, groups=".")
    state = fields.Selection(
        CONTROLLER_STATES, required=True, readonly=True, default="new", copy=False
    )
    mode = fields.Selection(MODES, required=True, default="normal", copy=False)
    last_seen = fields.Datetime(readonly=True, copy=False)
    clock_drift = fields.Integer("Clock drift, seconds", readonly=True, copy=False)
    reader_ids = fields.One2many("access.reader", "controller_id", "Readers")
    active = fields.Boolean(default=True)

    _serial_uniq = models.UniqueIndex(
        "(company_id, driver, serial) WHERE active",
        "A controller with this serial number is registered already.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        controllers = super().create(vals_list)
        self.env["access.site"]._mark_stale(controllers.school_id)
        return controllers

    def write(self, vals):
        schools = self.school_id
        result = super().write(vals)
        if {"point_id", "active"} & vals.keys():
            self.env["access.site"]._mark_stale(schools | self.school_id)
        return result
