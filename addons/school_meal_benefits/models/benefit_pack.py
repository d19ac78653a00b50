import hashlib
import random
import secrets

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

#: Who may take everything of a child out of the system.
PACK_GROUPS = ("department", "accountant", "head", "manager")
MAX_CHILDREN = 200
#: What only making it writes.
PACK_FIELDS = ("state", "made_at", "user_id", "population", "population_digest")
#: The seed is printed: a number that people can copy.
MAX_SEED = 999_999


class BenefitPack(models.Model):
    """All of a child's benefits for an auditor (item 53), or of a random sample.

    The sample is drawn from the recipients of the period, ordered by their number, with
    the seed: the same seed over the same recipients (`population_digest`) gives the
    same children. Files are made when they are taken, each time with a line in the log.
    """

    _name = "benefit.pack"
    _description = "Auditor's Pack"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        index=True,
    )
    way = fields.Selection(
        [("sample", "Random sample"), ("child", "Chosen children")],
        "Whom",
        required=True,
        default="sample",
    )
    school_id = fields.Many2one(
        "school.school",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        default=lambda self: self.env["benefit.audit.run"]._default_school(),
        help="Empty: all schools of the municipality.",
    )
    category_id = fields.Many2one(
        "benefit.category",
        "Category",
        domain="[('company_id', '=', company_id)]",
        ondelete="restrict",
        help="Empty: recipients of any category. Versions of a category count as one.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_from()
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    sample_size = fields.Integer("How many", default=10)
    seed = fields.Integer(
        default=lambda self: secrets.randbelow(MAX_SEED) + 1,
        aggregator=False,
        help="The same number draws the same children again.",
    )
    population = fields.Integer("Drawn from", readonly=True, copy=False)
    population_digest = fields.Char(
        "Digest of the recipients",
        readonly=True,
        copy=False,
    )
    student_ids = fields.Many2many(
        "school.student",
        "benefit_pack_student_rel",
        "pack_id",
        "student_id",
        "Students",
        copy=False,
        domain="[('company_id', '=', company_id)]",
    )
    student_count = fields.Integer("Children", compute="_compute_student_count")
    state = fields.Selection(
        [("draft", "To be made"), ("done", "Made")],
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    made_at = fields.Datetime("Made at", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", "Made by", readonly=True, copy=False)

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "The period cannot end before it begins."
    )
    _size_range = models.Constraint(
        "CHECK (way <> 'sample' OR sample_size BETWEEN 1 AND 200)",
        "A sample is of 1 to 200 children.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_from(self):
        return self.env["benefit.audit.run"]._default_from()

    @api.depends("student_ids")
    def _compute_student_count(self):
        for pack in self:
            pack.student_count = len(pack.student_ids)

    @api.depends("school_id", "date_from", "date_to")
    def _compute_display_name(self):
        for pack in self:
            place = pack.school_id.short_name or pack.company_id.name or ""
            pack.display_name = self.env._(
                "Pack No. %(number)s, %(place)s", number=pack.id or "…", place=place
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """A new pack is a draft, whatever values and defaults were sent along."""
        self.env["benefit.audit.run"]._check_steps(
            PACK_FIELDS, vals_list, self.env.context
        )
        return super().create(vals_list)

    def write(self, vals):
        self.env["benefit.audit.run"]._check_steps(PACK_FIELDS, [vals])
        if not self.env.su and any(pack.state == "done" for pack in self):
            if vals.keys() - set(self.env["mail.thread"]._fields):
                raise UserError(
                    self.env._("A pack that was made stays as it is: make another one.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(pack.state == "done" for pack in self):
            raise UserError(
                self.env._("A pack that was made stays on record, as a log of it.")
            )

    # === ACTION METHODS === #

    def action_make(self):
        """Draw or check the children and freeze the choice (button)."""
        self.ensure_one()
        self._check_may_make()
        if self.state == "done":
            raise UserError(
                self.env._("A pack that was made stays as it is: make another one.")
            )
        self._check_school()
        if self.way == "sample":
            self._draw()
        if not self.student_ids:
            raise UserError(self.env._("Choose at least one child."))
        if len(self.student_ids) > MAX_CHILDREN:
            raise UserError(
                self.env._("A pack is of at most %s children.", MAX_CHILDREN)
            )
        # sudo: author and time are not the user's to choose
        self.sudo().write(
            {
                "state": "done",
                "made_at": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )
        return True

    def action_pdf(self):
        return self._download("pdf")

    def action_zip(self):
        return self._download("zip")

    def _download(self, extension):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/audit/pack/{self.id}.{extension}",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _check_may_make(self):
        """Refuse who may not take children's files out, before any sudo."""
        self.check_access("read")
        if not self.env.su and not any(
            self.env.user.has_group(f"school_meal_base.group_{role}")
            for role in PACK_GROUPS
        ):
            raise AccessError(
                self.env._(
                    "A pack is made by the department, an accountant or the head of the"
                    " school."
                )
            )

    def _check_school(self):
        """A head makes packs of children of the own school only."""
        if self.env["benefit.audit.run"]._sees_municipality():
            schools = self.company_id
            # sudo: a child of others has to be seen to be refused
            wrong = self.sudo().student_ids.filtered(
                lambda student: student.company_id not in schools
            )
        else:
            mine = self.env.user.school_ids
            wrong = self.sudo().student_ids.filtered(
                lambda student: student.school_id not in mine
            )
        if wrong:
            raise AccessError(
                self.env._("Choose children of your own school or municipality.")
            )

    def _draw(self):
        population = self._get_population()
        if not population:
            raise UserError(self.env._("Nobody receives such a benefit in the period."))
        size = min(self.sample_size, len(population))
        # a choice that anybody can repeat, not a secret
        drawn = random.Random(self.seed).sample(population, size)  # noqa: S311
        ids = ",".join(map(str, population))
        # sudo: the draw is not the user's to choose
        self.sudo().write(
            {
                "student_ids": [Command.set(drawn)],
                "population": len(population),
                "population_digest": hashlib.sha256(ids.encode()).hexdigest(),
            }
        )

    def _get_population(self):
        """Return sorted ids of students with a benefit in force in the period."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("is_void", "=", False),
            ("date_from", "<=", self.date_to),
            ("date_end", ">=", self.date_from),
        ]
        if self.school_id:
            domain.append(("school_id", "=", self.school_id.id))
        if self.category_id:
            domain.append(("code", "=", self.category_id.code))
        # sudo: who is drawn from is all of the place, whoever draws
        groups = (
            self.env["benefit.entitlement"].sudo()._read_group(domain, ["student_id"])
        )
        return sorted(student.id for (student,) in groups)

    def _note_reading(self, extension):
        """Record that the files of these children were taken out."""
        # sudo: whose files they are may be beyond the rights of the user by now
        students = self.sudo().student_ids
        self.env["school.access.log"]._note(students, "pack")
        self.sudo().message_post(
            body=self.env._(
                "%(user)s took the %(kind)s file.",
                user=self.env.user.name,
                kind=extension.upper(),
            )
        )
