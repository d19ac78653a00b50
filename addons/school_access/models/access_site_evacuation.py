from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime

from ..const import GUEST, INSIDE, STUDENT
from ..report import evacuation_list

EVACUATION_GROUPS = (
    "school_access.group_guard",
    "school_meal_base.group_operator",
    "school_meal_base.group_head",
)


class AccessSite(models.Model):
    """Who must be outside when the alarm rings."""

    _inherit = "access.site"

    def _check_evacuation(self):
        self.check_access("read")
        if not any(self.env.user.has_group(group) for group in EVACUATION_GROUPS):
            raise AccessError(
                self.env._(
                    "The evacuation list has the names of everybody inside: only the"
                    " guard, the operator and the head of the school print it."
                )
            )

    def _evacuation_pdf(self):
        """Return the list as PDF; :meth:`_check_evacuation` has checked who prints it.
        It must be complete, whatever else that person may see."""
        self.ensure_one()
        return evacuation_list.draw(self._get_evacuation(), self._evacuation_labels())

    def _get_evacuation(self):
        """Return who is inside, by class; staff and guests last.

        :return: ``school``, ``site``, ``printed`` (local time), ``inside`` and
            ``unknown`` (numbers), ``groups``: (name, people), people: (name, where,
            since as local time, whether it is not known that they are inside)
        """
        rows = self.env.execute_query(self._evacuation_query())
        staff, guests = self.env._("Staff"), self.env._("Guests")
        groups = {}
        for kind, class_name, name, state, zone, since in rows:
            if kind == STUDENT:
                title = class_name or self.env._("Without a class")
            else:
                title = guests if kind == GUEST else staff
            person = (name, zone or "", self._local_time(since), state != INSIDE)
            groups.setdefault(title, []).append(person)
        inside = sum(state == INSIDE for *_, state, _zone, _since in rows)
        return {
            # sudo: the name of the school of a site that may be read
            "school": self.sudo().school_id.name,
            "site": self.name,
            "printed": format_datetime(
                self.env,
                fields.Datetime.now(),
                tz=self.sudo().school_id.tz,
                dt_format="dd.MM.yyyy HH:mm",
            ),
            "inside": inside,
            "unknown": len(rows) - inside,
            "groups": list(groups.items()),
        }

    def _evacuation_query(self):
        """Whoever is inside, and all of the school of whom it is not known: better to
        look for a child that is at home than not to look for one that is inside."""
        self.env.flush_all()
        return SQL(
            """
            SELECT p.kind, c.name, p.name, coalesce(w.state, 'unknown') AS state,
                   z.name, w.since
              FROM access_person p
              LEFT JOIN access_presence w ON w.person_id = p.id
              LEFT JOIN school_student s ON s.id = p.student_id
              LEFT JOIN school_class c ON c.id = s.class_id
              LEFT JOIN access_zone z ON z.id = w.zone_id
             WHERE (w.site_id = %(site)s AND w.state <> 'outside'
                    OR p.school_id = %(school)s AND w.site_id IS NULL
                       AND coalesce(w.state, 'unknown') = 'unknown')
               AND (p.active OR w.state = 'inside')
               AND (p.student_id IS NULL OR s.active OR w.state = 'inside')
             ORDER BY CASE p.kind WHEN 'student' THEN 1 WHEN 'staff' THEN 2 ELSE 3 END,
                      c.grade, c.letter, c.id, p.name, p.id
            """,
            site=self.id,
            school=self.sudo().school_id.id,
        )

    def _local_time(self, since):
        if not since:
            return ""
        local = fields.Datetime.context_timestamp(
            self.with_context(tz=self.sudo().school_id.tz), since
        )
        return local.strftime("%H:%M")

    def _evacuation_labels(self):
        return {
            "title": self.env._("Evacuation list"),
            "printed": self.env._("As of"),
            "inside": self.env._("Inside"),
            "unknown": self.env._("Not known"),
            "nobody": self.env._("Nobody is inside."),
            "hint": self.env._(
                "? — it is not known whether the person is inside: look for them. Tick"
                " everybody who is at the assembly point."
            ),
            "signature": self.env._("Checked by"),
        }
