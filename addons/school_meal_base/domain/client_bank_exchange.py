"""Bank statement as banks export it for 1C (1CClientBankExchange, 1.01 to 1.03).

Lines ``Key=Value``; the first line is the flag, the last is ``КонецФайла``. The
declared encoding is not trusted: banks send UTF-8 and say ``Windows``. Amounts are
integer kopecks. :func:`parse` returns the statement with every problem it found.

>>> paid = Document("686336", Date(2026, 1, 6), 1080653, incoming=True,
...                 booked=Date(2026, 1, 6), payer=Party("30233810642000600001"),
...                 payee=Party("40703810338000004376"),
...                 purpose="EPS Реестр 686336 от 06.01.2026")
>>> data = write("40703810338000004376", [paid], opening=100)
>>> statement = parse(data)
>>> statement.is_sound, statement.balances[0].closing
(True, 1080753)
>>> statement.documents[0].incoming, statement.documents[0].purpose
(True, 'EPS Реестр 686336 от 06.01.2026')
>>> parse(data[:-30]).codes()[0]
'end_missing'
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date as Date
from datetime import datetime

from .container import BINARY, ContainerError, is_binary, unpack
from .money import parse_rubles, plain_rubles

FLAG = "1CClientBankExchange"
END = "КонецФайла"

# Problems of the whole file: nothing of it is taken.
FLAG_MISSING = "flag_missing"
END_MISSING = "end_missing"
ENCODING_UNKNOWN = "encoding_unknown"
ACCOUNT_MISSING = "account_missing"
SECTION_BROKEN = "section_broken"
BALANCE_MISMATCH = "balance_mismatch"
TURNOVER_MISMATCH = "turnover_mismatch"
BALANCE_UNREADABLE = "balance_unreadable"
# Problems of one document: the others go in.
AMOUNT_UNREADABLE = "amount_unreadable"
AMOUNT_NOT_POSITIVE = "amount_not_positive"
DATE_UNREADABLE = "date_unreadable"
DIRECTION_UNKNOWN = "direction_unknown"
DOCUMENT_REPEATED = "document_repeated"
NOT_BOOKED = "not_booked"
# Worth a look, stops nothing.
ENCODING_DECLARED = "encoding_declared"
BALANCE_MISSING = "balance_missing"

FILE, ROW, WARNING = "file", "row", "warning"
WARNINGS = {ENCODING_DECLARED, BALANCE_MISSING}

_LINE_END = re.compile(r"\r\n|\n|\r")
_DECLARED = {"windows": "cp1251", "dos": "cp866", "utf-8": "utf-8", "utf8": "utf-8"}
_NUMBERED = 6  # НазначениеПлатежа1..6
_PARTY_NAMES = 4  # Плательщик1..4


@dataclass(frozen=True)
class Party:
    """One side of a payment as the bank names it."""

    account: str = ""
    name: str = ""
    inn: str = ""
    bik: str = ""


@dataclass(frozen=True)
class Document:
    """One payment; ``incoming`` is seen from our account, None when unknown.

    ``booked`` is None when the bank does not say on which day it booked the payment.
    """

    number: str
    date: Date | None
    amount: int | None
    incoming: bool | None = None
    booked: Date | None = None
    payer: Party = Party()
    payee: Party = Party()
    purpose: str = ""
    kind: str = "Платежное поручение"
    line: int = 0
    problems: tuple = ()

    @property
    def own(self):
        """Return our side of the payment."""
        return self.payee if self.incoming else self.payer

    @property
    def other(self):
        """Return the other side of the payment."""
        return self.payer if self.incoming else self.payee

    @property
    def key(self):
        """Return the text that stays the same in every export of the payment."""
        return f"{self.base_key}/{self.booked}" if self.booked else self.base_key

    @property
    def base_key(self):
        """Return the part of the key that does not wait for the booking date."""
        parts = (
            self.own.account,
            "in" if self.incoming else "out",
            self.number,
            self.date,
            self.amount,
            self.other.account,
        )
        text = "|".join(str(part) for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Balance:
    """Balance section of one account and period, kopecks."""

    account: str
    date_from: Date | None
    date_to: Date | None
    opening: int
    received: int
    spent: int
    closing: int
    line: int = 0


@dataclass(frozen=True)
class Problem:
    """A problem with its code, level (file, row, warning), line (0 = the file)."""

    code: str
    level: str
    line: int = 0
    expected: int | None = None
    found: int | None = None


@dataclass
class Statement:
    """What was read: accounts, period, balances, documents, problems."""

    encoding: str = ""
    version: str = ""
    sender: str = ""
    date_from: Date | None = None
    date_to: Date | None = None
    accounts: list = field(default_factory=list)
    balances: list = field(default_factory=list)
    documents: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    @property
    def is_sound(self):
        """True when the file is whole and its balances hold."""
        return not any(problem.level == FILE for problem in self.problems)

    def codes(self):
        """Return the codes of all problems but warnings, in the file's order."""
        return [item.code for item in self.problems if item.level != WARNING]

    def _report(self, code, level, line=0, expected=None, found=None):
        level = WARNING if code in WARNINGS else level
        self.problems.append(Problem(code, level, line, expected, found))


