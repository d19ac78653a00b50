from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

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
        given = self.env.context.get("enrolment_date")
        if given:
            return fields.Date.to_date(given)
        return self.env["school.calendar"]._local_date(self.school_id)

    def _open_enrolments(self, reason):
        # sudo: the history is written by this code only, nobody has the right
        self.env["school.enrolment"].sudo().create(
            [
                {
                    "student_id": student.id,
                    "school_id": student.school_id.id,
                    "class_id": student.class_id.id,
                    "class_name": student.sudo().class_id.name,
                    "date_from": student._get_move_date(),
                    "reason": reason,
                }
                for student in self
            ]
        )

    def _close_enrolments(self, reason, last_day=None):
        """End the open periods the day before the change, or on ``last_day``.

        A period that would have no day at all is removed.
        """
        for student in self:
            day = last_day or student._get_move_date() - timedelta(days=1)
            # sudo: the history is written by this code only, nobody has the right
            for period in student.sudo().enrolment_ids.filtered(
                lambda row: not row.date_to
            ):
                if period.date_from > day:
                    period.unlink()
                else:
                    period.write({"date_to": day, "end_reason": reason})
        # the next period is inserted at once: the end must be in the table before
        self.env["school.enrolment"].flush_model()

    def _follow_moves(self, before):
        """Write the history of a change, given {student: place before it}."""
        moved = self.filtered(lambda one: before[one] != one._get_place())
        for student in moved:
            if student.school_id != before[student][1]:
                student._follow_school(before[student][1])
        left = moved.filtered(lambda one: one.state == "left")
        for student in left.filtered(lambda one: before[one][0] != "left"):
            student._close_enrolments(
                self.env.context.get("leave_reason", "left"),
                last_day=student._get_move_date(),
            )
        back = (moved - left).filtered(lambda one: before[one][0] == "left")
        back._come_back()
        rest = moved - left - back
        to_school = rest.filtered(lambda one: one.school_id != before[one][1])
        for students, reason in ((to_school, "school"), (rest - to_school, "class")):
            students._close_enrolments(reason)
            students._open_enrolments(reason)

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

    def _come_back(self):
        """Enrol leavers again: history goes on, the account opens again."""
        self._open_enrolments("return")
        # sudo: opening the family's account is part of the enrolment
        students = self.sudo()
        students.leave_disposition = False
        students.account_id.state = "open"

    # === TRANSFER AND LEAVING === #

    def _transfer(self, school, school_class, day):
        """Move students to a class, perhaps of another school; money and cards stay.

        Who has left is enrolled again.

        :param date day: the first day in the new class
        """
        self.with_context(enrolment_date=day).write(
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
            self.with_context(enrolment_date=day, leave_reason=reason).write(
                {"state": "left", "class_id": False}
            )
            self._after_leave()
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
        if disposition == "sibling" and sibling not in self.sibling_ids:
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
