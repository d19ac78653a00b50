"""What the purpose of a bank payment says: a bank's registry, or an account number."""

import re

from . import account_number

#: Russian banks mark the transfer of a registry's total with EPS; the number and the
#: date of the registry follow in free text.
_REGISTRY = re.compile(r"\bEPS|(?<!\w)ЕПС|\bреестр", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_TEN_DIGITS = re.compile(r"(?<!\d)\d{10}(?!\d)")
_INN = re.compile(r"\bИНН\W{0,3}\d{10,12}(?!\d)", re.IGNORECASE)
_GROUPED = re.compile(r"(?<!\d)\d{3}[ -]\d{6}[ -]?\d(?!\d)")

_ACCOUNT_WORD = re.compile(
    r"\b(?:л\s*/\s*с\b|лиц(?:евой|евого|\.)?\s*сч)", re.IGNORECASE
)
_DIGITS = re.compile(r"(?<!\d)\d{9,11}(?!\d)")


def is_registry(purpose):
    """Tell whether a bank's transfer of a registry's total is described.

    >>> is_registry("EPS000123 Реестр 686336 от 06.01.2026")
    True
    >>> is_registry("За питание, лицевой счёт 0242013138")
    False
    """
    return bool(_REGISTRY.search(purpose))


def names_registry(purpose, number):
    """Tell whether the purpose has the registry's number as a number of its own.

    >>> names_registry("EPS Реестр N 686336 от 06.01.2026", "686336")
    True
    >>> names_registry("EPS Реестр N 1686336", "686336")
    False
    """
    return number.isdigit() and number in _NUMBERS.findall(purpose)


def find_accounts(purpose):
    """Return the distinct valid account numbers in the text, in order.

    >>> find_accounts("За обеды л/с 0242013138 Иванов")
    ['0242013138']
    >>> find_accounts("ИНН 7707083893, счёт 024 201313-8")
    ['0242013138']
    >>> find_accounts("л/с 0242013139"), find_accounts("ИНН: 0242013138")
    ([], [])
    """
    purpose = _INN.sub(" ", purpose)  # ten digits too, and sometimes a valid number
    candidates = [
        account_number.normalize(text)
        for text in (*_TEN_DIGITS.findall(purpose), *_GROUPED.findall(purpose))
        if account_number.is_valid(text)
    ]
    return list(dict.fromkeys(candidates))


def mentions_account(purpose):
    """Tell whether the purpose speaks of a personal account.

    >>> mentions_account("Оплата за питание Л/С 123"), mentions_account("Лицевой счет")
    (True, True)
    >>> mentions_account("Субсидия на питание")
    False
    """
    return bool(_ACCOUNT_WORD.search(purpose))


def likely_account(purpose):
    """Return the first thing in the text that may be a mistyped account number.

    >>> likely_account("За обеды 0242013183 Иванов"), likely_account("За обеды")
    ('0242013183', '')
    """
    match = _DIGITS.search(purpose)
    return match[0] if match else ""
