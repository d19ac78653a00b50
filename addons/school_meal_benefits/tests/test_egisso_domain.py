import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests.doctest_common import check_examples

from ..domain import egisso
from ..domain.egisso import (
    checks,
    csv43,
    facts,
    protocol,
    safe_xml,
    xlsx_format,
    xml_1_1_0,
    xml_reader,
)
from .egisso_common import (
    FACT_UUID,
    PACKAGES,
    TODAY,
    any_facts,
    make_assignment,
    make_event,
    make_fact,
    make_paper,
    make_person,
    make_snils,
    new_uuid,
)

BOMB = (
    b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<protocol><packageResult><packageId>&b;</packageId></packageResult></protocol>"
)
FILE_ENTITY = (
    b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<protocol><packageResult><packageId>&a;</packageId></packageResult></protocol>"
)


@tagged("post_install", "-at_install")
class TestEgissoChecks(BaseCase):
    def codes(self, element):
        return [problem.code for problem in checks.problems(element, TODAY)]

    def test_examples_in_the_modules_hold(self):
        check_examples(self, egisso)

    def test_a_complete_fact_has_no_problem(self):
        self.assertEqual(self.codes(make_fact()), [])

    def test_each_event_has_no_problem_when_complete(self):
        for kind in facts.EVENTS:
            with self.subTest(kind=kind):
                self.assertEqual(self.codes(make_event(kind)), [])

    def test_each_thing_that_is_wrong_has_its_code(self):
        person, paper, given_ = make_person, make_paper, make_assignment
        cases = {
            "uuid": {"uuid": "1"},
            "lmsz_id": {"lmsz_id": ""},
            "category_id": {"category_id": "833c099b-9b73"},
            "osz_code": {"osz_code": "0094.00001"},
            "provider_code": {"lmsz_provider_code": "OOOO.000001"},
            "no_snils": {"receiver": person(snils="")},
            "snils": {"receiver": person(snils="11223344596")},
            "name": {"receiver": person(first_name="")},
            "name_letters": {"receiver": person(last_name="Ivanov")},
            "name_length": {"receiver": person(last_name="Я" * 101)},
            "gender": {"receiver": person(gender="")},
            "no_birth_date": {"receiver": person(birth_date=None)},
            "birth_date": {"receiver": person(birth_date=date(2026, 9, 15))},
            "birth_place": {"receiver": person(birth_place="Plast")},
            "phone": {"receiver": person(phone="+79001234567")},
            "citizenship": {"receiver": person(citizenship="RUS")},
            "document_series": {"receiver": person(document=paper(series="II ИВ"))},
            "document_number": {"receiver": person(document=paper(number="12345"))},
            "document_issuer": {"receiver": person(document=paper(issuer=""))},
            "document_date": {
                "receiver": person(document=paper(issue_date=date(2016, 2, 28)))
            },
            "document_kind": {"receiver": person(document=paper(kind="card"))},
            "no_decision_date": {"decision_date": None},
            "decision_date": {"decision_date": date(2026, 9, 15)},
            "no_date_start": {"date_start": None},
            "date_finish": {"date_finish": date(2026, 9, 1)},
            "form": {"assignment": given_(form="05")},
            "amount": {"assignment": given_(amount=Decimal(0))},
            "unit": {"assignment": given_(unit="")},
            "text_length": {"assignment": given_(comment="х" * 201)},
            "equivalent": {"assignment": given_(equivalent=None)},
            "criteria": {"criteria": ("12",)},
            "kinship": {"reasons": (self.reason(kinship="12"),)},
            "same_person": {"reasons": (self.reason(make_person().snils),)},
        }
        for code, values in cases.items():
            with self.subTest(code=code):
                self.assertEqual(self.codes(make_fact(**values)), [code])

    def reason(self, snils=None, kinship=""):
        person = make_person(snils=snils or make_snils(212_233_445))
        return facts.BasisPerson(person, kinship)

    def test_problems_of_papers_that_give_the_right_have_codes(self):
        day = date(2026, 8, 20)
        good = facts.Document("Справка", "", "12", day, "Соцзащита", day, None)
        cases = {
            "basis_title": {"title": ""},
            "basis_number": {"number": "1" * 21},
            "basis_authority": {"authority": ""},
            "basis_date": {"issue_date": date(2027, 1, 1)},
            "basis_dates": {"finish_date": date(2026, 8, 19)},
        }
        self.assertEqual(self.codes(make_fact(documents=(good,))), [])
        for code, values in cases.items():
            with self.subTest(code=code):
                documents = (good._replace(**values),)
                self.assertEqual(self.codes(make_fact(documents=documents)), [code])

    def test_problems_of_events_have_codes(self):
        cases = [
            ("uuid", make_event("error", uuid=FACT_UUID)),
            ("no_date_finish", make_event("end_of_right", date_finish=None)),
            ("amount", make_event("recalculation", amount=None)),
            ("amount", make_event("end_refusal", amount=Decimal("0.001"))),
            ("provider_code", make_event("duplicate", provider_code="1")),
            ("no_fact", make_event("previous_errors", fact=None)),
            ("lmsz_id", make_event("previous_errors", fact=make_fact(lmsz_id=""))),
        ]
        for code, event in cases:
            with self.subTest(code=code, kind=event.kind):
                self.assertEqual(self.codes(event), [code])

    def test_a_problem_never_holds_a_value(self):
        receiver = make_person(snils="11223344596", last_name="Ivanov")
        found = checks.problems(make_fact(receiver=receiver), TODAY)
        self.assertEqual(len(found), 2)
        self.assertNotIn("Ivanov", repr(found))
        self.assertNotIn("112", repr(found))

    @given(any_facts())
    def test_what_the_checks_let_pass_the_schema_lets_pass(self, fact):
        self.assertEqual(self.codes(fact), [])
        data = xml_1_1_0.write(facts.Package(new_uuid(), (fact,)))
        self.assertEqual(xml_1_1_0.validate(data), [])


