"""Reader and writer of Sberbank's registries, without a database."""

import gzip
import io
import zipfile
from datetime import date, datetime
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..domain import container, sber_registry
from ..domain.sber_registry import Layout, Payment

NAME = "9715357654_40703810338000004376_640.txt"
TEXT = st.text("АБВГДабвгдёЁ -.,", max_size=20).map(str.strip)
AMOUNT = st.integers(min_value=1, max_value=10**8)


@st.composite
def payments(draw, max_size=12):
    """Payments as the bank writes them, operation numbers all different."""
    numbers = draw(
        st.lists(
            st.integers(10**11, 10**12 - 1), unique=True, min_size=1, max_size=max_size
        )
    )
    result = []
    for number in numbers:
        paid = draw(AMOUNT)
        fee = draw(st.integers(0, paid - 1))
        result.append(
            Payment(
                operation=str(number),
                account=f"{draw(st.integers(0, 10**10 - 1)):010d}",
                paid=paid,
                transferred=paid - fee,
                fee=fee,
                occurred_at=draw(
                    st.datetimes(datetime(2020, 1, 1), datetime(2039, 1, 1))
                ).replace(microsecond=0),
                payer=draw(TEXT) or "ИВАНОВ",
                address=draw(TEXT),
            )
        )
    return result


def sample(count=2):
    return [
        Payment(
            operation=str(100000000001 + n),
            account="0242013138",
            paid=857532 + n,
            occurred_at=datetime(2026, 1, 3, 9, 32, 33),
            payer="ИВАНОВ ИВАН ИВАНОВИЧ",
        )
        for n in range(count)
    ]


def write(items, **kwargs):
    return sber_registry.write(items, number="686336", date=date(2026, 1, 6), **kwargs)


