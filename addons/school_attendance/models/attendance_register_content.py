from calendar import monthrange
from datetime import date

from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.school_meal_base.domain import school_days

from ..domain import register
from ..report import register_pdf, register_xlsx


class AttendanceDay(models.Model):
    """The register of a class and month, read from its days."""

    _inherit = "attendance.day"

    @api.model
    def _render_register(self, school_class, month, kind):
        """Return the bytes of a register.

        :param school_class: that the user may read
        :param str month: "2026-11"
        :param str kind: "pdf" or "xlsx"
        """
        content = self._get_register(school_class, self._parse_month(month))
        render = register_pdf.render if kind == "pdf" else register_xlsx.render
        return render(content, self._get_register_labels())

    @api.model
    def _parse_month(self, month):
        try:
            year, number = map(int, month.split("-"))
            return date(year, number, 1)
        except ValueError:
            raise ValidationError(
                self.env._("Choose a month, for example 2026-11.")
            ) from None

    @api.model
    def _get_register(self, school_class, month):
        """Return the register as a dict: days, rows and sums."""
        last = month.replace(day=monthrange(month.year, month.month)[1])
        # no sudo: the rules say which classes the user sees
        rows = self.search_fetch(
            [
                ("class_id", "=", school_class.id),
                ("date", ">=", month),
                ("date", "<=", last),
            ],
            ["student_id", "date", "state", "absence_reason", "minutes_late"],
            order="date",
        )
        school = school_class.sudo().school_id  # sudo: of a class that was checked
        kinds = self._get_day_kinds(school, school_class, month, last)
        by_student = rows.grouped("student_id")
        students = by_student and self.env["school.student"].union(*by_student)
        names = students._get_short_names() if students else {}
        return {
            "school": school.display_name,
            "class": school_class.display_name,
            "teacher": school_class.sudo().teacher_id.name or "",
            "month": month,
            "days": [(day, kind in school_days.SCHOOL_KINDS) for day, kind in kinds],
            "rows": [
                self._prepare_row(names[student], by_student[student])
                for student in sorted(students, key=lambda one: names[one])
            ],
            "sums": self._prepare_sums(rows),
        }

    @api.model
    def _get_day_kinds(self, school, school_class, first, last):
        rules = self.env["school.calendar"]._get_rules(
            school, school_class, first, last
        )
        week = int(school.week_days)
        days = (first.replace(day=number) for number in range(1, last.day + 1))
        return [(day, school_days.day_kind(day, week, rules)) for day in days]

    @api.model
    def _prepare_row(self, name, days):
        cells = [(day.state, day.absence_reason, day.minutes_late) for day in days]
        return {
            "name": name,
            "marks": {
                day.date: register.mark(day.state, day.absence_reason) for day in days
            },
            "totals": register.totals(cells),
        }

    @api.model
    def _prepare_sums(self, rows):
        """Return {date: students not at school}."""
        return {
            day: len(own.filtered(lambda one: one.state in ("absent", "excused")))
            for day, own in rows.grouped("date").items()
        }

    @api.model
    def _get_register_labels(self):
        _ = self.env._
        return {
            "title": _("Attendance register"),
            "number": _("No."),
            "name": _("Name"),
            "missed": _("Missed"),
            "ill": _("Ill"),
            "unexcused": _("No good reason"),
            "late": _("Late"),
            "absent": _("Not at school"),
            "teacher": _("Class teacher"),
            "empty": _("Nothing is recorded for this class and month."),
            "legend": _(
                "н – absent, б – ill, у – excused, оп – late, уш – left early,"
                " ? – not known"
            ),
        }
