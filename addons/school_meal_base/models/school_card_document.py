from base64 import b64decode

from odoo import models

from ..domain.reader_text import qr_payload
from ..report.card_sheet import CardFace, SheetLabels, draw_card_sheet


class SchoolCard(models.Model):
    """Printed sheets of cards."""

    _inherit = "school.card"

    def _sheet_pdf(self):
        """Return the PDF of the cards to print on plastic or paper, ten on a page."""
        _ = self.env._
        cards = self._by_class()
        labels = SheetLabels(
            title=_("Student cards"),
            grade=_("Class"),
            account=_("Personal account"),
            no_photo=_("photo"),
        )
        return draw_card_sheet([card._card_face() for card in cards], labels)

    def _card_face(self):
        student = self.student_id
        given = " ".join(filter(None, (student.first_name, student.middle_name)))
        return CardFace(
            last_name=student.last_name or "",
            given_names=given,
            grade=self.class_id.name or "",
            school=self.school_id.short_name or self.school_id.name,
            account=student.account_id.number or "",
            qr=qr_payload(self.qr_token),
            photo=b64decode(student.image_256) if student.image_256 else None,
        )
