"""Registry of payments that Sberbank sends to a payee (реестр платежей).

A text file in windows-1251, a line per payment, fields separated by ``;``, amounts
with a decimal comma, no header; the last line ``=N;paid;transferred;fee;number;date``
carries the totals. The fields before the amounts differ from contract to contract,
therefore a :class:`Layout` names their positions and the amounts are counted from
the end: the last four fields are paid, transferred, fee, code.

Nothing here stops at the first mistake: :func:`parse` returns what could be read
together with every problem found, each with a code and a line number. Amounts are
integer kopecks.

>>> day = datetime(2026, 1, 3, 9, 32, 33)
>>> payment = Payment("100000000001", "0242013138", 857532, occurred_at=day,
...                   payer="ИВАНОВ ИВАН ИВАНОВИЧ")
>>> data = write([payment], number="686336", date=day.date())
>>> registry = parse(data, "9715357654_40703810338000004376_640.txt")
>>> registry.is_sound, registry.trailer.paid, registry.payments[0].account
(True, 857532, '0242013138')
>>> parse(data[:-20]).codes()
['trailer_malformed']
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date as Date
from datetime import datetime, time
from functools import lru_cache

from .container import BINARY, ContainerError, is_binary, unpack
from .money import parse_rubles, plain_rubles

# Problems of the whole file: nothing of it may be posted.
TRAILER_MISSING = "trailer_missing"
TRAILER_MANY = "trailer_many"
TRAILER_NOT_LAST = "trailer_not_last"
TRAILER_MALFORMED = "trailer_malformed"
COUNT_MISMATCH = "count_mismatch"
PAID_MISMATCH = "paid_mismatch"
TRANSFERRED_MISMATCH = "transferred_mismatch"
FEE_MISMATCH = "fee_mismatch"
NO_PAYMENTS = "no_payments"
# Problems of one line: the others go in.
FIELD_COUNT = "field_count"
AMOUNT_UNREADABLE = "amount_unreadable"
AMOUNT_NOT_POSITIVE = "amount_not_positive"
AMOUNTS_DISAGREE = "amounts_disagree"
OPERATION_MISSING = "operation_missing"
OPERATION_REPEATED = "operation_repeated"
ACCOUNT_MISSING = "account_missing"
PAYER_MISSING = "payer_missing"
DATE_UNREADABLE = "date_unreadable"
# Worth a look, stops nothing.
NAME_UNUSUAL = "name_unusual"

FILE, ROW, WARNING = "file", "row", "warning"
WARNINGS = {NAME_UNUSUAL, PAYER_MISSING, DATE_UNREADABLE}

_NAME = re.compile(
    r"(?:(?P<prefix>[^_]+)_)?(?P<inn>\d{10}|\d{12})_(?P<account>\d{20})"
    r"_(?P<number>\d+)(?: ?\(\d+\))?\.\w{3}"
)
_LINE_END = re.compile(r"\r\n|\n|\r")
_COUNT = re.compile(r"[0-9]{1,9}")
#: paid, transferred, fee, code
_TAIL = 4


@dataclass(frozen=True)
class Layout:
    """Positions (from 0) of the fields before the amounts; None where absent.

    :ivar fields: exact number of fields in a line, 0 when it varies
    """

    fields: int = 13
    date: int | None = 0
    time: int | None = 1
    branch: int | None = 2
    terminal: int | None = 3
    operation: int = 4
    account: int = 5
    payer: int | None = 6
    address: int | None = 7
    period: int | None = 8

    def head_size(self):
        """Return how many fields must stand before the amounts."""
        return 1 + max(
            position
            for name, position in vars(self).items()
            if name != "fields" and position is not None
        )


@dataclass(frozen=True)
class Payment:
    """One payment; amounts in kopecks, the moment in the payer's local time.

    ``paid`` is None when the amounts of the line could not be read.
    """

    operation: str
    account: str
    paid: int | None
    transferred: int | None = None
    fee: int = 0
    occurred_at: datetime | None = None
    branch: str = "1111"
    terminal: str = "1111999V"
    payer: str = ""
    address: str = ""
    period: str = ""
    code: str = "5"
    line: int = 0
    digest: str = ""
    problems: tuple = ()

    @property
    def net(self):
        """Return the kopecks the bank hands over: paid less the fee."""
        return self.paid - self.fee if self.transferred is None else self.transferred

    @property
    def key(self):
        """Return what tells the payment from all others of the channel.

        The operation number; for a line without one, a digest of the line.
        """
        return self.operation or f"#{self.digest}"


@dataclass(frozen=True)
class Trailer:
    """Totals of a registry in kopecks, its number and date."""

    count: int
    paid: int
    transferred: int
    fee: int
    number: str
    date: Date | None


@dataclass(frozen=True)
class Problem:
    """A problem with its code, level (file, row, warning), line (0 = the file)."""

    code: str
    level: str
    line: int = 0
    expected: int | None = None
    found: int | None = None


@dataclass
class Registry:
    """What was read: payments in the file's order, the totals line, problems."""

    name: str = ""
    payee_inn: str = ""
    payee_account: str = ""
    name_number: str = ""
    payments: list = field(default_factory=list)
    trailer: Trailer | None = None
    problems: list = field(default_factory=list)

    @property
    def is_sound(self):
        """True when the totals hold, so that the good lines may be posted."""
        return not any(problem.level == FILE for problem in self.problems)

    @property
    def unreadable(self):
        """Kopecks of the lines with unreadable amounts: the total less the rest."""
        return self.trailer.paid - sum(item.paid or 0 for item in self.payments)

    def codes(self):
        """Return the codes of all problems but warnings, in the file's order."""
        return [item.code for item in self.problems if item.level != WARNING]

    def _report(self, code, level, line=0, expected=None, found=None):
        level = WARNING if code in WARNINGS else level
        self.problems.append(Problem(code, level, line, expected, found))


