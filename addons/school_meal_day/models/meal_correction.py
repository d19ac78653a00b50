from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import FREED, FREED_PORTION

#: Who prepares and books corrections.
CORRECTION_GROUPS = (
    "school_meal_base.group_operator",
    "school_meal_base.group_accountant",
    "school_meal_base.group_manager",
)


class MealCorrection(models.Model):
    """A dated document that changes what a closed day says, with reason and author.

    Booking is in ``meal_correction_booking.py``.
    """

    _name = "meal.correction"
    _description = "Correction of a Closed Day"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char("Number", readonly=True, copy=False)
    day_id = fields.Many2one(
        "meal.day",
        "Day",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("state", "=", "closed")],
    )
    day_date = fields.Date(related="day_id.date", string="Day of the meal")
    school_id = fields.Many2one(related="day_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="day_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Dated",
        required=True,
        readonly=True,
        default=fields.Date.context_today,
        copy=False,
    )
    reason = fields.Char(
        required=True,
        tracking=True,
        help="The parents read it beside the entry on their statement.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Booked")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Author",
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    line_ids = fields.One2many("meal.correction.line", "correction_id", "Portions")
    new_line_ids = fields.One2many(
        "meal.day.line", "correction_id", "Frozen by this", readonly=True
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "day_id")
    def _compute_display_name(self):
        for correction in self:
            number = correction.name or self.env._("Draft")
            correction.display_name = f"{number} ({correction.day_id.display_name})"

    # === CONSTRAINTS === #

    @api.constrains("day_id")
    def _check_day_closed(self):
        for correction in self:
            # sudo: whether a day is closed is a fact
            if correction.sudo().day_id.state != "closed":
                raise UserError(
                    self.env._(
                        "%s is open: change the day itself.",
                        correction.day_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                # Author and date are a fact, whatever a form sends.
                vals.update(user_id=self.env.uid, state="draft")
                vals.pop("date", None)
                vals.pop("name", None)
        return super().create(vals_list)

    def write(self, vals):
        booked = {"state", "name", "user_id", "date"} & vals.keys()
        if not self.env.su and booked:
            raise AccessError(self.env._("A correction is booked by its button."))
        if {"day_id", "reason", "line_ids"} & vals.keys():
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_draft()

    def _check_draft(self):
        for correction in self.filtered(lambda c: c.state == "done"):
            raise UserError(
                self.env._(
                    "Correction %s is booked and does not change. Make another one.",
                    correction.name,
                )
            )

    # === ACTION METHODS === #

    def action_book(self):
        """Book the corrections (button)."""
        self._check_may_book()
        for correction in self:
            correction._book()

    def action_open_postings(self):
        """Show the ledger's entries of the corrected portions (button)."""
        self.ensure_one()
        lines = self.new_line_ids
        lines |= self.line_ids.day_line_id
        return lines._open_postings(self.env._("Entries of correction %s", self.name))

    # === BUSINESS METHODS === #

    def _check_may_book(self):
        self.check_access("write")
        user = self.env.user
        if not self.env.su and not any(map(user.has_group, CORRECTION_GROUPS)):
            raise AccessError(
                self.env._(
                    "A correction is booked by the person responsible for meals or by"
                    " an accountant."
                )
            )

    @api.model
    def _make(self, day_lines, reason, *, outcome=None):
        """Correct frozen portions and book it: a decision with effect in the past.

        :param day_lines: current `meal.day.line` records; priced again by the prices,
            rules and categories of the day of their meal as they are known now
        :param reason: sentence that the parents read
        :param outcome: what the portions should be; None: what they are
        :return: the booked corrections, one per day, without portions that stay as
            they are
        """
        corrections = self.browse()
        for day, lines in day_lines.grouped("day_id").items():
            changed = self._filter_changed(day, lines, outcome)
            if not changed:
                continue
            correction = self.create(
                {
                    "day_id": day.id,
                    "reason": reason,
                    "line_ids": [
                        Command.create(
                            {
                                "day_line_id": line.id,
                                "student_id": line.student_id.id,
                                "meal_type_id": line.meal_type_id.id,
                                "outcome": outcome or line.outcome,
                            }
                        )
                        for line in changed
                    ],
                }
            )
            correction._book()
            corrections |= correction
        return corrections

    @api.model
    def _prepare_from_late_event(self, exception):
        """Return the draft that follows from an event which came after closing."""
        # Whoever presses the button again opens what is begun.
        begun = self.search(
            [
                ("line_ids.exception_id", "=", exception.id),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        if begun:
            return begun
        event = exception.sudo().event_id  # sudo: what happened, not who may see it
        line = self._find_frozen(exception, event)
        if not exception.student_id or (event.action == "undone" and not line):
            raise UserError(
                self.env._("Nothing was charged for it: say so with a note instead.")
            )
        draft = self.create(
            {
                "day_id": exception.day_id.id,
                "reason": self.env._("Issue recorded after the day was closed"),
                "line_ids": [
                    Command.create(
                        {
                            "day_line_id": line.id,
                            "exception_id": exception.id,
                            "student_id": exception.student_id.id,
                            "meal_type_id": exception.meal_type_id.id,
                            "outcome": "issued"
                            if event.action == "given"
                            else "not_claimed",
                        }
                    )
                ],
            }
        )
        if event.action == "given" and event.reason == FREED_PORTION and not line:
            draft._name_charged(event)
        return draft

    def _name_charged(self, event):
        """Say whose freed portion may be the one that was given out after all: charged
        for, it would be paid for twice. The parents do not read it."""
        _ = self.env._
        charged = self._find_charged(event)
        if not charged:
            return
        if len(charged) == 1:
            charge = {"day_line_id": charged.id, "outcome": "not_claimed"}
            self.line_ids = [Command.create(charge)]
            text = _(
                "The portion was a freed one. Its price was charged to %s, so this"
                " correction takes the charge back. Remove that line if another portion"
                " was given out.",
                charged.student_id.display_name,
            )
        else:
            text = _(
                "The portion was a freed one. The price of such portions was charged to"
                " %s. Add the one that was given out, as cooked and not claimed: else"
                " one portion is paid for twice.",
                ", ".join(charged.student_id.mapped("display_name")),
            )
        self.message_post(body=text)

    def _find_charged(self, event):
        """Return the frozen portions that were free at the hatch and are charged."""
        lines = self.env["meal.day.line"].search(
            [
                ("day_id", "=", self.day_id.id),
                ("meal_type_id", "=", event.meal_type_id.id),
                ("is_current", "=", True),
                ("outcome", "=", "charged_unclaimed"),
            ]
        )
        age = self.env["meal.age.group"]._by_grade().get(event.class_id.grade)
        # sudo: what became of an order is a fact
        return lines.filtered(
            lambda line: (
                (order := line.sudo().order_id).state == FREED
                and not order.variant_id
                and age in (None, order._get_cooked_age())
            )
        )

    @api.model
    def _find_frozen(self, exception, event):
        """Return the frozen portion that an event after closing is about."""
        return self.env["meal.day.line"].search(
            [
                ("event_id", "=", event.undoes_id.id),
                ("is_current", "=", True),
            ]
            if event.action == "undone"
            else [
                ("day_id", "=", exception.day_id.id),
                ("student_id", "=", exception.student_id.id),
                ("meal_type_id", "=", exception.meal_type_id.id),
                ("is_current", "=", True),
                # What another student got cannot be given out once more.
                ("outcome", "not in", ["issued", "passed_on"]),
                # What was given out already, paid for or not, is another portion.
                ("event_id", "=", False),
            ],
            limit=1,
        )

    def _lock(self):
        """Let a second booking of the same document wait."""
        self.env.flush_all()
        self.env.execute_query(
            SQL("SELECT id FROM meal_correction WHERE id = %s FOR UPDATE", self.id)
        )
        self.invalidate_recordset(["state"])
