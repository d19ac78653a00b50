from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.json import scriptsafe as json

from ..const import ALARM_CODES, ALARM_KINDS, CARD_ALARMS, STATE_ALARMS

#: A card refused longer ago is no reason to run to the door: its report came late.
FRESH = timedelta(minutes=10)
#: After so many minutes an alarm that nobody has taken reaches the head of the school.
PATIENCE = timedelta(minutes=5)
#: At most so many people get something to do about it.
MAX_ASSIGNEES = 5


class AccessAlarm(models.Model):
    """Something a guard must look at.

    While open there is one row per kind and key, however often it happens. A guard
    takes it at the post: what was over in a moment (a card, a door) is closed then;
    what lasts (silence, fire) stays open, without sound, until it is over.
    """

    _name = "access.alarm"
    _description = "Alarm of a post"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "since desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(ALARM_KINDS, required=True, readonly=True)
    site_id = fields.Many2one(
        "access.site", ondelete="set null", index="btree_not_null", readonly=True
    )
    school_id = fields.Many2one(
        "school.school", ondelete="set null", index="btree_not_null", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", ondelete="set null", index="btree_not_null", readonly=True
    )
    controller_id = fields.Many2one(
        "access.controller", ondelete="set null", index="btree_not_null", readonly=True
    )
    point_id = fields.Many2one(
        "access.point", ondelete="set null", index="btree_not_null", readonly=True
    )
    person_id = fields.Many2one(
        "access.person", ondelete="set null", index="btree_not_null", readonly=True
    )
    key = fields.Char(
        required=True,
        readonly=True,
        groups="school_meal_base.group_manager",
        help="One open alarm of a kind and key.",
    )
    details = fields.Char(readonly=True)
    since = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    last_at = fields.Datetime("Last time", readonly=True)
    count = fields.Integer("How often", default=1, readonly=True)
    taken_at = fields.Datetime(readonly=True)
    taken_by_id = fields.Many2one("res.users", readonly=True)
    closed_at = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    escalated_at = fields.Datetime("Told to the head at", readonly=True)
    note = fields.Char(help="What it was and what was done about it.")

    _open_uniq = models.UniqueIndex(
        "(kind, key) WHERE closed_at IS NULL", "The alarm is open already."
    )
    _site_open_idx = models.Index("(site_id) WHERE closed_at IS NULL")
    _waiting_idx = models.Index(
        "(since) WHERE closed_at IS NULL AND taken_at IS NULL AND escalated_at IS NULL"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """People write the note only; all else is done by the buttons."""
        mixins = ("mail.thread", "mail.activity.mixin")
        allowed = {name for mixin in mixins for name in self.env[mixin]._fields}
        if not self.env.su and vals.keys() - allowed - {"note"}:
            raise AccessError(
                self.env._("An alarm is changed by its buttons only: take or close it.")
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_take(self):
        self.check_access("write")
        for alarm in self:
            alarm._take(alarm.note)

    def action_close(self):
        self.check_access("write")
        for alarm in self:
            alarm._close(alarm.note)

    # === BUSINESS METHODS === #

    @api.model
    def _raise_alarm(self, kind, key, **values):
        """Open an alarm, or count it once more if it is open already.

        :param str kind: a code of :data:`ALARM_KINDS`
        :param key: what makes it one and the same, such as the id of the controller
        :param values: ids of ``controller_id``, ``point_id``, ``site_id``,
            ``school_id``, ``company_id`` (each follows from the one before),
            ``person_id``; ``details`` (no names, no card numbers), ``since`` (naive
            UTC), ``count``
        :return: the alarm
        """
        return self._raise_many([{"kind": kind, "key": key, **values}])

    @api.model
    def _raise_many(self, alarms):
        """Open or count many alarms in one statement; see :meth:`_raise_alarm`."""
        rows = self._merge(alarms)
        if not rows:
            return self.browse()
        self.env.flush_all()
        raised = self.env.execute_query(
            SQL(
                """
                INSERT INTO access_alarm AS a (kind, key, details, controller_id,
                       point_id, site_id, school_id, company_id, person_id, since,
                       last_at, count, create_uid, create_date, write_uid, write_date)
                SELECT r.kind, r.key, r.details, c.id, p.id, s.id, l.id,
                       COALESCE(l.company_id, r.company_id), e.id, r.since, r.last_at,
                       r.count, %(user)s, %(now)s, %(user)s, %(now)s
                  FROM jsonb_to_recordset(%(rows)s) AS r (kind varchar, key varchar,
                       details varchar, controller_id int, point_id int, site_id int,
                       school_id int, company_id int, person_id int, since timestamp,
                       last_at timestamp, count int)
                  LEFT JOIN access_controller c ON c.id = r.controller_id
                  LEFT JOIN access_point p ON p.id = COALESCE(r.point_id, c.point_id)
                  LEFT JOIN access_site s ON s.id = COALESCE(r.site_id, p.site_id)
                  LEFT JOIN school_school l ON l.id = COALESCE(r.school_id, s.school_id)
                  LEFT JOIN access_person e ON e.id = r.person_id
                 ORDER BY r.kind, r.key
                ON CONFLICT (kind, key) WHERE closed_at IS NULL DO UPDATE
                   SET count = a.count + EXCLUDED.count,
                       last_at = GREATEST(a.last_at, EXCLUDED.last_at),
                       details = COALESCE(EXCLUDED.details, a.details),
                       write_date = EXCLUDED.write_date
                RETURNING a.id
                """,
                rows=json.dumps(rows, default=str),
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        raised = self.browse(row[0] for row in raised)
        raised.invalidate_recordset()
        return raised

    @api.model
    def _merge(self, alarms):
        """Return one row per kind and key, as the statement wants them."""
        now = fields.Datetime.now()
        merged, counts = {}, Counter()
        for alarm in alarms:
            since = alarm.get("since") or now
            alarm = {**alarm, "key": str(alarm["key"])}
            at = alarm["kind"], alarm["key"]
            first = merged.setdefault(at, {**alarm, "since": since, "last_at": since})
            first["since"] = min(first["since"], since)
            first["last_at"] = max(first["last_at"], since)
            counts[at] += alarm.get("count", 1)
        return [{**row, "count": counts[at]} for at, row in merged.items()]

    def _take(self, note=None):
        """Somebody looks after it. What was over in a moment is closed."""
        self.ensure_one()
        if self.closed_at or self.taken_at:
            return
        now = fields.Datetime.now()
        values = {"taken_at": now, "taken_by_id": self.env.uid}
        if note:
            values["note"] = note
        if self.kind not in STATE_ALARMS:
            values.update(closed_at=now, closed_by_id=self.env.uid)
        # sudo: the buttons and the post come here after their own check
        self.sudo().write(values)
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self.env["access.shift"]._note_at(
            self.sudo().site_id, "alarm", note or "", alarm=self
        )

    def _close(self, note=None):
        """It is over, or was no alarm. Without a person it was closed by what raised
        it."""
        for alarm in self.sudo().filtered(lambda alarm: not alarm.closed_at):
            # sudo: the state is changed here only; machines close their alarms too
            alarm.write(
                {
                    "closed_at": fields.Datetime.now(),
                    "closed_by_id": self.env.uid,
                    "note": note or alarm.note,
                }
            )
            alarm.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _close_open(self, kind, keys, note=None):
        """Close the open alarms of a kind with these keys, if there are any."""
        domain = [
            ("kind", "=", kind),
            ("key", "in", [str(key) for key in keys]),
            ("closed_at", "=", False),
        ]
        # sudo: machines close what they have raised
        self.sudo().search(domain)._close(note)

    # === FROM EVENTS === #

    @api.model
    def _raise_from_events(self, rows):
        """Raise the alarms of a batch of events: at most two statements.

        :param rows: dicts of ``access.event._after_record``
        """
        limit = fields.Datetime.now() - FRESH
        alarms = [
            {
                "kind": row["verdict"],
                "key": self._card_key(row),
                "controller_id": row["controller_id"],
                "person_id": row["person_id"],
                "since": row["occurred_at"],
            }
            for row in rows
            if row["kind"] == "refused"
            and row["verdict"] in CARD_ALARMS
            and row["occurred_at"] >= limit
        ]
        doors = [row for row in rows if row["kind"] == "alarm"]
        codes = self._get_codes(doors)
        for row in doors:
            kind = ALARM_CODES.get(codes.get(row["id"]), "other")
            alarms.append(
                {
                    "kind": kind,
                    "key": row["controller_id"],
                    "controller_id": row["controller_id"],
                    "since": row["occurred_at"],
                }
            )
        return self._raise_many(alarms)

    @api.model
    def _card_key(self, row):
        """Not the number of the card: guards may not know it."""
        who = row["person_id"] or ""
        return f"{row['controller_id']}-{who}"

    @api.model
    def _get_codes(self, rows):
        """Return {id: code of the controller}; alarms are few."""
        if not rows:
            return {}
        times = [row["occurred_at"] for row in rows]
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, code FROM access_event_log
                     WHERE id = ANY(%s) AND occurred_at BETWEEN %s AND %s
                    """,
                    [row["id"] for row in rows],
                    min(times),
                    max(times),
                )
            )
        )

    # === ESCALATION === #

    @api.model
    def _cron_post(self):
        """Every minute: what nobody at a post has done in time."""
        self.env["access.verification"]._time_out_due()
        self._escalate()

    @api.model
    def _escalate(self):
        """Tell the heads of schools, once, of alarms nobody has taken."""
        domain = [
            ("closed_at", "=", False),
            ("taken_at", "=", False),
            ("escalated_at", "=", False),
            ("since", "<=", fields.Datetime.now() - PATIENCE),
        ]
        # sudo: the scheduler's own work
        waiting = self.sudo().search(domain, limit=500)
        waiting.write({"escalated_at": fields.Datetime.now()})
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for alarm in waiting:
            for user in alarm._get_heads():
                alarm.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Nobody takes it: %s", labels[alarm.kind]),
                    user_id=user.id,
                )

    def _get_heads(self):
        """Return who answers for the school; of an alarm without one nobody."""
        head = self.env.ref("school_meal_base.group_head")
        manager = self.env.ref("school_meal_base.group_manager")
        if not self.school_id:
            domain = [
                ("all_group_ids", "in", manager.id),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ]
            return self.env["res.users"].search(domain, limit=MAX_ASSIGNEES)
        staff = self.school_id.user_ids.filtered("active")
        return staff.filtered(lambda user: head in user.all_group_ids)[:MAX_ASSIGNEES]