@tagged("post_install", "-at_install")
class TestEgissoXml(BaseCase):
    @given(PACKAGES)
    def test_any_package_is_valid_and_reads_back_the_same(self, package):
        data = xml_1_1_0.write(package)
        self.assertEqual(xml_1_1_0.validate(data), [])
        again = xml_reader.read(data)
        self.assertEqual(again.uuid, package.uuid)
        rank = facts.KINDS.index
        told = sorted(package.elements, key=lambda element: rank(element.kind))
        self.assertEqual(list(again.elements), told)

    def test_a_wrong_fact_is_refused_by_the_schema_without_its_values(self):
        fact = make_fact(receiver=make_person(last_name="Ivanov"))
        data = xml_1_1_0.write(facts.Package(new_uuid(), (fact,)))
        errors = xml_1_1_0.validate(data)
        self.assertTrue(errors)
        self.assertNotIn("Ivanov", repr(errors))

    def test_more_than_a_thousand_of_a_kind_are_refused_and_split(self):
        elements = [make_fact(uuid=new_uuid()) for _n in range(xml_1_1_0.LIMIT + 1)]
        data = xml_1_1_0.write(facts.Package(new_uuid(), tuple(elements)))
        self.assertTrue(xml_1_1_0.validate(data))
        parts = facts.split(elements, xml_1_1_0.LIMIT)
        self.assertEqual([len(part) for part in parts], [1000, 1])
        for part in parts:
            data = xml_1_1_0.write(facts.Package(new_uuid(), tuple(part)))
            self.assertEqual(xml_1_1_0.validate(data), [])

    @given(
        st.lists(st.tuples(st.integers(0, 4), st.sampled_from(facts.KINDS))),
        st.integers(1, 3),
    )
    def test_splitting_keeps_all_and_the_order_of_each_fact(self, told, limit):
        elements = [
            facts.Event(kind, f"{place}", f"f{fact}")
            for place, (fact, kind) in enumerate(told)
        ]
        parts = facts.split(elements, limit)
        rank = facts.KINDS.index
        read = [
            element
            for part in parts
            for element in sorted(part, key=lambda element: rank(element.kind))
        ]
        self.assertCountEqual(read, elements)
        for fact in {element.fact_uuid for element in elements}:
            self.assertEqual(
                [element for element in read if element.fact_uuid == fact],
                [element for element in elements if element.fact_uuid == fact],
            )
        for part in parts:
            kinds = [element.kind for element in part]
            self.assertTrue(all(kinds.count(kind) <= limit for kind in kinds))

    def test_entities_are_refused(self):
        for data in (BOMB, FILE_ENTITY):
            with self.assertRaises(safe_xml.XmlError) as refused:
                safe_xml.parse(data)
            self.assertEqual(refused.exception.args, ("doctype",))


