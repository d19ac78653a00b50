from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import OUTCOMES


class MealDayLine(models.Model):
    """A frozen portion: ordered, present, issued, priced. Append-only.

    A correction adds a line with the next ``revision``; the newest revision of a
    student, meal and ``portion`` number is the one that counts (``is_current``).
    """

    _name = "meal.day.line"
    _description = "Frozen Portion"
    _order = "day_id, class_id, student_id, meal_type_id, portion, revision"
    _rec_names_search = ["student_id.name", "class_id.name"]
    _log_access = False

    day_id = fields.Many2one(
        "meal.day", required=True, index=True, readonly=True, ondelete="restrict"
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, ondelete="restrict"
    )
    class_id = fields.Many2one("school.class", readonly=True, ondelete="restrict")
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True, readonly=True)
    age_group_id = fields.Many2one("meal.age.group", required=True, readonly=True)
    variant_id = fields.Many2one("meal.variant", "Set", readonly=True)
    portion = fields.Integer(required=True, readonly=True, default=1)
    revision = fields.Integer(required=True, readonly=True, default=0)
    is_current = fields.Boolean(required=True, readonly=True, default=True)
    order_id = fields.Many2one("meal.order", readonly=True, ondelete="restrict")
    event_id = fields.Many2one(
        "meal.issue.event", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    correction_id = fields.Many2one(
        "meal.correction", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    presence = fields.Selection(
        [("present", "Present"), ("absent", "Absent"), ("unknown", "Not known")],
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    payer = fields.Selection(
        [("rules", "By the rules"), ("parent", "Parents")],
        "Charged to",
        readonly=True,
        help="As decided. A correction that leaves the outcome leaves this too.",
    )
    rule_id = fields.Many2one(
        "meal.funding.rule",
        readonly=True,
        groups="school_meal_base.group_operator,school_meal_base.group_head,"
        "school_meal_base.group_department,school_meal_base.group_accountant",
    )
    tariff_id = fields.Many2one("meal.tariff", readonly=True)
    price = fields.Monetary(
        required=True, readonly=True, help="Nothing where nobody pays."
    )
    part_ids = fields.One2many("meal.day.part", "line_id", "Parts", readonly=True)
    payers = fields.Char("Who pays", compute="_compute_payers")

    _price_exact = models.Constraint(
        "CHECK (price >= 0 AND min_scale(price) <= 2"
        " AND (price > 0) = (outcome IN ('issued', 'charged_unclaimed')))",
        "Who pays for a portion follows from what became of it.",
    )
    _revision_uniq = models.Constraint(
        "UNIQUE (student_id, date, meal_type_id, portion, revision)",
        "This portion is already frozen.",
    )
    _current_uniq = models.UniqueIndex(
        "(student_id, date, meal_type_id, portion) WHERE is_current",
        "Only one line of a portion counts.",
    )
    _subsidised_once = models.UniqueIndex(
        "(student_id, date, meal_type_id)"
        " WHERE is_current AND outcome = 'issued' AND rule_id IS NOT NULL",
        "The budgets already pay for this meal of the student.",
    )
    _event_once = models.UniqueIndex(
        "(event_id) WHERE is_current AND event_id IS NOT NULL",
        "What was issued once is one portion.",
    )
    _school_day_idx = models.Index("(school_id, date)")
    _tariff_idx = models.Index("(tariff_id, date) WHERE tariff_id IS NOT NULL")
    _rule_idx = models.Index("(rule_id, date) WHERE rule_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("student_id", "class_id", "meal_type_id", "portion")
    def _compute_display_name(self):
        for line in self:
            names = line.student_id.name, line.class_id.name, line.meal_type_id.name
            line.display_name = ", ".join(filter(None, names))
            if line.portion > 1:
                line.display_name += f" ({line.portion})"

    @api.depends("part_ids")
    def _compute_payers(self):
        money = self.env["meal.statement"]._format_price
        for line in self:
            line.payers = " + ".join(
                f"{money(part.amount)} {part.source_id.name}" for part in line.part_ids
            )

    # === ACTION METHODS === #

    def action_correct(self):
        """Begin a correction of the selected portions (button)."""
        self.check_access("read")
        if len(self.day_id) != 1 or not all(self.mapped("is_current")):
            raise UserError(
                self.env._("Choose portions of one day, as they count now.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correction"),
            "res_model": "meal.correction",
            "view_mode": "form",
            "context": {
                "default_day_id": self.day_id.id,
                "default_line_ids": [
                    Command.create({"day_line_id": line.id, "outcome": "not_claimed"})
                    for line in self
                ],
            },
        }

    def _open_postings(self, title):
        """Return the action that shows the ledger's entries of these portions."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "meal.transfer",
            "view_mode": "list,form",
            "domain": [
                ("source_model", "=", "meal.day.line"),
                ("source_id", "in", self.ids),
            ],
        }
