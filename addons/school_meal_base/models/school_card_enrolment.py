from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..domain import card_uid, reader_text
from .school_card import ACTIVE, HANDED, LOST, MADE, REPLACED, USABLE_STATES


class SchoolCard(models.Model):
    """Card jobs, the binding of numbers, and recognition of what a reader sees."""

    _inherit = "school.card"

    # === BUSINESS METHODS - MAKING AND ENROLMENT === #

    @api.model
    def _make_jobs(self, students, kind="mifare"):
        """Give every enrolled student an account and, where none is usable, a card job.

        :param students: recordset of `school.student`
        :return: the new cards, without numbers yet
        """
        students = students.filtered(lambda student: student.state == "enrolled")
        # sudo: whoever keeps the list may not open accounts by hand.
        self.env["meal.account"].sudo()._issue(students)
        served = self._read_group(
            [("student_id", "in", students.ids), ("state", "in", USABLE_STATES)],
            ["student_id"],
        )
        served_ids = {student.id for (student,) in served}
        missing = students.filtered(lambda student: student.id not in served_ids)
        lost = self.search(
            [
                ("student_id", "in", missing.ids),
                ("state", "=", LOST),
                ("replaced_by_ids", "=", False),
            ],
            order="id",
        )
        last_lost = {card.student_id: card for card in lost}
        return self._make(
            [
                last_lost[student]._prepare_replacement(kind)
                if student in last_lost
                else {"student_id": student.id, "kind": kind}
                for student in missing
            ]
        )

    def _bind(self, text, reader=None):
        """Give the card the number that a reader shows. A repeat changes nothing.

        :param str text: raw text of the reader
        :param reader: `school.card.reader`, or nothing for default settings
        """
        self.ensure_one()
        options = reader._options() if reader else None
        reading = reader_text.parse_reader_text(text, options)
        if not reading or reading.kind in ("qr", reader_text.REMOVED):
            raise UserError(
                self.env._("This is not a card number. Tap the card once more.")
            )
        is_blank = reading.uid and card_uid.enrolment_refusal(reading.uid)
        if reader_text.is_product_code(text, options) and not is_blank:
            raise UserError(
                self.env._(
                    "This is the barcode of a product. If it is a card, set its reader"
                    " up under Cards / Readers as “Always hexadecimal”."
                )
            )
        if not reading.uid:
            raise UserError(
                self.env._(
                    "The reader shows only a short number, which other cards may have"
                    " too. Use a reader that shows the full number, or set this one up"
                    " under Cards / Readers."
                )
            )
        if self.uid == reading.uid:
            return
        if self.state not in (MADE, HANDED):
            raise UserError(
                self.env._("This card is in use. Reissue it to change its number.")
                if self.uid
                else self.env._(
                    "This card was blocked, lost or replaced before it got a number."
                    " Order a new card."
                )
            )
        self._check_enrolment(reading.uid)
        values = {"uid": reading.uid}
        if self.kind in ("mifare", "em_marine"):
            values["kind"] = reading.kind
        with mute_logger("odoo.sql_db"):  # its error line would show the number
            self._edit(values)
            self.flush_recordset(["uid"])
        self._add_event("enrolled")

    def _unbind(self):
        """Take back a number bound by mistake, while the card is not in use."""
        self.ensure_one()
        if not self.uid:
            return
        if self.state not in (MADE, HANDED):
            raise UserError(
                self.env._("This card is in use. Reissue it to change its number.")
            )
        self._edit({"uid": False})
        self._add_event("unenrolled")

    def _check_enrolment(self, uid):
        """Refuse numbers that do not identify this one card."""
        self.ensure_one()
        refusal = card_uid.enrolment_refusal(uid)
        if refusal:
            raise UserError(self._enrolment_messages()[refusal])
        others = [
            ("id", "!=", self.id),
            ("state", "!=", REPLACED),
        ]
        # sudo: the card may belong to another school; only its existence is told.
        cards = self.sudo()
        in_company = [*others, ("company_id", "=", self.company_id.id)]
        if cards.search_count([*in_company, ("uid", "=", uid)], limit=1):
            raise UserError(self._enrolment_messages()["taken"])
        pair = card_uid.keys_of(uid)["w26"]
        in_school = [*others, ("school_id", "=", self.school_id.id)]
        if cards.search_count([*in_school, ("key_w26", "=", pair)], limit=1):
            raise UserError(self._enrolment_messages()["collision"])

    def _check_short_number(self):
        """Refuse cards that turnstiles of their school would take for another one.

        Called when a card comes to a school that has such a card. A blocked or lost
        card confuses nobody: it waits for its replacement.
        """
        for card in self.filtered("key_w26"):
            # sudo: the card may be one of a school that the user does not see
            twin = card.sudo().search(
                [
                    ("id", "!=", card.id),
                    ("school_id", "=", card.school_id.id),
                    ("key_w26", "=", card.key_w26),
                    ("state", "in", (MADE, HANDED, ACTIVE)),
                ],
                limit=1,
            )
            if twin:
                raise UserError(
                    self.env._(
                        "A card of %(school)s has the same short number as the card of"
                        " %(student)s (%(number)s): turnstiles would confuse the two."
                        " Order a new card for %(student)s first: the old one"
                        " stops, and the new one is given at the school.",
                        school=card.school_id.short_name,
                        student=card.student_id.name,
                        number=card.number_end,
                    )
                )

    def _enrolment_messages(self):
        _ = self.env._
        return {
            "malformed": _("This is not a card number. Tap the card once more."),
            "blank": _("The card has no number. Take another card."),
            "random": _(
                "This is a phone or a card that shows a new number at each tap; it"
                " cannot be recognised again. Take an ordinary card."
            ),
            "taken": _(
                "This card is already bound to a student. Take another card; if it was"
                " found or returned, open it by a scan in the list of cards first."
            ),
            "collision": _(
                "A card of this school has the same short number, so that turnstiles"
                " would confuse the two. Put this card aside and take another one; it"
                " can be used in another school."
            ),
        }

    # === BUSINESS METHODS - RECOGNITION === #

    @api.model
    def _resolve(self, raw_text_or_keys, school, reader=None):
        """Return the card a reader has seen, or an empty recordset.

        The richest key that the reader gives decides alone: a full number or a QR
        code within the municipality, a short number within the school, and only if
        one card there has it or one of them is in use. Look at the state of the
        result: it may be blocked.

        :param raw_text_or_keys: raw text, or a dict of keys (uid, qr, dec10, w26, z5r)
        :param school: `school.school` where the reader stands
        :param reader: `school.card.reader`, for settings other than the default
        """
        if isinstance(raw_text_or_keys, dict):
            keys = dict(raw_text_or_keys)
            uid = keys.pop("uid", None)
            reading = reader_text.Reading(uid, "keys", keys)
        else:
            options = reader._options() if reader else None
            reading = reader_text.parse_reader_text(raw_text_or_keys, options)
        if not reading:
            return self.browse()
        domain = [("company_id", "=", school.company_id.id)]
        return self._match(reading, domain, school)

    def _match(self, reading, domain, school=None):
        """Look a reading up by its richest keys; several cards are as none."""
        columns = {"uid": "uid", "qr": "qr_token"}
        for key, value in reader_text.search_keys(reading):
            is_full = key in columns
            scope = [*domain, (columns.get(key, f"key_{key}"), "=", value)]
            if school and not is_full:
                scope.append(("school_id", "=", school.id))
            cards = self.search([*scope, ("state", "!=", REPLACED)])
            if not cards and is_full:
                cards = self.search(scope, limit=1)  # to say that it was replaced
            if len(cards) > 1:
                cards = cards.filtered(lambda card: card.state == ACTIVE)
                return cards if len(cards) == 1 else self.browse()
            if cards:
                return cards
        return self.browse()
