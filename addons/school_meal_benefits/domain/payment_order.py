"""Payment orders for the bank: a 1C exchange file, and a registry for a pay project.

Both files say the same of the same list whenever they are made: a bank that gets a file
twice recognises the numbers. Amounts are integer kopecks.

>>> payer = Payer("Школа 24", "7420001234", "40702810400000000001", "044525225")
>>> order = Order(7, date(2026, 12, 18), 165550, "Иванова Мария",
...               "40817810438000000001", "044525225", "Компенсация за 11.2026")
>>> lines = exchange_file(payer, [order]).decode("cp1251").split("\\r\\n")
>>> lines[0], lines[-2]
('1CClientBankExchange', 'КонецФайла')
>>> "Сумма=1655.50" in lines and "ПолучательСчет=40817810438000000001" in lines
True
>>> registry_file([order]).decode("cp1251").split("\\r\\n")[:2]
['7;18-12-2026;40817810438000000001;044525225;Иванова;Мария;;1655,50;\
Компенсация за 11.2026', '=1;1655,50']
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from odoo.addons.school_meal_base.domain.client_bank_exchange import END, FLAG
from odoo.addons.school_meal_base.domain.money import parse_rubles, plain_rubles

ENCODING = "cp1251"
#: A bank's field of the purpose holds so many characters (Bank of Russia, 762-П).
MAX_PURPOSE = 210
MAX_NAME = 160
PAYMENT_ORDER = "Платежное поручение"
#: Without a УИН of the payee (protocols.md, 5: `Код`).
NO_UIN = "0"
#: Turn of payment: all other payments (Civil Code, art. 855).
PRIORITY = 5
FIELDS = 9
CREDITED, NOT_CREDITED = "Зачислено", "Не зачислено"


class Payer(NamedTuple):
    """Who pays: name, ИНН, account, BIC; КПП and names of the bank if known."""

    name: str
    inn: str
    account: str
    bic: str
    kpp: str = ""
    bank: str = ""
    correspondent: str = ""


class Order(NamedTuple):
    """One payment order; ``name`` is the payee's, family name first."""

    number: int
    date: date
    kopecks: int
    name: str
    account: str
    bic: str
    purpose: str


def exchange_file(payer, orders):
    """Return the bytes of a 1CClientBankExchange file of payment orders.

    Keys as in `protocols.md`, 5; those of payments *to* the budget are left out: a
    parent is no budget. Line breaks in texts would begin another key: they are spaces.
    """
    first = min(order.date for order in orders)
    last = max(order.date for order in orders)
    lines = [
        FLAG,
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=Школьное питание",
        "Получатель=",
        f"ДатаСоздания={last:%d.%m.%Y}",
        "ВремяСоздания=00:00:00",
        f"ДатаНачала={first:%d.%m.%Y}",
        f"ДатаКонца={last:%d.%m.%Y}",
        f"РасчСчет={payer.account}",
        f"Документ={PAYMENT_ORDER}",
    ]
    for order in orders:
        lines += _exchange_section(payer, order)
    return _encode([*lines, END])


def _exchange_section(payer, order):
    return [
        f"СекцияДокумент={PAYMENT_ORDER}",
        f"Номер={order.number}",
        f"Дата={order.date:%d.%m.%Y}",
        f"Сумма={plain_rubles(order.kopecks)}",
        f"ПлательщикСчет={payer.account}",
        f"Плательщик={_plain(payer.name, MAX_NAME)}",
        f"ПлательщикИНН={payer.inn}",
        f"ПлательщикКПП={payer.kpp}",
        f"ПлательщикРасчСчет={payer.account}",
        f"ПлательщикБанк1={_plain(payer.bank)}",
        f"ПлательщикБИК={payer.bic}",
        f"ПлательщикКорсчет={payer.correspondent}",
        f"ПолучательСчет={order.account}",
        f"Получатель={_plain(order.name, MAX_NAME)}",
        f"ПолучательРасчСчет={order.account}",
        f"ПолучательБИК={order.bic}",
        "ВидПлатежа=",
        "ВидОплаты=01",
        f"Код={NO_UIN}",
        f"НазначениеПлатежа={_plain(order.purpose, MAX_PURPOSE)}",
        f"Очередность={PRIORITY}",
        "КонецДокумента",
    ]


