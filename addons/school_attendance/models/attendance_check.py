from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..const import TRUST, TRUSTED, WAITING


class AttendanceCheck(models.Model):
    """A school's day: how far its gate is trusted, and what was done for the meals."""

    _name = "attendance.check"
    _description = "Attendance of a school on a day"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, school_id"

    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    date = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        TRUST, "Trust in the gate", required=True, readonly=True, default=WAITING
    )
    sentence = fields.Char("What is known", compute="_compute_sentence")
    controller_count = fields.Integer("Controllers", readonly=True)
    silent_count = fields.Integer("Silent controllers", readonly=True)
    expected_count = fields.Integer(
        "Expected", readonly=True, help="Lessons have begun, nobody reported absence."
    )
    came_count = fields.Integer("Came through the gate", readonly=True)
    missing_count = fields.Integer("Not here", readonly=True)
    checked_at = fields.Datetime("Counted", readonly=True)
    handled_at = fields.Datetime("Meals looked at", readonly=True, copy=False)
    reported_count = fields.Integer("Reported absent", readonly=True)
    returned_count = fields.Integer("Came after all", readonly=True)
    not_cooked_count = fields.Integer(
        "Came, portion not cooked",
        readonly=True,
        help="They came after the morning cut-off, their portion was taken off.",
    )
    day_ids = fields.One2many("attendance.day", compute="_compute_day_ids")

    _school_day_uniq = models.Constraint(
        "UNIQUE (school_id, date)", "One attendance of a school and day."
    )
    _date_idx = models.Index("(date DESC)")

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date")
    def _compute_display_name(self):
        for check in self:
            check.display_name = (
                f"{check.school_id.display_name}, {check.date:%d.%m.%Y}"
            )

    @api.depends("state", "silent_count", "expected_count", "came_count")
    def _compute_sentence(self):
        for check in self:
            check.sentence = check._get_sentence()

    def _compute_day_ids(self):
        for check in self:
            check.day_ids = self.env["attendance.day"].search(
                [
                    ("school_id", "=", check.school_id.id),
                    ("date", "=", check.date),
                    ("state", "in", ("absent", "unknown")),
                ]
            )

    # === ACTION METHODS === #

    def action_recount(self):
        """Count the day anew, as the job does every few minutes."""
        self._check_office()
        for check in self:
            # sudo: the school of a check that the user may read
            self.env["attendance.day"]._recount(check.sudo().school_id, check.date)

    def action_open_days(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_attendance.attendance_day_action"
        )
        return {
            **action,
            "domain": [
                ("school_id", "=", self.school_id.id),
                ("date", "=", fields.Date.to_string(self.date)),
            ],
            "context": {"search_default_not_here": 1},
        }

    def _check_office(self):
        self.check_access("read")
        if not any(
            self.env.user.has_group(f"school_meal_base.group_{role}")
            for role in ("operator", "head", "manager")
        ):
            raise AccessError(
                self.env._(
                    "Only the person responsible for meals and the head of the school"
                    " do this."
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, date, found):
        """Keep what a recount found; return the rows of the schools.

        :param dict found: {school: (code of trust, Gate, Turnout)}
        """
        rows = [
            (school.id, school.company_id.id, code, *gate[:2], *turnout)
            for school, (code, gate, turnout) in found.items()
        ]
        self.flush_model()
        ids = self.env.execute_query(
            SQL(
                """
                INSERT INTO attendance_check AS c (date, checked_at, school_id,
                       company_id, state, controller_count, silent_count,
                       expected_count, came_count, missing_count)
                SELECT %(date)s, %(now)s, n.*, (
                       SELECT count(*) FROM attendance_day d
                        WHERE d.school_id = n.school_id AND d.date = %(date)s
                          AND d.state = 'absent' AND d.source = 'access')
                  FROM unnest(%(schools)s::int[], %(companies)s::int[],
                              %(states)s::text[], %(controllers)s::int[],
                              %(silent)s::int[], %(expected)s::int[], %(came)s::int[])
                       AS n (school_id, company_id, state, controllers, silent,
                             expected, came)
                ON CONFLICT (school_id, date) DO UPDATE
                   SET checked_at = excluded.checked_at, state = excluded.state,
                       controller_count = excluded.controller_count,
                       silent_count = excluded.silent_count,
                       expected_count = excluded.expected_count,
                       came_count = excluded.came_count,
                       missing_count = excluded.missing_count
                RETURNING c.id
                """,
                date=date,
                now=fields.Datetime.now(),
                **dict(
                    zip(
                        (
                            "schools",
                            "companies",
                            "states",
                            "controllers",
                            "silent",
                            "expected",
                            "came",
                        ),  # fmt: skip
                        map(list, zip(*rows, strict=True)),
                        strict=True,
                    )
                ),
            )
        )
        checks = self.browse(id_ for (id_,) in ids)
        checks.invalidate_recordset()
        return checks

    @api.model
    def _get_opened(self, schools, date_from, date_to):
        """Return the days of schools that are counted already."""
        # sudo: read by the code that keeps facts in step
        return self.sudo().search(
            [
                ("school_id", "in", schools.ids),
                ("date", ">=", date_from),
                ("date", "<=", date_to),
            ]
        )

    def _get_sentence(self):
        """Return in words what the gate lets us know."""
        _ = self.env._
        if self.state == TRUSTED:
            return _(
                "Came through the gate: %(came)s of %(expected)s.",
                came=self.came_count,
                expected=self.expected_count,
            )
        return {
            "waiting": _("The lessons have not begun yet."),
            "no_gate": _(
                "The school has no turnstile: only teachers know who is here."
            ),
            "silent": _(
                "The turnstile is silent or is still reporting: nobody is counted"
                " absent because of it. Ask the teachers."
            ),
            "free": _(
                "The turnstile stands open: nobody is counted absent because of it. Ask"
                " the teachers."
            ),
            "few": _(
                "Only %(came)s of %(expected)s came through the gate: nobody is counted"
                " absent because of it. Ask the teachers.",
                came=self.came_count,
                expected=self.expected_count,
            ),
        }[self.state]
