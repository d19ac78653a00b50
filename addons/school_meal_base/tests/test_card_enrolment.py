from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_base.domain.reader_text import qr_payload
from odoo.addons.school_meal_base.models.school_card import EDIT_SENTINEL

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestCardEnrolment(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = cls.env["school.card"]
        cls.operator = cls._new_user("operator", "group_operator", cls.school)

    def _as(self, user, records):
        """The records as a user of one company sees them."""
        companies = user.company_ids.ids
        return records.with_user(user).with_context(allowed_company_ids=companies)

    def _card(self, student, uid=None):
        card = self.cards.create({"student_id": student.id})
        if uid:
            card._bind(uid)
        return card

    def test_a_school_list_gets_accounts_and_jobs_in_one_action_once(self):
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        leaver = self._new_student(self.class_5a, "Left", "Lev", state="left")
        wizard = self._as(self.operator, self.env["school.card.job"]).create(
            {"school_id": self.school.id}
        )
        self.assertEqual((wizard.student_count, wizard.missing_count), (4, 4))
        wizard.action_make()
        self.assertTrue(newcomer.account_id)
        self.assertEqual(len(newcomer.card_ids), 1)
        self.assertFalse(leaver.card_ids)
        with self.assertRaises(UserError):
            wizard.action_make()

    def test_a_number_is_stored_with_its_keys_and_kind(self):
        card = self._card(self.student, "Em-Marine[5500] 126,58404")
        self.assertEqual(card.uid, "55007EE424")
        self.assertEqual(card.kind, "em_marine")
        self.assertEqual(card.key_w26, "126,58404")
        self.assertEqual(card.key_z5r, "0000007EE424")
        self.assertEqual(card.key_dec10, "0008315940")
        self.assertEqual(card.number_end, "…E424")

    def test_a_phone_a_blank_and_nonsense_are_refused_in_words(self):
        card = self._card(self.student)
        for text, word in (
            ("08A1B2C3", "phone"),
            ("00000000", "no number"),
            ("hello", "not a card"),
            (qr_payload(card.qr_token), "not a card"),
            ("126,58404", "short number"),
        ):
            with self.assertRaisesRegex(UserError, word):
                card._bind(text)
        self.assertFalse(card.uid)

    def test_one_card_serves_one_student_of_the_municipality(self):
        self._card(self.student, "BCD14264")
        outsider = self._new_student(
            self._new_class(self.second_school, 7, "В"), "Far", "Fedor"
        )
        for student in (self.classmate, outsider):
            with self.assertRaisesRegex(UserError, "already bound"):
                self._card(student, "BCD14264")
        self.assertTrue(self._card(self.stranger, "BCD14264").uid, "another company")

    def test_the_database_itself_refuses_a_second_live_card(self):
        self._card(self.student, "BCD14264")
        other = self._card(self.classmate)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            other.with_context(school_card_edit=EDIT_SENTINEL).write(
                {"uid": "BCD14264"}
            )
            other.flush_recordset()

    def test_a_short_number_collision_is_refused_within_a_school_only(self):
        self._card(self.student, "041B4B62D22F80")
        with self.assertRaisesRegex(UserError, "short number"):
            self._card(self.classmate, "041B4B11223344")
        outsider = self._new_student(
            self._new_class(self.second_school, 7, "В"), "Far", "Fedor"
        )
        self.assertTrue(self._card(outsider, "041B4B11223344").uid)

    def test_a_replaced_card_can_be_given_to_another_student(self):
        self.city.meal_card_fee = self.city.meal_card_reissue_fee = 0
        old = self._card(self.student, "BCD14264")
        old._activate()
        new = old._reissue()
        new._bind("77242CF0")
        new._activate()
        reused = self._card(self.classmate, "BCD14264")
        self.assertEqual(self.cards._resolve("BCD14264", self.school), reused)

    def test_a_bound_number_is_taken_back_only_before_use(self):
        self.city.meal_card_fee = 0
        card = self._card(self.student, "BCD14264")
        card._unbind()
        self.assertFalse(card.uid or card.key_w26)
        card._bind("BCD14264")
        card._activate()
        with self.assertRaises(UserError):
            card._unbind()
        with self.assertRaises(UserError):
            card._bind("77242CF0")
        card._bind("BCD14264")  # the same number again changes nothing

    def test_a_card_is_recognised_in_every_form_a_reader_gives(self):
        card = self._card(self.student, "BCD14264")
        for text in (
            "Mifare[BCD14264] 1K (0004,08) 066,53692",
            "ЬшафкухИСВ14264ъ 1Л (0004б08) 066б53692",
            "bc:d1:42:64",
            "066,53692",
            "1682100668",
            "00000042D1BC",
            "00006442D1BC",
            qr_payload(card.qr_token),
        ):
            self.assertEqual(self.cards._resolve(text, self.school), card, text)
        keys = {"uid": "BCD14264", "w26": "066,53692"}
        self.assertEqual(self.cards._resolve(keys, self.school), card)

    def test_a_full_number_never_falls_back_to_the_short_one(self):
        self._card(self.student, "041B4B62D22F80")
        self.assertFalse(self.cards._resolve("041B4B11223344", self.school))

    def test_short_numbers_are_looked_up_in_the_own_school_only(self):
        card = self._card(self.student, "BCD14264")
        self.assertFalse(self.cards._resolve("066,53692", self.second_school))
        self.assertEqual(self.cards._resolve("BCD14264", self.second_school), card)
        self.assertFalse(self.cards._resolve("BCD14264", self.other_school))

    def _twins(self):
        """Two cards of two schools with one short number."""
        own = self._card(self.student, "041B4B62D22F80")
        far = self._new_student(
            self._new_class(self.second_school, 7, "В"), "Far", "Fedor"
        )
        return own, self._card(far, "041B4B11223344")

    def _move(self, student):
        student.write({"school_id": self.school.id, "class_id": self.class_5a.id})

    def test_a_short_number_comes_to_a_school_only_once(self):
        own, other = self._twins()
        with self._refused(UserError, "Order a new card for Far Fedor"):
            self._move(other.student_id)
        other.invalidate_recordset()
        other._reissue()
        self._move(other.student_id)
        self.assertEqual(other.school_id, self.school)
        with self._refused(UserError, "same short number"):
            other._unblock()
        self.city.meal_card_fee = 0
        own._activate()
        self.assertEqual(self.cards._resolve("004,06987", self.school), own)

    def test_cards_with_one_short_number_in_a_school_are_listed(self):
        own, other = self._twins()
        domain = [("shares_short_number", "=", True)]
        self.assertFalse(self.cards.search(domain))
        self.assertFalse(own.shares_short_number)
        other._block()
        self._move(other.student_id)
        self.assertEqual(self.cards.search(domain), own + other)
        own.invalidate_recordset(["shares_short_number"])
        self.assertTrue(own.shares_short_number)
        self.assertFalse(self.cards._resolve("004,06987", self.school))

    def test_a_barcode_of_a_product_is_no_card(self):
        card = self._card(self.student)
        reader = self.env["school.card.reader"].create(
            {"name": "Desk", "school_id": self.school.id, "digits": "hex"}
        )
        for barcode in ("46012340", "04601234567893", "460123456786"):
            with self.assertRaisesRegex(UserError, "barcode of a product"):
                card._bind(barcode)
        self.assertFalse(card.uid)
        card._bind("46012340", reader)
        self.assertEqual(card.uid, "46012340")

    def test_a_stopped_card_gets_no_number(self):
        for stop in ("_block", "_report_lost"):
            card = self._card(self._new_student(self.class_5a, "Stop", "Stepan"))
            getattr(card, stop)()
            with self.assertRaisesRegex(UserError, "before it got a number"):
                card._bind("BCD14264")
            self.assertFalse(card.uid)

    def test_a_card_taken_away_is_no_number(self):
        card = self._card(self.student)
        with self.assertRaisesRegex(UserError, "not a card number"):
            card._bind("No card")
        self.assertFalse(self.cards._resolve("No card", self.school))

    def test_a_reader_with_reversed_bytes_is_learned_and_understood(self):
        card = self._card(self.student, "BCD14264")
        reader = self.env["school.card.reader"].create(
            {"name": "Till", "school_id": self.school.id}
        )
        self.assertFalse(self.cards._resolve("188,53570", self.school, reader))
        wizard = self.env["school.card.reader.learn"].create(
            {
                "reader_id": reader.id,
                "known_text": "BCD14264",
                "reading_1": "188,53570",
            }
        )
        self.assertIn("short numbers", wizard.outcome)
        wizard.action_apply()
        self.assertEqual(reader.byte_order, "reversed")
        self.assertEqual(self.cards._resolve("188,53570", self.school, reader), card)

    def test_learning_from_the_wrong_card_says_so_and_changes_nothing(self):
        reader = self.env["school.card.reader"].create(
            {"name": "Till", "school_id": self.school.id}
        )
        wizard = self.env["school.card.reader.learn"].create(
            {
                "reader_id": reader.id,
                "known_text": "BCD14264",
                "reading_1": "001,00002",
            }
        )
        with self.assertRaisesRegex(UserError, "same card"):
            wizard.action_apply()
        self.assertFalse(reader.learned_at)

    def test_the_screen_binds_refuses_and_ignores(self):
        first, second = self._card(self.student), self._card(self.classmate)
        screen = self._as(self.operator, self.cards)
        queue = screen.enrol_queue(self.school.id, self.class_5a.id)
        self.assertEqual([row["id"] for row in queue], [first.id, second.id])
        first = self._as(self.operator, first)
        self.assertEqual(first.enrol_scan("No card")["status"], "ignored")
        answer = first.enrol_scan("BCD14264")
        self.assertEqual(answer["status"], "ok")
        self.assertNotIn("uid", answer["row"])
        refused = self._as(self.operator, second).enrol_scan("BCD14264")
        self.assertEqual(refused["status"], "refused")
        self.assertIn("already bound", refused["message"])
        first.enrol_undo()
        self.assertFalse(first.uid)

    def test_an_operator_enrols_no_card_of_another_school(self):
        other_operator = self._new_user("other", "group_operator", self.second_school)
        card = self._card(self.student)
        with self.assertRaises(AccessError):
            self._as(other_operator, card).enrol_scan("BCD14264")

    def test_a_scan_in_the_search_field_finds_the_card(self):
        card = self._card(self.student, "BCD14264")
        cards = self._as(self.operator, self.cards)
        self.assertEqual(cards.search([("scan", "ilike", "066,53692")]), card)
        self.assertFalse(cards.search([("scan", "ilike", "hello")]))

    def test_a_lost_race_does_not_write_the_number_to_the_log(self):
        self._card(self.student, "BCD14264")
        late = self._card(self.classmate)
        self.patch(type(self.cards), "_check_enrolment", lambda card, uid: None)
        with self.assertNoLogs("odoo.sql_db"), self.assertRaises(IntegrityError):
            late._bind("BCD14264")
