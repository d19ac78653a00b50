from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import PERSON_KINDS, RULE_DIRECTIONS
from ..domain.access_windows import Rule

WEEKDAYS = (
    "on_monday",
    "on_tuesday",
    "on_wednesday",
    "on_thursday",
    "on_friday",
    "on_saturday",
    "on_sunday",
)


class AccessRule(models.Model):
    """Who may pass where and when.

    Rules of a site are looked at in their order; the first one that fits person, point,
    direction and moment decides. Nobody passes without a rule that lets them through.
    A refused exit before the hour at which the person may go the same day is “leaving
    early”, and a permission opens it.
    """

    _name = "access.rule"
    _description = "Access rule"
    _order = "site_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, help="The first rule that fits decides; drag them into order."
    )
    site_id = fields.Many2one(
        "access.site",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_site(),
    )
    school_id = fields.Many2one(related="site_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    point_ids = fields.Many2many(
        "access.point",
        string="Points",
        domain="[('site_id', '=', site_id)]",
        help="Empty: all points of the site.",
    )
    person_kind = fields.Selection(
        [("all", "Everybody"), *PERSON_KINDS], "Who", required=True, default="all"
    )
    class_ids = fields.Many2many(
        "school.class",
        string="Classes",
        domain="[('school_id', '=', school_id)]",
        help="Empty, as well as groups: all of them.",
    )
    group_ids = fields.Many2many(
        "access.group",
        string="Groups",
        domain="[('school_id', '=', school_id)]",
        help="Besides the classes; people of another school may be in a group.",
    )
    shift = fields.Selection([("1", "First shift"), ("2", "Second shift")])
    direction = fields.Selection(RULE_DIRECTIONS, required=True, default="both")
    effect = fields.Selection(
        [("allow", "Let through"), ("deny", "Refuse")], required=True, default="allow"
    )
    school_days = fields.Boolean(
        "School days only",
        help="The calendar decides: no vacations, holidays or quarantine of the class;"
        " extra school days count.",
    )
    weekdays = fields.Char(default="1111110", required=True)
    on_monday = fields.Boolean("Mo", compute="_compute_days", inverse="_inverse_days")
    on_tuesday = fields.Boolean("Tu", compute="_compute_days", inverse="_inverse_days")
    on_wednesday = fields.Boolean(
        "We", compute="_compute_days", inverse="_inverse_days"
    )
    on_thursday = fields.Boolean("Th", compute="_compute_days", inverse="_inverse_days")
    on_friday = fields.Boolean("Fr", compute="_compute_days", inverse="_inverse_days")
    on_saturday = fields.Boolean("Sa", compute="_compute_days", inverse="_inverse_days")
    on_sunday = fields.Boolean("Su", compute="_compute_days", inverse="_inverse_days")
    time_from = fields.Float("From")
    time_to = fields.Float("Until", default=24)
    date_from = fields.Date("From the day")
    date_to = fields.Date("To the day")
    active = fields.Boolean(default=True)

    _weekdays_mask = models.Constraint(
        "CHECK (weekdays ~ '^[01]{7}$' AND weekdays <> '0000000')",
        "Choose at least one day of the week.",
    )
    _times_order = models.Constraint(
        "CHECK (0 <= time_from AND time_from < time_to AND time_to <= 24)",
        "A rule holds from an earlier to a later time of one day (24:00 at the latest)."
        " Make two rules for a span over midnight.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_from <= date_to)", "The rule cannot end before it begins."
    )

    # === DEFAULTS === #

    def _default_site(self):
        sites = self.env["access.site"].search([], limit=2)
        return sites if len(sites) == 1 else False

    # === CONSTRAINTS === #

    @api.constrains("point_ids", "site_id")
    def _check_points(self):
        for rule in self:
            if rule.point_ids.site_id - rule.site_id:
                raise ValidationError(
                    self.env._(
                        "Rule “%s” names a point of another site. Choose points of its"
                        " own site, or make a rule there.",
                        rule.name,
                    )
                )

    @api.constrains("class_ids", "group_ids", "site_id")
    def _check_people(self):
        for rule in self:
            school = rule.site_id.school_id
            if (rule.class_ids.school_id | rule.group_ids.school_id) - school:
                raise ValidationError(
                    self.env._(
                        "Rule “%s” names classes or groups of another school. Choose"
                        " those of the school of its site.",
                        rule.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("weekdays")
    def _compute_days(self):
        for rule in self:
            mask = (rule.weekdays or "").ljust(7, "0")
            for number, name in enumerate(WEEKDAYS):
                rule[name] = mask[number] == "1"

    def _inverse_days(self):
        for rule in self:
            rule.weekdays = "".join("1" if rule[name] else "0" for name in WEEKDAYS)

    @api.onchange(*WEEKDAYS)
    def _onchange_days(self):
        self.weekdays = "".join("1" if self[name] else "0" for name in WEEKDAYS)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["access.site"]._mark_stale(rules.school_id)
        return rules

    def write(self, vals):
        schools = self.school_id
        result = super().write(vals)
        self.env["access.site"]._mark_stale(schools | self.school_id)
        return result

    def unlink(self):
        schools = self.school_id
        result = super().unlink()
        self.env["access.site"]._mark_stale(schools)
        return result

    # === BUSINESS METHODS === #

    def _as_plain(self):
        """Return the rule as `domain.access_windows` takes it."""
        self.ensure_one()
        return Rule(
            self.effect,
            self.direction,
            self.weekdays,
            round(self.time_from * 60),
            round(self.time_to * 60),
            self.date_from or None,
            self.date_to or None,
            self.school_days,
        )