def parse(data, name=""):
    """Read a statement file, plain or in a zip or gz.

    :rtype: Statement
    """
    statement = Statement()
    try:
        _name, content = unpack(data, name)
    except ContainerError as error:
        statement._report(error.code, FILE)
        return statement
    if is_binary(content):
        statement._report(BINARY, FILE)
        return statement
    text = _decode(statement, content)
    if text is None:
        return statement
    lines = [
        (number, line.strip())
        for number, line in enumerate(_LINE_END.split(text), start=1)
        if line.strip(" \t\x1a\ufeff")
    ]
    if lines[-1][1].strip("\x1a") != END:
        statement._report(END_MISSING, FILE, lines[-1][0])
    else:
        lines.pop()
    _read_sections(statement, lines[1:])
    if not statement.accounts:
        statement._report(ACCOUNT_MISSING, FILE)
    _find_repeated(statement)
    _check_turnover(statement)
    return statement


def _decode(statement, content):
    """Return the text in the first encoding that shows the words of the format."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(FLAG.encode()):
        statement._report(FLAG_MISSING, FILE, 1)
        return None
    for encoding in ("utf-8-sig", "cp1251", "cp866"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "Кодировка=" in text or "РасчСчет=" in text:
            break
    else:
        statement._report(ENCODING_UNKNOWN, FILE)
        return None
    statement.encoding = encoding.removesuffix("-sig")
    declared = re.search(r"^Кодировка=(.*)$", text, re.MULTILINE)
    declared = _DECLARED.get(declared[1].strip().lower() if declared else "")
    if declared != statement.encoding:
        statement._report(ENCODING_DECLARED, WARNING)
    return text


def _read_sections(statement, lines):
    """Walk over the lines; a section is a dict of its keys."""
    section, start, values, header = None, 0, {}, {}
    for number, line in lines:
        key, _, value = line.partition("=")
        key, value = key.strip(), value.strip()
        if key in ("СекцияРасчСчет", "СекцияДокумент"):
            if section:
                statement._report(SECTION_BROKEN, FILE, start)
            section, start, values = key, number, {"": value}
        elif key in ("КонецРасчСчет", "КонецДокумента"):
            ends = "СекцияРасчСчет" if key == "КонецРасчСчет" else "СекцияДокумент"
            if section != ends:
                statement._report(SECTION_BROKEN, FILE, number)
            elif section == "СекцияРасчСчет":
                _read_balance(statement, values, start)
            else:
                _read_document(statement, values, start)
            section, values = None, {}
        elif section:
            values.setdefault(key, value)
        elif key == "РасчСчет":
            _add_account(statement, value)
        else:
            header.setdefault(key, value)
    if section:
        statement._report(SECTION_BROKEN, FILE, start)
    statement.version = header.get("ВерсияФормата", "")
    statement.sender = header.get("Отправитель", "")
    statement.date_from = _read_date(header.get("ДатаНачала"))
    statement.date_to = _read_date(header.get("ДатаКонца"))


def _add_account(statement, account):
    if account and account not in statement.accounts:
        statement.accounts.append(account)


def _read_balance(statement, values, line):
    _add_account(statement, values.get("РасчСчет", ""))
    names = ("НачальныйОстаток", "ВсегоПоступило", "ВсегоСписано", "КонечныйОстаток")
    texts = [values.get(name, "") for name in names]
    if not texts[0] or not texts[3]:
        return statement._report(BALANCE_MISSING, WARNING, line)
    try:
        opening, received, spent, closing = (
            parse_rubles(text or "0") for text in texts
        )
    except ValueError:
        return statement._report(BALANCE_UNREADABLE, FILE, line)
    balance = Balance(
        values.get("РасчСчет", ""),
        _read_date(values.get("ДатаНачала")),
        _read_date(values.get("ДатаКонца")),
        opening,
        received,
        spent,
        closing,
        line,
    )
    statement.balances.append(balance)
    if opening + received - spent != closing:
        statement._report(
            BALANCE_MISMATCH, FILE, line, closing, opening + received - spent
        )
    return None


def _read_document(statement, values, line):
    problems = []
    payer, payee = _read_party(values, "Плательщик"), _read_party(values, "Получатель")
    try:
        amount = parse_rubles(values.get("Сумма", ""))
        if amount <= 0:
            problems.append(AMOUNT_NOT_POSITIVE)
    except ValueError:
        amount = None
        problems.append(AMOUNT_UNREADABLE)
    received, spent = values.get("ДатаПоступило"), values.get("ДатаСписано")
    directions = _read_directions(statement, payer, payee, received, spent)
    day = _read_date(values.get("Дата"))
    if directions == [None]:
        problems.append(DIRECTION_UNKNOWN)
    if day is None:
        problems.append(DATE_UNREADABLE)
    known = {item.key for item in statement.documents} if len(directions) > 1 else ()
    for incoming in directions:
        document = Document(
            number=values.get("Номер", ""),
            date=day,
            amount=amount,
            incoming=incoming,
            booked=_read_date(received if incoming else spent),
            payer=payer,
            payee=payee,
            purpose=_read_purpose(values),
            kind=values[""],
            line=line,
            problems=tuple(problems),
        )
        # A bank may print both sides in one section, or the same section twice.
        if document.key not in known:
            statement.documents.append(document)
    for code in problems:
        statement._report(code, ROW, line)


def _read_directions(statement, payer, payee, received, spent):
    """Return the directions in which a section is a payment of the statement: both
    when it is between two accounts of ours, unless one booking date tells the side."""
    is_payee = payee.account in statement.accounts
    is_payer = payer.account in statement.accounts
    if is_payee and is_payer:
        if bool(received) != bool(spent):
            return [bool(received)]
        return [False, True]
    return [True] if is_payee else [False] if is_payer else [None]


def _read_party(values, prefix):
    name = values.get(prefix) or " ".join(
        filter(None, (values.get(f"{prefix}{n}") for n in range(1, _PARTY_NAMES + 1)))
    )
    return Party(
        account=values.get(f"{prefix}Счет") or values.get(f"{prefix}РасчСчет", ""),
        name=re.sub(r"^ИНН \d+ ", "", name),
        inn=values.get(f"{prefix}ИНН", ""),
        bik=values.get(f"{prefix}БИК", ""),
    )


def _read_purpose(values):
    whole = values.get("НазначениеПлатежа", "")
    parts = (values.get(f"НазначениеПлатежа{n}") for n in range(1, _NUMBERED + 1))
    return whole or " ".join(filter(None, parts))


def _read_date(text):
    try:
        return datetime.strptime(text or "", "%d.%m.%Y").date()
    except ValueError:
        return None


def _find_repeated(statement):
    seen = set()
    for document in statement.documents:
        if document.key in seen:
            statement._report(DOCUMENT_REPEATED, ROW, document.line)
        seen.add(document.key)


def _check_turnover(statement):
    """Compare the turnover of each account with the sum of its documents."""
    for account in {balance.account for balance in statement.balances}:
        documents = [
            item
            for item in statement.documents
            if item.amount is not None and item.own.account == account
        ]
        if any(item.amount is None for item in statement.documents):
            continue  # reported already; what is missing cannot be told apart
        balances = [item for item in statement.balances if item.account == account]
        for incoming, name in ((True, "received"), (False, "spent")):
            total = sum(getattr(balance, name) for balance in balances)
            side = [item for item in documents if item.incoming == incoming]
            found = sum(item.amount for item in side)
            undated = [item for item in side if not item.booked]
            if total == found:
                continue
            if undated and total == found - sum(item.amount for item in undated):
                _leave_out(statement, undated)
            else:
                line = balances[0].line
                statement._report(TURNOVER_MISMATCH, FILE, line, total, found)


def _leave_out(statement, documents):
    """Take payments that the bank shows but has not booked yet for what they are:
    they come again, with their date, in a later export."""
    for document in documents:
        place = statement.documents.index(document)
        problems = (*document.problems, NOT_BOOKED)
        statement.documents[place] = replace(document, problems=problems)
        statement._report(NOT_BOOKED, ROW, document.line)


# === WRITING: for the demo, the simulator of the bank and the tests === #


def write(account, documents, opening=0, encoding="cp1251", declared="Windows"):
    """Return the bytes of a statement of one account with these documents."""
    documents = list(documents)
    days = [item.booked or item.date for item in documents] or [Date.today()]
    first, last = min(days), max(days)
    received = sum(item.amount for item in documents if item.incoming)
    spent = sum(item.amount for item in documents if not item.incoming)
    lines = [
        FLAG,
        "ВерсияФормата=1.03",
        f"Кодировка={declared}",
        "Отправитель=Банк",
        f"ДатаСоздания={last:%d.%m.%Y}",
        f"ДатаНачала={first:%d.%m.%Y}",
        f"ДатаКонца={last:%d.%m.%Y}",
        f"РасчСчет={account}",
        "СекцияРасчСчет",
        f"ДатаНачала={first:%d.%m.%Y}",
        f"ДатаКонца={last:%d.%m.%Y}",
        f"РасчСчет={account}",
        f"НачальныйОстаток={plain_rubles(opening)}",
        f"ВсегоПоступило={plain_rubles(received)}",
        f"ВсегоСписано={plain_rubles(spent)}",
        f"КонечныйОстаток={plain_rubles(opening + received - spent)}",
        "КонецРасчСчет",
    ]
    for document in documents:
        lines += _write_document(document)
    return ("\r\n".join([*lines, END]) + "\r\n").encode(encoding)


def _write_document(document):
    booked = document.booked or document.date
    return [
        f"СекцияДокумент={document.kind}",
        f"Номер={document.number}",
        f"Дата={document.date:%d.%m.%Y}",
        f"Сумма={plain_rubles(document.amount)}",
        f"ПлательщикСчет={document.payer.account}",
        *([] if document.incoming else [f"ДатаСписано={booked:%d.%m.%Y}"]),
        f"Плательщик={document.payer.name}",
        f"ПлательщикИНН={document.payer.inn}",
        f"ПлательщикБИК={document.payer.bik}",
        f"ПолучательСчет={document.payee.account}",
        *([f"ДатаПоступило={booked:%d.%m.%Y}"] if document.incoming else []),
        f"Получатель={document.payee.name}",
        f"ПолучательИНН={document.payee.inn}",
        f"ПолучательБИК={document.payee.bik}",
        f"НазначениеПлатежа={document.purpose}",
        "КонецДокумента",
    ]
