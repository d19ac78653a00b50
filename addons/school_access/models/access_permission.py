from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..const import RULE_DIRECTIONS


class AccessPermission(models.Model):
    """One passage outside of the rules: leaving early with a guardian's consent."""

    _name = "access.permission"
    _description = "One-off permission"
    _order = "valid_from desc, id desc"

    person_id = fields.Many2one(
        "access.person", required=True, ondelete="restrict", index=True
    )
    student_id = fields.Many2one(related="person_id.student_id")
    class_id = fields.Many2one(related="person_id.student_id.class_id")
    school_id = fields.Many2one(related="person_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    site_id = fields.Many2one(
        "access.site",
        ondelete="restrict",
        index=True,
        compute="_compute_site_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('company_id', '=', company_id)]",
        help="Empty: whichever site of the school the person passes first.",
    )
    direction = fields.Selection(RULE_DIRECTIONS, required=True, default="out")
    valid_from = fields.Datetime(required=True, default=fields.Datetime.now)
    valid_to = fields.Datetime(required=True)
    reason = fields.Char(required=True)
    guardian_id = fields.Many2one(
        "school.guardian",
        "Consent of",
        ondelete="set null",
        index="btree_not_null",
        domain="[('student_id', '=', student_id), ('is_legal', '=', True)]",
        help="The parent or legal representative who has agreed.",
    )
    used_at = fields.Datetime(readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("coming", "To come"),
            ("used", "Used"),
            ("over", "Over"),
            ("revoked", "Revoked"),
        ],
        compute="_compute_state",
    )

    _times_order = models.Constraint(
        "CHECK (valid_from < valid_to)",
        "A permission ends after it begins. Correct the times.",
    )

    # === CONSTRAINTS === #

    @api.constrains("guardian_id", "person_id", "direction")
    def _check_guardian(self):
        for permission in self:
            guardian, student = permission.guardian_id, permission.person_id.student_id
            # sudo: of whom a person is the guardian is compared, whoever asks
            if guardian and guardian.sudo().student_id != student:
                raise ValidationError(
                    self.env._("The consent is that of a relative of this student.")
                )
            if student and permission.direction != "in" and not guardian:
                raise ValidationError(
                    self.env._(
                        "A student leaves early with the consent of a parent or legal"
                        " representative. Choose who has agreed."
                    )
                )
            # sudo: whether the consent is worth anything, whoever enters it
            if guardian and not guardian.sudo().is_legal:
                raise ValidationError(
                    self.env._(
                        "Only a parent or legal representative can agree. Choose one of"
                        " them."
                    )
                )

    @api.constrains("person_id", "site_id")
    def _check_site(self):
        for permission in self:
            site = permission.site_id
            if site and site.company_id != permission.person_id.company_id:
                raise ValidationError(
                    self.env._("The site is one of the person's municipality.")
                )

    # === COMPUTE METHODS === #

    @api.depends("person_id")
    def _compute_site_id(self):
        for permission in self:
            school = permission.person_id.school_id
            if permission.site_id.school_id != school:
                # sudo: which grounds a school has is no secret
                sites = school.sudo().site_ids
                permission.site_id = sites if len(sites) == 1 else False

    @api.depends("valid_from", "valid_to", "used_at", "revoked_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for permission in self:
            if permission.revoked_at:
                permission.state = "revoked"
            elif permission.used_at:
                permission.state = "used"
            elif permission.valid_to and permission.valid_to <= now:
                permission.state = "over"
            else:
                is_coming = permission.valid_from and permission.valid_from > now
                permission.state = "coming" if is_coming else "valid"

    @api.depends("person_id.name", "reason")
    def _compute_display_name(self):
        for permission in self:
            # sudo: who may read the permission may know whose it is
            permission.display_name = permission.person_id.sudo().name or ""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_facts(vals_list)
            # also against defaults of the context
            nothing = dict.fromkeys(self._get_fact_names(), False)
            vals_list = [{**vals, **nothing} for vals in vals_list]
        permissions = super().create(vals_list)
        self.env["access.site"]._mark_stale(permissions._get_schools())
        return permissions

    def write(self, vals):
        if not self.env.su:
            self._check_facts([vals])
        schools = self._get_schools()
        result = super().write(vals)
        self.env["access.site"]._mark_stale(schools | self._get_schools())
        return result

    # === ACTION METHODS === #

    def action_revoke(self):
        """Take the permission back; from now on the rules decide again."""
        self.check_access("write")
        open_ones = self.filtered(lambda each: not (each.used_at or each.revoked_at))
        # sudo: the moment is noted here and written by nobody
        open_ones.sudo().write({"revoked_at": fields.Datetime.now()})

    # === BUSINESS METHODS === #

    @api.model
    def _get_fact_names(self):
        """Return the fields that tell what has happened."""
        return ["used_at", "revoked_at"]

    @api.model
    def _check_facts(self, vals_list):
        """What has happened is noted by the system; `readonly` binds only the form."""
        facts = self._get_fact_names()
        if any(name in vals for vals in vals_list for name in facts):
            raise AccessError(
                self.env._("Nobody writes this by hand: it is noted when it happens.")
            )

    def _get_schools(self):
        """Return the schools at whose doors the permissions count."""
        # sudo: a site may be that of another school
        return self.sudo().site_id.school_id | self.school_id
