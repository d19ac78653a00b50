from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..domain import person_name, snils

NAME_PARTS = ("last_name", "first_name", "middle_name")
PLACE = ("school_id", "class_id")
# In the context of writes that the code of the moves makes (see school_student_moves).
# An object, because a remote caller can send any text but never this.
MOVE = object()

# Values of the person that staff of the school keep. Staff have no rights over
# partners in general: these are written for them, all others with their own rights.
PERSON_FIELDS = frozenset(
    {"name", "email", "phone", "street", "street2", "city", "zip", "lang", "comment"}
    | {f"image_{size}" for size in (1920, 1024, 512, 256, 128)}
)
PLAUSIBLE_AGE = (4, 25)

# Who may know of the account and the cards: not class teachers, not the kitchen.
ACCOUNT_GROUPS = ",".join(
    [
        "school_meal_base.group_cashier",
        "school_meal_base.group_operator",
        "school_meal_base.group_head",
        "school_meal_base.group_department",
        "school_meal_base.group_accountant",
        "base.group_portal",  # parents, through the rules of the portal add-on
    ]
)
SENSITIVE_GROUP = "school_meal_base.group_sensitive_data"


class SchoolStudent(models.Model):
    """A student: a person (``res.partner``) with a school, a class and an account.

    School and class change by plain writes; the history (``enrolment_ids``) follows
    by itself. The date of a change is today at the school, or the context key
    ``enrolment_date``. Leaving goes through :meth:`_leave`, which settles the money;
    people cannot write ``state`` by hand.
    """

    _name = "school.student"
    _description = "Student"
    _inherits = {"res.partner": "partner_id"}
    _order = "last_name, first_name, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, index=True, ondelete="restrict"
    )
    last_name = fields.Char("Last name", required=True)
    first_name = fields.Char("First name", required=True)
    middle_name = fields.Char("Middle name")
    school_id = fields.Many2one(
        "school.school",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["school.class"]._default_school(),
    )
    class_id = fields.Many2one(
        "school.class",
        "Class",
        index=True,
        ondelete="restrict",
        domain="[('school_id', '=', school_id)]",
    )
    teacher_id = fields.Many2one(related="class_id.teacher_id")
    company_id = fields.Many2one(
        related="school_id.company_id", store=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    snils = fields.Char(
        "SNILS",
        copy=False,
        groups=SENSITIVE_GROUP,
        help="Insurance number of the person: eleven digits, kept without dashes.",
    )
    birth_date = fields.Date("Date of birth")
    age = fields.Integer(compute="_compute_age", aggregator=False)
    gender = fields.Selection([("male", "Male"), ("female", "Female")])
    state = fields.Selection(
        [("enrolled", "Enrolled"), ("left", "Left")],
        "Status",
        required=True,
        default="enrolled",
        index=True,
        copy=False,
    )
    leave_disposition = fields.Selection(
        [
            ("refund", "Paid out to the family"),
            ("sibling", "Moved to a brother or sister"),
            ("keep", "Kept on the account"),
        ],
        "Money at leaving",
        readonly=True,
        copy=False,
        groups=ACCOUNT_GROUPS,
    )
    enrolment_ids = fields.One2many("school.enrolment", "student_id", "Enrolments")
    guardian_ids = fields.One2many(
        "school.guardian", "student_id", "Parents and relatives"
    )
    account_ids = fields.One2many("meal.account", "student_id", groups=ACCOUNT_GROUPS)
    account_id = fields.Many2one(
        "meal.account",
        "Personal account",
        compute="_compute_account_id",
        search="_search_account_id",
        groups=ACCOUNT_GROUPS,
    )
    account_number = fields.Char(
        related="account_id.number", string="Account number", groups=ACCOUNT_GROUPS
    )
    balance = fields.Monetary(
        related="account_id.posted", string="Balance", groups=ACCOUNT_GROUPS
    )
    card_ids = fields.One2many(
        "school.card", "student_id", "Cards", groups=ACCOUNT_GROUPS
    )
    allergen_ids = fields.Many2many(
        "school.allergen",
        string="Allergens",
        groups=SENSITIVE_GROUP,
        help="Dishes with these are not sold to the student.",
    )
    medical_diet = fields.Text("Medical diet", groups=SENSITIVE_GROUP)
    external_ref = fields.Char(
        "External number", index="btree_not_null", help="Number in another system."
    )
    active = fields.Boolean(default=True)

    _name_idx = models.Index("(last_name, first_name, id)")
    _snils_uniq = models.UniqueIndex(
        "(company_id, snils) WHERE snils IS NOT NULL",
        "Another student of the municipality has this SNILS.",
    )
    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id)", "This person is already a student."
    )

    # === CONSTRAINTS === #

    @api.constrains("snils")
    def _check_snils(self):
        for student in self.filtered("snils"):
            reason = snils.problem(student.snils)
            if reason:
                raise ValidationError(self._get_snils_message(reason))

    @api.model
    def _get_snils_message(self, reason):
        """Return the sentence for a reason of ``domain.snils.problem``."""
        _ = self.env._
        return {
            "characters": _("A SNILS has only digits, dashes and spaces."),
            "length": _("A SNILS has eleven digits, for example 112-233-445 95."),
            "check": _(
                "The check digits of the SNILS do not match."
                " Compare it with the document: a digit is wrong."
            ),
        }[reason]

    @api.constrains(*NAME_PARTS)
    def _check_name_parts(self):
        for student in self:
            parts = filter(None, (student[part] for part in NAME_PARTS))
            wrong = [part for part in parts if not person_name.is_part(part)]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be a part of a name: write it in letters.",
                        wrong[0],
                    )
                )

    @api.constrains("birth_date")
    def _check_birth_date(self):
        today = fields.Date.context_today(self)
        youngest, oldest = PLAUSIBLE_AGE
        latest = today - relativedelta(years=youngest)
        earliest = today - relativedelta(years=oldest)
        for student in self.filtered("birth_date"):
            if not earliest <= student.birth_date <= latest:
                raise ValidationError(
                    self.env._(
                        "The date of birth of a student must make them %(youngest)s"
                        " to %(oldest)s years old. Check the year.",
                        youngest=youngest,
                        oldest=oldest,
                    )
                )

    @api.constrains("school_id", "class_id")
    def _check_class(self):
        for student in self.filtered("class_id"):
            if student.class_id.school_id != student.school_id:
                raise ValidationError(
                    self.env._(
                        "Class %(class_name)s is not a class of %(school)s."
                        " Choose one of its classes.",
                        class_name=student.class_id.name,
                        school=student.school_id.display_name,
                    )
                )

    @api.constrains("state", "active")
    def _check_money_is_settled(self):
        # whoever archives a student, the money of the family is looked at
        for student in self.sudo():
            gone = student.state == "left" or not student.active
            account = student.account_id
            has_money = account and (account.posted or account.held)
            if gone and has_money and student.leave_disposition != "keep":
                raise ValidationError(
                    self.env._(
                        "There is still money on the account of %s. Use the action"
                        " “Leave school” and choose what happens to it: pay out,"
                        " move to a brother or sister, or keep.",
                        student.name,
                    )
                )
            if not student.active and student.state == "enrolled":
                raise ValidationError(
                    self.env._(
                        "%s is still enrolled and cannot be archived. Use the action"
                        " “Leave school” first: it stops the card and closes the"
                        " account.",
                        student.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("birth_date")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for student in self:
            born = student.birth_date
            student.age = relativedelta(today, born).years if born else 0

    @api.depends("account_ids")
    def _compute_account_id(self):
        for student in self:
            student.account_id = student.account_ids[:1]

    def _search_account_id(self, operator, value):
        return [("account_ids", operator, value)]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        self._check_persons_are_new(vals_list)
        vals_list = [self._clean_vals(dict(vals)) for vals in vals_list]
        self._create_persons(vals_list)
        students = super().create(vals_list)
        students._check_place_is_mine()
        students.filtered(lambda one: one.state == "enrolled")._open_enrolments(
            "admission"
        )
        return students

    def write(self, vals):
        self.check_access("write")
        self._check_written_by_hand(vals)
        vals = self._clean_vals(dict(vals))
        person = {key: vals.pop(key) for key in PERSON_FIELDS & vals.keys()}
        before = {student: student._get_place() for student in self}
        result = super().write(vals)
        self._write_persons(vals, person)
        if vals.keys() & {*PLACE, "state"}:
            self._check_place_is_mine()
            self._follow_moves(before)
        return result

    @api.model
    def _check_persons_are_new(self, vals_list):
        """Refuse to take an existing person, whose name and e-mail, and with them
        the login, would be the school's to change from then on."""
        if not self.env.su and any(vals.get("partner_id") for vals in vals_list):
            raise AccessError(
                self.env._(
                    "A student is recorded as a new person: enter the name instead of"
                    " choosing somebody who is on record already."
                )
            )

    def _check_written_by_hand(self, vals):
        """Refuse values that a person may not write, only the code of the moves."""
        if self.env.su:
            return
        if "partner_id" in vals:
            raise UserError(
                self.env._("The person behind a student record cannot be replaced.")
            )
        is_move = self.env.context.get("school_student_move") is MOVE
        if "state" in vals and not is_move:
            if any(student.state != vals["state"] for student in self):
                raise UserError(
                    self.env._(
                        "The status of a student cannot be typed in. Use the action"
                        " “Leave school”, or “Move to another class or school” to"
                        " enrol a leaver again."
                    )
                )

    def _prepare_create_values(self, vals_list):
        """Override of core: fill in no properties of the partner, which would be
        written to it one by one and with the rights of the user."""
        result = super()._prepare_create_values(vals_list)
        for vals, given in zip(result, vals_list, strict=True):
            if "properties" not in given:
                vals.pop("properties", None)
        return result

    @api.model
    def _clean_vals(self, vals):
        """Return ``vals`` with names and СНИЛС in their stored form."""
        if vals.get("name") and not any(vals.get(part) for part in NAME_PARTS):
            vals.update(zip(NAME_PARTS, person_name.split(vals["name"]), strict=True))
        for part in NAME_PARTS:
            if part in vals:
                vals[part] = person_name.clean(vals[part]) or False
        if vals.get("snils"):
            vals["snils"] = snils.digits(vals["snils"])
        elif "snils" in vals:
            vals["snils"] = False
        return vals

    @api.model
    def _create_persons(self, vals_list):
        """Make the partners of new students and put their ids into ``vals_list``."""
        missing = [vals for vals in vals_list if not vals.get("partner_id")]
        schools = self.env["school.school"]
        default_school = schools._origin
        if any(not vals.get("school_id") for vals in missing):
            default_school = schools.browse(
                self.default_get(["school_id"]).get("school_id")
            )
        persons = []
        for vals in missing:
            school = schools.browse(vals.get("school_id")) or default_school
            person = {key: vals.pop(key) for key in PERSON_FIELDS & vals.keys()}
            person["name"] = self._full_name(vals)
            # the company is compared by rules later on, whoever creates the student
            person["company_id"] = school.sudo().company_id.id
            persons.append(person)
        # sudo: school staff may add students, not partners in general
        partners = self.env["res.partner"].sudo().create(persons)
        for vals, partner in zip(missing, partners, strict=True):
            vals["partner_id"] = partner.id

    def _write_persons(self, vals, person):
        # sudo: the students were checked for write access, the values are listed
        persons = self.sudo().partner_id
        changed = person or vals.keys() & set(NAME_PARTS)
        if changed and not self.env.su and not all(persons.user_ids.mapped("share")):
            raise AccessError(
                self.env._(
                    "This person works in the system: their name and contacts are"
                    " changed by the administrator only."
                )
            )
        if person:
            persons.write(person)
        if vals.keys() & set(NAME_PARTS):
            for student in self:
                name = self._full_name({part: student[part] for part in NAME_PARTS})
                if student.name != name:
                    student.sudo().partner_id.name = name

    @api.model
    def _full_name(self, vals):
        return person_name.full(*(vals.get(part) for part in NAME_PARTS))

    def _check_place_is_mine(self):
        """Refuse to put a student into a school or class the user cannot see."""
        if not self.env.su:
            self.school_id.check_access("read")
            self.class_id.check_access("read")

    @api.depends("name", "class_id.name")
    @api.depends_context("school_student_with_class")
    def _compute_display_name(self):
        with_class = self.env.context.get("school_student_with_class")
        for student in self:
            # the name of the class is no secret to who may read the student
            class_name = with_class and student.sudo().class_id.name
            # sudo: a name alone, as every link to the student shows it
            name = student.sudo().name
            student.display_name = f"{name}, {class_name}" if class_name else name

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator in ("ilike", "=") and value and self._can_see_accounts():
            number = "".join(char for char in str(value) if char.isdigit())
            if len(number) >= 4:
                domain |= Domain("account_ids.number", "ilike", number)
        return domain

    @api.model
    def _can_see_accounts(self):
        return self.env.su or self._has_field_access(
            self._fields["account_ids"], "read"
        )
