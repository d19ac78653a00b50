"""Reader and writer of bank statements for 1C, without a database."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..domain import client_bank_exchange as exchange
from ..domain.client_bank_exchange import Document, Party

OWN = "40703810338000004376"
TEXT = st.text("АБВГДабвгд №.,123", max_size=30).map(str.strip)


@st.composite
def documents(draw, min_size=0):
    numbers = draw(
        st.lists(st.integers(1, 999999), unique=True, min_size=min_size, max_size=6)
    )
    result = []
    for number in numbers:
        incoming = draw(st.booleans())
        other = Party(
            account=draw(st.sampled_from(["3" * 20, "4" * 20])), name=draw(TEXT)
        )
        own = Party(OWN, "АНО")
        day = draw(st.dates(date(2020, 1, 1), date(2039, 1, 1)))
        result.append(
            Document(
                number=str(number),
                date=day,
                amount=draw(st.integers(1, 10**10)),
                incoming=incoming,
                booked=day,
                payer=other if incoming else own,
                payee=own if incoming else other,
                purpose=draw(TEXT),
            )
        )
    return result


def incoming(number="1", amount=100000, purpose="EPS Реестр 640"):
    day = date(2026, 1, 6)
    return Document(
        number,
        day,
        amount,
        incoming=True,
        booked=day,
        payer=Party("3" * 20, "ПАО Сбербанк", "7707083893"),
        payee=Party(OWN, "АНО"),
        purpose=purpose,
    )


@tagged("post_install", "-at_install")
class TestClientBankExchange(BaseCase):
    def codes(self, content):
        return exchange.parse(content).codes()

    def edit(self, old, new, items=None):
        text = exchange.write(OWN, items or [incoming()]).decode("cp1251")
        self.assertIn(old, text)
        return text.replace(old, new, 1).encode("cp1251")

    @given(documents(), st.integers(-(10**9), 10**12), st.data())
    def test_what_is_written_is_read_back(self, items, opening, data):
        encoding = data.draw(st.sampled_from(["cp1251", "cp866", "utf-8", "utf-8-sig"]))
        content = exchange.write(OWN, items, opening=opening, encoding=encoding)
        statement = exchange.parse(content)
        self.assertEqual(statement.codes(), [])
        self.assertEqual(statement.encoding, encoding.removesuffix("-sig"))
        self.assertEqual(statement.accounts, [OWN])
        self.assertEqual(statement.balances[0].opening, opening)
        for read, written in zip(statement.documents, items, strict=True):
            for name in ("number", "date", "amount", "incoming", "booked", "purpose"):
                self.assertEqual(getattr(read, name), getattr(written, name))
            self.assertEqual(read.other.account, written.other.account)
            self.assertEqual(read.key, written.key)

    @given(documents(min_size=1), st.data())
    @settings(max_examples=200)
    def test_a_file_cut_anywhere_is_never_sound(self, items, data):
        content = exchange.write(OWN, items)
        place = data.draw(st.integers(0, len(content) - 3))
        self.assertFalse(exchange.parse(content[:place]).is_sound)

    @given(st.binary(max_size=300))
    def test_rubbish_is_reported_and_never_raises(self, content):
        for data in (content, exchange.FLAG.encode() + b"\r\n" + content):
            self.assertFalse(exchange.parse(data).is_sound)

    def test_balances_that_do_not_add_up_are_refused(self):
        content = self.edit("КонечныйОстаток=1000.00", "КонечныйОстаток=1000.01")
        self.assertEqual(self.codes(content), ["balance_mismatch"])
        content = self.edit("ВсегоПоступило=1000.00", "ВсегоПоступило=много")
        self.assertEqual(self.codes(content), ["balance_unreadable"])

    def test_a_missing_document_is_seen_in_the_turnover(self):
        content = self.edit("Сумма=1000.00", "Сумма=999.00")
        self.assertEqual(self.codes(content), ["turnover_mismatch"])

    def test_bad_documents_are_named_with_the_line_of_their_section(self):
        cases = {
            "amount_unreadable": ("Сумма=1000.00", "Сумма=NaN"),
            "date_unreadable": ("Дата=06.01.2026", "Дата=31.02.2026"),
            "direction_unknown": (f"ПолучательСчет={OWN}", "ПолучательСчет=1"),
        }
        for code, (old, new) in cases.items():
            with self.subTest(code=code):
                statement = exchange.parse(self.edit(old, new))
                self.assertIn(code, statement.codes())
                self.assertEqual(statement.problems[0].line, 18)

    def test_the_same_document_twice_is_named(self):
        content = exchange.write(OWN, [incoming(), incoming()])
        self.assertEqual(self.codes(content), ["document_repeated"])

    def test_the_purpose_in_numbered_lines_is_joined(self):
        content = self.edit(
            "НазначениеПлатежа=EPS Реестр 640",
            "НазначениеПлатежа1=EPS Реестр\r\nНазначениеПлатежа2=640",
        )
        document = exchange.parse(content).documents[0]
        self.assertEqual(document.purpose, "EPS Реестр 640")

    def test_the_payee_account_under_its_second_name_gives_the_direction(self):
        content = self.edit("ПолучательСчет=", "ПолучательРасчСчет=")
        self.assertIs(exchange.parse(content).documents[0].incoming, True)

    def test_a_section_that_does_not_end_is_refused(self):
        self.assertIn("section_broken", self.codes(self.edit("КонецДокумента", "")))
        self.assertEqual(
            self.codes(b"1CClientBankExchange\r\n")[:1], ["encoding_unknown"]
        )
        self.assertEqual(self.codes(b"Hello"), ["flag_missing"])

    def test_a_payment_the_bank_has_not_booked_yet_is_left_out(self):
        items = [incoming("1"), incoming("2", amount=500)]
        text = exchange.write(OWN, items).decode("cp1251")
        head, mark, tail = text.rpartition("ДатаПоступило=06.01.2026\r\n")
        text = (head + tail).replace("ВсегоПоступило=1005", "ВсегоПоступило=1000")
        text = text.replace("КонечныйОстаток=1005", "КонечныйОстаток=1000")
        statement = exchange.parse(text.encode("cp1251"))
        self.assertEqual(statement.codes(), ["not_booked"])
        self.assertTrue(statement.is_sound)
        self.assertEqual(statement.documents[1].problems, ("not_booked",))

    def two_accounts(self, *sections):
        """A statement of two accounts of ours with these payments of 10 roubles."""
        lines = [exchange.FLAG, "Кодировка=Windows"]
        for account, received, spent in ((OWN, 0, 10), ("4" * 20, 10, 0)):
            lines += [
                "СекцияРасчСчет",
                f"РасчСчет={account}",
                "НачальныйОстаток=100",
                f"ВсегоПоступило={received}",
                f"ВсегоСписано={spent}",
                f"КонечныйОстаток={100 + received - spent}",
                "КонецРасчСчет",
            ]
        for dates in sections:
            lines += [
                "СекцияДокумент=Платежное поручение",
                "Номер=1",
                "Дата=06.01.2026",
                "Сумма=10",
                f"ПлательщикСчет={OWN}",
                f"ПолучательСчет={'4' * 20}",
                *dates,
                "КонецДокумента",
            ]
        return "\r\n".join([*lines, exchange.END]).encode("cp1251")

    def test_a_payment_between_own_accounts_moves_both(self):
        spent, received = "ДатаСписано=06.01.2026", "ДатаПоступило=06.01.2026"
        for sections in (
            [[spent, received]],
            [[spent], [received]],
            [[spent, received], [spent, received]],
        ):
            with self.subTest(sections=sections):
                statement = exchange.parse(self.two_accounts(*sections))
                self.assertEqual(statement.codes(), [])
                sides = [item.incoming for item in statement.documents]
                self.assertEqual(sorted(sides), [False, True])
