from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from .. import const

#: Who serves cards at the till, besides having the till itself.
CARD_GROUPS = (
    "school_meal_base.group_cashier",
    "school_meal_base.group_operator",
)


class PosSession(models.Model):
    """Card service at the till: activate, block, reissue, slips.

    For students of the till's own school only. Amounts are kopecks. A refusal is
    answered as ``{"code", "message"}`` and leaves nothing behind. Neither debts nor
    benefits are told.
    """

    _inherit = "pos.session"

    # === TILL: CARD SERVICE === #

    def school_card_look(self, request):
        """Answer the student and the card that somebody asks about.

        :param dict request: `student_id` (chosen by name), or `uid` and `keys` of
            what a reader saw
        """
        school = self._check_card_service()
        if request.get("student_id"):
            return self._card_answer(self._card_student(school, request["student_id"]))
        reading = {**(request.get("keys") or {}), "uid": request.get("uid")}
        # sudo: a cashier has no access to cards; other schools' are left out here.
        card = self.env["school.card"].sudo()._resolve(reading, school)
        if not card or card.school_id != school:
            message = self.env._("This card is not known in this school.")
            return {"code": const.UNKNOWN_CARD, "message": message}
        return self._card_answer(card.student_id, card)

    def school_card_activate(self, card_id):
        """Put a card into use for the fee of its first activation.

        A card that a cashier blocked works again; what the office blocked and lost
        cards are refused.
        """
        card = self._card_of_school(self._check_card_service(), card_id)
        if card._was_blocked_at_till():
            back = card._unblock
        else:
            back = card._activate
        return self._card_operation(
            card.student_id, lambda: back(**self._card_origin())
        )

    def school_card_block(self, card_id):
        """Stop a card at once."""
        card = self._card_of_school(self._check_card_service(), card_id)
        return self._card_operation(
            card.student_id, lambda: card._block(**self._card_origin())
        )

    def school_card_issue(self, student_id, card_id=None, uid=None):
        """Give the student a new card; the old one stops.

        :param int card_id: the card to replace, or the job to fulfil
        :param str uid: number of the blank card at hand, canonical; it is activated at
            once. None: a card job for later
        """
        school = self._check_card_service()
        student = self._card_student(school, student_id)
        card = self._card_of_school(school, card_id) if card_id else None
        if card and card.student_id != student:
            raise AccessError(self.env._("This card is not of your school."))
        return self._card_operation(student, lambda: self._issue(student, card, uid))

    def school_card_balance(self, student_id):
        """Answer what the balance slip says; a debt reads as zero."""
        school = self._check_card_service()
        student = self._card_student(school, student_id)
        account = student.account_id
        if not account:
            return self._no_account()
        return {
            **self._slip_head(school, student),
            "account": account.number,
            "balance": max(round((account.posted - account.held) * 100), 0),
        }

    def school_card_password(self, student_id):
        """Issue a temporary password of the portal; answered once, for the slip."""
        school = self._check_card_service()
        student = self._card_student(school, student_id)
        if not student.account_id:
            return self._no_account()
        try:
            with self.env.cr.savepoint():
                # with the cashier's own rights: the student checks them once more
                own = self.env["school.student"].browse(student.id)
                issued = own._issue_temporary_password()
        except AccessError:
            raise
        except UserError as refusal:
            return self._card_refusal(refusal)
        until = self._local(school, issued["expires_at"]).date()
        return {
            **self._slip_head(school, student),
            "login": issued["login"],
            "password": issued["password"],
            "portal": f"{self.get_base_url()}/my",
            "valid_until": format_date(self.env, until),
        }

    # === HELPERS === #

    def _check_card_service(self):
        """Return the school of this till; cashiers and operators of it only."""
        school = self._check_school_till()
        if not any(map(self.env.user.has_group, CARD_GROUPS)):
            raise AccessError(
                self.env._(
                    "Cards are served by the cashier or the person responsible for"
                    " meals."
                )
            )
        return school

    def _card_student(self, school, student_id):
        # sudo: a cashier has no access to students; the school is checked here.
        students = self.env["school.student"].sudo()
        student = students.search(
            [
                ("id", "=", int(student_id)),
                ("school_id", "=", school.id),
                ("state", "=", "enrolled"),
            ]
        )
        if not student:
            raise AccessError(self.env._("This student is not of your school."))
        return student

    def _card_of_school(self, school, card_id):
        # sudo: a cashier has no access to cards; the school is checked here.
        card = self.env["school.card"].sudo().browse(int(card_id)).exists()
        if card.school_id != school or card.student_id.state != "enrolled":
            raise AccessError(self.env._("This card is not of your school."))
        return card

    def _card_origin(self):
        return {"session_ref": self.name}

    def _card_operation(self, student, operation):
        """Do it whole or not at all; answer how the cards are now."""
        try:
            with self.env.cr.savepoint():
                card = operation()
        except AccessError:
            raise
        except UserError as refusal:
            return self._card_refusal(refusal)
        return self._card_answer(student, card)

    def _issue(self, student, card, uid):
        """Bind a blank card to the student's job or make the job; see the caller."""
        cards = self.env["school.card"].sudo()  # sudo: checked by the caller
        if not card:
            new = cards._make_jobs(student) or self._current_card(student)
        elif not card.is_enrolled or uid and card.uid == uid:
            new = card  # a job, or the answer to the first try was lost
        else:
            new = card._reissue(**self._card_origin())
        if uid:
            new._bind(uid, self._canonical_reader())
            new._activate(**self._card_origin())
        return new

    def _canonical_reader(self):
        """Settings of a reader that tells full numbers as the till passes them on."""
        readers = self.env["school.card.reader"].sudo()  # sudo: never stored
        return readers.new({"byte_order": "direct", "bits": "0", "digits": "hex"})

    def _current_card(self, student):
        """Return the card in use, or else the newest that was not replaced."""
        cards = student.card_ids.filtered(lambda card: card.state != "replaced")
        active = cards.filtered(lambda card: card.state == "active")
        return (active or cards).sorted("id", reverse=True)[:1]

    def _card_answer(self, student, card=None):
        card = card or self._current_card(student)
        cards = card or self.env["school.card"]
        if card and not card.is_enrolled:
            new_fee = card._get_fee()
        else:
            new_fee = cards._get_next_fee(student.company_id)
        return {
            "student": {
                "id": student.id,
                "name": f"{student.last_name} {student.first_name}",
                "class_name": student.class_id.name or "",
            },
            "card": card
            and {
                "id": card.id,
                "state": card.state,
                "number_end": card.number_end or "",
                "has_number": card.is_enrolled,
                "was_active": bool(card.activated_at),
                "can_unblock": card._was_blocked_at_till(),
                "fee": 0 if card.activated_at else round(card._get_fee() * 100),
            }
            or None,
            "new_fee": round(new_fee * 100),
        }

    def _card_refusal(self, refusal):
        return {"code": getattr(refusal, "code", "card"), "message": str(refusal)}

    def _no_account(self):
        message = self.env._("This student has no personal account yet.")
        return {"code": "unknown_account", "message": message}

    def _slip_head(self, school, student):
        """What stands on every slip: it may be lost, so no full name."""
        now = fields.Datetime.now()
        return {
            "school": school.short_name or school.name,
            "name": f"{student.first_name} {student.last_name[:1]}.",
            "class_name": student.class_id.name or "",
            "at": format_datetime(self.env, now, tz=school.tz, dt_format="short"),
        }

    def _local(self, school, moment):
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(school.tz))
