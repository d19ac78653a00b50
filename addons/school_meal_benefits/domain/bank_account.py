"""Russian bank accounts: 20 digits, of which the ninth is a key to the bank's BIC.

The key: each digit of a 3-digit code of the bank and the account is multiplied by 7, 1,
3, 7, 1, 3 …; the last digits of the products add up to a multiple of ten (Bank of
Russia, order № 515 of 8 September 1997). The code is the last three digits of the BIC
for clients of a bank; for accounts in the Bank of Russia itself (correspondent accounts
and clients of its settlement centres) it is nought and the fifth and sixth digit.

>>> key_holds("40817810338000000001", "044525225")
False
>>> with_key("40817810038000000001", "044525225")
'40817810438000000001'
>>> key_holds("40817810438000000001", "044525225")
True
>>> key_holds("30101810400000000225", "044525225")  # Sberbank's own, at the Bank
True
"""

import re

LENGTH, BIC_LENGTH = 20, 9
KEY_PLACE = 8
_WEIGHTS = (7, 1, 3)
_SEPARATORS = re.compile(r"[\s\-.\u2010-\u2015]")

#: Accounts of natural persons: current, of non-residents, and deposits of both.
PERSONAL = ("40817", "40820", "423", "426")
CORRESPONDENT = "30101"
#: Accounts opened by the Treasury (since 2021) instead of the Bank of Russia.
TREASURY = "03"
#: The single treasury account: an account of the Treasury at the Bank of Russia.
SINGLE_TREASURY = "40102"
ROUBLE = ("810", "643")
#: Last digits of a BIC: a settlement centre of the Bank of Russia.
CENTRES = ("000", "001", "002")

# problems, in the order in which they are told
ACCOUNT_CHARACTERS, ACCOUNT_LENGTH = "account_characters", "account_length"
BIC_CHARACTERS, BIC_LENGTH_WRONG = "bic_characters", "bic_length"
BIC_NOT_A_BANK, KEY, CURRENCY = "bic_not_a_bank", "key", "currency"
NOT_PERSONAL = "not_personal"


def digits(text):
    """Return ``text`` without the separators people write.

    >>> digits("40817 810 4 3800 0000001")
    '40817810438000000001'
    """
    return _SEPARATORS.sub("", text or "")


def bic_problem(text):
    """Return why ``text`` is not the BIC of a bank or a settlement centre, or None.

    Nine digits; the first two are the country (04) or, since 2021, 00-02 for the
    Bank of Russia and the Treasury.

    >>> bic_problem("044525225"), bic_problem("04452522"), bic_problem("O44525225")
    (None, 'bic_length', 'bic_characters')
    >>> bic_problem("017501500"), bic_problem("994525225")
    (None, 'bic_not_a_bank')
    """
    bic = digits(text)
    if not re.fullmatch("[0-9]*", bic):
        return BIC_CHARACTERS
    if len(bic) != BIC_LENGTH:
        return BIC_LENGTH_WRONG
    if bic[:2] not in ("00", "01", "02", "04"):
        return BIC_NOT_A_BANK
    return None


def is_credit_institution(bic):
    """Return whether a well-formed BIC is that of a bank, not of the Bank of Russia.

    >>> is_credit_institution("044525225"), is_credit_institution("047501001")
    (True, False)
    """
    return bic.startswith("04") and int(bic[6:]) >= 50


def key_code(account, bic):
    """Return the three digits of the BIC that the key of an account is made with.

    >>> key_code("40817810000000000001", "044525225")
    '225'
    >>> key_code("30101810400000000225", "044525225")  # correspondent account
    '025'
    >>> key_code("40302810000000000001", "047501001")  # at a settlement centre
    '001'
    """
    at_the_bank_of_russia = account.startswith((CORRESPONDENT, SINGLE_TREASURY))
    if at_the_bank_of_russia or bic[6:] in CENTRES or not bic.startswith("04"):
        return f"0{bic[4:6]}"
    return bic[6:]


def key_sum(account, bic):
    """Return the sum whose last digit is nought when the key is right."""
    number = key_code(account, bic) + account
    return sum(
        int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(number)
    )


def key_holds(account, bic):
    """Return whether the key of an account (digits only) fits the BIC.

    Accounts opened by the Treasury (03…) are numbered by its own rules: no key of the
    Bank of Russia is looked for in them.

    >>> key_holds("03224643750000006900", "017501500")
    True
    """
    return account.startswith(TREASURY) or key_sum(account, bic) % 10 == 0


def with_key(account, bic):
    """Return the account with its ninth digit made to fit the BIC.

    >>> account = with_key("42307810099990000123", "044525974")
    >>> key_holds(account, "044525974"), key_holds(account, "044525225")
    (True, False)
    """
    blank = f"{account[:KEY_PLACE]}0{account[KEY_PLACE + 1 :]}"
    # the key is weighted by 3 (twelfth of the 23 digits), and 3 · 3 = 9 ≡ −1 (mod 10)
    key = key_sum(blank, bic) * 3 % 10
    return f"{account[:KEY_PLACE]}{key}{account[KEY_PLACE + 1 :]}"


def problem(account, bic):
    """Return why money cannot be sent to an account, or None.

    >>> problem("40817810438000000001", "044525225")
    >>> problem("40817810338000000001", "044525225"), problem("4081781", "044525225")
    ('key', 'account_length')
    >>> problem("30101810400000000225", "017501500")
    'key'
    """
    number, bank = digits(account), digits(bic)
    if not re.fullmatch("[0-9]*", number):
        return ACCOUNT_CHARACTERS
    if len(number) != LENGTH:
        return ACCOUNT_LENGTH
    wrong_bic = bic_problem(bank)
    if wrong_bic:
        return wrong_bic
    if not key_holds(number, bank):
        return KEY
    return None


def personal_problem(account, bic):
    """Return why an account is not one of a person in a Russian bank (item 23.6).

    >>> personal_problem("40817810438000000001", "044525225")
    >>> personal_problem(with_key("40702810000000000001", "044525225"), "044525225")
    'not_personal'
    >>> personal_problem(with_key("40817840000000000001", "044525225"), "044525225")
    'currency'
    >>> personal_problem("03224643750000006900", "017501500")
    'bic_not_a_bank'
    """
    wrong = problem(account, bic)
    if wrong:
        return wrong
    number, bank = digits(account), digits(bic)
    if not is_credit_institution(bank):
        return BIC_NOT_A_BANK
    if not number.startswith(PERSONAL):
        return NOT_PERSONAL
    if number[5:8] not in ROUBLE:
        return CURRENCY
    return None


def masked(account):
    """Return an account as it may be shown to others: its last four digits.

    >>> masked("40817810438000000001")
    '…0001'
    """
    return f"…{account[-4:]}" if account else ""
