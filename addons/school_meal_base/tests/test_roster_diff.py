import datetime
from collections import Counter
from dataclasses import fields, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from odoo.addons.school_meal_base.domain import roster_diff as diff
from odoo.addons.school_meal_base.domain.roster_diff import Known
from odoo.addons.school_meal_base.domain.roster_fields import Guardian, Row

BORN = datetime.date(2015, 9, 1)
ANN = Known(1, "Ким", "Анна", "", 5, 5, "А", BORN, "female", "11223344595")
SNILS = ("11223344595", "05686067192", "87759460892", "")

row_values = st.fixed_dictionaries(
    {
        "last": st.sampled_from(["Ким", "Цой"]),
        "middle": st.sampled_from(["", "Ильинична", "Петровна"]),
        "first": st.sampled_from(["Анна", "Ян"]),
        "school": st.sampled_from([5, 6]),
        "grade": st.sampled_from([0, 4, 5]),
        "letter": st.sampled_from(["А", "Б"]),
        "birth_date": st.sampled_from([BORN, BORN.replace(day=2), None]),
        "snils": st.sampled_from(SNILS),
    }
)

relaxed = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def numbered(values):
    return [Row(number, **value) for number, value in enumerate(values, start=2)]


def as_known(row, number):
    return Known(
        number,
        **{f.name: getattr(row, f.name) for f in fields(Row) if f.name != "number"},
    )


def apply_outcomes(outcomes, known):
    """The record after the outcomes were applied as the importer applies them."""
    record = {student.id: student for student in known}
    for outcome in outcomes:
        if outcome.kind == diff.CREATE:
            number = max(record, default=0) + 1
            record[number] = as_known(outcome.row, number)
        elif outcome.kind in (diff.CHANGE, diff.MOVE):
            values = {
                name: new
                for name, (_old, new) in outcome.changes.items()
                if name not in ("class",)
            }
            if outcome.kind == diff.MOVE:
                values |= {"grade": outcome.row.grade, "letter": outcome.row.letter}
                values["enrolled"] = True
            record[outcome.known.id] = replace(outcome.known, **values)
        elif outcome.kind == diff.LEFT:
            record[outcome.known.id] = replace(outcome.known, enrolled=False)
    return list(record.values())


