from odoo import api, fields, models
from odoo.tools import SQL, file_open

from ..const import (
    ANOMALIES,
    CARD_GROUPS,
    DIRECTIONS,
    EVENT_KINDS,
    INSIDE,
    OUTSIDE,
    VERDICTS,
)


class AccessEvent(models.Model):
    """What happened at a point: appended by :meth:`_record` only, never changed."""

    _name = "access.event"
    _description = "Event of a point"
    _order = "occurred_at desc, id desc"
    _auto = False
    _log_access = False

    occurred_at = fields.Datetime(readonly=True)
    received_at = fields.Datetime(readonly=True)
    event_key = fields.Char(readonly=True, groups=".")
    controller_id = fields.Many2one("access.controller", readonly=True)
    point_id = fields.Many2one("access.point", readonly=True)
    site_id = fields.Many2one("access.site", readonly=True)
    school_id = fields.Many2one("school.school", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    person_id = fields.Many2one("access.person", readonly=True)
    student_id = fields.Many2one("school.student", readonly=True)
    device_id = fields.Many2one("school.device", "Gateway", readonly=True)
    card = fields.Char("Card number", readonly=True, groups=CARD_GROUPS)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    kind = fields.Selection(EVENT_KINDS, readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    anomaly = fields.Selection(ANOMALIES, readonly=True)
    code = fields.Integer("Code of the controller", readonly=True)
    flag = fields.Integer(readonly=True)
    is_counted = fields.Boolean("Moves the person", readonly=True)

    def init(self):
        with file_open("school_access/sql/access_event.sql") as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, events, device=None):
        """Append events of controllers, move people, tell who wants to know.

        :param list events: dicts with ``controller`` (id), ``key`` (uuid text, the
            event's own number), ``occurred_at`` (naive UTC), ``kind``, ``card`` (12 hex
            digits or empty), ``direction`` ("in", "out", None), ``verdict``, ``code``,
            ``flag``; or ``person`` (id) instead of the card
        :param device: the gateway that sends them
        :return: a dict for each event, in order: ``status`` (created or exists) and, of
            what was created, ``id``, ``person``, ``anomaly``, ``is_counted``
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        answers = []
        for event in events:
            rows = self.env.execute_query(
                SQL(
                    """
                    INSERT INTO access_event_log (occurred_at, event_key, controller_id,
                           point_id, site_id, school_id, company_id, person_id,
                           student_id, card, direction, kind, verdict, code, flag,
                           is_counted, device_id, received_at)
                    SELECT %(at)s, %(key)s::uuid, c.id, c.point_id, c.site_id,
                           c.school_id, c.company_id, p.id, p.student_id, %(card)s,
                           %(direction)s, %(kind)s, %(verdict)s, %(code)s, %(flag)s,
                           %(kind)s = 'pass' AND p.id IS NOT NULL, %(device)s, %(now)s
                      FROM access_controller c
                      LEFT JOIN access_person p ON p.id = COALESCE(%(person)s::int, (
                           SELECT e.person_id FROM access_entry e
                            WHERE e.controller_id = c.id AND e.code = %(card)s))
                     WHERE c.id = %(controller)s
                    ON CONFLICT DO NOTHING
                    RETURNING id, person_id, is_counted
                    """,
                    at=event["occurred_at"],
                    key=event["key"],
                    controller=event["controller"],
                    card=event.get("card") or None,
                    direction=event.get("direction"),
                    kind=event["kind"],
                    verdict=event.get("verdict"),
                    code=event.get("code"),
                    flag=event.get("flag"),
                    person=event.get("person"),
                    device=device.id if device else None,
                    now=now,
                )
            )
            answers.append(self._answer(event, rows))
        return answers

    def _answer(self, event, rows):
        if not rows:
            return {"status": "exists"}
        [(event_id, person_id, is_counted)] = rows
        if is_counted:
            self._move(person_id, event)
        return {
            "status": "created",
            "id": event_id,
            "person": person_id,
            "anomaly": None,
            "is_counted": is_counted,
        }

    def _move(self, person_id, event):
        person = self.env["access.person"].browse(person_id)
        controller = self.env["access.controller"].browse(event["controller"])
        presence = self.env["access.presence"].search([("person_id", "=", person_id)])
        values = {
            "person_id": person_id,
            "student_id": person.student_id.id,
            "school_id": person.school_id.id,
            "company_id": person.company_id.id,
            "site_id": controller.site_id.id,
            "zone_id": controller.point_id.zone_id.id,
            "state": INSIDE if event["direction"] == "in" else OUTSIDE,
            "since": event["occurred_at"],
        }
        if presence:
            presence.write(values)
        else:
            presence.create(values)
