from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import POST_ALARMS

#: At most so many passes go out at once; the page shows fewer.
MAX_ROWS = 120
#: Passes that happened longer ago are of the journal, not of the post.
LIVE = timedelta(hours=12)
#: Numbers are given before transactions end, so a smaller one may appear after a
#: larger: what came in this time is sent again, and the page knows what it has.
OVERLAP = timedelta(seconds=10)
#: What a controller with a fast clock reports is shown too.
CLOCK_AHEAD = timedelta(hours=1)
MAX_ALARMS = 30
MAX_REQUESTS = 20


class AccessPost(models.AbstractModel):
    _inherit = "access.post"

    @api.model
    def _get_feed(self, site, after, with_counts=False):
        """Return what is new at a site, ready for JSON.

        :param site: of ``_get_site``
        :param int after: the `cursor` of the answer before, 0 at the beginning
        :return: dict of ``cursor``; ``events``, oldest first, each with its `id`: a row
            may come twice, none is left out but those that MAX_ROWS newer ones hide;
            ``alarms``, ``requests``, ``shift`` as they are now; ``counts`` if there is
            something new or they were asked for
        """
        now = fields.Datetime.now()
        rows = self._read_events(site, after, now)
        settled = [row["id"] for row in rows if row["received_at"] < now - OVERLAP]
        if with_counts:
            settled += self._read_settled(now)
        return {
            "cursor": max([after, *settled]),
            "now": self._clock(site, now),
            "events": [self._prepare_event(site, row) for row in rows],
            "alarms": self._read_alarms(site),
            "requests": self._read_requests(site, now),
            "shift": self._read_shift(site),
            "counts": self._read_counts(site, now) if rows or with_counts else None,
        }

    @api.model
    def _read_events(self, site, after, now):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT l.id, l.occurred_at, l.received_at, l.kind, l.verdict, l.anomaly,
                       l.direction, l.person_id AS person, p.name, p.kind AS who,
                       c.name AS class, t.name AS point,
                       EXISTS (SELECT FROM ir_attachment a
                                WHERE a.res_model = 'res.partner'
                                  AND a.res_field = 'image_256'
                                  AND a.res_id = COALESCE(s.partner_id, u.partner_id)
                              ) AS photo
                  FROM (%(events)s) f
                 CROSS JOIN LATERAL (
                       SELECT * FROM access_event
                        WHERE id = f.id AND occurred_at = f.occurred_at OFFSET 0) l
                  LEFT JOIN access_point t ON t.id = l.point_id
                  LEFT JOIN access_person p ON p.id = l.person_id
                  LEFT JOIN school_student s ON s.id = p.student_id
                  LEFT JOIN school_class c ON c.id = s.class_id
                  LEFT JOIN res_users u ON u.id = p.user_id
                 -- a second tap, or the door and then the passage, is one line
                 WHERE l.kind <> 'pass' OR l.is_counted OR l.person_id IS NULL
                 ORDER BY l.id DESC
                """,
                events=self._new_events(site, after, now),
            )
        )
        return self.env.cr.dictfetchall()[::-1]

    @api.model
    def _new_events(self, site, after, now):
        """Return the query of the newest events after a cursor.

        A fresh page reads half a day of the school by its index. A page with a cursor
        reads what the whole city has sent since by the primary key: some seconds.
        """
        return SQL(
            """
            SELECT * FROM (
                SELECT id, occurred_at FROM access_event_log
                 WHERE school_id = %(school)s AND site_id = %(site)s
                   AND occurred_at BETWEEN %(since)s AND %(until)s
                   AND kind IN ('pass', 'opened', 'refused')
                   AND %(is_new)s
                %(fence)s) found
             ORDER BY id DESC
             LIMIT %(limit)s
            """,
            school=site.school_id.id,
            site=site.id,
            since=now - LIVE,
            until=now + CLOCK_AHEAD,
            is_new=SQL("id > %s", after) if after else SQL("TRUE"),
            # without it the plan might walk back through a month of all schools
            fence=SQL() if after else SQL("OFFSET 0"),
            limit=MAX_ROWS,
        )

    @api.model
    def _read_settled(self, now):
        """Return [the last number before which nothing can appear any more]: with it
        the cursor of a quiet site follows the others."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT max(id) FROM (
                    SELECT id, received_at FROM access_event_log
                     WHERE occurred_at BETWEEN %(since)s AND %(until)s
                     ORDER BY id DESC LIMIT 2000) newest
                 WHERE received_at < %(settled)s
                """,
                since=now - LIVE,
                until=now + CLOCK_AHEAD,
                settled=now - OVERLAP,
            )
        )
        return [number for (number,) in rows if number]

    @api.model
    def _prepare_event(self, site, row):
        return {
            "id": row["id"],
            "time": self._clock(site, row["occurred_at"]),
            "kind": row["kind"],
            "verdict": row["verdict"] or "",
            "anomaly": row["anomaly"] or "",
            "direction": row["direction"] or "",
            "point": row["point"] or "",
            "person": row["person"],
            "name": row["name"] or "",
            "who": row["who"] or "",
            "class": row["class"] or "",
            "photo": row["photo"],
        }

    @api.model
    def _read_alarms(self, site):
        # sudo: the site was checked
        alarms = (
            self.env["access.alarm"]
            .sudo()
            .search(
                [
                    ("site_id", "=", site.id),
                    ("closed_at", "=", False),
                    ("taken_at", "=", False),
                    ("kind", "in", POST_ALARMS),
                ],
                limit=MAX_ALARMS,
            )
        )
        return [
            {
                "id": alarm.id,
                "kind": alarm.kind,
                "count": alarm.count,
                "time": self._clock(site, alarm.since),
                "last": self._clock(site, alarm.last_at or alarm.since),
                "point": alarm.point_id.name or "",
                "controller": alarm.controller_id.name or "",
                "person": alarm.person_id.id,
                "name": alarm.person_id.name or "",
                "class": alarm.person_id.student_id.class_id.name or "",
            }
            for alarm in alarms
        ]

    @api.model
    def _read_requests(self, site, now):
        # sudo: the site was checked
        waiting = (
            self.env["access.verification"]
            .sudo()
            .search(
                [
                    ("site_id", "=", site.id),
                    ("state", "=", "pending"),
                    ("expires_at", ">", now),
                ],
                order="id",
                limit=MAX_REQUESTS,
            )
        )
        return [
            {
                "id": each.id,
                "seconds": int((each.expires_at - now).total_seconds()),
                "point": each.point_id.name,
                "direction": each.direction or "",
                "person": each.person_id.id,
                "name": each.person_id.name or "",
                "who": each.person_id.kind or "",
                "class": each.person_id.student_id.class_id.name or "",
                "system": each.webhook_id.name or "",
            }
            for each in waiting
        ]

    @api.model
    def _read_shift(self, site):
        shift = self.env["access.shift"]._get_open(site)
        if not shift:
            # sudo: the site was checked; what the guard before has left to say
            last = shift.search([("site_id", "=", site.id)], limit=1)
            return {"handover": last.handover or ""}
        return {
            "id": shift.id,
            "user": shift.user_id.id,
            "name": shift.user_id.name,
            "since": self._clock(site, shift.began_at)[:5],
            "handover": "",
        }

    @api.model
    def _read_counts(self, site, now):
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT count(*) FROM access_presence
                         WHERE site_id = %(site)s AND state = 'inside'),
                       (SELECT count(*) FROM access_event_log
                         WHERE school_id = %(school)s AND site_id = %(site)s
                           AND kind = 'pass' AND moves_to IS NOT NULL
                           AND occurred_at > %(since)s
                           AND occurred_at <= %(now)s)
                """,
                site=site.id,
                school=site.school_id.id,
                now=now,
                since=now - timedelta(hours=1),
            )
        )
        return {"inside": row[0], "hour": row[1]}
