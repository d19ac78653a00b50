from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..const import ACCOUNT_KINDS, LIMITED_KINDS, MAX_AMOUNT
from ..domain import account_number

#: Columns that only the ledger's SQL functions change.
LEDGER_FIELDS = frozenset({"posted", "held", "holds_from", "overdraft"})

#: What people set by hand. Owner, number, school and state follow from the student.
EDITABLE_FIELDS = frozenset(
    {"ban_ids", "credit_limit", "gl_account_id", "limit_day", "limit_sitting", "name"}
)


class MealAccount(models.Model):
    """A place money can be: a student's personal account or a system account.

    A student's balance is what the canteen owes the family: credits minus debits.
    Only limited accounts (:data:`LIMITED_KINDS`) store it; a system account's balance
    is the sum of its transfers.
    """

    _name = "meal.account"
    _description = "Personal Account"
    _rec_name = "number"
    _rec_names_search = ["number", "name", "student_id.name"]
    _order = "id"
    _check_company_auto = True

    number = fields.Char(size=10, readonly=True, copy=False)
    kind = fields.Selection(ACCOUNT_KINDS, required=True, readonly=True)
    code = fields.Char(readonly=True, help="Tells system accounts of one kind apart.")
    name = fields.Char()
    student_id = fields.Many2one("school.student", readonly=True, ondelete="restrict")
    school_id = fields.Many2one(
        "school.school", ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("open", "Open"), ("blocked", "Locked"), ("closed", "Closed")],
        required=True,
        default="open",
    )
    posted = fields.Monetary(
        "Balance", required=True, default=0, readonly=True, copy=False
    )
    held = fields.Monetary(
        "On hold", required=True, default=0, readonly=True, copy=False
    )
    holds_from = fields.Datetime(
        readonly=True, copy=False, help="No hold that ended before is still open."
    )
    overdraft = fields.Monetary(
        required=True,
        default=0,
        readonly=True,
        copy=False,
        help="Part of the debt below the credit limit, left by facts that had already"
        " happened when they were recorded.",
    )
    credit_limit = fields.Monetary(required=True, default=0)
    available = fields.Monetary(compute="_compute_available")
    limit_day = fields.Monetary("Daily limit", help="Empty or 0: not limited.")
    limit_sitting = fields.Monetary(
        "Limit per sitting", help="Empty or 0: not limited."
    )
    gl_account_id = fields.Many2one(
        "account.account", string="General ledger account", check_company=True
    )
    ban_ids = fields.One2many("meal.ban", "account_id", string="Bans")

    # Read again by PostgreSQL at every movement of money: typed constants, no COALESCE.
    _number_uniq = models.Constraint(
        "UNIQUE (number)", "This account number is already in use."
    )
    _student_uniq = models.UniqueIndex(
        "(student_id) WHERE student_id IS NOT NULL",
        "The student already has a personal account.",
    )
    _system_uniq = models.UniqueIndex(
        "(company_id, kind, COALESCE(school_id, 0), COALESCE(code, ''))"
        " WHERE kind <> 'student'",
        "This system account already exists.",
    )
    _student_has_number = models.Constraint(
        "CHECK ((kind = 'student') = (number IS NOT NULL))",
        "A personal account needs a number, a system account has none.",
    )
    _only_limited_balance = models.Constraint(
        "CHECK (number IS NOT NULL OR (posted = '0'::numeric AND held = '0'::numeric))",
        "A system account stores no balance.",
    )
    _no_overspending = models.Constraint(
        "CHECK (posted - held + credit_limit + overdraft >= '0'::numeric)",
        "There is not enough money on the personal account.",
    )
    _nothing_negative = models.Constraint(
        "CHECK (LEAST(held, overdraft, credit_limit, limit_day, limit_sitting)"
        " >= '0'::numeric)",
        "Holds, debts and limits cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("posted", "held", "credit_limit")
    def _compute_available(self):
        lapsed = self.filtered("held")._get_lapsed()
        for account in self:
            account.available = (
                account.posted
                - account.held
                + lapsed.get(account.id, 0)
                + account.credit_limit
            )

    def _get_lapsed(self):
        """:return: {id: roubles held although the time of the hold is over}"""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL("SELECT id, meal_ledger_lapsed(id) FROM unnest(%s) id", self.ids)
        )
        return {account_id: float(amount) for account_id, amount in rows}

    @api.depends("number", "name", "kind", "code")
    def _compute_display_name(self):
        for account in self:
            account.display_name = account.number or account.name or account.kind

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if LEDGER_FIELDS & vals.keys():
                self._refuse_balance_edit()
            # NOT NULL in effect: SQL arithmetic with a NULL balance would pass checks.
            vals.update(posted=0.0, held=0.0, overdraft=0.0)
            vals["credit_limit"] = vals.get("credit_limit") or 0.0
            self._check_number(vals.get("number"))
        return super().create(vals_list)

    def write(self, vals):
        if LEDGER_FIELDS & vals.keys():
            self._refuse_balance_edit()
        # Superuser mode is the add-ons' own: a student moves, leaves, comes back.
        if not self.env.su and vals.keys() - EDITABLE_FIELDS:
            raise AccessError(
                self.env._(
                    "Owner, number, school and status of an account are not typed in:"
                    " they follow from what happens to the student. Use the buttons."
                )
            )
        if "gl_account_id" in vals:
            self._check_gl_account_free(vals["gl_account_id"])
        vals = dict(vals)
        if "credit_limit" in vals:
            self._set_credit_limit(vals.pop("credit_limit"))
        return super().write(vals)

    def _check_number(self, number):
        if number and not account_number.is_valid(number):
            raise ValidationError(
                self.env._(
                    "%s is not an account number: ten digits, the last a check digit.",
                    number,
                )
            )

    def _set_credit_limit(self, limit):
        """Let the ledger change the limit: the debt below it is `overdraft`."""
        self.check_access("write")
        limit = round(limit or 0.0, 2)
        if not 0 <= limit <= MAX_AMOUNT / 100:
            raise ValidationError(
                self.env._(
                    "A credit limit is not negative and no more than %(maximum)s"
                    " roubles.",
                    maximum=MAX_AMOUNT // 100,
                )
            )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT meal_ledger_set_credit_limit(%s::int[], %s::numeric, %s)",
                self.ids,
                limit,
                self.env.uid,
            )
        )
        self.invalidate_recordset(["credit_limit", "overdraft", "available"])

    def _check_gl_account_free(self, gl_account_id):
        """Yesterday's entries keep their account in the general ledger."""
        changed = self.filtered(
            lambda a: a.gl_account_id.id != (gl_account_id or False)
        )
        if not changed:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id FROM unnest(%s::int[]) a(id)
                 WHERE EXISTS (
                       SELECT FROM meal_transfer t
                         JOIN meal_posting_transfer l ON l.transfer_id = t.id
                        WHERE t.debit_account_id = a.id)
                    OR EXISTS (
                       SELECT FROM meal_transfer t
                         JOIN meal_posting_transfer l ON l.transfer_id = t.id
                        WHERE t.credit_account_id = a.id)
                """,
                changed.ids,
            )
        )
        if rows:
            raise ValidationError(
                self.env._(
                    "Entries of “%s” are already posted to the general ledger. Keep"
                    " its general ledger account, or move the balance with a journal"
                    " entry.",
                    self.browse(rows[0][0]).display_name,
                )
            )

    def _refuse_balance_edit(self):
        raise UserError(
            self.env._(
                "A balance cannot be typed in: record a top-up or a correction instead."
            )
        )

    # === BUSINESS METHODS === #

    @api.model
    def _issue(self, students):
        """Open a personal account for every student who has none.

        :param students: recordset of `school.student`
        :return: the accounts of all the given students
        """
        missing = students.filtered(lambda student: not student.account_id)
        serials = self._next_serials(len(missing))
        self.create(
            [
                {
                    "kind": "student",
                    "number": account_number.build(student.school_id.code, serial),
                    "student_id": student.id,
                    "school_id": student.school_id.id,
                    "company_id": student.company_id.id,
                }
                for student, serial in zip(missing, serials, strict=True)
            ]
        )
        missing.invalidate_recordset(["account_ids", "account_id"])
        return students.account_id

    @api.model
    def _next_serials(self, count):
        """Take `count` serial numbers from one sequence for all schools: a number is
        never given twice, even when a school's code is changed or reused."""
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval('meal_account_serial') FROM generate_series(1, %s)",
                count,
            )
        )
        return [serial for (serial,) in rows]

    @api.model
    def _system(self, kind, company, school=None, code=None):
        """Return the system account of a kind, opening it when it is first needed."""
        assert kind not in LIMITED_KINDS
        [(account_id,)] = self.env.execute_query(
            SQL(
                "SELECT meal_ledger_system_account(%s, %s, %s, %s, %s)",
                company.id,
                kind,
                school.id if school else None,
                code or None,
                code or dict(ACCOUNT_KINDS)[kind],
            )
        )
        return self.browse(account_id)

    def _balance(self):
        """Balance in kopecks of any account, summed for system accounts."""
        self.ensure_one()
        if self.kind in LIMITED_KINDS:
            return round(self.posted * 100)
        [(balance,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(CASE WHEN credit_account_id = %(id)s
                                         THEN amount ELSE -amount END) * 100, 0)::bigint
                  FROM meal_transfer
                 WHERE (credit_account_id = %(id)s OR debit_account_id = %(id)s)
                   AND phase IN ('single', 'post')
                """,
                id=self.id,
            )
        )
        return balance

    def init(self):
        super().init()
        # Room on the page for the frequent change of a balance (HOT update).
        self.env.cr.execute("ALTER TABLE meal_account SET (fillfactor = 70)")
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS meal_account_serial")
