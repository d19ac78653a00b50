import logging
from collections import Counter
from datetime import timedelta

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.school_meal_base.connections import kept_cursor

from ..domain import access_windows

#: How far ahead the school's calendar is compiled; a gateway without network goes on by
#: the plain week after that.
CALENDAR_DAYS = 35
WEEKS = {"5": "1111100", "6": "1111110"}

_logger = logging.getLogger(__name__)


class AccessSite(models.Model):
    """From rules, cards and permissions to the lists of the site's controllers.

    People are put together by the rules that fit them; each such group is compiled
    once, and each list is compared with the wanted one by one statement.
    """

    _inherit = "access.site"

    compiled_at = fields.Datetime("Lists compiled", readonly=True, copy=False)
    compile_again_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When a date of a rule, pass or permission changes the lists by itself.",
    )

    # === CRON === #

    @api.model
    def _cron_compile_lists(self):
        """Compile what has changed and what a date has changed; cheap when nothing."""
        for sites in self._get_stale().grouped("school_id").values():
            self._compile_apart(sites.school_id.site_ids)

    @api.model
    def _compile_apart(self, sites):
        """Compile in a transaction of its own, which waits for controllers that are
        being told their changes instead of failing."""
        try:
            with kept_cursor(self.env.registry, ISOLATION_LEVEL_READ_COMMITTED) as cr:
                sites.with_env(self.env(cr=cr))._compile_lists()
        except Exception:  # the other schools go on; this one is tried again
            _logger.exception("Lists of sites %s are not compiled", sites.ids)

    @api.model
    def _get_stale(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM access_site
                 WHERE active AND (
                       compile_again_at IS NULL OR compile_again_at <= %s
                       OR school_id IN (SELECT school_id FROM access_list_mark))
                 ORDER BY id
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _mark_stale(self, schools):
        """Let the lists of these schools be compiled within a minute."""
        if schools:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO access_list_mark (school_id)
                    SELECT marked FROM unnest(%s::int[]) AS marked
                     WHERE EXISTS (SELECT FROM access_site WHERE school_id = marked)
                    """,
                    schools.ids,
                )
            )

    # === BUSINESS METHODS === #

    def _compile_lists(self, now=None):
        """Bring the lists of these sites' controllers up to date."""
        self.env.flush_all()
        now = now or fields.Datetime.now()
        # Before all else: what changes while lists are compiled is not in them yet.
        marks = self._get_marks()
        # sudo: lists are compiled from all there is, whoever asks for it
        sites = self.sudo()
        self.env["access.person"]._add_students(sites.school_id)
        for site in sites:
            site._compile(now)
        if marks:
            self.env.cr.execute(
                SQL("DELETE FROM access_list_mark WHERE id = ANY(%s)", marks)
            )

    def _get_marks(self):
        """Return the ids of the marks of schools all of whose sites are these."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM access_list_mark m WHERE NOT EXISTS (
                    SELECT FROM access_site s
                     WHERE s.school_id = m.school_id AND s.active
                       AND s.id <> ALL(%s)) AND m.school_id = ANY(%s)
                """,
                self.ids,
                self.sudo().school_id.ids,  # sudo: whoever asks for it
            )
        )
        return [mark for (mark,) in rows]

    def _compile(self, now):
        rules = self._get_rules(now)
        groups = self._group_people(rules, now)
        for point in self.point_ids.filtered("active"):
            controllers = point.controller_ids.filtered("active")
            if controllers:
                plans = self._plan_point(point, rules, groups, now)
                for controller in controllers:
                    self._compile_controller(controller, plans, now)
        self.env.cr.execute(
            SQL(
                "UPDATE access_site SET compiled_at = %s, compile_again_at = %s"
                " WHERE id = %s",
                now,
                self._get_next_border(rules, now),
                self.id,
            )
        )
        self.invalidate_recordset(["compiled_at", "compile_again_at"])

    def _get_rules(self, now):
        """Return {id: (rule of `domain.access_windows`, ids of its points)} in order,
        without rules that are over."""
        today = self._get_local(now).date()
        rules = self.env["access.rule"].search(
            [
                ("site_id", "=", self.id),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today - timedelta(days=1)),
            ]
        )
        return {rule.id: (rule._as_plain(), set(rule.point_ids.ids)) for rule in rules}

    def _group_people(self, rules, now):
        """Return {(ids of rules, class with a calendar of its own or None): people}."""
        classes = self._get_own_calendars(rules, now)
        rows = self.env.execute_query(
            SQL(
                """
                WITH rules AS (
                    SELECT r.*, array_position(%(rules)s::int[], r.id) AS place,
                           ARRAY(SELECT school_class_id
                                   FROM access_rule_school_class_rel
                                  WHERE access_rule_id = r.id) AS classes,
                           ARRAY(SELECT g.access_person_id
                                   FROM access_group_access_rule_rel o
                                   JOIN access_group_access_person_rel g
                                     ON g.access_group_id = o.access_group_id
                                  WHERE o.access_rule_id = r.id) AS people
                      FROM access_rule r WHERE r.id = ANY(%(rules)s)
                )
                SELECT array_agg(r.id ORDER BY r.place) FILTER (WHERE r.id IS NOT NULL),
                       CASE WHEN s.class_id = ANY(%(classes)s) THEN s.class_id END, p.id
                  FROM access_person p
                  LEFT JOIN school_student s ON s.id = p.student_id
                  LEFT JOIN school_class c ON c.id = s.class_id
                  LEFT JOIN rules r
                    ON (r.person_kind IS NULL OR r.person_kind IN ('all', p.kind))
                   AND (r.shift IS NULL OR r.shift = c.shift)
                   AND ((r.classes = '{}' AND r.people = '{}')
                        OR s.class_id = ANY(r.classes) OR p.id = ANY(r.people))
                 WHERE p.active AND (s.id IS NULL OR s.state = 'enrolled')
                   AND (p.school_id = %(school)s
                        OR EXISTS (SELECT FROM rules WHERE p.id = ANY(rules.people)))
                 GROUP BY s.class_id, p.id
                """,
                rules=list(rules),
                classes=list(classes),
                school=self.school_id.id,
            )
        )
        calendars = {**classes, None: self._get_calendar(None, now)}
        groups = {}
        for rule_ids, class_id, person_id in rows:
            key = (tuple(rule_ids or ()), class_id)
            groups.setdefault(key, (calendars[class_id], []))[1].append(person_id)
        return groups

    def _get_own_calendars(self, rules, now):
        """Return {class id: calendar} of classes whose school days are not those of
        the school; nothing when no rule looks at school days."""
        if not any(rule.school_days for rule, _points in rules.values()):
            return {}
        today = self._get_local(now).date()
        periods = self.env["school.calendar.period"]._search_span(
            self.school_id, today, today + timedelta(days=CALENDAR_DAYS)
        )
        classes = periods.class_ids.filtered(
            lambda item: item.school_id == self.school_id
        )
        return {item.id: self._get_calendar(item, now) for item in classes}

    def _get_calendar(self, school_class, now):
        today = self._get_local(now).date()
        span = [today + timedelta(days=number) for number in range(CALENDAR_DAYS)]
        taught = self.env["school.calendar"]._school_days(
            span[0], span[-1], self.school_id, school_class
        )
        # sudo: the school's week is public
        week = WEEKS[self.school_id.sudo().week_days]
        return access_windows.calendar_of(week, set(taught), span)

    def _plan_point(self, point, rules, groups, now):
        """Return lists of person ids, profile ids and weekly spans for a point."""
        today = self._get_local(now).date()
        compiled = {}
        plans = []
        for (rule_ids, class_id), (calendar, people) in groups.items():
            here = tuple(
                each
                for each in rule_ids
                if not rules[each][1] or point.id in rules[each][1]
            )
            if (here, class_id) not in compiled:
                plain = [rules[each][0] for each in here]
                opens = access_windows.compile_windows(plain, calendar)
                spans = access_windows.weekly_spans(plain, today)
                compiled[here, class_id] = (opens, frozenset(spans))
            plans.append((*compiled[here, class_id], people))
        return plans

    def _compile_controller(self, controller, plans, now):
        profiles = self.env["access.profile"]._of_windows([plan[0] for plan in plans])
        weights = Counter()
        for _opens, spans, people in plans:
            weights.update(dict.fromkeys(spans, len(people)))
        masks = controller._place_zones(weights)
        people, profile_ids, zones = [], [], []
        for (_opens, spans, ids), profile in zip(plans, profiles, strict=True):
            mask = masks(spans)
            people += ids
            profile_ids += [profile] * len(ids)
            zones += [mask] * len(ids)
        self.env["access.entry"]._write_list(
            controller, people, profile_ids, zones, now
        )

    # === HELPERS === #

    def _get_local(self, now):
        return self.env["school.calendar"]._local_datetime(self.school_id, now)

    def _get_next_border(self, rules, now):
        """Return when the lists change without anybody's doing: a pass or permission
        begins or ends, or a new day begins for dates and school days."""
        [(border,)] = self.env.execute_query(
            SQL(
                """
                SELECT min(moment) FROM (
                    SELECT unnest(ARRAY[valid_from, valid_to]) AS moment
                      FROM access_pass
                     WHERE school_id = %(school)s AND state = 'active'
                    UNION ALL
                    SELECT unnest(ARRAY[valid_from, valid_to])
                      FROM access_permission
                     WHERE (site_id = %(site)s
                            OR (site_id IS NULL AND school_id = %(school)s))
                       AND revoked_at IS NULL
                       AND valid_to > %(now)s
                ) AS moments WHERE moment > %(now)s
                """,
                school=self.school_id.id,
                site=self.id,
                now=now,
            )
        )
        tomorrow = self._get_local(now).date() + timedelta(days=1)
        midnight, _end = self.env["school.calendar"]._utc_bounds(
            self.school_id, tomorrow
        )
        return min(filter(None, (border, midnight)))
