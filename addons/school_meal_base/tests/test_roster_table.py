import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from odoo.addons.school_meal_base.domain import roster_fields as fields_
from odoo.addons.school_meal_base.domain import roster_table as table_

TODAY = datetime.date(2026, 9, 1)
words = st.text(
    st.characters(whitelist_categories=["L", "N", "P", "Sm", "Sc"]), min_size=1
)
cells = st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=8)
HEADERS = ["ФИО", "Класс", "СНИЛС"]


def read(data):
    return table_.read_table(data, fields_.count_known)


relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@tagged("post_install", "-at_install")
class TestRosterTable(TransactionCase):
    @relaxed
    @given(cells)
    def test_what_is_written_as_csv_is_read_back(self, rows):
        expected = [[table_.text_of(cell) for cell in row] for row in rows]
        found = read(table_.write_csv(HEADERS, rows)).rows
        self.assertEqual([cells for _n, cells in found], expected)

    @relaxed
    @given(cells)
    def test_what_is_written_as_xlsx_is_read_back(self, rows):
        found = read(table_.write_xlsx(HEADERS, rows))
        texts = [[table_.text_of(cell) for cell in row] for _n, row in found.rows]
        expected = [[table_.text_of(table_._clean(c)) for c in row] for row in rows]
        self.assertEqual(texts, expected)

    def test_every_encoding_and_delimiter_gives_the_same_table(self):
        lines = ["Школа № 5", "ФИО{0}Класс{0}Дата рождения", "Щёкин Ян{0}5А{0}01.09.15"]
        for encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16"):
            for delimiter in ";,\t":
                text = "\r\n".join(lines).format(delimiter).replace("№", "N")
                found = read(text.encode(encoding))
                self.assertEqual(found.headers, ["ФИО", "Класс", "Дата рождения"])
                self.assertEqual(found.rows, [(3, ["Щёкин Ян", "5А", "01.09.15"])])

    def test_a_wrong_file_says_what_is_wrong(self):
        cases = {
            b" ": "empty",
            b"\xd0\xcf\x11\xe0\xa1\xb1": "old_excel",
            b"PK\x03\x04 not a book": "broken_excel",
            b"a;b\n1;2": "no_header",
            b"\xff\xfe\x00": "encoding",
        }
        for data, code in cases.items():
            with self.assertRaises(table_.TableError) as caught:
                read(data)
            self.assertEqual(caught.exception.code, code)

    def test_too_many_rows_are_refused(self):
        data = ("ФИО;Класс\n" + "Ли Ян;1А\n" * 100_001).encode()
        with self.assertRaises(table_.TableError) as caught:
            read(data)
        self.assertEqual(caught.exception.code, "too_many_rows")

    @relaxed
    @given(st.dates(datetime.date(2003, 1, 1), datetime.date(2022, 9, 1)))
    def test_a_date_is_understood_in_every_format(self, date):
        serial = (date - datetime.date(1899, 12, 30)).days
        midnight = datetime.datetime.combine(date, datetime.time())
        shapes = (date, midnight, serial, str(serial), date.isoformat())
        for cell in (*shapes, date.strftime("%d.%m.%Y"), date.strftime("%d/%m/%Y")):
            self.assertEqual(fields_.parse_date(cell, TODAY), date)

    @relaxed
    @given(st.integers(1, 11), st.sampled_from("АБВГДЕЖЗИКЛМ"))
    def test_a_class_is_understood_however_it_is_written(self, grade, letter):
        for shape in ("{}{}", "{} {}", "{}-{}", '{} "{}"', "{}«{}»", "{}{} класс"):
            text = shape.format(grade, letter)
            self.assertEqual(fields_.parse_class(text), (grade, letter))
            self.assertEqual(fields_.parse_class(text.lower()), (grade, letter))

    @relaxed
    @given(st.lists(words | st.none() | st.floats() | st.integers(), max_size=12))
    def test_no_cell_breaks_the_parser(self, values):
        names = list(fields_.FIELDS)[: len(values)]
        row, problems = fields_.parse_row(1, values, names, lambda text: 1, TODAY)
        self.assertNotEqual(row is None, not problems)

    def test_every_problem_of_a_row_is_named_at_once(self):
        names = [
            "full_name",
            "class",
            "birth_date",
            "snils",
            "gender",
            "guardian_phone",
        ]
        cells = ["Ким", "99", "вчера", "112-233-445 96", "х", "12"]
        row, problems = fields_.parse_row(1, cells, names, lambda text: 1, TODAY)
        self.assertIsNone(row)
        self.assertEqual(
            [p.code for p in problems],
            [
                "name_missing",
                "class_wrong",
                "date_wrong",
                "gender_wrong",
                "snils_check",
                "phone_wrong",
            ],
        )
