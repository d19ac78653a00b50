"""Names of people as Russian documents write them: last, first, middle name.

>>> split("Иванова  Анна-Мария Петровна")
('Иванова', 'Анна-Мария', 'Петровна')
>>> full("Иванова", "Анна-Мария", "Петровна")
'Иванова Анна-Мария Петровна'
>>> short("Иванова", "Анна-Мария", "Петровна")
'Иванова А. П.'
"""

import re

_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"\s*[-\u2010-\u2015]\s*")
_APOSTROPHES = re.compile("[`\u2018\u2019\u02bc]")
# letters of any alphabet, then hyphen, apostrophe, point, brackets or spaces
_PART = re.compile(r"[^\W\d_](?:[^\W\d_]|[-' .()])*")


def clean(part):
    """Return one part of a name with spaces, dashes and apostrophes made uniform.

    The case is kept: "де Бур" and "ИВАНОВ" are somebody's decision.

    >>> clean("  Петрова \u2013  Водкина "), clean(None)
    ('Петрова-Водкина', '')
    """
    part = _SPACES.sub(" ", part or "").strip()
    return _APOSTROPHES.sub("'", _DASHES.sub("-", part)).strip("-' ")


def is_part(part):
    """Return whether ``part`` can be a part of a name: letters first, no digits.

    >>> is_part("О'Коннор"), is_part("Иванов1"), is_part("-"), is_part("")
    (True, False, False, False)
    """
    return bool(_PART.fullmatch(clean(part)))


def full(last, first, middle=None):
    """Return the name as it stands in lists: last, first, middle.

    >>> full("Ким", "Ё", "")
    'Ким Ё'
    """
    return " ".join(filter(None, map(clean, (last, first, middle))))


def short(last, first, middle=None):
    """Return the last name with initials.

    >>> short("Ким", "Ян")
    'Ким Я.'
    """
    initials = [f"{part[0]}." for part in map(clean, (first, middle)) if part]
    return " ".join(filter(None, [clean(last), *initials]))


def split(text):
    """Return (last, first, middle) of a name written in one cell.

    One word is a last name; words after the second are the middle name.

    >>> split("Мамедов Али Гасан оглы")
    ('Мамедов', 'Али', 'Гасан оглы')
    >>> split("Петрова - Водкина Анна"), split("Ли")
    (('Петрова-Водкина', 'Анна', ''), ('Ли', '', ''))
    """
    words = clean(text).split(" ")
    last, first, *middle = [*words, "", ""][: max(len(words), 2)]
    return last, first, " ".join(middle)


def match_key(last, first, middle=None):
    """Return the text by which two spellings of one name are equal.

    Case, ё and the kind of dash, apostrophe and space do not count.

    >>> match_key("СЕМЁНОВ", "Пётр ", None) == match_key("Семенов", "Петр", "")
    True
    """
    return full(last, first, middle).casefold().replace("ё", "е")


def masked(first, middle=None):
    """Return first and middle name with all letters but the first hidden.

    For answers to payers whose identity is not checked.

    >>> masked("Женя", "Олегович")
    'Ж*** О*******'
    """
    words = full("", first, middle).split(" ")
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in words)
