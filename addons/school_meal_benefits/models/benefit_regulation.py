from odoo import fields, models


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
        "Decision, working days",
        default=1,
        help="Items 6, 10 and 12 differ; see the readings.",
    )
    order_days = fields.Integer(
        "Order, working days", default=2, help="Item 12, from the application."
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
