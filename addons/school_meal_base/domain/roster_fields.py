"""What the columns of a list of students mean, and what their cells say.

Headers are matched by their words in Russian or English; cells become a
:class:`Row`. A cell that cannot be understood becomes a :class:`Problem` with
a code, never a guess.
"""

import datetime
import re
from dataclasses import dataclass, field

from . import person_name, snils
from .roster_table import text_of

IGNORE = "ignore"
BLANKS = {"", "-", "–", "—", "нет", "н/д", "none", "null"}
#: As many representatives as a child can have on record.
MAX_GUARDIANS = 10
GUARDIAN_NUMBERS = tuple(str(number) for number in range(2, MAX_GUARDIANS + 1))
GUARDIAN_SLOTS = (
    "guardian",
    *(f"guardian{number}" for number in GUARDIAN_NUMBERS),
    "mother",
    "father",
)
_GUARDIAN_PARTS = ("name", "relation", "phone", "email")
STUDENT_FIELDS = (
    "full_name",
    "last_name",
    "first_name",
    "middle_name",
    "school",
    "class",
    "grade",
    "letter",
    "birth_date",
    "gender",
    "snils",
    "external_ref",
)
FIELDS = (
    *STUDENT_FIELDS,
    *(f"{slot}_{part}" for slot in GUARDIAN_SLOTS for part in _GUARDIAN_PARTS),
)
RELATIONS = {
    "mother": ("мать", "мама", "mother"),
    "father": ("отец", "папа", "father"),
    "grandmother": ("бабушка", "grandmother"),
    "grandfather": ("дедушка", "grandfather"),
    "guardian": (
        "опекун",
        "попечитель",
        "законныйпредставитель",
        "приемныйродитель",
        "приемнаямать",
        "приемныйотец",
        "guardian",
    ),
    "other": ("другое", "другой", "иное", "родственник", "other"),
}
_SYNONYMS = {
    "full_name": "фио|фиоученика|фиообучающегося|фиоребенка|фиоучащегося|ученик|"
    "обучающийся|учащийся|фамилияимяотчество|ребенок|student|studentname|fullname|name",
    "last_name": "фамилия|фамилияученика|фамилияребенка|фамилияобучающегося|"
    "lastname|surname|familyname",
    "first_name": "имя|имяученика|имяребенка|имяобучающегося|firstname|givenname",
    "middle_name": "отчество|отчествоученика|отчестворебенка|отчествообучающегося|"
    "отчествоприналичии|middlename|patronymic",
    "school": "школа|оо|организация|образовательнаяорганизация|учреждение|"
    "наименованиешколы|школакод|кодшколы|school|schoolname|schoolcode",
    "class": "класс|классобучения|классилитера|class|schoolclass|form",
    "grade": "параллель|годобучения|номеркласса|grade|year",
    "letter": "литера|литеракласса|буква|буквакласса|letter",
    "birth_date": "датарождения|др|рожден|датарожд|деньрождения|датарожденияребенка|"
    "датарожденияученика|датарожденияобучающегося|birthdate|dateofbirth|birthday|dob",
    "gender": "пол|gender|sex",
    "snils": "снилс|снилсребенка|снилсученика|снилсобучающегося|номерснилс|snils",
    "external_ref": "внешнийкод|код|идентификатор|ид|guid|id|externalid|externalref|"
    "номерличногодела|личноедело",
    IGNORE: "п|пп|нпп|номерпп|номер|лицевойсчет|счет|остаток|no|account|ошибка|причина|"
    "ошибкаимпорта|error|reason",
}
_PART_SYNONYMS = {
    "name": ("{0}", "фио{0}", "{0}фио", "{0}name"),
    "relation": ("степеньродства{1}", "родство{1}", "кемприходится{1}", "{0}relation"),
    "phone": ("телефон{0}", "тел{0}", "{0}телефон", "{0}phone", "мобильный{0}"),
    "email": ("email{0}", "почта{0}", "{0}email", "электроннаяпочта{0}"),
}
_GUARDIAN_WORDS = {
    "guardian": "представитель|представителя|законныйпредставитель|родителя|родитель|"
    "законногопредставителя|родителязаконногопредставителя|"
    "родительзаконныйпредставитель|guardian|parent",
    "mother": "мать|матери|мама|мамы|mother",
    "father": "отец|отца|папа|папы|father",
}


