from odoo import api, models
from odoo.exceptions import UserError

from ..domain import reader_text
from .school_card import HANDED, MADE


class SchoolCard(models.Model):
    """Calls of the screen on which cards are tapped one after another."""

    _inherit = "school.card"

    @api.model
    def enrol_choices(self):
        """Return the user's schools with classes and readers for the screen."""
        self._check_enroller()
        schools = self.env["school.school"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        readers = self.env["school.card.reader"].search(
            [("school_id", "in", schools.ids)]
        )
        return [
            {
                "id": school.id,
                "name": school.short_name,
                "classes": [
                    {"id": item.id, "name": item.name} for item in school.class_ids
                ],
                "readers": [
                    {"id": item.id, "name": item.name}
                    for item in readers
                    if item.school_id == school
                ],
            }
            for school in schools
        ]

    @api.model
    def enrol_queue(self, school_id, class_id=None):
        """Return the card jobs of a school or class, in the order of the list."""
        self._check_enroller()
        domain = [
            ("school_id", "=", school_id),
            ("kind", "!=", "qr"),
            ("state", "in", (MADE, HANDED)),
        ]
        if class_id:
            domain.append(("class_id", "=", class_id))
        cards = self.search(domain)._by_class()
        return [card._enrol_row() for card in cards]

    def enrol_scan(self, text, reader_id=None):
        """Bind what the reader typed to this card.

        :return: dict with `status` (ok, refused, ignored) and a `message`
        """
        self.ensure_one()
        self._check_operator()
        reader = self.env["school.card.reader"].browse(reader_id or [])
        reader.check_access("read")
        reading = reader_text.parse_reader_text(text)
        if reading and reading.kind == reader_text.REMOVED:
            return {"status": "ignored", "message": ""}
        try:
            self._bind(text, reader)
        except UserError as error:
            return {"status": "refused", "message": str(error)}
        return {"status": "ok", "message": "", "row": self._enrol_row()}

    def enrol_undo(self):
        """Take back the number bound last."""
        self.ensure_one()
        self._check_operator()
        self._unbind()
        return self._enrol_row()

    def _enrol_row(self):
        student = self.student_id
        return {
            "id": self.id,
            "student_id": student.id,
            "name": student.name,
            "class_name": self.class_id.name or "",
            "account": student.account_id.number or "",
            "enrolled": self.is_enrolled,
            "number_end": self.number_end or "",
        }

    def _check_enroller(self):
        self.browse().check_access("write")
