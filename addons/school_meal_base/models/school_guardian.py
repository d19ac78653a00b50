from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..domain import person_name

RELATIONS = [
    ("mother", "Mother"),
    ("father", "Father"),
    ("grandmother", "Grandmother"),
    ("grandfather", "Grandfather"),
    ("guardian", "Guardian"),
    ("other", "Other relative"),
]
PERSON_FIELDS = ("name", "phone", "email")
LEGAL_RELATIONS = {"mother", "father", "guardian"}
# what a parent may hand on to a relative through the portal
DELEGATED_RIGHTS = ("may_order", "may_pay", "is_notified")
MAX_RELATIVES = 10


class SchoolGuardian(models.Model):
    """An adult of a student: parent, legal representative or other relative.

    ``is_legal``: may add other relatives and sign applications. The other rights
    (order meals, pay, get notices) are given one by one.
    """

    _name = "school.guardian"
    _description = "Guardian"
    _order = "student_id, is_legal desc, id"
    _rec_name = "partner_id"

    student_id = fields.Many2one(
        "school.student", "Student", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    company_id = fields.Many2one(
        related="student_id.company_id", store=True, index=True
    )
    relation = fields.Selection(RELATIONS, required=True, default="mother")
    is_legal = fields.Boolean(
        "Legal representative",
        compute="_compute_is_legal",
        store=True,
        readonly=False,
        help="May add other relatives and sign applications.",
    )
    may_order = fields.Boolean("May order meals", default=True)
    may_pay = fields.Boolean("May pay", default=True)
    is_notified = fields.Boolean("Gets notices", default=True)
    name = fields.Char(
        "Full name",
        compute="_compute_person",
        inverse="_inverse_person",
        search="_search_name",
    )
    phone = fields.Char(compute="_compute_person", inverse="_inverse_person")
    email = fields.Char(compute="_compute_person", inverse="_inverse_person")
    active = fields.Boolean(default=True)

    _person_uniq = models.UniqueIndex(
        "(student_id, partner_id)",
        "This person is already recorded for the student.",
    )

    # === CONSTRAINTS === #

    @api.constrains("student_id", "partner_id")
    def _check_person(self):
        for guardian in self:
            # partner and company are compared whoever enters the row
            student, person = guardian.student_id.sudo(), guardian.partner_id.sudo()
            if person == student.partner_id:
                raise ValidationError(
                    self.env._("A student cannot be their own guardian.")
                )
            if person.company_id and person.company_id != student.company_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s is recorded in another municipality."
                        " Create the person anew for this one.",
                        person=person.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("relation")
    def _compute_is_legal(self):
        for guardian in self:
            guardian.is_legal = guardian.relation in LEGAL_RELATIONS

    @api.depends("partner_id.name", "partner_id.phone", "partner_id.email")
    def _compute_person(self):
        for guardian in self:
            # sudo: who may read the row may read whom it is about
            person = guardian.partner_id.sudo()
            for field in PERSON_FIELDS:
                guardian[field] = person[field]

    def _inverse_person(self):
        for guardian in self:
            # sudo: school staff keep contacts, they have no rights over partners
            person = guardian.partner_id.sudo()
            changed = {
                field: guardian[field]
                for field in PERSON_FIELDS
                if (guardian[field] or False) != (person[field] or False)
            }
            if changed and person.with_context(active_test=False).user_ids:
                raise UserError(
                    self.env._(
                        "%s signs in to the portal: only they can change their name"
                        " and contacts there.",
                        person.name,
                    )
                )
            person.write(changed)

    @api.model
    def _search_name(self, operator, value):
        return [("partner_id.name", operator, value)]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Make the person too, when a name is given instead of a partner."""
        self.check_access("create")
        self._check_persons_are_known([vals.get("partner_id") for vals in vals_list])
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if vals.get("partner_id"):
                continue
            student = self.env["school.student"].browse(vals.get("student_id"))
            person = {field: vals.pop(field, False) for field in PERSON_FIELDS}
            vals["partner_id"] = self._create_person(student, **person).id
        return super().create(vals_list)

    def write(self, vals):
        self._check_link_stays(vals)
        return super().write(vals)

    @api.model
    def _check_persons_are_known(self, partner_ids):
        """Refuse persons who are no relatives of students of the user: their name
        and contacts, and with them a future login, would become the user's to change.
        """
        wanted = set(filter(None, partner_ids))
        if self.env.su or not wanted:
            return
        rows = self.with_context(active_test=False).search(
            [("partner_id", "in", list(wanted))]
        )
        if wanted - set(rows.partner_id.ids):
            raise AccessError(
                self.env._(
                    "Choose a person who is a relative of one of your students already,"
                    " or leave the person empty and enter the name."
                )
            )

    def _check_link_stays(self, vals):
        """Refuse to make the row be about another person or child."""
        for name in () if self.env.su else ("student_id", "partner_id"):
            if name in vals and any(row[name].id != vals[name] for row in self):
                raise UserError(
                    self.env._(
                        "Person and child of this record cannot be replaced. Archive"
                        " it and add the relative anew."
                    )
                )

    @api.model
    def _create_person(self, student, name, phone=False, email=False):
        if not (name or "").strip():
            raise ValidationError(self.env._("Enter the name of the relative."))
        # sudo: school staff add parents, they have no rights over partners
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": person_name.clean(name),
                    "phone": (phone or "").strip() or False,
                    "email": (email or "").strip() or False,
                    "company_id": student.sudo().company_id.id,
                }
            )
        )

    # === BUSINESS METHODS === #

    @api.model
    def _add_relative(self, by_partner, student, relation, name, **details):
        """Let a legal representative add a relative of the child; return the row.

        :param by_partner: res.partner who asks (the caller checked who it is)
        :param student: school.student of one record
        :param relation: 'grandmother', 'grandfather' or 'other'
        :param name: full name of the relative
        :param details: phone, email, and the rights may_order, may_pay, is_notified
        :raises AccessError: the person is no legal representative of the child
        :raises ValidationError: a wrong relation, no name, too many relatives
        """
        # the caller may be a parent on the portal: nobody asks in another's name
        if not self.env.su and by_partner != self.env.user.partner_id:
            raise AccessError(self._get_not_legal_message())
        # a parent cannot write these models: the row is made for them below
        guardians = student.ensure_one().sudo().guardian_ids
        if not guardians.filtered(
            lambda row: row.partner_id == by_partner and row.is_legal
        ):
            raise AccessError(self._get_not_legal_message())
        self._check_relative(guardians, relation, name)
        person = self._find_or_create_person(student.sudo(), name, details)
        rights = {right: bool(details.get(right)) for right in DELEGATED_RIGHTS}
        vals = {"relation": relation, "is_legal": False, "active": True, **rights}
        known = (
            self.sudo()
            .with_context(active_test=False)
            .search([("student_id", "=", student.id), ("partner_id", "=", person.id)])
        )
        # a parent must not change another parent, nor bring back a removed one
        if known.filtered(lambda row: row.active or row.is_legal):
            raise ValidationError(
                self.env._(
                    "This person is already on record for the child. To change"
                    " their rights, ask the school."
                )
            )
        if known:
            known.write(vals)
            return known
        return self.sudo().create(
            {"student_id": student.id, "partner_id": person.id, **vals}
        )

    @api.model
    def _get_not_legal_message(self):
        return self.env._(
            "Only a parent or legal representative of the child can add"
            " a relative. Ask them to do it."
        )

    def _check_relative(self, guardians, relation, name):
        allowed = dict(RELATIONS).keys() - LEGAL_RELATIONS
        if relation not in allowed:
            raise ValidationError(
                self.env._(
                    "Parents and legal representatives are recorded by the school:"
                    " bring the document to it."
                )
            )
        if not (name or "").strip():
            raise ValidationError(self.env._("Enter the name of the relative."))
        if len(guardians) >= MAX_RELATIVES:
            raise ValidationError(
                self.env._(
                    "The child already has %(count)s relatives on record."
                    " Remove one first.",
                    count=len(guardians),
                )
            )

    def _find_or_create_person(self, student, name, details):
        """Return the family's own person of that e-mail, else a new partner.

        Only relatives of the child's brothers and sisters are looked at: a
        stranger's address must not give access to a stranger's record.
        """
        email = (details.get("email") or "").strip().lower()
        children = student | student._get_siblings()
        family = children.with_context(active_test=False).guardian_ids
        for person in family.partner_id:
            if email and (person.email or "").strip().lower() == email:
                return person
        return self._create_person(student, name, details.get("phone"), email)
