"""Compare a list of students with those on record: what would change.

Identity is the СНИЛС, else school + name + date of birth. Whatever could mean
two different children is *ambiguous* and waits for a person's decision; it is
never guessed. Blank cells state nothing and change nothing.

>>> import datetime
>>> born = datetime.date(2015, 9, 1)
>>> ann = Known(1, "Ким", "Анна", school=5, grade=4, letter="А", birth_date=born)
>>> row = Row(2, "Ким", "Анна", school=5, grade=5, letter="А", birth_date=born)
>>> [o.kind for o in compare([row], [ann])]
['move']
>>> compare([row], [ann])[0].changes
{'class': ('4А', '5А')}
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from . import person_name
from .roster_fields import Row

CREATE, CHANGE, MOVE, LEFT = "create", "change", "move", "left"
UNCHANGED, ERROR, AMBIGUOUS = "unchanged", "error", "ambiguous"
KINDS = (CREATE, CHANGE, MOVE, LEFT, UNCHANGED, ERROR, AMBIGUOUS)
#: What an import writes; the rest is only shown.
WORK_KINDS = (CREATE, CHANGE, MOVE, LEFT)
NEW = "new"
#: What to say instead when the student meant is not one of the operator's schools.
FOREIGN = {
    "maybe_from_other_school": "ask_department",
    "snils_of_another": "snils_elsewhere",
}
#: Reasons whose ``others`` are rows of the list, not students on record.
ABOUT_ROWS = frozenset(
    {"rows_namesakes", "rows_other_middle", "rows_contradict", "row_repeated"}
)
_PLAIN = ("birth_date", "gender", "snils", "external_ref")


@dataclass(frozen=True, slots=True)
class Known:
    """A student on record; the fields are those of :class:`Row`."""

    id: int
    last: str
    first: str
    middle: str = ""
    school: object = None
    grade: int = 0
    letter: str = ""
    birth_date: object = None
    gender: str = ""
    snils: str = ""
    external_ref: str = ""
    guardians: tuple = field(default=())
    enrolled: bool = True

    @property
    def name_key(self):
        """Name without case, ё and kinds of dashes."""
        return person_name.match_key(self.last, self.first, self.middle)

    @property
    def short_key(self):
        """Last and first name: a missing middle name states nothing."""
        return person_name.match_key(self.last, self.first)


@dataclass(slots=True)
class Outcome:
    """What one row, or one student missing from the list, leads to.

    ``changes`` is {field: (old, new)}; ``guardians`` the pairs (known or None,
    stated) that differ; ``reason`` a code for errors, ambiguities and notes;
    ``others`` the row numbers or student ids that the reason is about.
    """

    kind: str
    row: Row | None = None
    known: Known | None = None
    changes: dict = field(default_factory=dict)
    guardians: list = field(default_factory=list)
    reason: str = ""
    others: tuple = ()

    @property
    def digest(self):
        """Text that is equal when the outcome would write the same.

        >>> row = Row(2, "Ким", "Ян", grade=5)
        >>> other_place = replace(row, number=9)
        >>> Outcome(CREATE, row).digest == Outcome(CREATE, other_place).digest
        True
        >>> Outcome(CREATE, row).digest == Outcome(LEFT, row).digest
        False
        """
        stated = _content(self.row) if self.row and self.kind == CREATE else ()
        place = (self.row or self.known).school
        written = (
            self.kind,
            place,
            self.known and self.known.id,
            stated,
            sorted(self.changes.items()),
            self.guardians,
        )
        return hashlib.sha256(repr(written).encode()).hexdigest()


def compare(rows, known, full_list=(), decisions=None, may_move=None):
    """Return one :class:`Outcome` per row, then one per leaver.

    :param rows: parsed rows, without errors.
    :param known: students on record of the whole municipality, left ones too.
    :param full_list: schools whose list is complete: who is not on it has left.
    :param decisions: {row number: student id or NEW}, what a person decided
        about ambiguous rows.
    :param may_move: function(known, row) -> bool, whether the operator may take
        the student from the known school; None = always.
    """
    index = _Index(known)
    decisions = decisions or {}
    outcomes = _refuse_duplicates(rows, index, decisions)
    rest = [row for row in rows if row.number not in outcomes]
    outcomes |= _place_all(rest, index, decisions)
    _refuse_shared_targets(outcomes)
    if may_move:
        _refuse_foreign(outcomes.values(), index, may_move)
    for outcome in outcomes.values():
        if outcome.kind in (CREATE, MOVE) and not outcome.row.grade:
            outcome.kind, outcome.reason = ERROR, "class_missing"
    result = [outcomes[row.number] for row in rows]
    return result + _leavers(result, index, set(full_list))


class _Index:
    """Students on record by СНИЛС and by name with date of birth."""

    def __init__(self, known):
        self.known = known
        self.by_id = {student.id: student for student in known}
        self.by_snils = {s.snils: s for s in known if s.snils}
        self.by_name = defaultdict(list)
        for student in known:
            self.by_name[student.short_key].append(student)

    def namesakes(self, row):
        """Students of the last and first name of ``row``."""
        return self.by_name[row.short_key]

    def has(self, row):
        """Whether a student of exactly this name and date of birth is in the school."""
        return any(
            (s.name_key, s.school, s.birth_date)
            == (row.name_key, row.school, row.birth_date)
            for s in self.by_name[row.short_key]
        )

    def see_as(self, student, row):
        """Let the other rows meet the student by name as ``row`` states them."""
        namesakes = self.by_name[student.short_key]
        namesakes[:] = [known for known in namesakes if known.id != student.id]
        stated = {
            name: getattr(row, name) or getattr(student, name)
            for name in ("last", "first", "middle", "birth_date", "snils")
        }
        after = replace(student, school=row.school, **stated)
        self.by_name[after.short_key].append(after)


def _refuse_duplicates(rows, index, decisions):
    """Outcomes of rows that the file itself repeats or contradicts.

    The first of several identical rows goes in; different ones all wait.
    """
    outcomes = {}
    by_snils, by_name = defaultdict(list), defaultdict(list)
    for row in rows:
        if row.snils:
            by_snils[row.snils].append(row)
        if row.snils not in index.by_snils:
            by_name[row.school, row.short_key, row.birth_date].append(row)
    for same in (*by_snils.values(), *_split_by_middle(by_name.values())):
        same = [row for row in same if row.number not in outcomes]
        if len(same) < 2:
            continue
        contents = {_content(row) for row in same}
        if len(contents) == 1:
            first, *repeats = same
            for row in repeats:
                others = (first.number,)
                outcomes[row.number] = Outcome(
                    ERROR, row, reason="row_repeated", others=others
                )
            continue
        numbers = [row.snils for row in same]
        twins = all(numbers) and len(set(numbers)) == len(numbers)
        for row in same:
            if row.number in decisions:
                continue
            kind, reason = (
                (AMBIGUOUS, "rows_namesakes") if twins else (ERROR, "rows_contradict")
            )
            others = tuple(r.number for r in same if r is not row)
            outcomes[row.number] = Outcome(kind, row, reason=reason, others=others)
    for group in by_name.values():
        outcomes = _doubt_middle_names(group, index, decisions) | outcomes
    return outcomes


def _doubt_middle_names(group, index, decisions):
    """Outcomes of rows that only the middle name tells apart: two children, or one
    and a typing error? Two numbers, or the record, say that they are two.
    """
    outcomes = {}
    for row in group if group[0].birth_date else ():
        others = tuple(
            other.number
            for other in group
            if not _same_middle(row.middle, other.middle)
            and not (row.snils and other.snils)
        )
        if others and row.number not in decisions and not index.has(row):
            outcomes[row.number] = Outcome(
                AMBIGUOUS, row, reason="rows_other_middle", others=others
            )
    return outcomes


def _split_by_middle(groups):
    """Groups of rows that may be one person: known middle names tell them apart."""
    for group in groups:
        if len(group) == 1 or not all(row.middle for row in group):
            yield group
            continue
        by_middle = defaultdict(list)
        for row in group:
            by_middle[person_name.match_key("", "", row.middle)].append(row)
        yield from by_middle.values()


def _same_middle(one, other):
    """Whether two middle names do not contradict each other.

    >>> _same_middle("", "Ильич"), _same_middle("ИЛЬИЧ", "Ильич")
    (True, True)
    >>> _same_middle("Петрович", "Ильич")
    False
    """
    if not one or not other:
        return True
    return person_name.match_key("", "", one) == person_name.match_key("", "", other)


def _content(row):
    """Everything a row states but its number."""
    return (
        row.name_key,
        row.school,
        row.grade,
        row.letter,
        *(getattr(row, name) for name in _PLAIN),
        row.guardians,
    )


def _place_all(rows, index, decisions):
    """Outcomes by row number; what one row settles, the others already see.

    So a second run of the same list finds nothing that the first one left open.
    """
    outcomes = {}
    waiting = sorted(rows, key=lambda row: row.snils not in index.by_snils)
    while waiting:
        settled = []
        for row in waiting:
            outcome = _place(row, index, decisions.get(row.number))
            outcomes[row.number] = outcome
            if outcome.kind in (CHANGE, MOVE):
                index.see_as(outcome.known, row)
            if outcome.kind != AMBIGUOUS:
                settled.append(row)
        waiting = [row for row in waiting if outcomes[row.number].kind == AMBIGUOUS]
        if not settled:
            break
    return outcomes


def _place(row, index, decision):
    """Outcome of one row against the record."""
    if decision is not None:
        if decision == NEW and row.snils not in index.by_snils:
            return Outcome(CREATE, row)
        if decision in index.by_id:
            owner = index.by_snils.get(row.snils)
            if owner is None or owner.id == decision:
                return _difference(row, index.by_id[decision])
    if row.snils and row.snils in index.by_snils:
        return _place_by_snils(row, index.by_snils[row.snils])
    return _place_by_name(row, index.namesakes(row))


def _place_by_snils(row, student):
    """Outcome of a row whose СНИЛС is on record.

    A typing error in the number must not rename another child (a twin, say):
    the whole name, or first name and date of birth, have to agree.
    """
    born = {row.birth_date, student.birth_date} - {None}
    same_first = person_name.match_key("", row.first) == person_name.match_key(
        "", student.first
    )
    if row.name_key == student.name_key or (same_first and len(born) < 2):
        return _difference(row, student)
    return Outcome(
        AMBIGUOUS, row, student, reason="snils_of_another", others=(student.id,)
    )


def _place_by_name(row, namesakes):
    """Outcome of a row whose СНИЛС is not on record or not stated."""

    def ambiguous(reason, students):
        others = tuple(student.id for student in students)
        return Outcome(AMBIGUOUS, row, reason=reason, others=others)

    born = [s for s in namesakes if row.birth_date and s.birth_date == row.birth_date]
    if row.snils:
        # a different СНИЛС in another school is a different child
        born = [s for s in born if not s.snils or s.school == row.school]
    born = _nearest(born, row)
    here = [s for s in born if s.school == row.school]
    if len(here) > 1:
        return ambiguous("several_match", here)
    if here:
        if not _same_middle(here[0].middle, row.middle):
            return ambiguous("other_middle_name", here)
        if row.snils and here[0].snils:
            return ambiguous("same_name_other_snils", here)
        return _difference(row, here[0])
    if born:
        return ambiguous("maybe_from_other_school", born)
    undated = [
        s
        for s in namesakes
        if s.school == row.school
        and (not s.birth_date or not row.birth_date)
        and not (row.snils and s.snils)
    ]
    if undated:
        return ambiguous("birth_date_unknown", _nearest(undated, row))
    if not row.snils and not row.birth_date:
        return Outcome(ERROR, row, reason="identity_missing")
    return Outcome(CREATE, row)


def _nearest(students, row):
    """Those whose middle name does not differ, if there are any; else all, because
    it may be a typing error. A middle name and a СНИЛС that both differ are none.
    """
    same = [s for s in students if _same_middle(s.middle, row.middle)]
    return same or [s for s in students if not (row.snils and s.snils)]


def class_name(grade, letter):
    """Name of a class as people say it.

    >>> class_name(5, "А"), class_name(0, "")
    ('5А', '')
    """
    return f"{grade}{letter}" if grade else ""


def _difference(row, student):
    changes = {}
    for name in ("last", "first", "middle"):
        old, new = getattr(student, name), getattr(row, name)
        if new and _is_better_spelling(old, new):
            changes[name] = (old, new)
    for name in _PLAIN:
        old, new = getattr(student, name), getattr(row, name)
        if new and new != old:
            changes[name] = (old, new)
    guardians = _guardian_differences(row, student)
    kind = CHANGE if changes or guardians else UNCHANGED
    old_class = class_name(student.grade, student.letter)
    new_class = class_name(row.grade, row.letter)
    if row.school != student.school:
        changes["school"] = (student.school, row.school)
    if (row.grade and old_class != new_class) or not student.enrolled:
        changes["class"] = (old_class if student.enrolled else "", new_class)
    if "school" in changes or "class" in changes:
        kind = MOVE
    return Outcome(kind, row, student, changes=changes, guardians=guardians)


def _is_better_spelling(old, new):
    """Whether ``new`` is another name, or the same one with ё restored.

    >>> _is_better_spelling("Семенов", "СЕМЕНОВ")
    False
    >>> _is_better_spelling("Семёнов", "Семенов")
    False
    >>> _is_better_spelling("Семенов", "Семёнов"), _is_better_spelling("Ким", "Цой")
    (True, True)
    """
    if person_name.match_key(old, "") != person_name.match_key(new, ""):
        return True
    return new.casefold().count("ё") > old.casefold().count("ё")


def _guardian_differences(row, student):
    """Pairs (known or None, stated) of guardians that are new or changed."""
    by_key = {guardian.key: guardian for guardian in student.guardians}
    pairs = []
    for stated in row.guardians:
        old = by_key.get(stated.key)
        if old and old.fixed:
            continue
        if old is None or any(
            getattr(stated, name) and getattr(stated, name) != getattr(old, name)
            for name in ("relation", "phone", "email")
        ):
            pairs.append((old, stated))
    return pairs


def _refuse_shared_targets(outcomes):
    """Two rows that lead to one student contradict each other."""
    targets = Counter(
        o.known.id for o in outcomes.values() if o.known and o.kind != AMBIGUOUS
    )
    for outcome in outcomes.values():
        student = outcome.known
        if student and outcome.kind != AMBIGUOUS and targets[student.id] > 1:
            outcome.kind, outcome.reason = ERROR, "rows_contradict"
            outcome.others = tuple(
                number
                for number, other in outcomes.items()
                if other is not outcome and other.known and other.known.id == student.id
            )


def _refuse_foreign(outcomes, index, may_move):
    """Refuse what concerns students of schools that are not the operator's."""

    def is_foreign(student, row):
        is_other = student.school != row.school and student.enrolled
        return is_other and not may_move(student, row)

    for outcome in outcomes:
        row, known = outcome.row, outcome.known
        if outcome.kind == MOVE and is_foreign(known, row):
            outcome.kind, outcome.reason = ERROR, "other_school"
        elif outcome.reason in FOREIGN:
            meant = [index.by_id[number] for number in outcome.others]
            if any(is_foreign(student, row) for student in meant):
                outcome.kind, outcome.reason = ERROR, FOREIGN[outcome.reason]


