"""Amounts as text and as kopecks."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..domain.money import format_rubles, parse_rubles, plain_rubles

KOPECKS = st.integers(min_value=-(10**14), max_value=10**14)


@tagged("post_install", "-at_install")
class TestMoneyText(BaseCase):
    @given(KOPECKS)
    def test_what_is_formatted_is_read_back(self, kopecks):
        for text in (
            format_rubles(kopecks),
            plain_rubles(kopecks),
            plain_rubles(kopecks, mark=","),
        ):
            self.assertEqual(parse_rubles(text), kopecks)

    @given(st.text(max_size=12))
    def test_any_text_is_an_amount_or_a_value_error(self, text):
        with contextlib.suppress(ValueError):
            self.assertIsInstance(parse_rubles(text), int)

    def test_what_is_not_an_exact_amount_of_roubles_is_refused(self):
        for text in (
            *("", " ", ",", "1,", ",5", "1,234", "1.2.3", "12 34", "1 2345", "--1"),
            *("nan", "inf", "1e3", "0x10", "1_000", "١٢", "1,5 р", "9" * 16),
        ):
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse_rubles(text)
