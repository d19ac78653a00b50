"""Sentences and values of preview lines: what a row of a list leads to."""

from ..domain import person_name, roster_diff, roster_fields, roster_table
from ..domain.roster_diff import class_name

HIDDEN = "•••"


def masked_snils(cell, *, is_snils=False):
    """Return the text of a cell, of a СНИЛС only its end.

    :param is_snils: the cell is one, even if it is written wrong.

    >>> masked_snils("112-233-445 95"), masked_snils(11223344595)
    ('•••4595', '•••4595')
    >>> masked_snils("112-233-44", is_snils=True), masked_snils("5А")
    ('•••3-44', '5А')
    """
    text = roster_table.text_of(cell)
    if not is_snils:
        try:
            is_snils = bool(roster_fields.parse_snils(cell))
        except ValueError:
            return text
    return f"{HIDDEN}{text.replace(' ', '')[-4:]}" if is_snils else text


class RosterWords:
    """Makes the values of `meal.roster.import.line` from outcomes.

    Texts are collected once, because a city's list has thousands of rows.
    """

    def __init__(self, env, company):
        self.students = env["school.student"]
        self.reasons = env["meal.roster.reader"]._reason_texts()
        self.meanings = dict(env["meal.roster.mapping"]._selection_field())
        self.relations = dict(
            env["school.guardian"]._fields["relation"]._description_selection(env)
        )
        self.genders = dict(
            env["school.student"]._fields["gender"]._description_selection(env)
        )
        # sudo: names of schools are compared for all rows, shown for readable ones
        schools = env["school.school"].sudo().with_context(active_test=False)
        self.schools = {
            school.id: school.short_name
            for school in schools.search_fetch(
                [("company_id", "=", company.id)], ["short_name"]
            )
        }
        _ = env._
        self.labels = {
            "last": _("Last name"),
            "first": _("First name"),
            "middle": _("Middle name"),
            "school": _("School"),
            "class": _("Class"),
            "birth_date": _("Date of birth"),
            "gender": _("Gender"),
            "snils": _("SNILS"),
            "external_ref": _("Code in the other system"),
        }
        self.stale = _(
            "This changed since the preview, so nothing was written. Import the list"
            " once more to see what it changes now."
        )
        self.left = _("left")
        self.representative = _("Representative")
        self.unknown = _("The row is wrong.")
        self.has_money = _(
            "There is money on the account: let the student leave with the action"
            " “Leave school” and choose what happens to it."
        )

    def outcome(self, outcome, has_money=frozenset()):
        """Return the values of the line of an outcome.

        :param has_money: ids of students whose account is not empty.
        """
        row, known = outcome.row, outcome.known
        subject = row or known
        values = {
            "row_number": row.number if row else 0,
            "kind": outcome.kind,
            "name": person_name.full(subject.last, subject.first, subject.middle),
            "school_id": subject.school,
            "class_name": class_name(subject.grade, subject.letter),
            "summary": self.summary(outcome),
            "reason": self.reason(outcome.reason, outcome.others),
            "student_id": known.id if known else False,
        }
        if outcome.kind == roster_diff.LEFT and known.id in has_money:
            values["reason"] = self.has_money
        values |= {"digest": outcome.digest, "reason_code": outcome.reason}
        about_rows = outcome.reason in roster_diff.ABOUT_ROWS
        if outcome.kind == roster_diff.AMBIGUOUS and not about_rows:
            values |= {
                "candidate_ids": [(6, 0, outcome.others)],
                "choices": list(outcome.others),
                "candidate_count": len(outcome.others),
                "candidates": self.candidates(outcome.others),
            }
        return values

    def candidates(self, student_ids):
        """Return the students whom a row may mean: name, class and school only.

        The one who decides may not see the students of another school otherwise.
        """
        # sudo: see the docstring; the three facts and no other
        students = self.students.sudo().browse(student_ids)
        texts = []
        for student in students:
            place = student.class_id.name or (student.state == "left" and self.left)
            school = self.schools.get(student.school_id.id)
            texts.append(", ".join(filter(None, (student.name, place, school))))
        return "; ".join(texts)

    def unreadable(self, number, problems, parsed):
        """Return the values of the line of a row with wrong cells."""
        texts = []
        for problem in problems:
            field = self.meanings.get(problem.field, "")
            text = problem.value
            if problem.field == "snils":
                text = masked_snils(text, is_snils=True)
            value = f" «{text}»" if problem.value else ""
            text = self.reasons.get(problem.code, self.unknown)
            texts.append(f"{field}{value}: {text}")
        cells = zip(parsed.fields, parsed.cells[number], strict=False)
        name = " ".join(
            roster_table.text_of(cell)
            for field, cell in cells
            if field in ("full_name", "last_name", "first_name", "middle_name")
        )
        return {
            "row_number": number,
            "kind": roster_diff.ERROR,
            "name": name,
            "reason": " ".join(texts),
        }

    def reason(self, code, others=()):
        """Return the sentence for a reason code."""
        text = self.reasons.get(code, "")
        return text % {"others": ", ".join(map(str, others))} if text else False

    def summary(self, outcome):
        """Return old → new of everything that changes, or what is new."""
        if outcome.kind in (roster_diff.ERROR, roster_diff.AMBIGUOUS):
            return False
        parts = [
            f"{self.labels[name]}: {self.value(name, old)} → {self.value(name, new)}"
            for name, (old, new) in outcome.changes.items()
        ]
        if outcome.kind == roster_diff.CREATE:
            row = outcome.row
            parts = [
                f"{self.labels[name]}: {self.value(name, getattr(row, name))}"
                for name in ("birth_date", "gender", "snils", "external_ref")
                if getattr(row, name)
            ]
        pairs = outcome.guardians
        if outcome.kind == roster_diff.CREATE:
            pairs = [(None, guardian) for guardian in outcome.row.guardians]
        parts += [
            f"{self.representative}: {self.guardian(old)}{self.guardian(new)}"
            if old is None
            else f"{self.representative}: {self.guardian(old)} → {self.guardian(new)}"
            for old, new in pairs
        ]
        return "; ".join(parts) or False

    def value(self, name, value):
        """Return a value of a student's field as text; СНИЛС only by its end."""
        if not value:
            return "—"
        if name == "school":
            return self.schools.get(value, "?")
        if name == "gender":
            return self.genders.get(value, value)
        if name == "snils":
            return f"{HIDDEN}{value[-4:]}"
        return roster_table.text_of(value)

    def guardian(self, guardian):
        """Return a guardian as one text."""
        if guardian is None:
            return ""
        relation = self.relations.get(guardian.relation)
        parts = (guardian.name, relation, guardian.phone, guardian.email)
        return ", ".join(filter(None, parts))
