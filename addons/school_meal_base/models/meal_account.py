from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import ACCOUNT_KINDS, LIMITED_KINDS
from ..domain import account_number

#: Columns that only the ledger's SQL functions change.
LEDGER_FIELDS = frozenset({"posted", "held", "overdraft"})


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

    number = fields.Char(size=10, readonly=True, copy=False, index="btree_not_null")
    kind = fields.Selection(ACCOUNT_KINDS, required=True, readonly=True)
    code = fields.Char(readonly=True, help="Tells system accounts of one kind apart.")
    name = fields.Char()
    student_id = fields.Many2one(
        "school.student", readonly=True, ondelete="restrict", index="btree_not_null"
    )
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
    posted = fields.Monetary("Balance", readonly=True, copy=False)
    held = fields.Monetary("On hold", readonly=True, copy=False)
    overdraft = fields.Monetary(
        readonly=True,
        copy=False,
        help="Part of the debt below the credit limit, left by facts that had already"
        " happened when they were recorded.",
    )
    credit_limit = fields.Monetary()
    available = fields.Monetary(compute="_compute_available")
    limit_day = fields.Monetary("Daily limit")
    limit_sitting = fields.Monetary("Limit per sitting")
    gl_account_id = fields.Many2one(
        "account.account", string="General ledger account", check_company=True
    )
    ban_ids = fields.One2many("meal.ban", "account_id", string="Bans")

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
        "CHECK (kind = 'student' OR (COALESCE(posted, 0) = 0"
        " AND COALESCE(held, 0) = 0))",
        "A system account stores no balance.",
    )
    _no_overspending = models.Constraint(
        "CHECK (COALESCE(posted, 0) - COALESCE(held, 0) + COALESCE(credit_limit, 0)"
        " + COALESCE(overdraft, 0) >= 0)",
        "There is not enough money on the personal account.",
    )
    _held_not_negative = models.Constraint(
        "CHECK (COALESCE(held, 0) >= 0 AND COALESCE(overdraft, 0) >= 0"
        " AND COALESCE(credit_limit, 0) >= 0)",
        "Holds, debts and limits cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("posted", "held", "credit_limit")
    def _compute_available(self):
        for account in self:
            account.available = account.posted - account.held + account.credit_limit

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
        return super().create(vals_list)

    def write(self, vals):
        if LEDGER_FIELDS & vals.keys():
            self._refuse_balance_edit()
        return super().write(vals)

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
        values = {
            "kind": kind,
            "company_id": company.id,
            "school_id": school.id if school else False,
            "code": code or False,
        }
        # sudo: system accounts belong to the ledger, not to whoever taps a card.
        accounts = self.sudo()
        account = accounts.search([(key, "=", value) for key, value in values.items()])
        if not account:
            name = code or dict(ACCOUNT_KINDS)[kind]
            account = accounts.create({**values, "name": name})
        return account.sudo(self.env.su)

    @api.model
    def _find_by_number(self, text, company):
        """Return the open or blocked account for a typed number, else nothing."""
        try:
            number = account_number.normalize(text)
        except ValueError:
            return self.browse()
        return self.search(
            [("number", "=", number), ("company_id", "=", company.id)], limit=1
        )

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
