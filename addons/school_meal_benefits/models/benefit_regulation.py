from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import deadlines

# What still changes when a regulation is in force: nothing that a decision rests on.
WRITABLE_IN_FORCE = frozenset({"state", "date_to", "active", "note", "reading_ids"})
# Only the buttons change these, whoever asks.
OF_THE_BUTTONS = frozenset({"state", "date_to", "previous_id", "version", "company_id"})


class BenefitRegulation(models.Model):
    """A municipal regulation of free meals: what the schools have to follow, as data.

    Records without a municipality are templates. A municipality adopts a copy, and an
    amendment is another version of it: decisions keep the version they were made by.
    """

    _name = "benefit.regulation"
    _description = "Regulation of Benefits"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    name = fields.Char("Title", required=True)
    number = fields.Char(required=True)
    date = fields.Date("Dated", required=True)
    authority = fields.Char("Issued by", required=True)
    company_id = fields.Many2one(
        "res.company", "Municipality", index=True, help="Empty: a template."
    )
    date_from = fields.Date("In force from", required=True, tracking=True)
    date_to = fields.Date("In force to", readonly=True, copy=False, tracking=True)
    previous_id = fields.Many2one(
        "benefit.regulation",
        "Amends",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    version = fields.Integer(default=1, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("replaced", "Replaced")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    register_days = fields.Integer(
        "Registration, working days", default=1, help="Item 11."
    )
    decision_days = fields.Integer(
        "Consideration by the head, working days",
        default=1,
        help="Items 6, 10 and 12 differ; see the readings.",
    )
    order_days = fields.Integer(
        "Decision and order, working days",
        default=2,
        help="Items 6 and 12, from the application with its documents.",
    )
    notice_days = fields.Integer(
        "Notice of refusal, working days", default=2, help="Item 10."
    )
    report_days = fields.Integer(
        "Report of a change, days", default=5, help="Item 42: end of service."
    )
    remote_window_days = fields.Integer(
        "Application after the start of remote learning, calendar days",
        default=30,
        help="Item 25.",
    )
    payment_day = fields.Integer(
        "Compensation paid by day of the month", default=20, help="Item 27."
    )
    note = fields.Text()
    article_ids = fields.One2many(
        "benefit.article", "regulation_id", "Articles", copy=True
    )
    category_ids = fields.One2many("benefit.category", "regulation_id", "Categories")
    reading_ids = fields.One2many("benefit.reading", "regulation_id", "Readings")
    active = fields.Boolean(default=True)
    is_template = fields.Boolean(
        "Template", compute="_compute_is_editable", search="_search_is_template"
    )
    is_editable = fields.Boolean(compute="_compute_is_editable")

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A regulation cannot end before it begins.",
    )
    _days_positive = models.Constraint(
        "CHECK (register_days >= 0 AND decision_days >= 0 AND order_days >= 0"
        " AND notice_days >= 0 AND report_days >= 0 AND remote_window_days >= 0)",
        "A deadline cannot be negative.",
    )
    _payment_day_range = models.Constraint(
        "CHECK (payment_day BETWEEN 1 AND 28)",
        "The day of payment is 1 to 28.",
    )
    # one version at a time: two would leave open which one decides
    _in_force_no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&) WHERE (state <> 'draft')",
        "Another regulation of the municipality is in force in these days.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "state")
    def _compute_is_editable(self):
        for regulation in self:
            regulation.is_template = not regulation.company_id
            regulation.is_editable = bool(
                regulation.company_id and regulation.state == "draft"
            )

    @api.depends("number", "name", "version")
    def _compute_display_name(self):
        for regulation in self:
            number = f"№ {regulation.number or ''}"
            if regulation.version > 1:
                number = self.env._(
                    "%(number)s, version %(version)s",
                    number=number,
                    version=regulation.version,
                )
            regulation.display_name = f"{number} {regulation.name or ''}".strip()

    def _search_is_template(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("company_id", "=" if True in value else "!=", False)]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            if vals.get("state", "draft") != "draft" or vals.get("date_to"):
                raise UserError(self._get_buttons_message())
        regulations = super().create(vals_list)
        regulations._check_editable()
        return regulations

    def write(self, vals):
        self.check_access("write")
        names = {name for name in vals if name in self._fields} - self._get_log_fields()
        if not self.env.su and names & OF_THE_BUTTONS:
            raise UserError(self._get_buttons_message())
        if names - WRITABLE_IN_FORCE:
            self._check_editable()
        else:
            self._templates()._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts_only(self):
        self._check_editable()

    def _get_log_fields(self):
        """Return the fields of the log of messages, which never rests."""
        return {
            name
            for name in self._fields
            if name.startswith(("message_", "activity_", "website_message"))
        }

    def _get_buttons_message(self):
        return self.env._(
            "The status and the dates of a regulation are set by its buttons: “Put in"
            " force” and “Amend”."
        )

    def _templates(self):
        return self.filtered(lambda regulation: not regulation.company_id)

    def _check_editable(self):
        """Refuse changes of a template and of what is or was in force."""
        for regulation in self:
            if not regulation.company_id and not self.env.su:
                raise UserError(
                    self.env._(
                        "“%s” is a template. Press “Adopt” and change the copy of your"
                        " municipality.",
                        regulation.display_name,
                    )
                )
            if regulation.company_id and regulation.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is or was in force, and decisions rest on it. Press"
                        " “Amend” and change the new version.",
                        regulation.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _get_in_force(self, company, day):
        """Return the regulation of a municipality in force on a day, or none."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "draft"),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ],
            limit=1,
        )

    def _get_terms(self):
        """Return the deadlines as `domain.deadlines` knows them."""
        self.ensure_one()
        return deadlines.Terms(
            self.register_days,
            self.decision_days,
            self.order_days,
            self.notice_days,
            self.report_days,
            self.remote_window_days,
            self.payment_day,
        )

    def _get_rules(self):
        """Return {category code: `domain.category.CategoryRules`}."""
        self.ensure_one()
        return {category.code: category._as_rules() for category in self.category_ids}
