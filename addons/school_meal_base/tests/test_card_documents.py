import io

from PyPDF2 import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_base.report.card_sheet import (
    CardFace,
    SheetLabels,
    draw_card_sheet,
)

from .common import SchoolMealCase

LABELS = SheetLabels("Cards", "Класс", "Лицевой счёт", "фото")


def text_of(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    return len(reader.pages), "\n".join(page.extract_text() for page in reader.pages)


@tagged("post_install", "-at_install")
class TestCardDocuments(SchoolMealCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._new_user(
            "card_operator", "group_operator", cls.school, password="card_operator"
        )
        cls.card = cls.env["school.card"].create({"student_id": cls.student.id})
        cls.card._bind("BCD14264")

    def _as(self, user, records):
        """The records as a user of one company sees them."""
        companies = user.company_ids.ids
        return records.with_user(user).with_context(allowed_company_ids=companies)

    def test_ten_cards_fit_a_page_and_cyrillic_names_are_text(self):
        face = CardFace(
            "Щёголева", "Эмма Юрьевна", "5А", "Школа 24", "0240000017", "SM1"
        )
        pages, text = text_of(draw_card_sheet([face] * 11, LABELS))
        self.assertEqual(pages, 2)
        self.assertEqual(text.count("Щёголева"), 11)

    def test_an_unreadable_photo_and_a_very_long_name_still_print(self):
        face = CardFace(
            "Константинопольская-Рождественская-Задунайская", "Анна " * 30, "11АБ",
            "Муниципальное образовательное учреждение " * 3, "", "SM1", b"not an image",
        )  # fmt: skip
        pages, text = text_of(draw_card_sheet([face], LABELS))
        self.assertEqual(pages, 1)
        self.assertIn("…", text)

    def test_the_sheet_is_downloaded_by_who_may_read_the_cards(self):
        self.authenticate("card_operator", "card_operator")
        action = self._as(self.operator, self.card).action_print_sheet()
        response = self.url_open(action["url"])
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        _pages, text = text_of(response.content)
        self.assertIn(self.account.number, text)
        self.assertNotIn("BCD14264", text)

    def test_the_sheet_is_refused_to_others(self):
        action = self._as(self.operator, self.card).action_print_sheet()
        self._new_user("curious", "group_operator", self.school, password="curious1")
        self.authenticate("curious", "curious1")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(action["url"]).status_code, 403)
        self.authenticate(None, None)
        response = self.url_open(action["url"], allow_redirects=False)
        self.assertNotEqual(response.status_code, 200)

    def test_cards_are_handed_over_with_a_list_that_cannot_be_changed(self):
        handover = self._as(self.operator, self.env["school.card.handover"]).create(
            {"school_id": self.school.id, "receiver": "Орлова О. О."}
        )
        with self.assertRaises(UserError):
            handover.action_hand_over()
        handover.card_ids = self.card
        action = handover.action_hand_over()
        self.assertEqual(self.card.state, "handed")
        self.assertEqual(self.card.event_ids[0].reason, handover.name)
        with self.assertRaises(UserError):
            handover.receiver = "other"
        self.authenticate("card_operator", "card_operator")
        _pages, text = text_of(self.url_open(action["url"]).content)
        self.assertIn(self.student.name, text)
        self.assertIn("Орлова О. О.", text)

    def test_cards_of_another_school_are_not_handed_over(self):
        handover = self.env["school.card.handover"].create(
            {
                "school_id": self.second_school.id,
                "receiver": "Orlova",
                "card_ids": self.card.ids,
            }
        )
        with self.assertRaisesRegex(UserError, "another school"):
            handover.action_hand_over()
        self.assertEqual(self.card.state, "made")
