"""The portal's sheet «Формат»: new facts in 56 columns from the seventh row.

The six rows of headings are those of the portal's template, to the letter: the program
that makes XML of the sheet looks for them. It holds new facts with one basis person at
most, as the table of ``csv43`` does.
"""

import io

import xlsxwriter

from . import facts
from .csv43 import only_facts

SHEET = "Формат"
PAPERS_SHEET = "Документ удостоверяющий личн."
FIRST_ROW = 7
DATE, FLAG, TEXT, NUMBER, MONEY, UUID = (
    "Дата", "Логический", "Строка(%s)", "Число", "Деньги", "uuid",
)  # fmt: skip
_UNIT = (
    ("measuryCode", "Код единицы измерения по справочнику ЕГИССО", TEXT % 2),
    ("OKEICode", "Код единицы измерения по ОКЕИ", "Строка(3) или Строка(4)"),
)
_CONTENT = ("content", "Содержание", TEXT % 200)
_COMMENT = ("comment", "Комментарий", TEXT % 200)
_EQUIVALENT = ("equivalentAmount", "Сумма эквивалента ", NUMBER)
_PERSON = (
    ("SNILS", "СНИЛС", TEXT % 11),
    ("FamilyName", "Фамилия", TEXT % 100),
    ("FirstName", "Имя", TEXT % 100),
    ("Patronymic", "Отчество", TEXT % 100),
    ("Gender", "Пол", "Перечислимое значение (Male, Female)"),
    ("BirthDate", "Дата рождения", DATE),
    ("BirthPlace", "Место рождения", TEXT % 500),
    ("PhoneNumber", "Контактный телефон", TEXT % 10),
    ("Citizenship", "Гражданство,\nкод страны по ОКСМ", TEXT % 3),
)
_PAPER = (
    ("TypeDoc", "Вид документа", NUMBER),
    ("Series", "Серия", TEXT % 4),
    ("Number", "Номер", TEXT % 6),
    ("IssueDate", "Дата выдачи", DATE),
    ("Issuer", "Кем выдан", TEXT % 200),
)
_PAPER_HEADING = "Документ, удостоверяющий личность"
#: Blocks of columns: heading of the first row, columns (name, meaning, type).
BLOCKS = (
    (
        "",
        (
            ("FactNum", "Порядковый номер факта в выгрузке", NUMBER),
            ("OSZCode", "Код ОСЗ, осуществившего назначение", TEXT % 11),
        ),
    ),
    ("Сведения о получателе", (*_PERSON, *_PAPER)),
    (
        "Сведения о лице, являющимся основанием для возникновения права",
        tuple((f"{name}2", *rest) for name, *rest in (*_PERSON, *_PAPER)),
    ),
    (
        "Сведения о локальных МСЗ и категориях",
        (
            ("LMSZID", "Идентификатор назначенной МСЗ", UUID),
            (
                "categoryID",
                "Идентификатор локальной категории получателей МСЗ",
                UUID,
            ),
        ),
    ),
    (
        "Сведения о сроках действия назначения",
        (
            ("decision_date", "Дата принятия решения о назначении", DATE),
            ("dateStart", "Дата начала действия назначения", DATE),
            ("dateFinish", "Дата окончания действия назначения", DATE),
        ),
    ),
    (
        "Сведения о нуждаемости",
        (
            (
                "usingSign",
                "Признак использования критериев нуждаемости при назначении МСЗ",
                FLAG,
            ),
            ("criteria", "Перечень использованных критериев нуждаемости", TEXT % 500),
        ),
    ),
    (
        "Специфические сведения о фактах назначения по денежной форме предоставления",
        (("amount", "Сумма", MONEY),),
    ),
    (
        "Специфические сведения о фактах назначения"
        " по натуральной форме предоставления",
        (("amount", "Количество", NUMBER), *_UNIT, _CONTENT, _COMMENT, _EQUIVALENT),
    ),
    (
        "Специфические сведения о фактах назначения по форме предоставления «льгота»",
        (
            ("amount", "Размер", NUMBER),
            *_UNIT,
            ("monetization", "Признак монетизации", FLAG),
            _COMMENT,
            _EQUIVALENT,
        ),
    ),
    (
        "Специфические сведения о фактах назначения по форме предоставления «услуга»",
        (("amount", "Количество", NUMBER), *_UNIT, _CONTENT, _COMMENT, _EQUIVALENT),
    ),
)
COLUMNS = tuple(column for _heading, columns in BLOCKS for column in columns)
#: Second sheet: what the codes of identity documents mean.
PAPERS = (
    ("Данные о паспорте гражданина РФ", "smev:PassportRF", "passport"),
    ("Данные о паспорте иностранного гражданина", "smev:ForeignPassport",
     "foreign_passport"),
    ("Данные о виде на жительство в РФ", "smev:ResidencePermitRF", "residence_permit"),
    ("Данные об удостоверении личности военнослужащего РФ", "smev:MilitaryPassport",
     "military"),
    ("Данные о свидетельстве о рождении", "smev:BirthCertificate",
     "birth_certificate"),
    ("Данные временного удостоверения личности гражданина РФ по форме 2П",
     "smev:TemporaryIdentityCardRF", "temporary_card"),
    ("Данные удостоверения беженца", "prsn:RefugeeCertificate", "refugee"),
)  # fmt: skip
GENDERS = {"male": "Male", "female": "Female"}


