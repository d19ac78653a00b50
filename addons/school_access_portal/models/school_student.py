from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ..const import DAYS_AT_ONCE


class SchoolStudent(models.Model):
    _inherit = "school.student"

    # === WHO === #

    def _may_see_passes(self, user):
        """Tell whether a person may know where the child goes: a representative, a
        relative who gets notices, and the student."""
        self.ensure_one()
        if user._get_own_student_id() == self.id:
            return True
        domain = Domain(user._get_guardian_domain()) & (
            Domain("is_legal", "=", True) | Domain("is_notified", "=", True)
        )
        return self._has_guardian(domain)

    def _may_choose_notices(self, user):
        """Tell whether notices are sent to this person at all."""
        domain = Domain(user._get_guardian_domain())
        return self._has_guardian(domain & Domain("is_notified", "=", True))

    def _has_guardian(self, domain):
        # sudo: in the portal everybody reads the own row only
        guardians = self.env["school.guardian"].sudo()
        domain &= Domain("student_id", "=", self.id)
        return bool(guardians.search_count(domain, limit=1))

    # === WHAT === #

    def _get_person(self):
        # sudo: people of the portal have no rights in access control
        return self.env["access.person"].sudo().search([("student_id", "=", self.id)])

    def _has_doors(self):
        """Tell whether the child has anything to do with turnstiles."""
        # sudo: as above
        sites = self.env["access.site"].sudo()
        return bool(
            sites.search_count([("school_id", "=", self.sudo().school_id.id)], limit=1)
        )

    def _get_whereabouts(self):
        """Return (state, local time of the day, is it today's) of the last passage."""
        # sudo: as above
        presence = self.env["access.presence"].sudo()
        row = presence.search([("student_id", "=", self.id)], limit=1)
        calendar = self.env["school.calendar"]
        school = self.sudo().school_id
        if not row.since or row.state == "unknown":
            return "unknown", "", False
        local = calendar._local_datetime(school, row.since)
        is_today = local.date() == calendar._local_date(school)
        return row.state, local.strftime("%H:%M"), is_today

    def _get_passes_domain(self, begin, end):
        """Entries, exits and refusals; not the doors inside the school."""
        moves = Domain("is_counted", "=", True) & Domain(
            "moves_to", "in", ("inside", "outside")
        )
        return (
            Domain("person_id", "=", self._get_person().id or 0)
            & Domain("occurred_at", ">=", begin)
            & Domain("occurred_at", "<", end)
            & (moves | Domain("kind", "=", "refused"))
        )

    def _get_unread_count(self, user):
        """Return how many passages of the last days this person has not looked at."""
        calendar = self.env["school.calendar"]
        school = self.sudo().school_id
        today = calendar._local_date(school)
        begin, end = calendar._utc_bounds(
            school, today - timedelta(days=DAYS_AT_ONCE - 1), today
        )
        read_at = self.env["access.subscription"]._get_read_at(user.partner_id, self)
        domain = self._get_passes_domain(begin, end)
        domain &= Domain("received_at", ">", read_at)
        # sudo: who may see them was asked before
        return self.env["access.event"].sudo().search_count(domain)

    def _get_pass_days(self, date_from, date_to, user):
        """Return the passages of a span by local day, newest first.

        :return: list of (date, list of dicts with time, direction, place, kind,
            verdict, is_new)
        """
        calendar = self.env["school.calendar"]
        school = self.sudo().school_id
        begin, end = calendar._utc_bounds(school, date_from, date_to)
        read_at = self.env["access.subscription"]._get_read_at(user.partner_id, self)
        # sudo: who may see them was asked before
        events = self.env["access.event"].sudo()
        rows = events.search(
            self._get_passes_domain(begin, end), order="occurred_at desc, id desc"
        )
        days = {}
        for row in rows:
            local = calendar._local_datetime(school, row.occurred_at)
            days.setdefault(local.date(), []).append(
                {
                    "time": local.strftime("%H:%M"),
                    "moves_to": row.moves_to,
                    "kind": row.kind,
                    "verdict": row.verdict,
                    "place": self._get_pass_place(row),
                    "is_new": row.received_at > read_at,
                }
            )
        return list(days.items())

    def _get_pass_place(self, event):
        """The door; with the school only where it is not the child's own."""
        if event.school_id == self.sudo().school_id:
            return event.point_id.name or ""
        names = [event.school_id.short_name or event.school_id.name]
        return ", ".join(filter(None, names + [event.point_id.name]))
