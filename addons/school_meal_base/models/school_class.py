from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain import roster_fields, school_days

LAST_GRADE = 11
# In the context of the write that archives grade 11 with its graduates; an object,
# because a remote caller can send any text but never this.
GRADUATION = object()


class SchoolClass(models.Model):
    """A class of a school: the record stays, its grade rises with the years.

    ``school_year_start`` is the year of 1 September in which the current school
    year of the class began; the year rollover raises grade and year together.
    """

    _name = "school.class"
    _description = "School class"
    _inherit = ["mail.thread"]
    _order = "school_id, grade, letter, id"
    _rec_names_search = ["name"]

    name = fields.Char(compute="_compute_name", store=True, index="trigram")
    school_id = fields.Many2one(
        "school.school",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_school(),
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    grade = fields.Integer(required=True, default=1, aggregator=False, tracking=True)
    letter = fields.Char(
        tracking=True,
        help="The letter of the class: А for 5А. May be a word, or empty when the"
        " grade has one class.",
    )
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")],
        required=True,
        default="1",
        tracking=True,
    )
    teacher_id = fields.Many2one(
        "res.users", "Class teacher", index="btree_not_null", tracking=True
    )
    building_id = fields.Many2one(
        "school.building",
        "Building",
        domain="[('school_id', '=', school_id)]",
        ondelete="set null",
    )
    school_year_start = fields.Integer(
        "School year from",
        required=True,
        aggregator=False,
        compute="_compute_school_year_start",
        store=True,
        readonly=False,
        precompute=True,
        help="The year in which the school year began: 2026 for 2026/2027.",
    )
    school_year = fields.Char("School year", compute="_compute_school_year")
    student_ids = fields.One2many("school.student", "class_id", "Students")
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )
    active = fields.Boolean(default=True)

    _grade_range = models.Constraint(
        "CHECK (grade BETWEEN 1 AND 11)", "The grade of a class is 1 to 11."
    )
    _year_range = models.Constraint(
        "CHECK (school_year_start BETWEEN 2000 AND 2100)",
        "Give the school year by its first year, for example 2026.",
    )
    _class_uniq = models.UniqueIndex(
        "(school_id, school_year_start, grade, (COALESCE(letter, ''))) WHERE active",
        "The school already has this class in this school year.",
    )

    # === CONSTRAINTS === #

    @api.constrains("building_id", "school_id")
    def _check_building(self):
        for record in self:
            building = record.building_id
            if building and building.school_id != record.school_id:
                raise ValidationError(
                    self.env._(
                        "Building %(building)s belongs to another school than"
                        " class %(class_name)s.",
                        building=building.name,
                        class_name=record.name,
                    )
                )

    @api.constrains("school_id", "school_year_start", "grade", "letter", "active")
    def _check_letter_is_new(self):
        """Words are kept as typed, so the index does not see “ИТ-2” and “ит2”."""
        key = roster_fields.letter_key
        for record in self.filtered("active"):
            # sudo: whether the school has the class is a fact, whoever asks
            others = record.sudo().search(
                [
                    ("school_id", "=", record.school_id.id),
                    ("school_year_start", "=", record.school_year_start),
                    ("grade", "=", record.grade),
                    ("id", "!=", record.id),
                ]
            )
            if key(record.letter) in map(key, others.mapped("letter")):
                raise ValidationError(
                    self.env._("The school already has this class in this school year.")
                )

    # === COMPUTE METHODS === #

    def _default_school(self):
        schools = self.env.user.school_ids
        return schools if len(schools) == 1 else False

    @api.depends("grade", "letter")
    def _compute_name(self):
        for record in self:
            letter = record.letter or ""
            separator = " " if len(letter) > 1 else ""
            record.name = f"{record.grade}{separator}{letter}"

    @api.depends("school_id")
    def _compute_school_year_start(self):
        for record in self:
            if not record.school_year_start:
                record.school_year_start = record.school_id._get_new_class_year()

    @api.depends("name", "school_year_start")
    def _compute_display_name(self):
        """Override of core: in summer, two classes of one name are told apart."""
        for record in self.sudo():  # sudo: every link to the class shows its name
            today = self.env["school.calendar"]._local_date(record.school_id)
            coming = record.school_year_start > school_days.school_year_start(today)
            record.display_name = (
                f"{record.name} ({record.school_year})" if coming else record.name
            )

    @api.depends("school_year_start")
    def _compute_school_year(self):
        for record in self:
            start = record.school_year_start
            record.school_year = f"{start}/{start + 1}"

    @api.depends("student_ids")
    def _compute_student_count(self):
        counts = dict(
            self.env["school.student"]._read_group(
                [("class_id", "in", self.ids)], ["class_id"], ["__count"]
            )
        )
        for record in self:
            record.student_count = counts.get(record, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_vals(vals) for vals in vals_list])

    def write(self, vals):
        if "school_id" in vals:
            self._check_school_is_free_to_change(vals["school_id"])
            self.env["school.school"].browse(vals["school_id"]).check_access("write")
        if vals.get("active") is False:
            self._check_is_empty()
        return super().write(self._clean_vals(vals))

    @api.model
    def _clean_vals(self, vals):
        """Return ``vals`` with the letter as lists print it: one letter is a Cyrillic
        capital, for A and А look the same on every list."""
        if "letter" not in vals:
            return vals
        letter = (vals["letter"] or "").strip(" -\"'«»")
        letter = roster_fields.letter_key(letter) if len(letter) == 1 else letter
        return {**vals, "letter": letter or False}

    def _check_school_is_free_to_change(self, school_id):
        moved = self.filtered(lambda record: record.school_id.id != school_id)
        if moved.with_context(active_test=False).sudo().student_ids:
            raise ValidationError(
                self.env._(
                    "A class with students cannot move to another school."
                    " Transfer its students instead."
                )
            )

    def _check_is_empty(self):
        for record in self.filtered("active"):
            # students of the class are a fact whoever asks
            count = len(record.sudo().student_ids)
            graduates = self.env.context.get("school_year_rollover") is GRADUATION
            if count and not graduates:
                raise ValidationError(
                    self.env._(
                        "%(count)s students are still in class %(class_name)s."
                        " Transfer them first.",
                        count=count,
                        class_name=record.name,
                    )
                )

    # === ACTIONS === #

    def action_open_students(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.school_student_action"
        )
        return {
            **action,
            "domain": [("class_id", "=", self.id)],
            "context": {
                "default_school_id": self.school_id.id,
                "default_class_id": self.id,
            },
        }