def _leavers(outcomes, index, full_list):
    """Students of the complete lists whom no row could mean."""
    if not full_list:
        return []
    met, snils, names = set(), set(), set()
    for outcome in outcomes:
        if outcome.known:
            met.add(outcome.known.id)
        if outcome.kind in (AMBIGUOUS, ERROR):
            if outcome.kind == AMBIGUOUS and outcome.reason not in ABOUT_ROWS:
                met.update(outcome.others)
            snils.add(outcome.row.snils)
            names.add(outcome.row.short_key)
    return [
        Outcome(LEFT, known=student)
        for student in index.known
        if student.enrolled
        and student.school in full_list
        and student.id not in met
        and not (student.snils and student.snils in snils)
        and student.short_key not in names
    ]


def keep_unreadable(outcomes, texts):
    """Drop leavers whom a row that could not be read may have meant.

    :param texts: whole text of each unreadable row.

    >>> gone = Outcome(LEFT, known=Known(1, "Ким", "Ян"))
    >>> keep_unreadable([gone], ["12; КИМ Ян; 99А"])
    []
    >>> len(keep_unreadable([gone], ["Ли"]))
    1
    """
    haystack = "\n".join(person_name.match_key(text, "") for text in texts)
    return [
        outcome
        for outcome in outcomes
        if outcome.kind != LEFT
        or person_name.match_key(outcome.known.last, outcome.known.first)
        not in haystack
    ]
