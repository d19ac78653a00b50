"""Short names of students that tell those of one class apart."""

from collections import Counter
from datetime import date
from typing import NamedTuple


class Person(NamedTuple):
    """Who is named; `group` is the class, `born` a date or None."""

    group: int | None
    last: str
    first: str
    middle: str | None = None
    born: date | None = None


def tell_apart(people):
    """Return "Last First" of each; where that repeats in a class the patronymic is
    added, and where that repeats too the day of birth.

    >>> ivan, oleg = Person(1, "Орлов", "Лев", "Ильич"), Person(1, "Орлов", "Олег")
    >>> tell_apart([ivan, oleg])
    ['Орлов Лев', 'Орлов Олег']
    >>> tell_apart([ivan, ivan._replace(middle="Юрьевич"), ivan._replace(group=2)])
    ['Орлов Лев Ильич', 'Орлов Лев Юрьевич', 'Орлов Лев']
    >>> tell_apart([ivan._replace(born=date(2015, 3, 11)), ivan])
    ['Орлов Лев Ильич 11.03', 'Орлов Лев Ильич']
    """
    return _lengthen(people, [_short, _full, _with_birthday])


def _lengthen(people, forms):
    form, *longer = forms
    names = [form(person) for person in people]
    if not longer:
        return names
    groups = Counter(
        (person.group, name) for person, name in zip(people, names, strict=True)
    )
    again = _lengthen(people, longer)
    return [
        long if groups[person.group, name] > 1 else name
        for person, name, long in zip(people, names, again, strict=True)
    ]


def _short(person):
    return f"{person.last} {person.first}"


def _full(person):
    return " ".join(filter(None, (person.last, person.first, person.middle)))


def _with_birthday(person):
    born = f" {person.born:%d.%m}" if person.born else ""
    return f"{_full(person)}{born}"
