from odoo import api, models

from ..const import CAME, FEW, FREE, SILENT


class MealClassScreen(models.AbstractModel):
    """What the gate knows, on the screen of the class teacher."""

    _inherit = "meal.class.screen"

    # === CELLS === #

    @api.model
    def _read_presence(self, school_class, day, cells):
        """Override of `school_meal_day`: a reported child who came is shown, so that
        the teacher takes the report back; each child has the time of the gate."""
        super()._read_presence(school_class, day, cells)
        # sudo: students of the class that was checked
        days = (
            self.env["attendance.day"]
            .sudo()
            .search([("class_id", "=", school_class.id), ("date", "=", day)])
        )
        for row in days.filtered(lambda one: one.student_id.id in cells):
            cell = cells[row.student_id.id]
            if cell["absent"] and (row.arrived_at or row.last_out_at):
                cell["known"] = "present"
            if text := self._get_gate_text(school_class, row):
                cell["gate"] = {"text": text, "kind": row.state}

    @api.model
    def _get_gate_text(self, school_class, row):
        # sudo: the clock of the school of a class that was checked
        school = school_class.sudo().school_id
        _ = self.env._
        if row.left_at:
            return _("Left at %s", self._get_clock(school, row.left_at))
        if row.minutes_late:
            return _(
                "Late: %(time)s (%(minutes)s min)",
                time=self._get_clock(school, row.arrived_at),
                minutes=row.minutes_late,
            )
        if row.arrived_at:
            return _("Came at %s", self._get_clock(school, row.arrived_at))
        if row.is_seen and row.state not in CAME:
            return _("Refused at the gate: look who it was")
        return ""

    # === DAY === #

    @api.model
    def _prepare_day(self, school_class, day, meals):
        """Override of `school_meal_day`: what the gate can and cannot tell today."""
        values = super()._prepare_day(school_class, day, meals)
        # sudo: the school of a class that was checked
        school = school_class.sudo().school_id
        check = self.env["attendance.check"]._get_opened(school, day, day)
        if check and values["is_today"]:
            notice = self._get_gate_notice(school_class, check)
            values["notices"] = [notice] if notice else []
        return values

    @api.model
    def _get_gate_notice(self, school_class, check):
        school = check.school_id
        if check.state in (SILENT, FREE, FEW):
            return {"kind": "warning", "text": check.sentence}
        moment = school._get_attendance_moment(check.date)
        days = self.env["attendance.day"]
        missing = days._get_missing(school, check.date, moment)
        count = len(missing.filtered(lambda one: one.class_id == school_class))
        if not count:
            return None
        text = self.env._(
            "Not here by %(time)s: %(count)s",
            time=self._get_clock(school, max(moment, min(missing.mapped("starts_at")))),
            count=count,
        )
        return {"kind": "missing", "text": text}
