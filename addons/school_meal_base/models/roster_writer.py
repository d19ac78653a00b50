"""Writes the outcomes of a list's comparison: in batches, each row on its own.

A chunk goes in as a whole; when the database or a rule refuses it, halves of it are
tried, so that one bad row never takes its neighbours with it.
"""

import uuid
from collections import defaultdict

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ..domain import person_name, roster_diff, roster_fields
from .school_guardian import LEGAL_RELATIONS

#: Bulk work writes no chatter and needs no address synchronisation of partners.
BULK_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "_partners_skip_fields_sync": True,
}
_NAMES = {"last": "last_name", "first": "first_name", "middle": "middle_name"}
UNKNOWN_RELATION = "other"


class RosterWriter:
    """Creates, changes, moves students and lets them leave, as outcomes say.

    :param roster: `meal.roster.import`; its schools were checked by the comparison.
    """

    def __init__(self, roster, outcomes):
        # sudo: rows of schools that are not the user's were refused before; persons
        # and the lookup of siblings need more than the rights on students
        self.env = roster.with_context(**BULK_CONTEXT).sudo().env
        self.roster = roster
        self.company = roster.company_id
        self.classes = self._load_classes(outcomes)
        self.persons = self._load_persons()
        self.has_money_text = roster.env._(
            "There is money on the account: let the student leave with the action"
            " “Leave school” and choose what happens to it."
        )

    def write(self, outcomes):
        """Write outcomes; return [(outcome, student id or False, error or '')]."""
        leavers = [o.known.id for o in outcomes if o.kind == roster_diff.LEFT]
        rich = self.env["meal.roster.reader"]._students_with_money(leavers)
        refused = [
            (outcome, outcome.known.id, self.has_money_text)
            for outcome in outcomes
            if outcome.kind == roster_diff.LEFT and outcome.known.id in rich
        ]
        good = [
            outcome
            for outcome in outcomes
            if outcome.kind != roster_diff.LEFT or outcome.known.id not in rich
        ]
        return refused + self._try(good)

    def _try(self, outcomes):
        if not outcomes:
            return []
        persons, classes = dict(self.persons), dict(self.classes)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                done = self._write_all(outcomes)
        except (UserError, IntegrityError) as error:
            self.persons, self.classes = persons, classes
            if len(outcomes) == 1:
                return [(outcomes[0], False, self._sentence(error))]
        else:
            return [(outcome, student_id, "") for outcome, student_id in done]
        half = len(outcomes) // 2
        return self._try(outcomes[:half]) + self._try(outcomes[half:])

    def _sentence(self, error):
        if isinstance(error, UserError):
            return " ".join(str(error.args[0]).split())
        return self.env["school.student"]._sql_error_to_message(error)

    def _write_all(self, outcomes):
        by_kind = {kind: [] for kind in roster_diff.KINDS}
        for outcome in outcomes:
            by_kind[outcome.kind].append(outcome)
        self._create_classes(outcomes)
        done = self._create(by_kind[roster_diff.CREATE])
        changed = by_kind[roster_diff.CHANGE] + by_kind[roster_diff.MOVE]
        done += self._change(changed)
        done += self._leave(by_kind[roster_diff.LEFT])
        return done

    # === CLASSES === #

    def _load_classes(self, outcomes):
        schools = {outcome.row.school for outcome in outcomes if outcome.row}
        found = self.env["school.class"].search_fetch(
            [("school_id", "in", list(schools))],
            ["school_id", "grade", "letter", "school_year_start"],
            order="school_year_start, id",
        )
        # a list of August is about the classes of the coming year, made new here, and
        # not about those that still wait to rise
        years = {one: one._get_new_class_year() for one in found.school_id}
        return {
            (one.school_id.id, one.grade, roster_fields.letter_key(one.letter)): one.id
            for one in found
            if one.school_year_start >= years[one.school_id]
        }

    def _class_key(self, row):
        return (row.school, row.grade, row.letter)

    def _create_classes(self, outcomes):
        keys = {
            self._class_key(outcome.row): None
            for outcome in outcomes
            if outcome.row and outcome.row.grade
        }
        missing = [key for key in keys if key not in self.classes]
        created = self.env["school.class"].create(
            [
                {"school_id": school, "grade": grade, "letter": letter}
                for school, grade, letter in missing
            ]
        )
        self.classes.update(zip(missing, created.ids, strict=True))

    # === STUDENTS === #

    def _create(self, outcomes):
        students = self.env["school.student"].create(
            [self._prepare_student(outcome.row) for outcome in outcomes]
        )
        self._add_guardians(
            (student_id, guardian)
            for outcome, student_id in zip(outcomes, students.ids, strict=True)
            for guardian in outcome.row.guardians
        )
        return list(zip(outcomes, students.ids, strict=True))

    def _prepare_student(self, row):
        return {
            "last_name": row.last,
            "first_name": row.first,
            "middle_name": row.middle or False,
            "school_id": row.school,
            "class_id": self.classes[self._class_key(row)],
            "birth_date": row.birth_date or False,
            "gender": row.gender or False,
            "snils": row.snils or False,
            "external_ref": row.external_ref or False,
        }

    def _change(self, outcomes):
        students = self.env["school.student"].browse(o.known.id for o in outcomes)
        same = defaultdict(list)  # a class that moves together is one write
        for outcome, student in zip(outcomes, students, strict=True):
            values = self._prepare_change(outcome)
            if values:
                same[tuple(sorted(values.items()))].append(student.id)
        for values, ids in same.items():
            batch = students.browse(ids).with_prefetch(students.ids)
            batch.write(dict(values))
        new = []
        for outcome, student in zip(outcomes, students, strict=True):
            for old, stated in outcome.guardians:
                if old is None:
                    new.append((student.id, stated))
                else:
                    self._change_guardian(student, old, stated)
        self._add_guardians(new)
        return list(zip(outcomes, students.ids, strict=True))

    def _prepare_change(self, outcome):
        values = {
            _NAMES.get(name, name): new
            for name, (_old, new) in outcome.changes.items()
            if name not in ("school", "class")
        }
        if outcome.kind == roster_diff.MOVE:
            values |= self._prepare_move(outcome)
        return values

    def _prepare_move(self, outcome):
        row = outcome.row
        values = {
            "school_id": row.school,
            "class_id": self.classes[self._class_key(row)],
        }
        if not outcome.known.enrolled:
            values |= {"state": "enrolled", "active": True}
        return values

    def _leave(self, outcomes):
        students = self.env["school.student"].browse(o.known.id for o in outcomes)
        calendar = self.env["school.calendar"]
        for student in students:
            day = calendar._local_date(student.school_id)
            student._leave(day, "left", None, uuid=str(uuid.uuid4()))
        return list(zip(outcomes, students.ids, strict=True))

    # === GUARDIANS === #

    def _load_persons(self):
        """{(name, phone or e-mail): partner id} of the families of the municipality."""
        persons = {}
        for partner_id, name, phone, email in self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.id, p.name, p.phone, p.email
                  FROM school_guardian g
                  JOIN school_student s ON s.id = g.student_id
                  JOIN res_partner p ON p.id = g.partner_id
                 WHERE s.company_id = %s
                 ORDER BY p.id
                """,
                self.company.id,
            )
        ):
            guardian = self.env["meal.roster.reader"]._stored_guardian(
                name, "", phone, email
            )
            for key in self._person_keys(guardian):
                persons.setdefault(key, partner_id)
        return persons

    @staticmethod
    def _person_keys(guardian):
        """A name with a contact is one person in a municipality; a name alone not."""
        name = person_name.match_key(guardian.name, "")
        return [(name, text) for text in (guardian.phone, guardian.email) if text]

    def _add_guardians(self, pairs):
        """Record guardians; brothers and sisters share the person.

        :param pairs: (student id, `roster_fields.Guardian`)
        """
        pairs = list(pairs)
        slots, new = [], []
        for _student_id, guardian in pairs:
            keys = self._person_keys(guardian)
            found = next((self.persons[k] for k in keys if k in self.persons), None)
            if found is None:
                found = ("new", len(new))
                new.append(self._prepare_person(guardian))
                self.persons.update(dict.fromkeys(keys, found))
            slots.append(found)
        partners = self.env["res.partner"].create(new).ids
        resolve = {("new", index): partner for index, partner in enumerate(partners)}
        self.persons = {k: resolve.get(v, v) for k, v in self.persons.items()}
        self.env["school.guardian"].create(
            [
                {
                    "student_id": student_id,
                    "partner_id": resolve.get(slot, slot),
                    "relation": guardian.relation or UNKNOWN_RELATION,
                }
                for (student_id, guardian), slot in zip(pairs, slots, strict=True)
            ]
        )

    def _prepare_person(self, guardian):
        return {
            "name": guardian.name,
            "phone": guardian.phone or False,
            "email": guardian.email or False,
            "company_id": self.company.id,
        }

    def _change_guardian(self, student, old, stated):
        """Write what the list says otherwise.

        Whoever can sign in never gets here (`Guardian.fixed`): a list must not move
        the address to which a new password would be sent.
        """
        guardian = student.guardian_ids.filtered(
            lambda one: person_name.match_key(one.partner_id.name, "") == stated.key
        )[:1]
        if stated.relation and stated.relation != guardian.relation:
            values = {"relation": stated.relation}
            usual = guardian.relation in LEGAL_RELATIONS
            if guardian.is_legal != usual:
                # people decided who represents the child, a list does not know it
                values["is_legal"] = guardian.is_legal
            guardian.write(values)
        contacts = {
            name: getattr(stated, name)
            for name in ("phone", "email")
            if getattr(stated, name) and getattr(stated, name) != getattr(old, name)
        }
        if contacts:
            guardian.partner_id.write(contacts)
