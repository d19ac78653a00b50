import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import EGISSO_KINDS, EGISSO_STATES
from ..domain.egisso import facts

#: What people may correct before a row goes into a package.
EDITABLE = {"kind", "date_finish", "quantity", "amount", "guardian_id"}
#: What changes in a row that is or was in a package.
MOVING = {"state", "package_id", "package_ids"}
OPEN_STATES = ("to_check", "ready", "rejected")


class EgissoFact(models.Model):
    """Something to tell the state register: an assignment, its change or its end.

    Decisions and ends of entitlements make the rows (see ``benefit_entitlement``). The
    uuid of a row is the register's key of it and never changes, so the same thing
    cannot be told twice. Once in a package only the state of a row moves.
    """

    _name = "egisso.fact"
    _description = "Fact for EGISSO"
    _order = "id desc"
    _rec_name = "student_id"

    uuid = fields.Char(
        "UUID",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
    )
    kind = fields.Selection(EGISSO_KINDS, required=True, default="fact", index=True)
    fact_id = fields.Many2one(
        "egisso.fact",
        "Assignment",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The assignment that this row changes or ends.",
    )
    event_ids = fields.One2many("egisso.fact", "fact_id", "Changes and ends")
    entitlement_id = fields.Many2one(
        "benefit.entitlement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    end_id = fields.Many2one(
        "benefit.entitlement.end",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # the school of today: who is asked to correct what is wrong
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    class_id = fields.Many2one(related="student_id.class_id")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    category_id = fields.Many2one(
        "benefit.category", required=True, readonly=True, ondelete="restrict"
    )
    is_health = fields.Boolean(related="category_id.is_health", store=True)
    measure_id = fields.Many2one(
        "egisso.measure", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    guardian_id = fields.Many2one(
        "school.guardian",
        "Parent",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('student_id', '=', student_id)]",
        help="The recipient, where the measure is given to the parent.",
    )
    decision_date = fields.Date("Decided on", required=True, readonly=True)
    date_start = fields.Date("From", readonly=True)
    date_finish = fields.Date("Until")
    quantity = fields.Float(digits=(16, 3))
    amount = fields.Monetary("Roubles")
    deadline = fields.Date("To be told by", readonly=True, index=True)
    state = fields.Selection(
        EGISSO_STATES,
        "Status",
        required=True,
        readonly=True,
        default="to_check",
        index=True,
        copy=False,
    )
    error_ids = fields.One2many("egisso.error", "fact_id", "What is wrong")
    package_id = fields.Many2one(
        "egisso.package",
        "Package",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    package_ids = fields.Many2many(
        "egisso.package",
        "egisso_package_fact_rel",
        "fact_id",
        "package_id",
        "All packages",
        readonly=True,
        copy=False,
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue")

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "The UUID is in use.")
    _told_once = models.UniqueIndex(
        "(entitlement_id) WHERE kind = 'fact' AND state <> 'cancelled'",
        "The entitlement is told to the register already.",
    )
    _end_told_once = models.UniqueIndex(
        "(end_id) WHERE kind <> 'previous_errors' AND state <> 'cancelled'",
        "This end is told to the register already.",
    )
    _event_of_a_fact = models.Constraint(
        "CHECK ((kind = 'fact') = (fact_id IS NULL))",
        "A change or an end belongs to an assignment.",
    )
    _work_idx = models.Index(
        "(company_id, state, id) WHERE state IN ('to_check', 'ready', 'rejected')"
    )

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION egisso_fact_keep() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR NEW.uuid <> OLD.uuid OR (
                    OLD.state IN ('packed', 'accepted')
                    AND (NEW.kind, NEW.fact_id, NEW.entitlement_id, NEW.end_id,
                         NEW.student_id, NEW.measure_id, NEW.guardian_id,
                         NEW.decision_date, NEW.date_start, NEW.date_finish,
                         NEW.quantity, NEW.amount)
                    IS DISTINCT FROM
                        (OLD.kind, OLD.fact_id, OLD.entitlement_id, OLD.end_id,
                         OLD.student_id, OLD.measure_id, OLD.guardian_id,
                         OLD.decision_date, OLD.date_start, OLD.date_finish,
                         OLD.quantity, OLD.amount))
                THEN
                    RAISE EXCEPTION 'What the register was told is never changed'
                        USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER egisso_fact_kept
            BEFORE UPDATE OR DELETE ON egisso_fact
            FOR EACH ROW EXECUTE FUNCTION egisso_fact_keep();
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("deadline", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for row in self:
            is_open = row.state in OPEN_STATES
            row.is_overdue = bool(is_open and row.deadline and row.deadline < today)

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and set(vals) - EDITABLE:
            raise AccessError(self._get_frozen_message())
        if set(vals) - MOVING and any(row.state not in OPEN_STATES for row in self):
            raise UserError(self._get_frozen_message())
        if not self.env.su and "kind" in vals:
            self._check_kind(vals["kind"])
        return super().write(vals)

    def unlink(self):
        raise UserError(self._get_frozen_message())  # pylint: disable=no-raise-unlink

    def _get_frozen_message(self):
        return self.env._(
            "What the register was or will be told is not changed by hand. Correct the"
            " student, the measure or the decision and press “Check again”; what the"
            " register has accepted is changed by “Tell a change”."
        )

    def _check_kind(self, kind):
        """Only the ground of an end may be chosen otherwise."""
        ends = facts.TERMINATIONS
        if kind not in ends or any(row.kind not in ends for row in self):
            raise UserError(
                self.env._("Only the ground of an end may be chosen otherwise.")
            )

    # === ACTIONS === #

    def action_check(self):
        """Look again at what is wrong; what the register refused may go again."""
        self.check_access("read")
        # sudo: who sees a row may have it checked; the check writes states only
        self.sudo().filtered(lambda row: row.state in OPEN_STATES)._check()

    def action_cancel(self):
        """Take rows out that need not be told."""
        self.check_access("write")
        if any(row.state not in OPEN_STATES for row in self):
            raise UserError(
                self.env._(
                    "What is in a package or accepted cannot be taken back here."
                    " Use “Tell a change”: “Removed: loaded by mistake”."
                )
            )
        # sudo: the state is moved by actions only
        self.sudo()._cancel()

    def action_open_change(self):
        """Open the form that tells a change of an accepted assignment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell a change"),
            "res_model": "egisso.fact.change",
            "view_mode": "form",
            "target": "new",
            "context": {"default_fact_id": (self.fact_id or self).id},
        }

    def action_open_student(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "school.student",
            "res_id": self.student_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _cancel(self):
        self.write({"state": "cancelled"})
        self.error_ids._close()
