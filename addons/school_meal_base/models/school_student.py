from odoo import api, fields, models


class SchoolStudent(models.Model):
    _name = "school.student"
    _description = "Student"
    _inherits = {"res.partner": "partner_id"}
    _order = "class_id, last_name, first_name"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict", index=True
    )
    last_name = fields.Char(required=True)
    first_name = fields.Char(required=True)
    middle_name = fields.Char()
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    class_id = fields.Many2one("school.class", ondelete="restrict", index=True)
    company_id = fields.Many2one(
        related="school_id.company_id", store=True, index=True, readonly=True
    )
    snils = fields.Char(
        "SNILS", size=11, groups="school_meal_base.group_sensitive_data"
    )
    birth_date = fields.Date()
    gender = fields.Selection([("male", "Male"), ("female", "Female")])
    state = fields.Selection(
        [("enrolled", "Enrolled"), ("left", "Left")],
        "Enrolment status",
        required=True,
        default="enrolled",
    )
    enrolment_ids = fields.One2many("school.enrolment", "student_id")
    guardian_ids = fields.One2many("school.guardian", "student_id")
    account_ids = fields.One2many("meal.account", "student_id", "Accounts")
    account_id = fields.Many2one(
        "meal.account",
        "Personal account",
        compute="_compute_account_id",
        search="_search_account_id",
    )
    card_ids = fields.One2many("school.card", "student_id")
    allergen_ids = fields.Many2many(
        "school.allergen", groups="school_meal_base.group_sensitive_data"
    )
    medical_diet = fields.Text(groups="school_meal_base.group_sensitive_data")
    external_ref = fields.Char()

    @api.depends("account_ids")
    def _compute_account_id(self):
        for student in self:
            student.account_id = student.account_ids[:1]

    def _search_account_id(self, operator, value):
        return [("account_ids", operator, value)]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["name"] = self._full_name(vals)
        return super().create(vals_list)

    @api.model
    def _full_name(self, vals):
        parts = (vals.get("last_name"), vals.get("first_name"), vals.get("middle_name"))
        return " ".join(part for part in parts if part)