def registry_file(orders):
    """Return the bytes of a registry: number; date; account; BIC; family name; first
    name; middle name; amount; purpose, and a last line ``=count;total``.

    Windows-1251, a decimal comma, no head: as banks read registries of a pay project.
    """
    lines = []
    for order in orders:
        family, first, middle = (*_plain(order.name).split(" ", 2), "", "", "")[:3]
        lines.append(
            ";".join(
                (
                    str(order.number),
                    f"{order.date:%d-%m-%Y}",
                    order.account,
                    order.bic,
                    *(part.replace(";", ",") for part in (family, first, middle)),
                    plain_rubles(order.kopecks, ","),
                    _plain(order.purpose, MAX_PURPOSE).replace(";", ","),
                )
            )
        )
    total = sum(order.kopecks for order in orders)
    return _encode([*lines, f"={len(orders)};{plain_rubles(total, ',')}"])


@dataclass(frozen=True)
class Answer:
    """The bank's word on one order: credited, or why not."""

    number: int
    account: str
    kopecks: int
    is_credited: bool
    reason: str = ""


class AnswerError(ValueError):
    """The file is no answer; ``code`` says why, ``line`` where (0: the whole file)."""

    def __init__(self, code, line=0):
        super().__init__(code, line)
        self.code, self.line = code, line


def read_answer(data):
    """Return the :class:`Answer` s of a registry that the bank has sent back.

    Each line is the registry's own with one or two fields more: ``Зачислено``, or ``Не
    зачислено`` and the reason. The last line must agree in count and total.

    >>> line = "7;18-12-2026;40817810438000000001;044525225;И;М;;1655,50;К"
    >>> text = f"{line};Не зачислено;Счёт закрыт\\r\\n=1;1655,50\\r\\n"
    >>> read_answer(text.encode("cp1251"))[0].reason
    'Счёт закрыт'
    >>> try:
    ...     read_answer(text.replace("=1", "=2").encode("cp1251"))
    ... except AnswerError as error:
    ...     print(error.code)
    totals
    """
    lines = [line for line in _decode(data).splitlines() if line.strip()]
    if not lines or not lines[-1].startswith("="):
        raise AnswerError("end_missing")
    answers = [_read_line(line, at) for at, line in enumerate(lines[:-1], 1)]
    count, _separator, total = lines[-1][1:].partition(";")
    expected = str(len(answers)), sum(each.kopecks for each in answers)
    if (count.strip(), _kopecks(total.rstrip(";"), len(lines))) != expected:
        raise AnswerError("totals")
    if len({each.number for each in answers}) != len(answers):
        raise AnswerError("repeated")
    return answers


def _read_line(line, at):
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) <= FIELDS or not cells[0].isdecimal():
        raise AnswerError("fields", at)
    status = cells[FIELDS].lower()
    if status not in (CREDITED.lower(), NOT_CREDITED.lower()):
        raise AnswerError("status", at)
    reason = " ".join(cells[FIELDS + 1 :]).strip()
    return Answer(
        int(cells[0]),
        cells[2],
        _kopecks(cells[7], at),
        status == CREDITED.lower(),
        reason,
    )


def _kopecks(text, at):
    try:
        return parse_rubles(text)
    except ValueError:
        raise AnswerError("amount", at) from None


def _decode(data):
    for encoding in ("utf-8-sig", ENCODING):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AnswerError("encoding")


def _encode(lines):
    return ("\r\n".join(lines) + "\r\n").encode(ENCODING, "replace")


def _plain(text, limit=None):
    plain = " ".join((text or "").split())
    return plain[:limit] if limit else plain
