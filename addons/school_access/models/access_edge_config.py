import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL


class AccessEdgeConfig(models.AbstractModel):
    """What a gateway knows: enough to decide, and to count heads in a fire, for days
    without the server; no more. No СНИЛС, no address, no number of a document."""

    _name = "access.edge.config"
    _description = "Configuration of gateways"

    @api.model
    def _get_config(self, device, version=None):
        """Return the configuration, or that it is the one with this version.

        :return: ``version`` and either ``unchanged`` or the parts of `_collect`
        """
        # Before the rest: what changes meanwhile must be asked for again.
        revision = self._get_revision(device)
        config = self._collect(device)
        text = json.dumps(config, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        answer = {
            "version": digest,
            "revision": revision,
            "time": fields.Datetime.now().isoformat(),
        }
        if digest == version:
            return {**answer, "unchanged": True}
        return {**answer, **config}

    @api.model
    def _get_revision(self, device):
        """Return a text that is another one after every change of cards, times,
        permissions, people or hardware, however written: mostly sums of the rows'
        transactions. Not of controllers, which are written whenever they are heard."""
        [(revision,)] = self.env.execute_query(
            SQL(
                """
                WITH mine AS (
                    SELECT id, site_id, school_id, point_id,
                           (serial, driver, name, secret_digest, mode, asks_server,
                            has_sensor, point_id, zone_spans, active)::text AS facts
                      FROM access_controller WHERE device_id = %(device)s
                ), entries AS (
                    SELECT card_id, pass_id, person_id, xmin::text::bigint AS x
                      FROM access_entry
                     WHERE controller_id IN (SELECT id FROM mine)
                )
                SELECT concat_ws('.',
                    (SELECT md5(string_agg(facts, '|' ORDER BY id)) FROM mine),
                    (SELECT count(*) + sum(x) FROM entries),
                    (SELECT sum(k.xmin::text::bigint) FROM school_card k
                      WHERE k.id IN (SELECT card_id FROM entries)),
                    (SELECT sum(a.xmin::text::bigint) FROM access_pass a
                      WHERE a.id IN (SELECT pass_id FROM entries)),
                    (SELECT sum(w.xmin::text::bigint) FROM access_person w
                      WHERE w.id IN (SELECT person_id FROM entries)),
                    (SELECT count(*) + sum(r.xmin::text::bigint) FROM access_reader r
                      WHERE r.controller_id IN (SELECT id FROM mine)),
                    (SELECT sum(p.xmin::text::bigint) FROM access_point p
                      WHERE p.id IN (SELECT point_id FROM mine)),
                    (SELECT count(*) + sum(p.xmin::text::bigint)
                       FROM access_permission p
                      WHERE (p.site_id IN (SELECT site_id FROM mine)
                             OR (p.site_id IS NULL
                                 AND p.school_id IN (SELECT school_id FROM mine)))
                        AND p.valid_to > now() AT TIME ZONE 'UTC'))
                """,
                device=device.id,
            )
        )
        return revision

    def _collect(self, device):
        """Return the parts of the configuration as JSON holds them.

        ``school`` (name, timezone), ``sites`` ([id, local hour after which nobody is
        inside for sure]), ``controllers``, ``profiles`` ({id: windows}),
        ``entries`` ([controller, code, person, profile (0: at no time, null: as if
        nobody had the card), refusal, from, to, flags, zones, whether the controller
        should hold it itself]), ``permissions``
        ([id, person, site, direction, from, to], UTC), ``people`` ([id, name, class])
        """
        device = device.sudo()  # the device has no rights to records; only its own here
        controllers = device.controller_ids.filtered("active")
        entries = self._get_entries(controllers)
        return {
            "school": {
                "name": device.school_id.short_name or device.school_id.name,
                "timezone": device.school_id.tz,
            },
            "sites": self._get_sites(device.school_id),
            "controllers": [self._describe(item) for item in controllers.sorted("id")],
            "entries": entries,
            "profiles": self._get_profiles({entry[3] for entry in entries} - {None, 0}),
            "permissions": self._get_permissions(controllers.site_id),
            "people": self._get_people(device.school_id, controllers),
        }

    def _get_sites(self, school):
        # sudo: as above
        sites = self.env["access.site"].sudo().search([("school_id", "=", school.id)])
        return [[site.id, site.presence_ends] for site in sites.sorted("id")]

    def _describe(self, controller):
        point = controller.point_id
        spans = controller.zone_spans or ()
        return {
            "id": controller.id,
            "serial": controller.serial,
            "driver": controller.driver,
            "name": controller.name,
            "secret_digest": controller.secret_digest or None,
            "mode": controller.mode,
            "asks_server": controller.asks_server,
            "has_sensor": controller.has_sensor,
            "time_zones": controller._get_time_zones() if any(spans) else [],
            "site": point.site_id.id,
            "point": point.id,
            "point_name": point.name,
            "zone": point.zone_id.id or None,
            "zone_from": point.zone_from_id.id or None,
            "antipassback": point.antipassback,
            "verification": point.verification,
            "verification_default": point.verification_default,
            "readers": [
                {"number": reader.number, "direction": reader.direction}
                for reader in controller.reader_ids.sorted("number")
            ],
        }

    def _get_entries(self, controllers):
        """What `access_tap` knows of a card at the moment of a tap, of all cards."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.controller_id, e.code, e.person_id,
                       CASE WHEN e.is_wanted AND p.active
                            THEN COALESCE(e.profile_id, 0) END,
                       CASE WHEN e.refusal IS NOT NULL AND e.refusal <> 'same_number'
                            THEN e.refusal
                            WHEN p.school_id <> e.school_id AND NOT e.is_wanted
                            THEN 'other_school'
                            WHEN k.state <> 'active' OR a.state <> 'active'
                            THEN 'blocked_card'
                            WHEN e.is_wanted AND k.id IS NULL AND a.id IS NULL
                            THEN 'unknown_card' END,
                       to_char(a.valid_from, 'YYYY-MM-DD"T"HH24:MI:SS'),
                       to_char(a.valid_to, 'YYYY-MM-DD"T"HH24:MI:SS'),
                       COALESCE(e.flags, 0), e.zones,
                       (e.is_wanted AND p.active AND e.zones > 0
                        AND (k.state = 'active' OR a.state = 'active'
                             AND COALESCE(a.valid_to > %(now)s, TRUE))) IS TRUE
                  FROM access_entry e
                  LEFT JOIN access_person p ON p.id = e.person_id
                  LEFT JOIN school_card k ON k.id = e.card_id
                  LEFT JOIN access_pass a ON a.id = e.pass_id
                 WHERE e.controller_id = ANY(%(controllers)s)
                 ORDER BY e.controller_id, e.code
                """,
                controllers=controllers.ids,
                now=fields.Datetime.now(),
            )
        )
        return [list(row) for row in rows]

    def _get_profiles(self, profile_ids):
        # sudo: as above; windows hold no names
        profiles = self.env["access.profile"].sudo().browse(sorted(profile_ids))
        return {str(profile.id): profile.windows for profile in profiles}

    def _get_permissions(self, sites):
        # sudo: as above
        permissions = self.env["access.permission"].sudo()
        found = permissions.search(
            [
                "|",
                ("site_id", "in", sites.ids),
                "&",
                ("site_id", "=", False),
                ("school_id", "in", sites.school_id.ids),
                ("valid_to", ">", fields.Datetime.now()),
                ("used_at", "=", False),
                ("revoked_at", "=", False),
            ],
            order="id",
        )
        return [
            [
                permission.id,
                permission.person_id.id,
                site.id,
                permission.direction,
                permission.valid_from.isoformat(),
                permission.valid_to.isoformat(),
            ]
            for permission in found
            for site in permission.site_id
            or sites.filtered_domain([("school_id", "=", permission.school_id.id)])
        ]

    def _get_people(self, school, controllers):
        """People of the school, and whoever has a card for one of its doors."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.name, COALESCE(c.name, ''), p.kind
                  FROM access_person p
                  LEFT JOIN school_student s ON s.id = p.student_id
                  LEFT JOIN school_class c ON c.id = s.class_id
                 WHERE p.active AND (p.school_id = %s OR p.id IN (
                       SELECT person_id FROM access_entry
                        WHERE controller_id = ANY(%s) AND is_wanted))
                 ORDER BY p.id
                """,
                school.id,
                controllers.ids,
            )
        )
        return [list(row) for row in rows]
