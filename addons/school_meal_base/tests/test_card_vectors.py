import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.domain.card_uid import (
    canonical_uid,
    enrolment_refusal,
    ironlogic_text,
    keys_of,
    kind_of,
    reverse_bytes,
    uid_from_bracket,
)
from odoo.addons.school_meal_base.domain.reader_learn import learn
from odoo.addons.school_meal_base.domain.reader_text import (
    BYTE_ORDERS,
    REMOVED,
    ReaderOptions,
    is_product_code,
    parse_reader_text,
    search_keys,
    undo_russian_layout,
)

VECTORS = Path(__file__).resolve().parents[3] / "protocol" / "card_vectors.json"

RUSSIAN_KEYBOARD = dict(
    zip(
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>",
        "йцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ",
        strict=True,
    )
)


quick = settings(deadline=None, max_examples=60)


def hex_uid(*lengths):
    return st.one_of(
        *(
            st.binary(min_size=size, max_size=size).map(lambda b: b.hex().upper())
            for size in lengths
        )
    )


@tagged("post_install", "-at_install")
class TestCardVectors(BaseCase):
    """The golden vectors, and properties over all cards."""

    def setUp(self):
        self.vectors = json.loads(VECTORS.read_text("utf-8"))

    def test_every_golden_reading_gives_its_card(self):
        self.assertGreater(len(self.vectors["readings"]), 50)
        for case in self.vectors["readings"]:
            with self.subTest(case["text"], options=case["options"]):
                reading = parse_reader_text(
                    case["text"], ReaderOptions(**case["options"])
                )
                self.assertEqual(reading and reading.as_dict(), case["expect"])
                found = search_keys(reading) if reading else []
                self.assertEqual([list(item) for item in found], case["search"])

    def test_every_golden_card_gives_its_keys(self):
        for card in self.vectors["cards"]:
            with self.subTest(card["uid"]):
                self.assertEqual(kind_of(card["uid"]), card["kind"])
                self.assertEqual(keys_of(card["uid"]), card["keys"])

    def test_barcodes_of_products_are_told_from_numbers(self):
        for case in self.vectors["products"]:
            with self.subTest(case["text"], options=case["options"]):
                options = ReaderOptions(**case["options"])
                is_product = is_product_code(case["text"], options)
                self.assertEqual(is_product, case["expect"])

    def test_numbers_that_identify_nobody_are_refused(self):
        for case in self.vectors["refused"]:
            self.assertEqual(enrolment_refusal(case["uid"]), case["code"])

    @quick
    @given(hex_uid(4, 7, 10, 5))
    def test_a_printed_line_reads_back_as_its_card(self, uid):
        reading = parse_reader_text(ironlogic_text(uid))
        self.assertEqual(reading.uid, uid)
        self.assertEqual(reading.keys, keys_of(uid))

    @quick
    @given(hex_uid(4, 7, 10, 5))
    def test_a_line_typed_in_russian_layout_reads_back_as_its_card(self, uid):
        typed = "".join(RUSSIAN_KEYBOARD.get(c, c) for c in ironlogic_text(uid))
        self.assertEqual(undo_russian_layout(typed), ironlogic_text(uid))
        self.assertEqual(parse_reader_text(typed).uid, uid)

    @quick
    @given(hex_uid(4, 7))
    def test_the_printed_pair_is_the_stored_pair(self, uid):
        pair = ironlogic_text(uid).rpartition(" ")[2]
        self.assertEqual(parse_reader_text(pair).keys["w26"], keys_of(uid)["w26"])

    @quick
    @given(hex_uid(4, 7))
    def test_separators_do_not_change_a_uid(self, uid):
        pairs = [uid[i : i + 2] for i in range(0, len(uid), 2)]
        for separator in " :-":
            self.assertEqual(canonical_uid(separator.join(pairs).lower()), uid)

    @quick
    @given(st.text(max_size=100), st.sampled_from(BYTE_ORDERS))
    def test_no_text_breaks_the_parser(self, text, order):
        reading = parse_reader_text(text, ReaderOptions(order))
        self.assertTrue(
            reading is None or reading.kind == REMOVED or search_keys(reading)
        )

    @quick
    @given(hex_uid(4, 7), st.sampled_from(BYTE_ORDERS))
    def test_learning_finds_settings_that_read_the_card_in_full(self, uid, order):
        shown = {
            "direct": uid,
            "reversed": reverse_bytes(uid),
            "rotated": uid[6:] + uid[:6] if len(uid) == 14 else uid,
        }[order]
        learned = learn(uid, [shown])
        self.assertIsNotNone(learned)
        if learned.key == "uid":
            self.assertEqual(parse_reader_text(shown, learned.options).uid, uid)

    @quick
    @given(hex_uid(7))
    def test_the_bracket_order_is_undone(self, uid):
        self.assertEqual(uid_from_bracket(uid[6:] + uid[:6]), uid)
