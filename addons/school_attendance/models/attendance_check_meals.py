from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import TRUSTED


class AttendanceCheck(models.Model):
    """Absence → meals: off in time, back when the child comes after all."""

    _inherit = "attendance.check"

    # === ACTION METHODS === #

    def action_report_missing(self):
        """Take off the meals of all who are not here, by one click."""
        self.ensure_one()
        self._check_office()
        # sudo: the school of a check that the user may read
        check = self.sudo()
        if check.date != self.env["school.calendar"]._local_date(check.school_id):
            raise UserError(
                self.env._("Meals are taken off on the day itself. Open today's row.")
            )
        self.env["attendance.day"]._recount(check.school_id, check.date)
        if not check._report_missing(fields.Datetime.now()):
            raise UserError(
                self.env._(
                    "Nobody is missing as far as can be known. %s", self.sentence
                )
            )

    def action_open_freed(self):
        """Open the portions that those who came too late could have."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_day.meal_order_action"
        )
        return {
            **action,
            "domain": [
                ("school_id", "=", self.school_id.id),
                ("date", "=", fields.Date.to_string(self.date)),
                ("state", "=", "freed"),
            ],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _take_care(self):
        """Do what is due for the meals of today; again it changes nothing."""
        self.ensure_one()
        self._return_meals()
        school, now = self.school_id, fields.Datetime.now()
        if (
            school.attendance_mode != "off"
            and self.state == TRUSTED
            and not self.handled_at
            and school._get_attendance_moment(self.date) <= now
            and not school._is_after_cutoff(self.date)
        ):
            self._handle_missing(school)

    def _handle_missing(self, school):
        moment = school._get_attendance_moment(self.date)
        missing = self.env["attendance.day"]._get_missing(school, self.date, moment)
        self.handled_at = fields.Datetime.now()
        if not missing:
            return
        if school.attendance_mode == "automatic":
            self._report_missing(moment)
        self._tell(school, missing)

    def _report_missing(self, moment):
        """Report as absent who is not here; return the absences."""
        # never from a page that was open while the gate fell silent
        if self.state != TRUSTED:
            return self.env["meal.absence"]
        days = self.env["attendance.day"]
        missing = days._get_missing(self.school_id, self.date, moment)
        students = missing.student_id - self._get_fed(missing.student_id)
        absences = self.env["meal.absence"]
        if students:
            absences = absences._report(
                students, self.date, self.date, reason="unknown", source="access"
            )
            self.reported_count += len(absences)
            self.handled_at = self.handled_at or fields.Datetime.now()
        return absences

    def _get_fed(self, students):
        """Return those who were given a meal today: whoever eats is here."""
        events = self.env["meal.issue.event"].sudo()  # sudo: a fact, no list
        domain = Domain("student_id", "in", students.ids) & Domain(
            "date", "=", self.date
        )
        return events.search(domain & Domain("action", "=", "given")).student_id

    @api.model
    def _return_today(self, school, date):
        """Take back absences of children who came, before anything else is decided."""
        check = self._get_opened(school, date, date)
        if check:
            check._return_meals()

    def _return_meals(self):
        """Order again for children who came after they were reported absent."""
        days = self.env["attendance.day"]._get_returned(self.school_id, self.date)
        if not days:
            return
        students, absences = days.student_id, days.absence_id
        absences._withdraw()
        self.returned_count += len(students)
        left = self._get_not_cooked(students)
        self.not_cooked_count += len(left)
        for class_ in left.class_id:
            count = len(left.filtered(lambda one, c=class_: one.class_id == c))
            self._remind(
                class_.teacher_id | self.school_id.meals_responsible_id,
                self.env._(
                    "%(class)s: came late, their portions were not cooked: %(count)s."
                    " Freed portions of others: %(free)s.",
                    **{"class": class_.name},
                    count=count,
                    free=self._count_freed(),
                ),
            )

    def _get_not_cooked(self, students):
        """Return those whose portion stayed taken off."""
        orders = self.env["meal.order"].search(
            [
                ("student_id", "in", students.ids),
                ("date", "=", self.date),
                ("state", "=", "cancelled"),
            ]
        )
        return orders.filtered(
            lambda order: order.change_ids[-1:].absence_id.source == "access"
        ).student_id

    def _count_freed(self):
        return self.env["meal.order"].search_count(
            [
                ("school_id", "=", self.school_id.id),
                ("date", "=", self.date),
                ("state", "=", "freed"),
            ]
        )

    # === TELLING === #

    def _tell(self, school, missing):
        """Put it on the lists of those who decide: numbers, names are on the screen."""
        is_done = school.attendance_mode == "automatic"
        for class_, days in missing.grouped("class_id").items():
            self._remind(class_.teacher_id, self._get_text(days, is_done, class_.name))
        self._remind(school.meals_responsible_id, self._get_text(missing, is_done, ""))

    def _get_text(self, days, is_done, name):
        count = len(days)
        if is_done:
            return self.env._(
                "%(name)s Not here: %(count)s. Their meals were taken off.",
                name=name,
                count=count,
            ).strip()
        return self.env._(
            "%(name)s Not here: %(count)s. Take their meals off before the morning"
            " cut-off.",
            name=name,
            count=count,
        ).strip()

    def _remind(self, users, text):
        for user in users:
            own = self.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            if not own.has_access("read"):
                continue  # a teacher who is not on the staff list of the school
            # the list of activities is looked at; a letter to everybody each day is not
            quiet = self.with_context(mail_activity_quick_update=True)
            quiet.activity_schedule(
                "mail.mail_activity_data_todo",
                self.date,
                summary=text,
                user_id=user.id,
            )
