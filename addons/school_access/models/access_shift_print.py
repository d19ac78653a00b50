from odoo import models

from ..report import shift_journal


class AccessShift(models.Model):
    _inherit = "access.shift"

    def _render_pdf(self):
        """Return the bytes of the journal of this shift."""
        self.ensure_one()
        # sudo: who may read the shift may read all that was written in it
        shift = self.sudo()
        return shift_journal.draw(shift._get_content(), shift._get_print_labels())

    def _get_file_name(self):
        return f"guard-journal-{self.began_at:%Y-%m-%d}-{self.id}.pdf"

    def _get_content(self):
        return {
            "school": self.school_id.name,
            "site": self.site_id.name,
            "guard": self.user_id.name,
            "began": self._get_local(self.began_at),
            "ended": self.ended_at and self._get_local(self.ended_at),
            "handover": self.handover or "",
            "lines": [
                {
                    "time": self._get_local(line.at),
                    "what": line.summary,
                    "where": line.point_id.name or "",
                    "who": line.person_id.name or "",
                    "text": line.text or "",
                    "by": line.user_id.name,
                }
                for line in self.line_ids
            ],
        }

    def _get_local(self, moment):
        calendar = self.env["school.calendar"]
        local = calendar._local_datetime(self.school_id, moment)
        return local.strftime("%d.%m.%Y %H:%M")

    def _get_print_labels(self):
        _ = self.env._
        return {
            "title": _("Journal of the guard post"),
            "guard": _("Guard"),
            "began": _("Begun"),
            "ended": _("Ended"),
            "going_on": _("goes on"),
            "handover": _("Handed over"),
            "head": [
                _("Time"),
                _("What happened"),
                _("Point"),
                _("Person"),
                _("Reason or note"),
                _("By"),
            ],
            "nothing": _("Nothing was written down."),
            "handed": _("Handed over by"),
            "taken": _("Taken over by"),
            "footer": _("Journal of the guard post"),
        }