def parse(data, name="", layout=None):
    """Read a registry file.

    :param bytes data: the file, plain or in a zip or gz
    :param str name: file name as it came, checked against the bank's pattern
    :param Layout layout: positions of the fields, the bank's usual ones by default
    :rtype: Registry
    """
    layout = layout or Layout()
    registry = Registry(name=name)
    try:
        registry.name, content = unpack(data, name)
    except ContainerError as error:
        registry._report(error.code, FILE)
        return registry
    if is_binary(content):
        registry._report(BINARY, FILE)
        return registry
    _read_name(registry)
    lines = [
        (number, line.strip())
        for number, line in enumerate(_LINE_END.split(_decode(content)), start=1)
        if line.strip(" \t\x1a")
    ]
    for number, line in lines:
        if not line.startswith("="):
            registry.payments.append(_read_payment(line, number, layout))
    _find_repeated(registry)
    for payment in registry.payments:
        for code in payment.problems:
            registry._report(code, ROW, payment.line)
    _read_trailer(registry, lines)
    return registry


def _decode(content):
    """Return the text: some exports are UTF-8 although the format says 1251."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _read_name(registry):
    match = _NAME.fullmatch(registry.name)
    if not match:
        if registry.name:
            registry._report(NAME_UNUSUAL, WARNING)
        return
    registry.payee_inn = match["inn"]
    registry.payee_account = match["account"]
    registry.name_number = match["number"]


def _read_payment(line, number, layout):
    cells = [cell.strip() for cell in line.split(";")]
    if layout.fields and len(cells) == layout.fields + 1 and not cells[-1]:
        cells.pop()  # a separator closes the line in some exports
    problems = []
    expected = layout.fields or len(cells)
    if len(cells) != expected or len(cells) < layout.head_size() + _TAIL:
        problems.append(FIELD_COUNT)
    head = cells[:-_TAIL]
    paid, transferred, fee = _read_amounts(cells[-_TAIL:-1], problems)
    payment = Payment(
        operation=_pick(head, layout.operation),
        account=_pick(head, layout.account),
        paid=paid,
        transferred=transferred,
        fee=fee or 0,
        occurred_at=_read_moment(head, layout),
        branch=_pick(head, layout.branch),
        terminal=_pick(head, layout.terminal),
        payer=_pick(head, layout.payer),
        address=_pick(head, layout.address),
        period=_pick(head, layout.period),
        code=cells[-1],
        line=number,
        digest=hashlib.sha256(line.encode()).hexdigest()[:24],
    )
    problems += _check_cells(payment, layout)
    return replace(payment, problems=tuple(problems))


def _read_amounts(cells, problems):
    """Return paid, transferred, fee in kopecks, or three None and the problem."""
    try:
        paid, transferred, fee = (parse_rubles(cell) for cell in cells)
    except ValueError:
        problems.append(AMOUNT_UNREADABLE)
        return None, None, None
    if paid <= 0:
        problems.append(AMOUNT_NOT_POSITIVE)
    elif not (0 <= fee <= paid and 0 < transferred <= paid):
        problems.append(AMOUNTS_DISAGREE)
    return paid, transferred, fee


def _check_cells(payment, layout):
    if not payment.operation:
        yield OPERATION_MISSING
    if not payment.account:
        yield ACCOUNT_MISSING
    if layout.payer is not None and not payment.payer:
        yield PAYER_MISSING
    if layout.date is not None and not payment.occurred_at:
        yield DATE_UNREADABLE


def _pick(cells, position):
    absent = position is None or position >= len(cells)
    return "" if absent else cells[position]


def _read_moment(cells, layout):
    day = _read_date(_pick(cells, layout.date))
    digits = re.sub(r"\D", "", _pick(cells, layout.time)).ljust(6, "0")
    if day is None:
        return None
    try:
        return datetime.combine(
            day, time(int(digits[:2]), int(digits[2:4]), int(digits[4:]))
        )
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _read_date(text):
    for pattern in ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def _find_repeated(registry):
    seen = Counter()
    for index, payment in enumerate(registry.payments):
        seen[payment.key] += 1
        if seen[payment.key] > 1:
            registry.payments[index] = replace(
                payment, problems=(*payment.problems, OPERATION_REPEATED)
            )


def _read_trailer(registry, lines):
    places = [index for index, (_, line) in enumerate(lines) if line.startswith("=")]
    if not places:
        return registry._report(TRAILER_MISSING, FILE)
    number, line = lines[places[-1]]
    if len(places) > 1:
        return registry._report(TRAILER_MANY, FILE, number)
    if places[0] != len(lines) - 1:
        return registry._report(TRAILER_NOT_LAST, FILE, number)
    cells = [cell.strip() for cell in line[1:].rstrip(";").split(";")]
    try:
        count, paid, transferred, fee, title, day = cells
        if not _COUNT.fullmatch(count):
            raise ValueError(count)
        registry.trailer = Trailer(
            int(count),
            *(parse_rubles(cell) for cell in (paid, transferred, fee)),
            number=title,
            date=_read_date(day),
        )
    except ValueError:
        return registry._report(TRAILER_MALFORMED, FILE, number)
    if registry.trailer.date is None or not title:
        return registry._report(TRAILER_MALFORMED, FILE, number)
    return _check_totals(registry, number)


def _check_totals(registry, line):
    trailer, payments = registry.trailer, registry.payments
    if not payments:
        registry._report(NO_PAYMENTS, FILE, line)
    if trailer.count != len(payments):
        registry._report(COUNT_MISMATCH, FILE, line, trailer.count, len(payments))
    readable = [item for item in payments if item.paid is not None]
    unreadable = len(payments) - len(readable)
    sums = (
        (PAID_MISMATCH, trailer.paid, sum(item.paid for item in readable)),
        (
            TRANSFERRED_MISMATCH,
            trailer.transferred,
            sum(item.transferred for item in readable),
        ),
        (FEE_MISMATCH, trailer.fee, sum(item.fee for item in readable)),
    )
    for code, total, found in sums:
        # Lines that cannot be read hold what is missing, each at least a kopeck.
        least = 0 if code == FEE_MISMATCH else unreadable
        if total - found < least or (not unreadable and total != found):
            registry._report(code, FILE, line, total, found)


# === WRITING: for the demo, the simulator of the bank and the tests === #


def write(payments, number, date, layout=None, encoding="cp1251"):
    """Return the bytes of a registry file with these payments and its totals line.

    :param payments: iterable of :class:`Payment`, amounts in kopecks
    :param str number: number of the registry (of the bank's payment order)
    :param date: date of the registry
    """
    layout = layout or Layout()
    payments = list(payments)
    lines = [_write_payment(payment, layout) for payment in payments]
    totals = (
        sum(item.paid for item in payments),
        sum(item.net for item in payments),
        sum(item.fee for item in payments),
    )
    amounts = ";".join(plain_rubles(total, mark=",") for total in totals)
    lines.append(f"={len(payments)};{amounts};{number};{date:%d-%m-%Y}")
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def _write_payment(payment, layout):
    head = [""] * max(layout.head_size(), layout.fields - _TAIL)
    moment = payment.occurred_at
    values = {
        "date": moment and f"{moment:%d-%m-%Y}",
        "time": moment and f"{moment:%H-%M-%S}",
        "branch": payment.branch,
        "terminal": payment.terminal,
        "operation": payment.operation,
        "account": payment.account,
        "payer": payment.payer,
        "address": payment.address,
        "period": payment.period,
    }
    for name, value in values.items():
        position = getattr(layout, name)
        if position is not None:
            head[position] = value or ""
    amounts = (payment.paid, payment.net, payment.fee)
    return ";".join(
        [*head, *(plain_rubles(item, mark=",") for item in amounts), payment.code]
    )


def file_name(inn, account, number, prefix=""):
    """Return the name the bank would give the file.

    >>> file_name("9715357654", "40703810338000004376", 640)
    '9715357654_40703810338000004376_640.txt'
    """
    return "_".join(filter(None, (prefix, inn, account, str(number)))) + ".txt"