@tagged("post_install", "-at_install")
class TestRosterDiff(TransactionCase):
    def kinds(self, *rows, known=(ANN,), **options):
        return [o.kind for o in diff.compare(list(rows), list(known), **options)]

    def row(self, number=2, **values):
        values = {
            "last": "Ким",
            "first": "Анна",
            "school": 5,
            "grade": 5,
            "letter": "А",
            "birth_date": BORN,
        } | values
        return Row(number, **values)

    @relaxed
    @given(st.lists(row_values, max_size=8), st.lists(row_values, max_size=8))
    def test_a_list_applied_twice_changes_nothing_the_second_time(self, old, new):
        known = apply_outcomes(diff.compare(numbered(old), []), [])
        full = {5, 6}
        first = diff.compare(numbered(new), known, full)
        known = apply_outcomes(first, known)
        again = diff.compare(numbered(new), known, full)
        kinds = {o.kind for o in again}
        self.assertLessEqual(kinds, {diff.UNCHANGED, diff.ERROR, diff.AMBIGUOUS})

    @relaxed
    @given(st.lists(row_values, max_size=8), st.lists(row_values, max_size=8))
    def test_no_student_is_touched_twice_and_no_snils_given_twice(self, old, new):
        known = apply_outcomes(diff.compare(numbered(old), []), [])
        outcomes = diff.compare(numbered(new), known, {5, 6})
        done = (diff.CHANGE, diff.MOVE, diff.LEFT, diff.UNCHANGED)
        touched = Counter(o.known.id for o in outcomes if o.kind in done)
        self.assertFalse([n for n in touched.values() if n > 1])
        numbers = [s.snils for s in apply_outcomes(outcomes, known) if s.snils]
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_blank_cells_erase_nothing(self):
        self.assertEqual(self.kinds(self.row(gender="", snils="")), ["unchanged"])

    def test_snils_finds_a_student_who_changed_the_last_name(self):
        row = self.row(last="Цой", snils=ANN.snils)
        (outcome,) = diff.compare([row], [ANN])
        self.assertEqual(outcome.changes, {"last": ("Ким", "Цой")})

    def test_the_snils_of_a_twin_renames_nobody(self):
        row = self.row(first="Яна", snils=ANN.snils)
        self.assertEqual(self.kinds(row), ["ambiguous"])
        self.assertEqual(self.kinds(row, decisions={2: 1}), ["change"])
        self.assertEqual(self.kinds(row, decisions={2: diff.NEW}), ["ambiguous"])

    def test_a_namesake_with_another_snils_is_listed_not_guessed(self):
        row = self.row(snils="05686067192")
        self.assertEqual(self.kinds(row), ["ambiguous"])
        self.assertEqual(self.kinds(row, decisions={2: diff.NEW}), ["create"])

    def test_a_missing_middle_name_states_nothing(self):
        ann = replace(ANN, middle="Ильинична", snils="")
        self.assertEqual(self.kinds(self.row(), known=[ann]), ["unchanged"])
        rows = self.row(2), self.row(3, middle="Ильинична")
        self.assertEqual(self.kinds(*rows, known=[]), ["error", "error"])

    def test_another_middle_name_may_be_a_typing_error(self):
        ann = replace(ANN, middle="Ильинична", snils="")
        typo = self.row(middle="Ильиничнна")
        (outcome,) = diff.compare([typo], [ann], full_list={5})  # nor has she left
        self.assertEqual(outcome.reason, "other_middle_name")
        self.assertEqual(outcome.others, (ann.id,))
        self.assertEqual(self.kinds(typo, known=[ann], decisions={2: 1}), ["change"])
        decided = self.kinds(typo, known=[ann], decisions={2: diff.NEW})
        self.assertEqual(decided, ["create"])
        ann = replace(ann, birth_date=None)
        self.assertEqual(self.kinds(typo, known=[ann]), ["ambiguous"])
        ann = replace(ann, birth_date=BORN, school=6)
        self.assertEqual(self.kinds(typo, known=[ann]), ["ambiguous"])

    def test_two_numbers_or_the_record_say_that_there_are_two_children(self):
        ann = replace(ANN, middle="Ильинична")
        other = self.row(middle="Петровна", snils="05686067192")
        self.assertEqual(self.kinds(other, known=[ann]), ["create"])
        both = [ann, replace(ann, id=7, middle="Петровна", snils="")]
        self.assertEqual(
            self.kinds(self.row(middle="Петровна"), known=both), ["unchanged"]
        )

    def test_rows_that_only_the_middle_name_tells_apart_wait(self):
        rows = self.row(2, middle="Петровна"), self.row(3, middle="Ильинична")
        outcomes = diff.compare(rows, [])
        self.assertEqual({o.reason for o in outcomes}, {"rows_other_middle"})
        both = {2: diff.NEW, 3: diff.NEW}
        decided = diff.compare(rows, [], decisions=both)
        self.assertEqual([o.kind for o in decided], ["create", "create"])
        record = apply_outcomes(decided, [])
        self.assertEqual(self.kinds(*rows, known=record), ["unchanged"] * 2)
        numbers = [replace(rows[0], snils=SNILS[0]), replace(rows[1], snils=SNILS[1])]
        self.assertEqual(self.kinds(*numbers, known=[]), ["create", "create"])

    def test_a_row_without_a_class_changes_none_and_makes_no_student(self):
        row = self.row(grade=0, letter="")
        self.assertEqual(self.kinds(row), ["unchanged"])
        for known in ([], [replace(ANN, enrolled=False)]):
            (outcome,) = diff.compare([row], known)
            self.assertEqual((outcome.kind, outcome.reason), ("error", "class_missing"))

    def test_an_operator_asks_for_a_child_of_another_school(self):
        ann = replace(ANN, snils="", school=6)
        (outcome,) = diff.compare([self.row()], [ann], may_move=lambda *_: False)
        self.assertEqual((outcome.kind, outcome.reason), ("error", "ask_department"))
        ann = replace(ann, enrolled=False)
        (outcome,) = diff.compare([self.row()], [ann], may_move=lambda *_: False)
        self.assertEqual((outcome.kind, outcome.others), ("ambiguous", (ann.id,)))

    def test_a_namesake_of_another_school_is_listed_not_guessed(self):
        ann = replace(ANN, snils="", school=6)
        self.assertEqual(self.kinds(self.row(), known=[ann]), ["ambiguous"])
        self.assertEqual(
            self.kinds(self.row(), known=[ann], decisions={2: 1}), ["move"]
        )

    def test_a_namesake_without_birth_date_is_listed_not_guessed(self):
        ann = replace(ANN, snils="", birth_date=None)
        self.assertEqual(self.kinds(self.row(), known=[ann]), ["ambiguous"])

    def test_a_row_without_identity_is_refused(self):
        row = self.row(birth_date=None, last="Цой")
        (outcome,) = diff.compare([row], [ANN])
        self.assertEqual((outcome.kind, outcome.reason), ("error", "identity_missing"))

    def test_of_equal_rows_one_goes_in_and_of_different_ones_none(self):
        known = []
        self.assertEqual(
            self.kinds(self.row(2), self.row(3), known=known), ["create", "error"]
        )
        rows = self.row(2), self.row(3, grade=6)
        self.assertEqual(self.kinds(*rows, known=known), ["error", "error"])

    def test_only_a_complete_list_makes_leavers(self):
        row = self.row(last="Цой")
        self.assertEqual(self.kinds(row), ["create"])
        self.assertEqual(self.kinds(row, full_list={5}), ["create", "left"])
        self.assertEqual(self.kinds(row, full_list={6}), ["create"])

    def test_who_may_be_meant_by_a_bad_row_has_not_left(self):
        ann = replace(ANN, snils="", birth_date=None)
        self.assertEqual(
            self.kinds(self.row(), known=[ann], full_list={5}), ["ambiguous"]
        )

    def test_a_student_who_left_returns_with_the_old_record(self):
        (outcome,) = diff.compare([self.row()], [replace(ANN, enrolled=False)])
        self.assertEqual(outcome.kind, "move")
        self.assertEqual(outcome.changes, {"class": ("", "5А")})

    def test_an_operator_does_not_take_a_student_of_another_school(self):
        row = self.row(school=6, snils=ANN.snils)
        (outcome,) = diff.compare([row], [ANN], may_move=lambda known, row: False)
        self.assertEqual((outcome.kind, outcome.reason), ("error", "other_school"))
        self.assertEqual(self.kinds(row), ["move"])

    def test_a_guardian_is_found_by_name_and_a_new_phone_is_a_change(self):
        mother = Guardian("Ким Ольга", "mother", "+79001234567")
        ann = replace(ANN, guardians=(mother,))
        row = self.row(guardians=(replace(mother, phone="", name="КИМ ОЛЬГА"),))
        self.assertEqual(self.kinds(row, known=[ann]), ["unchanged"])
        newer = replace(mother, phone="+79007654321")
        (outcome,) = diff.compare([self.row(guardians=(newer,))], [ann])
        self.assertEqual(outcome.guardians, [(mother, newer)])
