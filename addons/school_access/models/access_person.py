from odoo import api, fields, models
from odoo.tools import SQL

from ..const import PERSON_KINDS


class AccessPerson(models.Model):
    """Whoever holds a card: a student (made by itself), staff or a guest."""

    _name = "access.person"
    _description = "Person who passes"
    _order = "name, id"

    kind = fields.Selection(PERSON_KINDS, required=True, index=True)
    student_id = fields.Many2one(
        "school.student", ondelete="cascade", index="btree_not_null"
    )
    class_id = fields.Many2one(related="student_id.class_id")
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, index="trigram"
    )
    user_id = fields.Many2one(
        "res.users",
        "User",
        ondelete="set null",
        index="btree_not_null",
        help="Of staff who use this system: name and school come from there.",
    )
    school_id = fields.Many2one(
        "school.school",
        compute="_compute_school_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    note = fields.Char(help="Position, firm, or whom a guest visits.")
    group_ids = fields.Many2many("access.group", string="Groups")
    pass_ids = fields.One2many("access.pass", "person_id", "Passes")
    permission_ids = fields.One2many("access.permission", "person_id", "Permissions")
    active = fields.Boolean(default=True)

    _student_uniq = models.UniqueIndex(
        "(student_id) WHERE student_id IS NOT NULL", "The student is a person already."
    )
    _student_kind = models.Constraint(
        "CHECK ((kind = 'student') = (student_id IS NOT NULL))",
        "A student is chosen for the kind “student”, and only for it.",
    )
    _has_name = models.Constraint(
        "CHECK (btrim(name) <> '')", "Enter the name of the person."
    )
    _user_uniq = models.UniqueIndex(
        "(user_id) WHERE user_id IS NOT NULL AND active",
        "This user is on record as a person already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("student_id.name", "user_id")
    def _compute_name(self):
        for person in self:
            if person.student_id:
                # sudo: the name of a person is what the record is about
                person.name = person.student_id.sudo().name
            elif person.user_id:
                person.name = person.name or person.user_id.sudo().name

    @api.depends("student_id.school_id", "user_id")
    def _compute_school_id(self):
        default = self.env["school.class"]._default_school()
        for person in self:
            if person.student_id:
                person.school_id = person.student_id.school_id
            elif not person.school_id:
                # sudo: where a colleague works is asked for the form only
                schools = person.user_id.sudo().school_ids
                person.school_id = schools if len(schools) == 1 else default

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        people = super().create(vals_list)
        self.env["access.site"]._mark_stale(people.school_id)
        return people

    def write(self, vals):
        before = self.school_id
        result = super().write(vals)
        if vals.get("active") is False:
            # sudo: an archived person's passes stop, whoever archives
            self.sudo().pass_ids._end("returned")
        if {"school_id", "kind", "active", "student_id", "group_ids"} & vals.keys():
            self.env["access.site"]._mark_stale(before | self.school_id)
        return result

    # === ACTION METHODS === #

    def action_permit(self):
        """Open the dialog of a one-off permission for this person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("One-off permission"),
            "res_model": "access.permission",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_person_id": self.id},
        }

    def action_block_passes(self):
        """Stop all passes of these people at once."""
        self.check_access("write")
        self.pass_ids.action_block()

    # === BUSINESS METHODS === #

    def _open_passes(self):
        """Open the passages of the person, the last ones first."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_access.access_event_action"
        )
        return {
            **action,
            "name": self.env._("Passages: %s", self.display_name),
            "domain": [("person_id", "in", self.ids)],
            "context": {"create": False},
        }

    @api.model
    def _add_students(self, schools=None):
        """Make the persons of students who have none; one statement for a city.

        :param schools: of these `school.school` only; none: of all
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO access_person (
                       kind, student_id, name, school_id, company_id, active,
                       create_uid, create_date, write_uid, write_date)
                SELECT 'student', s.id, p.name, s.school_id, s.company_id, TRUE,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM school_student s JOIN res_partner p ON p.id = s.partner_id
                 WHERE NOT EXISTS (SELECT FROM access_person WHERE student_id = s.id)
                   AND (%(schools)s::int[] IS NULL OR s.school_id = ANY(%(schools)s))
                ON CONFLICT DO NOTHING
                """,
                uid=self.env.uid,
                schools=schools.ids if schools is not None else None,
            )
        )
        if self.env.cr.rowcount:
            self.env["school.student"].invalidate_model(["access_person_ids"])

    @api.model
    def _archive_guests(self):
        """Put guests away whose passes have all ended a day ago."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id FROM access_person p
                 WHERE p.kind = 'guest' AND p.active
                   AND p.create_date < %(day)s
                   AND NOT EXISTS (
                       SELECT FROM access_pass a
                        WHERE a.person_id = p.id AND a.state = 'active'
                          AND (a.valid_to IS NULL OR a.valid_to > %(day)s))
                """,
                day=fields.Datetime.subtract(fields.Datetime.now(), days=1),
            )
        )
        self.browse(row[0] for row in rows).write({"active": False})
