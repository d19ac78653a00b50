from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain import school_days


class SchoolCalendarPeriod(models.Model):
    """Days on which a municipality, schools or classes differ from the calendar.

    No schools and no classes: all of the municipality. Classes narrow the period to
    themselves; their schools are filled in, so that rules and searches see them.
    """

    _name = "school.calendar.period"
    _description = "School calendar period"
    _order = "date_from desc, id desc"

    name = fields.Char(help="What people call it: autumn vacation, flu in 5А.")
    kind = fields.Selection(
        [
            ("vacation", "Vacation"),
            ("quarantine", "Quarantine"),
            ("remote", "Remote teaching"),
            ("extra_day", "Extra school day"),
            ("day_off", "Day off"),
        ],
        required=True,
        default="vacation",
    )
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    school_ids = fields.Many2many(
        "school.school",
        string="Schools",
        compute="_compute_school_ids",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
        help="Empty: all schools of the municipality.",
    )
    class_ids = fields.Many2many(
        "school.class",
        string="Classes",
        domain="[('company_id', '=', company_id)]",
        help="Empty: all classes of the schools.",
    )
    date_from = fields.Date("From", required=True, index=True)
    date_to = fields.Date(
        "To",
        required=True,
        compute="_compute_date_to",
        precompute=True,
        store=True,
        readonly=False,
    )
    active = fields.Boolean(default=True)

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "The period cannot end before it begins."
    )

    # === CONSTRAINTS === #

    @api.constrains("company_id", "school_ids", "class_ids")
    def _check_places(self):
        for period in self:
            schools = period.school_ids | period.class_ids.school_id
            if schools.company_id - period.company_id:
                raise ValidationError(
                    self.env._("All schools of a period are of its municipality.")
                )

    # === COMPUTE METHODS === #

    @api.depends("class_ids")
    def _compute_school_ids(self):
        for period in self:
            period.school_ids = period.class_ids.school_id or period.school_ids

    @api.depends("date_from")
    def _compute_date_to(self):
        for period in self:
            if not period.date_to or period.date_to < period.date_from:
                period.date_to = period.date_from

    @api.depends("name", "kind", "date_from", "date_to")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for period in self:
            period.display_name = period.name or kinds.get(period.kind)

    # === BUSINESS METHODS === #

    @api.model
    def _get_rules(self, school, school_class, date_from, date_to):
        """Return the periods of a school, or one class of it, as plain rules."""
        periods = self._search_span(school, date_from, date_to)
        rules = (period._as_rule(school_class) for period in periods)
        return [rule for rule in rules if rule]

    @api.model
    def _search_span(self, school, date_from, date_to):
        """Return all periods of a school and its classes, in sudo."""
        # sudo: the calendar is the same for everybody, whatever records they may read
        return self.sudo().search(
            [
                ("company_id", "=", school.company_id.id),
                ("date_from", "<=", date_to),
                ("date_to", ">=", date_from),
                "|",
                ("school_ids", "=", False),
                ("school_ids", "in", school.ids),
            ]
        )

    def _as_rule(self, school_class=None):
        """Return the period as a plain rule, None when it is for other classes."""
        self.ensure_one()
        if self.class_ids:
            if not school_class or school_class not in self.class_ids:
                return None
            scope = school_days.SCOPE_CLASS
        elif self.school_ids:
            scope = school_days.SCOPE_SCHOOL
        else:
            scope = school_days.SCOPE_COMPANY
        return school_days.Period(self.kind, self.date_from, self.date_to, scope)
