from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..const import PRESENCE_STATES, UNKNOWN

#: Who may say where somebody is.
CORRECTOR_GROUPS = (
    "school_access.group_guard",
    "school_meal_base.group_operator",
    "school_meal_base.group_head",
)


class AccessPresence(models.Model):
    """Where a person is now, by the last passage. Written by events only.

    It goes forwards in time only: what is reported late never moves a person back. At
    the hour of the site (`presence_ends`) who is still inside becomes “not known”: left
    unseen, or somebody must look for them. No event is invented for that.
    """

    _name = "access.presence"
    _description = "Presence"
    _order = "class_id, person_id, id"
    _rec_name = "person_id"

    person_id = fields.Many2one(
        "access.person", required=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(related="person_id.kind", store=True)
    student_id = fields.Many2one(
        related="person_id.student_id", store=True, index="btree_not_null"
    )
    class_id = fields.Many2one(
        related="student_id.class_id", store=True, index="btree_not_null"
    )
    school_id = fields.Many2one(
        related="person_id.school_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        related="person_id.company_id", store=True, index="btree_not_null"
    )
    site_id = fields.Many2one(
        "access.site", ondelete="set null", index="btree_not_null", readonly=True
    )
    # What a passage changes has no index of its own: PostgreSQL then leaves the others
    # alone (HOT). There is one row a person.
    zone_id = fields.Many2one("access.zone", ondelete="set null", readonly=True)
    building_id = fields.Many2one(related="zone_id.building_id", store=True)
    state = fields.Selection(
        PRESENCE_STATES, required=True, default=UNKNOWN, readonly=True
    )
    since = fields.Datetime("Last passage", readonly=True)
    #: Of the last passage: what decides between two of the same second.
    last_code = fields.Integer(readonly=True, groups=".")
    last_key = fields.Char(readonly=True, groups=".")

    _person_uniq = models.Constraint("UNIQUE (person_id)", "One place for a person.")

    def init(self):
        # Room on each page for the next state of its rows.
        self.env.cr.execute(SQL("ALTER TABLE access_presence SET (fillfactor = 50)"))

    # === ACTION METHODS === #

    def action_correct(self):
        """Ask where the people are and why that is known."""
        self._check_corrector()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct presence"),
            "res_model": "access.presence.correction",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_presence_ids": self.ids},
        }

    def action_open_passes(self):
        """Open what the log says of the person."""
        self.ensure_one()
        return self.person_id._open_passes()

    # === BUSINESS METHODS === #

    def _check_corrector(self):
        self.check_access("read")
        if not any(self.env.user.has_group(group) for group in CORRECTOR_GROUPS):
            raise AccessError(
                self.env._(
                    "Only the guard, the operator or the head corrects presence."
                )
            )

    @api.model
    def _cron_presence(self):
        self._add_missing()
        self._forget_those_inside()

    @api.model
    def _add_missing(self):
        """Give everybody who has never passed a line: where they are is not known."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO access_presence (person_id, kind, student_id, class_id,
                       school_id, company_id, state)
                SELECT p.id, p.kind, p.student_id, s.class_id, p.school_id,
                       p.company_id, 'unknown'
                  FROM access_person p
                  LEFT JOIN school_student s ON s.id = p.student_id
                 WHERE p.active
                   AND NOT EXISTS (
                       SELECT FROM access_presence w WHERE w.person_id = p.id)
                    ON CONFLICT DO NOTHING
                """
            )
        )
        self.invalidate_model()

    @api.model
    def _forget_those_inside(self):
        """After the hour of the site nobody is inside for sure."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_presence w SET state = 'unknown'
                  FROM (SELECT s.id, c.tz, t.local_now,
                               date_trunc('day', t.local_now)
                               + interval '1 hour' * s.presence_ends AS ends
                          FROM access_site s
                          JOIN school_school c ON c.id = s.school_id
                         CROSS JOIN LATERAL (
                               SELECT %s AT TIME ZONE 'UTC' AT TIME ZONE c.tz
                               AS local_now) t) s
                 WHERE w.site_id = s.id AND w.state = 'inside'
                   AND w.since < (CASE WHEN s.ends > s.local_now
                                       THEN s.ends - interval '1 day' ELSE s.ends END
                                 ) AT TIME ZONE s.tz AT TIME ZONE 'UTC'
                """,
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()
