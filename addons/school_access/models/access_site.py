from odoo import api, fields, models


class AccessSite(models.Model):
    """The grounds of a school with their own entrances; a school may have several."""

    _name = "access.site"
    _description = "Site"
    _order = "school_id, name, id"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    address = fields.Char()
    zone_ids = fields.One2many("access.zone", "site_id", "Zones")
    point_ids = fields.One2many("access.point", "site_id", "Points")
    rule_ids = fields.One2many("access.rule", "site_id", "Rules")
    controller_count = fields.Integer(
        "Controllers", compute="_compute_controller_count"
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE (school_id, name)",
        "The school already has a site with this name. Choose another name.",
    )

    # === COMPUTE METHODS === #

    def _compute_controller_count(self):
        groups = self.env["access.controller"]._read_group(
            [("site_id", "in", self.ids)], ["site_id"], ["__count"]
        )
        counts = {site.id: count for site, count in groups}
        for site in self:
            site.controller_count = counts.get(site.id, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        sites = super().create(vals_list)
        sites.filtered(lambda site: not site.rule_ids)._add_default_rules()
        sites._mark_stale(sites.school_id)
        return sites

    def write(self, vals):
        schools = self.school_id
        result = super().write(vals)
        if {"school_id", "active"} & vals.keys():
            self._mark_stale(schools | self.school_id)
        return result

    # === ACTION METHODS === #

    def action_open_controllers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_access.access_controller_action"
        )
        return {**action, "domain": [("site_id", "=", self.id)], "context": {}}

    def action_compile_lists(self):
        """Bring the lists of cards up to date now instead of within a minute."""
        self.check_access("write")
        self._compile_lists()

    # === BUSINESS METHODS === #

    def _add_default_rules(self):
        """Let a new site work at once: staff always, students on school days."""
        # sudo: part of making the site, whoever may
        self.env["access.rule"].sudo().create(
            [rule for site in self for rule in site._prepare_default_rules()]
        )

    def _prepare_default_rules(self):
        return [
            {
                "site_id": self.id,
                "sequence": 10,
                "name": self.env._("Staff at any time"),
                "person_kind": "staff",
                "weekdays": "1111111",
            },
            {
                "site_id": self.id,
                "sequence": 20,
                "name": self.env._("Students on school days"),
                "person_kind": "student",
                "weekdays": "1111111",
                "school_days": True,
            },
            {
                "site_id": self.id,
                "sequence": 30,
                "name": self.env._("Guests while their pass is valid"),
                "person_kind": "guest",
                "weekdays": "1111111",
            },
        ]
