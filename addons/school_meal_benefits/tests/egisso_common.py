"""Facts for tests of ЕГИССО: one that nothing is wrong with, and any at random."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from odoo.addons.school_meal_base.domain import snils
from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from ..domain.egisso import facts

TODAY = date(2026, 9, 14)
LMSZ = "82db68d7-fa19-4845-9f06-46cc54aacfdc"
CATEGORY = "833c099b-9b73-44e2-9935-35b641cfecc5"
OSZ = "0094.000001"
FACT_UUID = "0b6f3b74-6d9b-4d2f-9d0e-6f1d8d0a0001"
EVENT_UUID = "0b6f3b74-6d9b-4d2f-9d0e-6f1d8d0a0002"


def make_snils(number):
    """Return a СНИЛС with the right check digits.

    :param number: the first nine digits, above the numbers without a check
    """
    text = f"{number:09d}"
    return text + snils.check_digits(text)


def make_person(**values):
    defaults = {
        "snils": make_snils(112_233_445),
        "last_name": "Иванова-Петрова",
        "first_name": "Анна",
        "middle_name": "Сергеевна",
        "gender": "female",
        "birth_date": date(2016, 2, 29),
    }
    return facts.Person(**{**defaults, **values})


def make_paper(**values):
    defaults = {
        "kind": "birth_certificate",
        "series": "II-ИВ",
        "number": "012345",
        "issue_date": date(2016, 3, 10),
        "issuer": "Отдел ЗАГС администрации г. Пласта",
    }
    return facts.IdentityDocument(**{**defaults, **values})


def make_assignment(form=facts.NATURAL, **values):
    defaults = {"amount": Decimal(1), "unit": "03", "equivalent": Decimal("2200.50")}
    if form == facts.MONETARY:
        defaults = {"amount": Decimal("1500.00")}
    return facts.Assignment(form, **{**defaults, **values})


def make_fact(**values):
    defaults = {
        "uuid": FACT_UUID,
        "osz_code": OSZ,
        "receiver": make_person(),
        "lmsz_id": LMSZ,
        "category_id": CATEGORY,
        "decision_date": date(2026, 9, 1),
        "date_start": date(2026, 9, 2),
        "date_finish": date(2027, 5, 31),
        "assignment": make_assignment(),
    }
    return facts.Fact(**{**defaults, **values})


def make_event(kind, **values):
    defaults = {"uuid": EVENT_UUID, "fact_uuid": FACT_UUID}
    if kind in (*facts.TERMINATIONS, "death_or_moving"):
        defaults["date_finish"] = date(2026, 9, 11)
    if kind in ("recalculation", "death_or_moving"):
        defaults["amount"] = Decimal("100.00")
    if kind == "previous_errors":
        defaults["fact"] = make_fact()
    return facts.Event(kind, **{**defaults, **values})


# === ANY FACTS === #

LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВЕЁ"
NAMES = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯЁ"),
    st.text(LETTERS + " -'.,", max_size=30),
)
PLACES = st.text("абвАБВ0123456789 №\"()/\\.,'-", max_size=40).map("г".__add__)
FREE = st.text(st.characters(codec="windows-1251", categories=["L", "N", "P", "Zs"]),
               max_size=60).map(str.strip)  # fmt: skip
TITLES = FREE.filter(bool)
DAYS = st.dates(date(2000, 1, 1), TODAY)
MONEY = st.decimals(0, 99_999, places=2, allow_nan=False)
QUANTITIES = st.decimals("0.001", 999, places=3, allow_nan=False)
UUIDS = st.uuids().map(str)
DIGITS = "0123456789"


def digits(count):
    return st.text(DIGITS, min_size=count, max_size=count)


def _series_number(kind):
    series, number = st.text("АБ01", max_size=20), st.text("АБxZ09", min_size=1)
    return {
        "passport": (digits(4), digits(6)),
        "residence_permit": (digits(2), digits(7)),
        "refugee": (digits(2), digits(7)),
        "military": (st.text("АБЯ", min_size=2, max_size=2), digits(7)),
        "birth_certificate": (
            st.builds("{}-{}".format, st.sampled_from(["I", "XIV"]),
                      st.text("АБЯ", min_size=2, max_size=2)),
            digits(6),
        ),
    }.get(kind, (series, number.map(lambda text: text[:25])))  # fmt: skip


@st.composite
def papers(draw):
    kind = draw(st.sampled_from(list(facts.IDENTITY_KINDS)))
    series, number = _series_number(kind)
    return facts.IdentityDocument(
        kind, draw(series), draw(number), draw(DAYS), draw(PLACES)
    )


PEOPLE = st.builds(
    facts.Person,
    st.integers(2_000_000, 999_999_999).map(make_snils),
    NAMES,
    NAMES,
    st.just("") | NAMES,
    st.sampled_from(["male", "female"]),
    st.dates(date(1950, 1, 1), date(1999, 12, 31)),
    st.just("") | PLACES,
    st.just("") | digits(10),
    st.just("") | digits(3),
    st.none() | papers(),
)


@st.composite
def assignments(draw):
    form = draw(st.sampled_from(facts.FORMS))
    if form == facts.MONETARY:
        return facts.Assignment(form, draw(MONEY.filter(bool)))
    unit, okei = draw(
        st.tuples(digits(2), st.just(""))
        | st.tuples(st.just(""), digits(3) | digits(4))
    )
    return facts.Assignment(
        form,
        draw(QUANTITIES),
        unit,
        okei,
        content="" if form == facts.EXEMPTION else draw(FREE),
        comment=draw(FREE),
        monetization=form == facts.EXEMPTION and draw(st.booleans()),
        equivalent=draw(MONEY.filter(bool)),
    )


@st.composite
def documents(draw):
    start = draw(DAYS)
    length = draw(st.none() | st.integers(0, 900))
    return facts.Document(
        draw(TITLES),
        draw(FREE)[:20].strip(),
        draw(FREE)[:20].strip(),
        draw(DAYS),
        draw(TITLES),
        start,
        None if length is None else start + timedelta(length),
    )


@st.composite
def any_facts(draw):
    start = draw(st.dates(date(2019, 1, 1), date(2030, 12, 31)))
    length = draw(st.none() | st.integers(0, 900))
    receiver = draw(PEOPLE)
    reasons = draw(
        st.lists(
            st.builds(
                facts.BasisPerson,
                PEOPLE.filter(lambda person: person.snils != receiver.snils),
                st.just("") | digits(7),
            ),
            max_size=2,
        )
    )
    uses = draw(st.booleans())
    codes = st.text(DIGITS, min_size=1, max_size=10)
    return facts.Fact(
        draw(UUIDS),
        draw(st.sampled_from([OSZ, "A1ZP.123456"])),
        receiver,
        draw(UUIDS),
        draw(UUIDS),
        draw(DAYS),
        start,
        draw(assignments()),
        date_finish=None if length is None else start + timedelta(length),
        reasons=tuple(reasons),
        lmsz_provider_code=draw(st.sampled_from(["", OSZ])),
        documents=tuple(draw(st.lists(documents(), max_size=2))),
        uses_criteria=uses,
        criteria=tuple(draw(st.lists(codes, max_size=2))) if uses else (),
    )


@st.composite
def any_events(draw):
    kind = draw(st.sampled_from(facts.EVENTS))
    fact_uuid, event_uuid = draw(st.tuples(UUIDS, UUIDS))
    is_end = kind in facts.TERMINATIONS
    amount = None
    if kind in ("recalculation", "death_or_moving"):
        amount = draw(MONEY)
    elif is_end:
        amount = draw(st.none() | MONEY)
    fact = None
    if kind == "previous_errors":
        fact = draw(any_facts())
        fact_uuid = fact.uuid
    return facts.Event(
        kind,
        event_uuid,
        fact_uuid,
        provider_code=draw(st.sampled_from(["", OSZ])),
        date_finish=draw(DAYS) if is_end or kind == "death_or_moving" else None,
        amount=amount,
        quantity=draw(st.none() | QUANTITIES) if is_end else None,
        fact=fact,
    )


PACKAGES = st.builds(
    facts.Package,
    UUIDS,
    st.lists(any_facts() | any_events(), max_size=4).map(tuple),
)


def new_uuid():
    return str(uuid.uuid4())
