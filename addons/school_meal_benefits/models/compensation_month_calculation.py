from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..domain import compensation

#: Months before the one calculated that are looked at for corrections.
LOOK_BACK = 11


class CompensationMonth(models.Model):
    """Calculation: the lines of a month, and what earlier months turn out to owe."""

    _inherit = "compensation.month"

    # === CALCULATION === #

    def _calculate(self):
        """Write the lines of a month that is not approved, instead of earlier ones."""
        self.ensure_one()
        # sudo: lines and days are written here only; the caller checked the user
        month = self.sudo()
        month.lock_for_update(allow_referencing=True)
        if month.state not in ("draft", "calculated"):
            raise UserError(
                self.env._(
                    "%s is approved: what changed since is corrected by the next"
                    " month.",
                    month.display_name,
                )
            )
        month.line_ids.unlink()
        month._create_lines()
        month.write(
            {
                "state": "calculated",
                "calculated_by_id": self.env.uid,
                "calculated_at": fields.Datetime.now(),
                "warnings": month._get_warnings(),
            }
        )

    def _create_lines(self):
        rows = self._work_out()
        lines = self.env["compensation.line"].create([vals for vals, *_rest in rows])
        self._create_days(lines, rows)
        lines._refresh_payees()

    def _work_out(self):
        """Return (values of a line, days, line it corrects) of what is due by the facts
        as they are now."""
        first, last = compensation.month_bounds(self.month)
        earliest = first - relativedelta(months=LOOK_BACK)
        source = self.env["compensation.calculation"]
        entitlements = source._find_entitlements(self.school_id, earliest, last, last)
        holding = self._get_holding(earliest)
        students = entitlements.student_id | holding.student_id
        facts = source._load(self.school_id, students, entitlements, earliest, last)
        places = source._get_places(self.school_id, students, earliest, last)
        then = {(line.student_id.id, line.period): line for line in holding}
        # of several the newest is the one that tells where the money goes
        newest = {each.student_id.id: each for each in entitlements.sorted("date_from")}
        periods = self._get_periods(earliest)
        rows = []
        for student in students:
            fact = facts[student.id]
            for period in periods:
                days = compensation.explain(*compensation.month_bounds(period), fact)
                previous = then.get((student.id, period), holding.browse())
                if not self._is_worth_a_line(period, days, fact, previous):
                    continue
                entitlement = newest.get(student.id) or previous.entitlement_id
                enrolments = places.get(student.id)
                vals = {
                    **self._prepare_line(student, period, days, previous),
                    "class_id": enrolments[0].class_id.id if enrolments else False,
                    "entitlement_id": entitlement.id,
                    "warning": self._get_line_warning(entitlement, days),
                }
                rows.append((vals, days, previous))
        return rows

    def _is_up_to_date(self):
        """Return whether calculating now would give the days that are written."""
        now = {
            (vals["student_id"], vals["period"], vals["previous_id"]): days
            for vals, days, _previous in self._work_out()
        }
        written = {
            (line.student_id.id, line.period, line.previous_id.id): (
                line._get_plain_days()
            )
            for line in self.line_ids
        }
        return now == written

    def _get_holding(self, earliest):
        """Return the approved lines that hold, of the school's earlier months."""
        return self.env["compensation.line"].search(
            [
                ("school_id", "=", self.school_id.id),
                ("is_frozen", "=", True),
                ("is_current", "=", True),
                ("period", ">=", earliest),
                ("period", "<", self.month),
            ]
        )

    def _get_periods(self, earliest):
        """Return the months taught to be looked at, this one last.

        Months that wait for their approval are left to themselves.
        """
        waiting = set(
            self.search(
                [
                    ("school_id", "=", self.school_id.id),
                    ("state", "in", ("draft", "calculated")),
                    ("month", "<", self.month),
                ]
            ).mapped("month")
        )
        periods = [
            earliest + relativedelta(months=number) for number in range(LOOK_BACK + 1)
        ]
        return [period for period in periods if period not in waiting]

    def _is_worth_a_line(self, period, days, facts, previous):
        """This month: whoever has a right in it. Earlier ones: what is paid otherwise
        than approved."""
        if period == self.month:
            return any(
                day.reason not in ("before_start", "after_end", "not_entitled")
                and any(compensation.covers(place, day.date) for place in facts.places)
                for day in days
            )
        return bool(compensation.changed(previous._get_plain_days(), days))

    def _prepare_line(self, student, period, days, previous):
        total = compensation.total(days)
        before = round(previous.total * 100)
        return {
            "month_id": self.id,
            "school_id": self.school_id.id,
            "company_id": self.company_id.id,
            "student_id": student.id,
            "period": period,
            "is_correction": period != self.month,
            "previous_id": previous.id,
            "day_count": compensation.count(days),
            "total": total / 100,
            "previous_total": before / 100,
            "amount": (total - before) / 100,
        }

    def _create_days(self, lines, rows):
        values = []
        for line, (_vals, days, previous) in zip(lines, rows, strict=True):
            then = previous._get_plain_days()
            differs = {day.date for day in compensation.changed(then, days)}
            values += [
                {
                    "line_id": line.id,
                    "student_id": line.student_id.id,
                    "school_id": line.school_id.id,
                    "company_id": line.company_id.id,
                    "date": day.date,
                    "is_counted": day.is_counted,
                    "reason": day.reason,
                    "rate_id": day.rate_id or False,
                    "amount": day.kopecks / 100,
                    "is_changed": line.is_correction and day.date in differs,
                }
                for day in days
            ]
        self.env["compensation.day"].create(values)

    # === WARNINGS === #

    def _get_line_warning(self, entitlement, days):
        warnings = []
        if any(day.reason == compensation.NO_RATE for day in days):
            warnings.append(
                self.env._("No rate is decided for some days: enter it and calculate.")
            )
        if any(day.reason == compensation.PAID_ELSEWHERE for day in days):
            warnings.append(
                self.env._(
                    "Some days were paid by another school: they follow when that"
                    " school has corrected its month."
                )
            )
        if self.env["compensation.calculation"]._is_late(entitlement):
            warnings.append(
                self.env._(
                    "The application came later than 30 days after the start of remote"
                    " learning: paid from the application (25.2)."
                )
            )
        return "\n".join(warnings) or False

    def _get_warnings(self):
        """Return what the accountant should look at before approving."""
        lines = self.line_ids
        warnings = []
        if not lines:
            warnings.append(
                self.env._("No child of the school is entitled to money this month.")
            )
        waiting = lines.filtered(lambda line: line.problem and line.amount)
        if waiting:
            warnings.append(
                self.env._(
                    "Lines that wait for bank details: %s. The others are paid.",
                    len(waiting),
                )
            )
        for warning in sorted({each for each in lines.mapped("warning") if each}):
            warnings.append(warning)
        if any(line.amount < 0 for line in lines):
            warnings.append(
                self.env._("Too much was paid before: it is taken off what is due.")
            )
        return "\n".join(warnings) or False