def write(elements):
    """Return the bytes of the workbook with the facts among the elements."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet(SHEET)
    head = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    formats = {
        DATE: book.add_format({"num_format": "dd.mm.yyyy"}),
        MONEY: book.add_format({"num_format": "0.00"}),
        NUMBER: book.add_format({"num_format": "General"}),
        FLAG: book.add_format({"num_format": "0"}),
    }
    text = book.add_format({"num_format": "@"})
    _write_headings(sheet, head)
    for number, fact in enumerate(only_facts(elements), start=1):
        row = FIRST_ROW + number - 2
        for place, (column, value) in enumerate(
            zip(COLUMNS, _row(number, fact), strict=True)
        ):
            if value in (None, ""):
                continue
            cell_format = formats.get(column[2], text)
            if column[2] == DATE:
                sheet.write_datetime(row, place, value, cell_format)
            elif column[2] in (NUMBER, MONEY, FLAG):
                sheet.write_number(row, place, value, cell_format)
            else:
                sheet.write_string(row, place, value, cell_format)
    _write_papers(book.add_worksheet(PAPERS_SHEET))
    book.close()
    return data.getvalue()


def _write_headings(sheet, head):
    place = 0
    for heading, columns in BLOCKS:
        last = place + len(columns) - 1
        if last > place and heading:
            sheet.merge_range(0, place, 0, last, heading, head)
        else:
            sheet.write_string(0, place, heading, head)
        place = last + 1
    paper_names = {name for name, *_rest in _PAPER}
    paper_names |= {f"{name}2" for name in paper_names}
    for place, (name, meaning, kind) in enumerate(COLUMNS):
        if name not in paper_names:
            sheet.merge_range(1, place, 2, place, name, head)
        else:
            if name.startswith("TypeDoc"):
                sheet.merge_range(
                    1, place, 1, place + len(_PAPER) - 1, _PAPER_HEADING, head
                )
            sheet.write_string(2, place, name, head)
        sheet.write_string(3, place, meaning, head)
        sheet.write_string(4, place, kind, head)
        sheet.write_number(5, place, place + 1, head)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.freeze_panes(FIRST_ROW - 1, 2)


def _write_papers(sheet):
    sheet.write_row(0, 0, ("Название документа", "", "Код документа"))
    for row, (meaning, tag, kind) in enumerate(PAPERS, start=1):
        sheet.write_row(row, 0, (meaning, tag, facts.IDENTITY_KINDS[kind]))
    sheet.set_column(0, 1, 48)


def _row(number, fact):
    given = fact.assignment
    reason = fact.reasons[0].person if fact.reasons else None
    return (
        number,
        fact.osz_code,
        *_person(fact.receiver),
        *(_person(reason) if reason else [None] * 14),
        fact.lmsz_id,
        fact.category_id,
        fact.decision_date,
        fact.date_start,
        fact.date_finish,
        int(fact.uses_criteria),
        ",".join(fact.criteria),
        given.amount if given.form == facts.MONETARY else None,
        *_in_kind(given, facts.NATURAL, given.content, given.comment),
        *_in_kind(given, facts.EXEMPTION, int(given.monetization), given.comment),
        *_in_kind(given, facts.SERVICE, given.content, given.comment),
    )


def _in_kind(given, form, *middle):
    if given.form != form:
        return [None] * 6
    return (given.amount, given.unit, given.okei, *middle, given.equivalent)


def _person(person):
    """Return the fourteen cells of a person; those of the paper all or none."""
    paper = person.document
    return (
        person.snils,
        person.last_name,
        person.first_name,
        person.middle_name,
        GENDERS.get(person.gender),
        person.birth_date,
        person.birth_place,
        person.phone,
        person.citizenship,
        *(
            (
                facts.IDENTITY_KINDS[paper.kind],
                paper.series,
                paper.number,
                paper.issue_date,
                paper.issuer,
            )
            if paper
            else [None] * 5
        ),
    )
