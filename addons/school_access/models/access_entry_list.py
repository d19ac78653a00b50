from odoo import api, models
from odoo.tools import SQL

from ..const import ALWAYS_ZONES


class AccessEntry(models.Model):
    """Writing the wanted list of a controller, by difference."""

    _inherit = "access.entry"

    # === BUSINESS METHODS === #

    @api.model
    def _write_list(self, controller, people, profiles, zones, now):
        """Make the list of a controller the wanted one; rows that are right stay.

        :param list people: ids of the people who may have rights here
        :param list profiles: their profiles, in the same order
        :param list zones: their time zones at this controller
        :param datetime now: naive UTC
        """
        self.env.cr.execute(self._list_sql(controller, people, profiles, zones, now))
        controller._drop_done()

    def _list_sql(self, controller, people, profiles, zones, now):
        return SQL(
            """
            WITH people AS (
                SELECT p.id, plan.profile_id, p.student_id,
                       CASE WHEN EXISTS (
                            SELECT FROM access_permission m
                             WHERE m.person_id = p.id
                               AND (m.site_id = %(site)s
                                    OR (m.site_id IS NULL
                                        AND m.school_id = %(school)s))
                               AND m.revoked_at IS NULL AND m.used_at IS NULL
                               AND m.valid_from <= %(now)s
                               AND m.valid_to > %(now)s)
                            THEN %(always)s ELSE plan.zones END AS zones
                  FROM unnest(%(people)s::int[], %(profiles)s::int[], %(zones)s::int[])
                       AS plan (person_id, profile_id, zones)
                  JOIN access_person p ON p.id = plan.person_id
            ), cards AS (
                SELECT p.id AS person_id, k.id AS card_id, NULL::int AS pass_id, k.uid,
                       k.key_z5r, k.key_dec10, p.profile_id, p.zones,
                       CASE WHEN k.state <> 'active' THEN 'blocked_card' END AS refusal
                  FROM people p JOIN school_card k ON k.student_id = p.student_id
                 WHERE k.uid IS NOT NULL AND k.state IN ('active', 'blocked', 'lost')
                UNION ALL
                SELECT p.id, NULL, a.id, a.uid, a.key_z5r, a.key_dec10, p.profile_id,
                       CASE WHEN a.valid_from > %(now)s THEN 0 ELSE p.zones END,
                       CASE WHEN a.state <> 'active' THEN 'blocked_card'
                            WHEN a.valid_to <= %(now)s THEN 'expired_pass' END
                  FROM people p JOIN access_pass a ON a.person_id = p.id
                 WHERE a.uid IS NOT NULL AND a.state IN ('active', 'blocked')
            ), codes AS (
                SELECT DISTINCT bits, byte_order FROM access_reader
                 WHERE controller_id = %(controller)s
            ), coded AS (
                SELECT cards.*, CASE r.bits WHEN '26' THEN 32 ELSE 0 END AS flags,
                       access_card_code(uid, key_z5r, key_dec10, r.bits, r.byte_order)
                       AS code
                  FROM cards CROSS JOIN codes r
            ), named AS (
                SELECT DISTINCT ON (code, person_id) * FROM coded
                 WHERE code IS NOT NULL
                 ORDER BY code, person_id, refusal IS NOT NULL, card_id DESC,
                       pass_id DESC
            ), counted AS (
                SELECT *, count(*) FILTER (WHERE refusal IS NULL)
                          OVER (PARTITION BY code) AS usable,
                       row_number() OVER (PARTITION BY code
                          ORDER BY refusal IS NOT NULL, card_id DESC, pass_id DESC)
                       AS place
                  FROM named
            ), wanted AS (
                SELECT code, flags, usable < 2 AS is_one,
                       CASE WHEN usable < 2 THEN person_id END AS person_id,
                       CASE WHEN usable < 2 THEN card_id END AS card_id,
                       CASE WHEN usable < 2 THEN pass_id END AS pass_id,
                       CASE WHEN usable < 2 THEN profile_id END AS profile_id,
                       CASE WHEN usable < 2 THEN refusal ELSE 'same_number' END
                       AS refusal, zones
                  FROM counted WHERE place = 1
            ), listed AS MATERIALIZED (
                SELECT w.*, w.refusal IS NULL AS is_wanted, c.id AS controller_id,
                       c.site_id, c.school_id, c.company_id, e.id AS entry_id,
                       e.is_wanted AS was_wanted, e.refusal AS was_refusal
                  FROM wanted w
                  JOIN access_controller c ON c.id = %(controller)s
                  LEFT JOIN access_entry e
                         ON e.controller_id = c.id AND e.code = w.code
                 WHERE (e.person_id, e.card_id, e.pass_id, e.profile_id, e.flags,
                        e.zones, e.is_wanted, e.refusal, e.site_id, e.school_id,
                        e.company_id)
                       IS DISTINCT FROM
                       (w.person_id, w.card_id, w.pass_id, w.profile_id, w.flags,
                        w.zones, w.refusal IS NULL, w.refusal, c.site_id, c.school_id,
                        c.company_id)
            ), gone AS (
                UPDATE access_entry e
                   SET is_wanted = FALSE, refusal = NULL
                 WHERE e.controller_id = %(controller)s
                   AND (e.is_wanted OR e.refusal IS NOT NULL)
                   AND e.code NOT IN (SELECT code FROM wanted)
            ), changed AS (
                UPDATE access_entry e
                   SET person_id = l.person_id, card_id = l.card_id,
                       pass_id = l.pass_id, profile_id = l.profile_id,
                       flags = l.flags, zones = l.zones, is_wanted = l.is_wanted,
                       refusal = l.refusal, site_id = l.site_id,
                       school_id = l.school_id, company_id = l.company_id
                  FROM listed l
                 WHERE e.id = l.entry_id
                   -- Stopped since these cards were read: it stays stopped. Its mark
                   -- lets the list be compiled again.
                   AND (e.is_wanted, e.refusal)
                       IS NOT DISTINCT FROM (l.was_wanted, l.was_refusal)
            )
            -- Only what is new: INSERT … ON CONFLICT takes a number of the sequence
            -- also for a row that is there, and these numbers are 32 bits wide.
            INSERT INTO access_entry (
                   controller_id, site_id, school_id, company_id, person_id, card_id,
                   pass_id, profile_id, code, flags, zones, is_wanted, refusal,
                   is_held, held_flags, held_zones)
            SELECT controller_id, site_id, school_id, company_id, person_id, card_id,
                   pass_id, profile_id, code, flags, zones, is_wanted, refusal,
                   FALSE, 0, 0
              FROM listed WHERE entry_id IS NULL
            ON CONFLICT (controller_id, code) DO NOTHING
            """,
            controller=controller.id,
            site=controller.site_id.id,
            school=controller.school_id.id,
            people=people,
            profiles=profiles,
            zones=zones,
            always=ALWAYS_ZONES,
            now=now,
        )