def _build_synonyms():
    found = {word: key for key, words in _SYNONYMS.items() for word in words.split("|")}
    for slot, words in _GUARDIAN_WORDS.items():
        numbers = ("", "1", *GUARDIAN_NUMBERS) if slot == "guardian" else ("",)
        for number in numbers:
            target = slot + (number if number not in ("", "1") else "")
            for part, patterns in _PART_SYNONYMS.items():
                for word in words.split("|"):
                    for pattern in patterns:
                        name = pattern.format(word + number, number)
                        found.setdefault(name, f"{target}_{part}")
    for number in ("", "1", *GUARDIAN_NUMBERS):
        target = "guardian" + (number if number not in ("", "1") else "")
        for word in ("телефон", "phone", "мобильныйтелефон", "контактныйтелефон"):
            found.setdefault(word + number, f"{target}_phone")
        for word in ("email", "почта", "электроннаяпочта", "эпочта", "mail"):
            found.setdefault(word + number, f"{target}_email")
        found.setdefault(f"relation{number}", f"{target}_relation")
    return found


def header_key(text):
    """Return a header without case, spaces, signs and ё.

    >>> [header_key(text) for text in (" Ф.И.О. ребёнка", "E-mail (мамы)", "№ п/п")]
    ['фиоребенка', 'emailмамы', 'пп']
    """
    return re.sub(r"[\W_]", "", text.casefold()).replace("ё", "е")


SYNONYMS = _build_synonyms()


def match_headers(headers, saved=None):
    """Return for every header the field it means, or None.

    A field is given away once: the first column that means it keeps it.

    :param saved: {header_key: field} of corrections made earlier.

    >>> match_headers(["№", "ФИО", "Класс", "СНИЛС", "Телефон матери", "Кружок"])
    [None, 'full_name', 'class', 'snils', 'mother_phone', None]
    >>> saved = {"кружок": "class", "фио": "ignore"}
    >>> match_headers(["ФИО", "Кружок", "Фамилия"], saved)
    ['ignore', 'class', 'last_name']
    >>> match_headers(["Телефон", "Телефон"])
    ['guardian_phone', None]
    """
    saved = saved or {}
    taken, result = set(), []
    for header in headers:
        key = header_key(header)
        target = saved.get(key) or SYNONYMS.get(key)
        if target in taken and target != IGNORE:
            target = None
        taken.add(target)
        result.append(target)
    return result


def count_known(texts):
    """Return how many of ``texts`` name a student's column (to find the header)."""
    return sum(SYNONYMS.get(header_key(text)) in STUDENT_FIELDS for text in texts)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot go in: a code, the column's field and what stood there."""

    code: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Guardian:
    """A parent or other representative as a list names them.

    ``fixed``: a list does not change the one on record, because people took the
    person off the child's record or the person keeps their own contacts.
    """

    name: str = ""
    relation: str = ""
    phone: str = ""
    email: str = ""
    fixed: bool = field(default=False, compare=False)

    @property
    def key(self):
        """Text by which the same person is found again within one child."""
        return person_name.match_key(self.name, "") or self.phone or self.email


@dataclass(frozen=True, slots=True)
class Row:
    """One student as a list states them; empty means "the list does not say"."""

    number: int
    last: str
    first: str
    middle: str = ""
    school: object = None
    grade: int = 0
    letter: str = ""
    birth_date: datetime.date | None = None
    gender: str = ""
    snils: str = ""
    external_ref: str = ""
    guardians: tuple = field(default=())

    @property
    def name_key(self):
        """Name without case, ё and kinds of dashes."""
        return person_name.match_key(self.last, self.first, self.middle)

    @property
    def short_key(self):
        """Last and first name: a missing middle name states nothing."""
        return person_name.match_key(self.last, self.first)


def parse_row(number, cells, fields, find_school, today, kept=frozenset()):
    """Return ``(Row or None, [Problem])`` for one row of cells.

    :param fields: for every column its field, as :func:`match_headers` gives.
    :param find_school: function of the school's text ('' = not stated): a
        school, or raises KeyError(code).
    :param kept: phones and addresses that are no such, but stand so on record:
        somebody wrote them by hand, and a list may repeat them.

    >>> row, problems = parse_row(
    ...     7, ["Ким Ян", "5 «а»", 42248], ["full_name", "class", "birth_date"],
    ...     lambda text: 1, datetime.date(2026, 9, 1))
    >>> row.last, row.grade, row.letter, row.birth_date, problems
    ('Ким', 5, 'А', datetime.date(2015, 9, 1), [])
    >>> today = datetime.date(2026, 9, 1)
    >>> row, problems = parse_row(8, ["Ким"], ["full_name"], lambda text: 1, today)
    >>> row, [problem.code for problem in problems]
    (None, ['name_missing'])
    """
    raw = {
        target: cell
        for target, cell in zip(fields, cells, strict=False)
        if target and target != IGNORE and text_of(cell).casefold() not in BLANKS
    }
    problems = []

    def take(parser, target, *args):
        try:
            return parser(raw.get(target), *args)
        except ValueError as error:
            text = text_of(raw.get(target))
            if parser in (parse_phone, parse_email) and text in kept:
                return text
            problems.append(Problem(str(error), target, text))
            return parser(None, *args)

    last, first, middle = _take_name(raw, problems)
    grade, letter = _take_class(raw, problems)
    school = None
    try:
        school = find_school(text_of(raw.get("school")))
    except KeyError as error:
        value = text_of(raw.get("school"))
        problems.append(Problem(error.args[0], "school", value))
    row = Row(
        number=number,
        last=last,
        first=first,
        middle=middle,
        school=school,
        grade=grade,
        letter=letter,
        birth_date=take(parse_date, "birth_date", today),
        gender=take(parse_gender, "gender"),
        snils=take(parse_snils, "snils"),
        external_ref=text_of(raw.get("external_ref")),
        guardians=_take_guardians(raw, problems, take),
    )
    return (None if problems else row), problems