@tagged("post_install", "-at_install")
class TestSberRegistry(BaseCase):
    def assert_codes(self, data, *codes, name=NAME, **kwargs):
        registry = sber_registry.parse(data, name, **kwargs)
        self.assertEqual(registry.codes(), list(codes))
        return registry

    def edit(self, old, new, items=None):
        """Return a sample file with a piece of its text replaced."""
        text = write(items or sample()).decode("cp1251")
        self.assertIn(old, text)
        return text.replace(old, new, 1).encode("cp1251")

    @given(payments())
    def test_what_is_written_is_read_back(self, items):
        registry = sber_registry.parse(write(items), NAME)
        self.assertEqual(registry.problems, [])
        self.assertTrue(registry.is_sound)
        self.assertEqual(registry.trailer.paid, sum(item.paid for item in items))
        self.assertEqual(registry.unreadable, 0)
        for read, written in zip(registry.payments, items, strict=True):
            for name in ("operation", "account", "paid", "fee", "payer", "address"):
                self.assertEqual(getattr(read, name), getattr(written, name))
            self.assertEqual(read.transferred, written.net)
            self.assertEqual(read.occurred_at, written.occurred_at)

    @given(payments(max_size=4), st.data())
    @settings(max_examples=200)
    def test_a_file_cut_anywhere_is_never_sound(self, items, data):
        content = write(items)
        # Cut inside the text: the last line end alone carries no information.
        place = data.draw(st.integers(0, len(content) - 3))
        self.assertFalse(sber_registry.parse(content[:place], NAME).is_sound)

    @given(st.binary(max_size=400))
    def test_rubbish_is_reported_and_never_raises(self, content):
        registry = sber_registry.parse(content, NAME)
        self.assertTrue(registry.problems)
        self.assertFalse(registry.is_sound)

    @given(payments(max_size=5), st.data())
    def test_an_amount_changed_after_the_totals_is_noticed(self, items, data):
        lines = write(items).decode("cp1251").split("\r\n")
        index = data.draw(st.integers(0, len(items) - 1))
        cells = lines[index].split(";")
        cells[9] = sber_registry.plain_rubles(items[index].paid + 1, mark=",")
        lines[index] = ";".join(cells)
        content = "\r\n".join(lines).encode("cp1251")
        registry = sber_registry.parse(content, NAME)
        self.assertIn("paid_mismatch", registry.codes())

    def test_the_example_of_the_bank_is_read(self):
        content = (
            "03-01-2026;09-32-33;1111;1111999V;100000000001;0001001;"
            "ИВАНОВ ИВАН ИВАНОВИЧ;Г МОСКВА, КВ.1;1225;8575,32;8575,32;0,00;5\r\n"
            "04-01-2026;10-00-00;1111;1111999V;100000000002;0001002;"
            "ПЕТРОВ П;Г МОСКВА;1225;2231,21;2231,21;0,00;5\r\n"
            "=2;10806,53;10806,53;0,00;686336;06-01-2026\r\n"
        ).encode("cp1251")
        registry = self.assert_codes(content)
        self.assertEqual(registry.payments[0].paid, 857532)
        self.assertEqual(registry.payments[0].account, "0001001")
        self.assertEqual(registry.trailer.number, "686336")
        self.assertEqual(registry.trailer.date, date(2026, 1, 6))
        self.assertEqual(registry.payee_inn, "9715357654")

    def test_utf8_text_is_read_although_the_format_says_1251(self):
        registry = self.assert_codes(write(sample(), encoding="utf-8"))
        self.assertEqual(registry.payments[0].payer, "ИВАНОВ ИВАН ИВАНОВИЧ")

    def test_zip_and_gz_are_opened_and_their_dangers_refused(self):
        content = write(sample())
        self.assertTrue(self.assert_codes(gzip.compress(content)).is_sound)
        self.assertTrue(self.assert_codes(self.zipped({NAME: content})).is_sound)
        two = self.zipped({NAME: content, "b.txt": content})
        self.assert_codes(two, container.ARCHIVE_NOT_ONE)
        self.assert_codes(two[:-30], container.ARCHIVE_BROKEN)
        self.assert_codes(gzip.compress(content)[:-10], container.ARCHIVE_BROKEN)
        bomb = gzip.compress(b"1" * (container.MAX_BYTES + 1))
        self.assert_codes(bomb, container.TOO_BIG)

    def zipped(self, files):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return stream.getvalue()

    def test_a_file_over_ten_megabytes_is_refused_without_being_read(self):
        with patch.object(sber_registry, "_decode") as decode:
            self.assert_codes(b"1" * (container.MAX_BYTES + 1), container.TOO_BIG)
        decode.assert_not_called()

    def test_a_picture_and_an_empty_file_are_refused(self):
        self.assert_codes(b"\x89PNG\r\n\x1a\n\0\0", container.BINARY)
        self.assert_codes(b" \r\n", container.EMPTY)

    def test_the_totals_line_must_be_one_and_last(self):
        text = write(sample()).decode("cp1251")
        body, trailer = text.strip().rsplit("\r\n", 1)
        cases = {
            "trailer_missing": body,
            "trailer_many": text + trailer,
            "trailer_not_last": f"{trailer}\r\n{body}",
            "trailer_malformed": text.replace("686336;06-01-2026", "686336"),
        }
        for code, content in cases.items():
            with self.subTest(code=code):
                self.assert_codes(content.encode("cp1251"), code)

    def test_every_wrong_total_is_named_with_its_line(self):
        cases = {
            "count_mismatch": ("=2;", "=3;"),
            "paid_mismatch": ("=2;17150,65;", "=2;17150,66;"),
            "transferred_mismatch": (";17150,65;0,00;6", ";17150,64;0,00;6"),
            "fee_mismatch": (";0,00;686336", ";0,01;686336"),
        }
        for code, (old, new) in cases.items():
            with self.subTest(code=code):
                registry = self.assert_codes(self.edit(old, new), code)
                self.assertEqual(registry.problems[0].line, 3)

    def test_bad_lines_are_told_apart_and_leave_the_file_sound(self):
        head = "03-01-2026;09-32-33;1111;1111999V;"
        cases = {
            "field_count": ("ИВАНОВИЧ;", "ИВАН;ОВИЧ;"),
            "amount_unreadable": (";8575,32;8575,32;", ";8575,3Z;8575,32;"),
            "operation_missing": (";100000000001;", ";;"),
            "account_missing": (";0242013138;", ";;"),
            "operation_repeated": (head + "100000000002", head + "100000000001"),
        }
        for code, (old, new) in cases.items():
            with self.subTest(code=code):
                registry = self.assert_codes(self.edit(old, new), code)
                self.assertTrue(registry.is_sound)
                self.assertTrue(any(item.problems for item in registry.payments))

    def test_the_money_of_an_unreadable_line_is_known_from_the_totals(self):
        content = self.edit(";8575,32;8575,32;", ";?;8575,32;")
        registry = sber_registry.parse(content, NAME)
        self.assertEqual(registry.unreadable, 857532)

    def test_zero_and_negative_amounts_are_bad_lines(self):
        for amount in (0, -100):
            items = [*sample(), Payment("7", "0242013138", amount, amount, payer="А")]
            registry = sber_registry.parse(write(items), NAME)
            self.assertEqual(registry.codes(), ["amount_not_positive"])
            self.assertTrue(registry.is_sound)

    def test_a_missing_payer_or_date_is_only_a_warning(self):
        content = self.edit("ИВАНОВ ИВАН ИВАНОВИЧ", "")
        registry = self.assert_codes(content)
        self.assertEqual([item.code for item in registry.problems], ["payer_missing"])
        self.assert_codes(self.edit("03-01-2026", "33-01-2026"))

    def test_another_layout_of_the_contract_is_read_by_the_last_four(self):
        layout = Layout(fields=0, operation=2, account=3, payer=5, address=None)
        layout = sber_registry.replace(layout, branch=None, terminal=None, period=None)
        content = write(sample(), layout=layout)
        registry = self.assert_codes(content, layout=layout)
        self.assertEqual(registry.payments[1].operation, "100000000002")
        self.assertEqual(registry.payments[1].paid, 857533)

    def test_the_file_name_is_read_and_an_unusual_one_only_noted(self):
        content = write(sample())
        for name in (NAME, "900005_" + NAME, NAME.replace(".txt", " (1).txt")):
            registry = self.assert_codes(content, name=name)
            self.assertEqual(registry.payee_account, "40703810338000004376")
        registry = self.assert_codes(content, name="реестр.txt")
        self.assertEqual([item.code for item in registry.problems], ["name_unusual"])
