"""Whose money is it: likely account numbers and likely payers of a stray payment.

People mistype a digit, swap two neighbours or leave the check digit out. All such
neighbours of a number are computed, and the caller asks which of them exist.
"""

import re
from difflib import SequenceMatcher

from . import account_number

_NOT_DIGIT = re.compile("[^0-9]")
_NOT_LETTER = re.compile(r"[^а-яa-z ]")
#: Similarity of names, 0..1, from which a person is worth showing.
THRESHOLD = 0.75


def neighbours(text):
    """Return valid account numbers one typing mistake away, the likeliest first.

    One wrong digit, two neighbours swapped, one digit missing or one too many.

    >>> "0242013138" in neighbours("0242013183")  # swapped
    True
    >>> "0242013138" in neighbours("024201313")  # the check digit left out
    True
    >>> neighbours("привет")
    []
    """
    digits = _NOT_DIGIT.sub("", text)
    size = account_number.LENGTH
    if len(digits) == size:
        tries = [digits, *_swapped(digits), *_replaced(digits)]
    elif len(digits) == size - 1:
        tries = [digits + str(n) for n in range(10)] + _inserted(digits)
    elif len(digits) == size + 1:
        tries = [digits[:i] + digits[i + 1 :] for i in range(len(digits))]
    else:
        return []
    return [item for item in dict.fromkeys(tries) if account_number.is_valid(item)]


def _swapped(digits):
    return [
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
        for i in range(len(digits) - 1)
    ]


def _replaced(digits):
    return [
        digits[:i] + str(n) + digits[i + 1 :]
        for i in range(len(digits))
        for n in range(10)
    ]


def _inserted(digits):
    return [
        digits[:i] + str(n) + digits[i:]
        for i in range(len(digits) + 1)
        for n in range(10)
    ]


def similarity(left, right):
    """Return how alike two names are, 0..1, whatever the case and order of words.

    An initial is as good as the word it begins.

    >>> similarity("ИВАНОВ ИВАН ИВАНОВИЧ", "Иван Иванович Иванов")
    1.0
    >>> similarity("Иванова М. П.", "Иванова Мария Петровна")
    1.0
    >>> similarity("Иванов Иван", "Смирнова Ольга") < THRESHOLD
    True
    """
    left, right = _words(left), _words(right)
    if not left or not right:
        return 0.0
    if len(left) > len(right):
        left, right = right, left
    rest, score = list(right), 0.0
    for word in left:
        best = max(rest, key=lambda item, word=word: _word_similarity(word, item))
        score += _word_similarity(word, best)
        rest.remove(best)
    # A surname alone is a hint, no more: every missing word costs a little.
    return round(score / len(left) * (1 - 0.1 * len(rest)), 4)


def _words(name):
    return _NOT_LETTER.sub(" ", name.lower().replace("ё", "е")).split()


def _word_similarity(left, right):
    if len(left) == 1 or len(right) == 1:
        return float(left[0] == right[0])
    return SequenceMatcher(None, left, right).ratio()


def mask_name(name):
    """Return a name as a bank would show it: surname and initials.

    >>> mask_name("ИВАНОВ ИВАН ИВАНОВИЧ")
    'Иванов И. И.'
    >>> mask_name(""), mask_name("Иванов")
    ('', 'И.')
    """
    words = name.split()
    if len(words) < 2:
        return f"{name[0].upper()}." if words else ""
    initials = " ".join(f"{word[0].upper()}." for word in words[1:3])
    return f"{words[0].capitalize()} {initials}"