def _take_name(raw, problems):
    if "last_name" in raw or "first_name" in raw:
        targets = ("last_name", "first_name", "middle_name")
        parts = [person_name.clean(text_of(raw.get(target))) for target in targets]
        target = "last_name"
    else:
        parts = list(person_name.split(text_of(raw.get("full_name"))))
        if not parts[2] and raw.get("middle_name"):
            parts[2] = person_name.clean(text_of(raw["middle_name"]))
        target = "full_name"
    value = " ".join(filter(None, parts))
    if not parts[0] or not parts[1]:
        problems.append(Problem("name_missing", target, value))
    elif not all(person_name.is_part(part) for part in parts if part):
        problems.append(Problem("name_wrong", target, value))
    return parts


def _take_class(raw, problems):
    if "class" in raw:
        text, target = text_of(raw["class"]), "class"
    else:
        text, target = text_of(raw.get("grade")) + text_of(raw.get("letter")), "grade"
    if not text:
        return 0, ""  # states nothing: a new student needs one, see `roster_diff`
    try:
        return parse_class(text)
    except ValueError as error:
        problems.append(Problem(str(error), target, text))
        return 0, ""


def _take_guardians(raw, problems, take):
    guardians = {}
    stated = {target.partition("_")[0] for target in raw}
    for slot in (slot for slot in GUARDIAN_SLOTS if slot in stated):
        name = person_name.clean(text_of(raw.get(f"{slot}_name")))
        phone = take(parse_phone, f"{slot}_phone")
        email = take(parse_email, f"{slot}_email")
        relation = take(parse_relation, f"{slot}_relation")
        if not (name or phone or email):
            continue
        if not name:
            problems.append(Problem("guardian_name_missing", f"{slot}_name"))
            continue
        if not relation and slot in RELATIONS and slot != "guardian":
            relation = slot
        found = Guardian(name, relation, phone, email)
        if guardians.setdefault(found.key, found) != found:
            problems.append(Problem("guardian_twice", f"{slot}_name", name))
    return tuple(guardians.values())


_CLASS = re.compile(r"(\d{1,2})([^\W\d_][^\W_]{0,9})?")
_LATIN_TWINS = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")


def parse_class(text):
    """Return (grade, letter); ValueError('class_wrong') if the text is no class.

    Latin letters that look like Russian ones become Russian.

    >>> [parse_class(text) for text in ("5А", "5 «а»", "11-Б класс", "05A")]
    [(5, 'А'), (5, 'А'), (11, 'Б'), (5, 'А')]
    >>> parse_class("10"), parse_class('1 "ИТ2"'), parse_class("3 кл.")
    ((10, ''), (1, 'ИТ2'), (3, ''))
    >>> parse_class("12А")
    Traceback (most recent call last):
    ...
    ValueError: class_wrong
    """
    key = re.sub(r"[\W_]", "", re.sub(r"(?i)\bкл(асс)?\b\.?", "", text))
    match = _CLASS.fullmatch(key.upper())
    if not match or not 1 <= int(match[1]) <= 11:
        raise ValueError("class_wrong")
    return int(match[1]), letter_key(match[2])


def letter_key(letter):
    """Return a class's letter so that equal letters are equal texts.

    >>> letter_key(' "a" '), letter_key(None), letter_key("ит-2")
    ('А', '', 'ИТ2')
    """
    return re.sub(r"[\W_]", "", letter or "").upper().translate(_LATIN_TWINS)


_MONTHS = {
    stem: number
    for number, stem in enumerate(
        "янв фев мар апр мая июн июл авг сен окт ноя дек".split(), start=1
    )
} | {"май": 5}
_DATE = re.compile(r"(\d{1,4})[.\-/ ](\d{1,2})[.\-/ ](\d{1,4})")
_WORD_DATE = re.compile(r"(\d{1,2})\s+([а-яё]{3,8})\.?\s+(\d{4})(\s*г\.?(ода)?)?")
_EXCEL_EPOCH = datetime.date(1899, 12, 30)
AGES = range(4, 25)