@tagged("post_install", "-at_install")
class TestEgissoTables(BaseCase):
    def test_the_table_has_43_columns_and_keeps_leading_zeros(self):
        receiver = make_person(document=make_paper())
        reason = facts.BasisPerson(make_person(snils=make_snils(2_000_000)), "0000001")
        data = csv43.write([make_fact(receiver=receiver, reasons=(reason,))])
        rows = list(csv.reader(io.StringIO(data.decode("windows-1251")), delimiter=";"))
        self.assertEqual({len(row) for row in rows}, {43})
        row = dict(zip(*rows, strict=True))
        self.assertEqual(row["RecType"], "Fact")
        self.assertEqual(row["doc_Number_recip"], "012345")
        self.assertEqual(row["SNILS_reason"], make_snils(2_000_000))
        self.assertEqual(row["kinshipTypeCode"], "0000001")
        self.assertEqual(row["Gender_recip"], "Ж")
        self.assertEqual(row["equivalentAmount"], "2200,50")
        self.assertEqual(row["decision_date"], "01.09.2026")
        self.assertEqual(row["usingSign"], "Нет")

    def test_tables_hold_new_facts_only(self):
        two = tuple(
            facts.BasisPerson(make_person(snils=make_snils(n))) for n in (5**9, 6**9)
        )
        elements = [make_fact(reasons=two), make_event("end_of_right"), make_fact()]
        self.assertEqual(len(csv43.write(elements).splitlines()), 2)
        book = openpyxl.load_workbook(io.BytesIO(xlsx_format.write(elements)))
        self.assertEqual(book[xlsx_format.SHEET].max_row, 7)

    def test_the_sheet_has_the_headings_of_the_portal_and_56_columns(self):
        receiver = make_person(document=make_paper(), citizenship="643")
        fact = make_fact(
            receiver=receiver,
            assignment=make_assignment("03", comment="питание"),
        )
        book = openpyxl.load_workbook(io.BytesIO(xlsx_format.write([fact])))
        self.assertEqual(book.sheetnames, ["Формат", "Документ удостоверяющий личн."])
        sheet = book.active
        self.assertEqual((sheet.max_column, sheet.max_row), (56, 7))
        merged = {str(cells) for cells in sheet.merged_cells.ranges}
        self.assertLessEqual({"C1:P1", "L2:P2", "Z2:AD2", "AS1:AX1", "BD2:BD3"}, merged)
        expected = {
            "B2": "OSZCode", "L3": "TypeDoc", "AD3": "Issuer2", "AE2": "LMSZID",
            "AL2": "amount", "AS1": xlsx_format.BLOCKS[8][0], "BD6": 56, "A7": 1,
            "C7": receiver.snils, "G7": "Female", "L7": 5, "M7": "II-ИВ",
            "N7": "012345", "Q7": None, "AJ7": 0, "AL7": None, "AM7": None, "AS7": 1,
            "AT7": "03", "AV7": 0, "AW7": "питание", "AX7": 2200.5, "AY7": None,
        }  # fmt: skip
        self.assertEqual({cell: sheet[cell].value for cell in expected}, expected)
        self.assertEqual(sheet["H7"].value.date(), receiver.birth_date)


PROTOCOL = """<?xml version="1.0" encoding="utf-8"?>
<p:protocol xmlns:p="urn://egisso-ru/types/package-protocol/2.3.0"
 xmlns:r="urn://egisso-ru/types/package-result/2.3.0"
 xmlns:e="urn://egisso-ru/types/record-result/2.3.0">
 <p:packageResult>
  <r:packageId>0b6f3b74-6d9b-4d2f-9d0e-6f1d8d0a00ff</r:packageId>
  <r:packageType>10.06.S</r:packageType>
  <r:packageStatus>3</r:packageStatus>
  <r:receivingTime>2026-09-14T10:00:00+03:00</r:receivingTime>
  <r:recordNum>3</r:recordNum>
  <r:recordNumSuccess>2</r:recordNumSuccess>
  <p:errorRecords>
   <e:recordResult>
    <e:recId>0b6f3b74-6d9b-4d2f-9d0e-6f1d8d0a0001</e:recId>
    <e:recordOK>false</e:recordOK>
    <e:messages><e:messageType>1</e:messageType><e:ruleCode>014</e:ruleCode>
     <e:report>СНИЛС не найден</e:report></e:messages>
   </e:recordResult>
   <e:recordResult>
    <e:recId>0b6f3b74-6d9b-4d2f-9d0e-6f1d8d0a0002</e:recId>
    <e:recordOK>true</e:recordOK>
    <e:messages><e:messageType>2</e:messageType>
     <e:report>Нет отчества</e:report></e:messages>
   </e:recordResult>
  </p:errorRecords>
 </p:packageResult>
</p:protocol>""".encode()


@tagged("post_install", "-at_install")
class TestEgissoProtocol(BaseCase):
    def test_a_protocol_of_the_schema_is_read(self):
        path = "schemas/egisso/package-protocol-2.3.0.xsd"
        root = safe_xml.parse(PROTOCOL)
        self.assertEqual(safe_xml.schema_errors(root, path), [])
        answer = protocol.read(PROTOCOL)
        self.assertTrue(answer.is_final)
        self.assertEqual(answer.accepted, 2)
        refused, warned = answer.records
        self.assertEqual((refused.uuid, refused.is_ok), (FACT_UUID, False))
        self.assertEqual(refused.messages[0].code, "014")
        self.assertTrue(warned.is_ok)
        self.assertTrue(warned.messages[0].is_warning)

    def test_what_is_no_protocol_has_a_code(self):
        for data, code in ((b"PK", "syntax"), (BOMB, "doctype"), (b"<a/>", "protocol")):
            with self.assertRaises(protocol.ProtocolError) as refused:
                protocol.read(data)
            self.assertEqual(refused.exception.args, (code,))
