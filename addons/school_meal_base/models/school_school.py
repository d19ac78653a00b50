import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from ..domain import school_days

# What the person responsible for meals keeps of a school; all else, such as who works
# there and how much a till may risk, is decided by the administrator.
OPERATOR_FIELDS = frozenset(
    {"short_name", "street", "phone", "email", "week_days", "building_ids"}
)


class SchoolSchool(models.Model):
    """A school of a municipality (company): the place every fact belongs to.

    ``code`` is a part of the account numbers of its students; it does not change
    once accounts exist. Staff see the schools that list them in ``user_ids``.
    """

    _name = "school.school"
    _description = "School"
    _inherit = ["mail.thread"]
    _order = "company_id, code, id"
    _check_company_auto = True
    _rec_names_search = ["name", "short_name", "code"]

    name = fields.Char("Official name", required=True, tracking=True)
    short_name = fields.Char(
        "Short name",
        required=True,
        help="As people call it, for lists and receipts: School 5.",
    )
    code = fields.Char(
        required=True,
        size=3,
        tracking=True,
        help="Three digits, unique in the municipality. They stand in the account"
        " numbers of the students and cannot change once there are accounts.",
    )
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    tz = fields.Selection(
        _tz_get, "Time zone", required=True, default="Europe/Moscow", tracking=True
    )
    week_days = fields.Selection(
        [("5", "Five-day week"), ("6", "Six-day week")],
        "School week",
        required=True,
        default="5",
        tracking=True,
    )
    street = fields.Char("Address")
    phone = fields.Char()
    email = fields.Char()
    analytic_account_id = fields.Many2one(
        "account.analytic.account", "Analytic account", check_company=True
    )
    building_ids = fields.One2many("school.building", "school_id", "Buildings")
    class_ids = fields.One2many("school.class", "school_id", "Classes")
    student_ids = fields.One2many("school.student", "school_id", "Students")
    user_ids = fields.Many2many(
        "res.users",
        "school_user_rel",
        "school_id",
        "user_id",
        "Staff",
        help="Users who work with this school's records.",
    )
    head_id = fields.Many2one("res.users", "Head of school", tracking=True)
    meals_responsible_id = fields.Many2one(
        "res.users", "Responsible for meals", tracking=True
    )
    offline_cap = fields.Monetary(
        "Offline cap",
        help="How much one student may spend while a till has no network."
        " Zero: the cap of the municipality.",
    )
    student_count = fields.Integer("Number of students", compute="_compute_counts")
    class_count = fields.Integer("Number of classes", compute="_compute_counts")
    school_year_start = fields.Integer(
        "School year begun",
        readonly=True,
        copy=False,
        aggregator=False,
        help="The latest school year the school has begun with the action “Begin a"
        " school year”: 2027 for 2027/2028. Zero: none yet.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (company_id, code)",
        "Another school of the municipality has this code. Choose a free one.",
    )
    _offline_cap_positive = models.Constraint(
        "CHECK (offline_cap >= 0)", "The offline cap cannot be negative."
    )

    # === CONSTRAINTS === #

    @api.constrains("code")
    def _check_code(self):
        for school in self:
            if not re.fullmatch("[0-9]{3}", school.code or ""):
                raise ValidationError(
                    self.env._(
                        "The code of %s must be three digits, for example 005.",
                        school.display_name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("student_ids", "class_ids")
    def _compute_counts(self):
        domain = [("school_id", "in", self.ids)]
        students = dict(
            self.env["school.student"]._read_group(
                domain + [("state", "=", "enrolled")], ["school_id"], ["__count"]
            )
        )
        classes = dict(
            self.env["school.class"]._read_group(domain, ["school_id"], ["__count"])
        )
        for school in self:
            school.student_count = students.get(school, 0)
            school.class_count = classes.get(school, 0)

    @api.depends("short_name", "name")
    def _compute_display_name(self):
        for school in self.sudo():  # sudo: the name of a school is public
            school.display_name = school.short_name or school.name

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("short_name", vals.get("name"))
        schools = super().create(vals_list)
        schools._add_officers_to_staff()
        return schools

    def write(self, vals):
        if "code" in vals:
            self._check_code_is_free_to_change(vals["code"])
        if "company_id" in vals:
            self._check_company_is_free_to_change(vals["company_id"])
        if vals.get("active") is False:
            self._check_nobody_is_enrolled()
        result = super().write(vals)
        if {"head_id", "meals_responsible_id"} & vals.keys():
            self._add_officers_to_staff()
        return result

    @api.model
    def _has_field_access(self, field, operation):
        """Override of core: operators write a few fields only."""
        if (
            operation == "write"
            and not self.env.su
            and field.name not in OPERATOR_FIELDS
            and not field.name.startswith("message_")
            and not self.env.user.has_group("school_meal_base.group_manager")
        ):
            return False
        return super()._has_field_access(field, operation)

    def _check_nobody_is_enrolled(self):
        # sudo: students of the school are a fact whoever asks
        groups = (
            self.env["school.student"]
            .sudo()
            ._read_group(
                [("school_id", "in", self.ids), ("state", "=", "enrolled")],
                ["school_id"],
                ["__count"],
            )
        )
        for school, count in groups:
            raise ValidationError(
                self.env._(
                    "%(count)s students are still enrolled at %(school)s. Move them to"
                    " another school or let them leave first.",
                    count=count,
                    school=school.display_name,
                )
            )

    def _get_new_class_year(self):
        """Return the year of a class that is made now: the coming one from June on,
        and never one before the year the school has begun already."""
        today = self.env["school.calendar"]._local_date(self)
        # sudo: a number that everybody who may make a class needs
        return max(school_days.new_class_year(today), self.sudo().school_year_start)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Override of core: with ``school_transfer`` in the context, offer all schools
        of the municipality to those who send students to them."""
        if self.env.context.get("school_transfer") and self.env.user.has_group(
            "school_meal_base.group_operator"
        ):
            # sudo: the names of schools are public, their records are not
            schools = self.sudo().with_context(school_transfer=False)
            domain = Domain(domain or []) & Domain(
                "company_id", "in", self.env.companies.ids
            )
            return schools.name_search(name, domain, operator, limit)
        return super().name_search(name, domain, operator, limit)

    def _check_code_is_free_to_change(self, code):
        changed = self.filtered(lambda school: school.code != code)
        if (
            self.env["meal.account"]
            .sudo()
            .search_count(  # a fact of the school
                [("school_id", "in", changed.ids), ("student_id", "!=", False)], limit=1
            )
        ):
            raise ValidationError(
                self.env._(
                    "The code stands in the account numbers of the students:"
                    " it cannot change any more."
                )
            )

    def _check_company_is_free_to_change(self, company_id):
        changed = self.filtered(lambda school: school.company_id.id != company_id)
        if changed.with_context(active_test=False).sudo().student_ids:
            raise ValidationError(
                self.env._(
                    "The school has students, whose accounts belong to its"
                    " municipality: it cannot move to another one."
                )
            )

    def _add_officers_to_staff(self):
        for school in self:
            missing = (school.head_id | school.meals_responsible_id) - school.user_ids
            if missing:
                school.user_ids = [(4, user.id) for user in missing]

    # === ACTIONS === #

    def action_open_students(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_student_action"
        )
        return {
            **action,
            "domain": [("school_id", "=", self.id)],
            "context": {"default_school_id": self.id},
        }

    def action_open_classes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_class_action"
        )
        return {
            **action,
            "domain": [("school_id", "=", self.id)],
            "context": {"default_school_id": self.id},
        }