def parse_date(cell, today):
    """Return a date of birth; ValueError('date_wrong' or 'date_range').

    >>> today = datetime.date(2026, 9, 1)
    >>> for cell in ("01.09.2015", "1.9.15", "2015-09-01", "1 сентября 2015 г.", 42248):
    ...     assert parse_date(cell, today) == datetime.date(2015, 9, 1), cell
    >>> parse_date("31.02.2015", today)
    Traceback (most recent call last):
    ...
    ValueError: date_wrong
    >>> parse_date("01.09.2027", today)
    Traceback (most recent call last):
    ...
    ValueError: date_range
    """
    if cell in (None, ""):
        return None
    date = _read_date(cell, today)
    birthday_to_come = (today.month, today.day) < (date.month, date.day)
    if today.year - date.year - birthday_to_come not in AGES:
        raise ValueError("date_range")
    return date


def _read_date(cell, today):
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    text = text_of(cell).casefold()
    text = (
        text.removesuffix("t00:00:00").removesuffix(" 00:00:00").removesuffix(" 0:00")
    )
    try:
        if re.fullmatch(r"[0-9]{5}(\.0+)?", text):
            return _EXCEL_EPOCH + datetime.timedelta(days=int(text[:5]))
        if match := _WORD_DATE.fullmatch(text):
            month = _MONTHS[match[2][:3]]
            return datetime.date(int(match[3]), month, int(match[1]))
        match = _DATE.fullmatch(text.removesuffix("г.").removesuffix("г").rstrip())
        first, month, last = match.groups()
        if len(first) == 4:
            return datetime.date(int(first), int(month), int(last))
        if len(last) == 2:
            century = 2000 if int(last) <= today.year % 100 else 1900
            return datetime.date(century + int(last), int(month), int(first))
        return datetime.date(int(last), int(month), int(first))
    except (AttributeError, KeyError, ValueError, OverflowError) as error:
        raise ValueError("date_wrong") from error


def parse_gender(cell):
    """Return 'male', 'female' or ''.

    >>> [parse_gender(text) for text in ("М", "жен.", "мальчик", "Female", "")]
    ['male', 'female', 'male', 'female', '']
    """
    text = header_key(text_of(cell))
    if not text:
        return ""
    if text in ("м", "муж", "мужской", "мальчик", "юноша", "m", "male"):
        return "male"
    if text in ("ж", "жен", "женский", "девочка", "девушка", "f", "female"):
        return "female"
    raise ValueError("gender_wrong")


def parse_snils(cell):
    """Return eleven digits or ''; a number lost its leading zeros in a spreadsheet.

    >>> parse_snils("112-233-445 95"), parse_snils(5686067192), parse_snils(None)
    ('11223344595', '05686067192', '')
    >>> parse_snils("112-233-445 96")
    Traceback (most recent call last):
    ...
    ValueError: snils_check
    """
    text = text_of(cell)
    if not text:
        return ""
    if isinstance(cell, int | float) and text.isdigit():
        text = text.zfill(snils.LENGTH)
    reason = snils.problem(text)
    if reason:
        raise ValueError(f"snils_{reason}")
    return snils.digits(text)


def parse_phone(cell):
    """Return a phone as ``+79001234567``; ValueError('phone_wrong').

    >>> parse_phone("8 (900) 123-45-67"), parse_phone(79001234567)
    ('+79001234567', '+79001234567')
    >>> parse_phone("+375 29 1234567")
    '+375291234567'
    >>> parse_phone("123; 456")
    Traceback (most recent call last):
    ...
    ValueError: phone_wrong
    """
    text = text_of(cell)
    if not text:
        return ""
    digits = re.sub(r"[\s()\-\u2010-\u2015.]", "", text)
    if re.fullmatch(r"\+(?!7)[0-9]{8,15}", digits):
        return digits
    match = re.fullmatch(r"(?:\+?7|8)?([0-9]{10})", digits)
    if not match:
        raise ValueError("phone_wrong")
    return f"+7{match[1]}"


def parse_email(cell):
    """Return an e-mail address in lower case; ValueError('email_wrong').

    >>> parse_email(" Mama@Mail.RU "), parse_email("")
    ('mama@mail.ru', '')
    """
    text = text_of(cell).lower()
    if text and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}", text):
        raise ValueError("email_wrong")
    return text


def parse_relation(cell):
    """Return a code of :data:`RELATIONS` or ''; ValueError('relation_wrong').

    >>> parse_relation("Мама"), parse_relation("приёмная мать"), parse_relation(None)
    ('mother', 'guardian', '')
    """
    key = header_key(text_of(cell))
    if not key:
        return ""
    for code, words in RELATIONS.items():
        if key in words or key == code:
            return code
    raise ValueError("relation_wrong")
