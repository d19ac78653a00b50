from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Until this day the sheets of the month before are made again every night.
LAST_DAY_OF_GRACE = 10


class MealTimesheet(models.Model):
    """The sheets of a month are made for all classes of a school at once."""

    _inherit = "meal.timesheet"

    @api.model
    def _generate(self, schools, month):
        """Make what is missing: two sheets per class, and a new version of every
        signed one that a later correction has left behind.

        :return: the sheets made now; called again there is nothing to make
        """
        # sudo: the sheets of a school are made whoever of its staff asks
        self = self.sudo()
        have = self.search([("school_id", "in", schools.ids), ("month", "=", month)])
        known = {(sheet.class_id.id, sheet.kind) for sheet in have}
        kinds = [kind for kind, _name in self._fields["kind"].selection]
        made = self.create(
            [
                {"kind": kind, "class_id": class_id, "month": month}
                for class_id in self._get_class_ids(schools, month)
                for kind in kinds
                if (class_id, kind) not in known
            ]
        )
        return made | have._get_touched()._make_next_versions()

    @api.model
    def _get_class_ids(self, schools, month):
        """Return the classes that had students in the month, gone ones included."""
        last = month + relativedelta(months=1, days=-1)
        rows = self.env["school.enrolment"]._read_group(
            [
                ("school_id", "in", schools.ids),
                ("class_id", "!=", False),
                ("date_from", "<=", last),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", month),
            ],
            ["class_id"],
        )
        return [school_class.id for (school_class,) in rows]

    @api.model
    def _get_newest(self, school_id, month, kind):
        """Return the newest versions of a school and month that the user may read."""
        return self.search(
            [
                ("school_id", "=", school_id),
                ("month", "=", month.replace(day=1)),
                ("kind", "=", kind),
                ("is_latest", "in", [True]),
            ],
            order="class_id",
        )

    def _get_touched(self):
        """Return the signed sheets of which some fact was written after the signature:
        comparing the others would only say that they are the same."""
        if not self:
            return self
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT sheet.id
                  FROM meal_timesheet sheet
                 WHERE sheet.id IN %s AND sheet.state = 'signed' AND (
                    EXISTS (
                        SELECT FROM meal_correction doc
                          JOIN meal_day day ON day.id = doc.day_id
                         WHERE day.school_id = sheet.school_id
                           AND day.date >= sheet.month
                           AND day.date < sheet.month + interval '1 month'
                           AND doc.state = 'done'
                           AND doc.write_date >= sheet.signed_at)
                    OR EXISTS (
                        SELECT FROM meal_absence absence
                         WHERE absence.school_id = sheet.school_id
                           AND absence.date_from < sheet.month + interval '1 month'
                           AND absence.date_to >= sheet.month
                           AND absence.write_date >= sheet.signed_at)
                    OR EXISTS (
                        SELECT FROM school_enrolment enrolment
                         WHERE enrolment.class_id = sheet.class_id
                           AND enrolment.write_date >= sheet.signed_at)
                    OR EXISTS (
                        SELECT FROM school_calendar_period period
                         WHERE period.company_id = sheet.company_id
                           AND period.write_date >= sheet.signed_at))
                """,
                tuple(self.ids),
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _cron_generate(self):
        """On the last day of a month and the first days of the next, school by school.

        The run may be cut off and goes on with the next school.
        """
        today = fields.Date.context_today(self)
        if (today + timedelta(days=1)).day == 1:
            month = today.replace(day=1)
        elif today.day <= LAST_DAY_OF_GRACE:
            month = today.replace(day=1) - relativedelta(months=1)
        else:
            return
        schools = self.env["school.school"].search([("active", "=", True)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(schools))
        for school in schools:
            self._generate(school, month)
            if not cron._commit_progress(1):
                break
