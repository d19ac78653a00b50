from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .school_student import MOVE

KOPECKS = 100


class SchoolStudent(models.Model):
    """Moves of students: enrolment history, leaving, and the money of leavers."""

    _inherit = "school.student"

    # === ENROLMENT HISTORY === #

    def _get_place(self):
        """Return (state, school, class): what an enrolment period is about."""
        self.ensure_one()
        return self.state, self.school_id, self.class_id

    def _get_move_date(self):
        """Return the date of a change: the context's, else today at the school."""
        self.ensure_one()
        today = self.env["school.calendar"]._local_date(self.school_id)
        given = fields.Date.to_date(self.env.context.get("enrolment_date"))
        # it may be tomorrow already where the user is
        if given and given > max(today, fields.Date.context_today(self)):
            raise UserError(
                self.env._(
                    "%(date)s is still to come, and a change takes effect at once."
                    " Choose today or an earlier day, or record the change on the"
                    " day itself.",
                    date=format_date(self.env, given),
                )
            )
        return given or today

    def _open_enrolments(self, reason, day=None):
        # sudo: the history is written by this code only, nobody has the right
        self.env["school.enrolment"].sudo().create(
            [
                {
                    **student._prepare_period(),
                    "student_id": student.id,
                    "date_from": day or student._get_move_date(),
                    "reason": reason,
                }
                for student in self
            ]
        )

    def _prepare_period(self):
        return {
            "school_id": self.school_id.id,
            "class_id": self.class_id.id,
            "class_name": self.sudo().class_id.name,
        }

    def _get_open_period(self, day):
        """Return the period to end by a change on ``day``, in sudo, perhaps none.

        :raises ValidationError: the period began later than that
        """
        # sudo: the history is written by this code only, nobody has the right
        periods = self.sudo().enrolment_ids.sorted("date_from", reverse=True)
        period = periods.filtered(lambda row: not row.date_to)[:1]
        today = self.env["school.calendar"]._local_date(self.school_id)
        if period.reason == "rollover" and period.date_from > today:
            # The rollover wrote ahead in summer; what happens before 1 September
            # still belongs to the year that it ended.
            former = (periods - period)[:1].filtered(
                lambda row: row.end_reason == "rollover"
            )
            period.unlink()
            former.write({"date_to": False, "end_reason": False})
            period = former
        if period and period.date_from > day:
            raise ValidationError(
                self.env._(
                    "%(student)s has been enrolled as now since %(date)s: an earlier"
                    " change would erase that from the history. Choose that day or a"
                    " later one.",
                    student=self.name,
                    date=format_date(self.env, period.date_from),
                )
            )
        return period

    def _continue_enrolments(self, reason):
        """End the open periods the day before the change and begin the next ones.

        A change on the very day a period began corrects that period.
        """
        corrected = self.browse()
        for student in self:
            day = student._get_move_date()
            period = student._get_open_period(day)
            if period and period.date_from == day:
                values = student._prepare_period()
                if reason == "school" and period.reason == "class":
                    values["reason"] = reason
                period.write(values)
                corrected |= student
            else:
                period.write({"date_to": day - timedelta(days=1), "end_reason": reason})
        # the next period is inserted at once: the end must be in the table before
        self.env["school.enrolment"].flush_model()
        (self - corrected)._open_enrolments(reason)

    def _end_enrolments(self):
        """End the open periods of leavers with their last day."""
        reason = self.env.context.get("leave_reason", "left")
        for student in self:
            day = student._get_move_date()
            student._get_open_period(day).write({"date_to": day, "end_reason": reason})

    def _roll_enrolments(self, first_day):
        """Begin the periods of a school year; classes have their new names already.

        Who was admitted or moved since ``first_day`` began the year in that class:
        the period only takes the new name.
        """
        # sudo: the history is written by this code only, nobody has the right
        periods = self.sudo().enrolment_ids.filtered(lambda row: not row.date_to)
        late = periods.filtered(lambda row: row.date_from >= first_day)
        for period in late:
            period.class_name = period.class_id.name
        (periods - late).write(
            {"date_to": first_day - timedelta(days=1), "end_reason": "rollover"}
        )
        self.env["school.enrolment"].flush_model()
        (self - late.student_id)._open_enrolments("rollover", first_day)

    def _follow_moves(self, before):
        """Write the history of a change, given {student: place before it}."""
        moved = self.filtered(lambda one: before[one] != one._get_place())
        for student in moved:
            if student.school_id != before[student][1]:
                student._follow_school(before[student][1])
        left = moved.filtered(lambda one: one.state == "left")
        leavers = left.filtered(lambda one: before[one][0] != "left")
        leavers._end_enrolments()
        leavers._close_empty_accounts()
        leavers._after_leave()
        back = (moved - left).filtered(lambda one: before[one][0] == "left")
        back._come_back()
        rest = moved - left - back
        to_school = rest.filtered(lambda one: one.school_id != before[one][1])
        to_school._continue_enrolments("school")
        (rest - to_school)._continue_enrolments("class")

    def _follow_school(self, former):
        """Let the account follow to another school of the same municipality."""
        self.ensure_one()
        # sudo: companies and the account are facts, whoever moves the student
        student, former = self.sudo(), former.sudo()
        if student.school_id.company_id != former.company_id:
            raise ValidationError(
                self.env._(
                    "%(student)s cannot move to %(school)s: it is in another"
                    " municipality. Let the student leave here, settle the money,"
                    " and enrol there anew.",
                    student=student.name,
                    school=student.school_id.display_name,
                )
            )
        student.account_id.school_id = student.school_id

    def _close_empty_accounts(self):
        # sudo: closing the account is part of leaving; money was looked at before
        accounts = self.sudo().account_ids
        accounts.filtered(
            lambda one: one.state != "closed" and not (one.posted or one.held)
        ).state = "closed"

    def _come_back(self):
        """Enrol leavers again: history goes on, the account opens again."""
        for student in self:
            student._return_to_history()
        # sudo: opening the family's account is part of the enrolment
        students = self.sudo()
        students.leave_disposition = False
        students.account_id.state = "open"

    def _return_to_history(self):
        day = self._get_move_date()
        # sudo: the history is written by this code only, nobody has the right
        last = self.sudo().enrolment_ids.sorted("date_from", reverse=True)[:1]
        if not last or last.date_to and last.date_to < day:
            self._open_enrolments("return")
        elif last.date_to and last.date_to > day:
            raise ValidationError(
                self.env._(
                    "%(student)s was enrolled until %(date)s and cannot return before"
                    " that day.",
                    student=self.name,
                    date=format_date(self.env, last.date_to),
                )
            )
        else:  # left and came back on one day: the leaving is taken back
            last.write({"date_to": False, "end_reason": False})
            if last.school_id != self.school_id:
                self._continue_enrolments("school")
            elif last.class_id != self.class_id:
                self._continue_enrolments("class")

    # === TRANSFER AND LEAVING === #

    def _transfer(self, school, school_class, day):
        """Move students to a class, perhaps of another school; money and cards stay.

        Who has left is enrolled again.

        :param date day: the first day in the new class
        """
        self.with_context(enrolment_date=day, school_student_move=MOVE).write(
            {
                "school_id": school.id,
                "class_id": school_class.id,
                "state": "enrolled",
            }
        )

    def _leave(self, day, reason, disposition, sibling=None, *, uuid):
        """Let one student leave and settle the account; return the amount settled.

        :param date day: the last day at the school
        :param reason: 'left' or 'graduated'
        :param disposition: 'refund', 'sibling' or 'keep'; None with an empty account
        :param sibling: school.student who receives the money
        :param uuid: key of the money movement: a repeat moves nothing again
        :return: kopecks paid out or moved
        """
        self.ensure_one()
        self.check_access("write")
        amount = self._settle_account(disposition, sibling, uuid)
        # sudo: the choice just made is recorded by this code only
        self.sudo().leave_disposition = disposition
        if self.state != "left":
            self.with_context(
                enrolment_date=day, leave_reason=reason, school_student_move=MOVE
            ).write({"state": "left", "class_id": False})
        return amount

    def _after_leave(self):
        """Hook: what else ends when a student leaves (cards, orders)."""

    def _settle_account(self, disposition, sibling, uuid):
        """Do with the balance what was chosen; return the kopecks that moved."""
        # sudo: settling is a duty of the person who lets the student leave
        account = self.sudo().account_id
        if not account:
            return 0
        # one at a time: a till must not sell from the balance being settled
        account.lock_for_update()
        account.invalidate_recordset(["posted", "held"])
        self.env["meal.ledger"].sudo()._release_holds(account)
        self._check_disposition(account, disposition, sibling)
        amount = round(account.posted * KOPECKS)
        if disposition == "keep" or not amount:
            account.state = "blocked" if amount else "closed"
            return 0
        account.state = "open"
        self._move_balance(account, amount, disposition, sibling, uuid)
        account.state = "closed"
        return amount

    def _check_disposition(self, account, disposition, sibling):
        name = self.name
        if account.held:
            raise UserError(
                self.env._(
                    "A purchase of %s is not finished yet. Try again when the till"
                    " has closed it.",
                    name,
                )
            )
        if account.posted and not disposition:
            raise UserError(self.env._("Choose what happens to the money of %s.", name))
        if account.posted < 0 and disposition != "keep":
            raise UserError(
                self.env._(
                    "%s owes money: it stays on the account until it is paid."
                    " Choose “Kept on the account”.",
                    name,
                )
            )
        if disposition == "sibling" and sibling not in self._get_siblings():
            raise UserError(
                self.env._(
                    "Choose the brother or sister who gets the money of %s.", name
                )
            )

    def _move_balance(self, account, amount, disposition, sibling, uuid):
        ledger = self.env["meal.ledger"]
        meta = {
            "uuid": uuid,
            "reason": "leaver",
            "source": (self._name, self.id),
            "school": self.school_id,
        }
        if disposition == "refund":
            payout = self.env["meal.account"]._system("payout", account.company_id)
            ledger._charge(account, amount, credit=payout, kind="payout", **meta)
            return
        # sudo: the sibling's account, checked to be of the same family above
        target = sibling.sudo().account_id or self.env["meal.account"].sudo()._issue(
            sibling.sudo()
        )
        ledger._transfer_between(account, target, amount, **meta)
