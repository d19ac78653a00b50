import re
from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..domain import roster_diff, roster_fields, roster_table


@dataclass(slots=True)
class Parsed:
    """A list as read: the good rows, and the problems and cells of each row."""

    table: roster_table.Table
    fields: list
    rows: list
    problems: dict
    cells: dict


class MealRosterReader(models.AbstractModel):
    """Turns a file into rows and the record into something to compare them with.

    Reads the whole record of the municipality in two statements, whatever the size
    of the list. Writes nothing.
    """

    _name = "meal.roster.reader"
    _description = "Reader of Student Lists"

    # === FILE === #

    @api.model
    def _read_table(self, data):
        """Return the table of a file; UserError says what is wrong with it."""
        try:
            return roster_table.read_table(data, roster_fields.count_known)
        except roster_table.TableError as error:
            raise UserError(self._table_messages(error)) from error

    def _table_messages(self, error):
        _ = self.env._
        return {
            "empty": _("The file is empty. Choose another one."),
            "too_large": _(
                "The file is too large. Split it: %(megabytes)s MB at most.",
                megabytes=error.details.get("megabytes"),
            ),
            "old_excel": _(
                "This is an old Excel format (.xls). Open the file in Excel and save"
                " it as .xlsx or CSV."
            ),
            "broken_excel": _(
                "The Excel file cannot be read. Open it in Excel and save it anew as"
                " .xlsx."
            ),
            "too_many_rows": _(
                "The file has more than %(limit)s rows. Split it.",
                limit=error.details.get("limit"),
            ),
            "no_header": _(
                "No header was found. One row has to name the columns, for example:"
                " Full name; Class; Date of birth."
            ),
            "encoding": _(
                "The text of the file cannot be read. Save it as CSV UTF-8 or .xlsx."
            ),
        }[error.code]

    @api.model
    def _parse(self, table, columns, find_school, kept=frozenset()):
        """Return :class:`Parsed` rows of ``table``.

        :param columns: for every column its field or a false value.
        :param find_school: see :func:`roster_fields.parse_row`.
        :param kept: see there and :meth:`_read_odd_contacts`.
        """
        today = fields.Date.context_today(self)
        rows, problems, cells_by_number = [], {}, {}
        for number, cells in table.rows:
            cells_by_number[number] = cells
            row, found = roster_fields.parse_row(
                number, cells, columns, find_school, today, kept
            )
            if found:
                problems[number] = found
            else:
                rows.append(row)
        return Parsed(table, columns, rows, problems, cells_by_number)

    # === SCHOOLS === #

    @api.model
    def _school_finder(self, company, allowed, only=None):
        """Return a function text -> school id for :func:`roster_fields.parse_row`.

        :param allowed: schools whose lists the operator may import.
        :param only: the one school of the list, when it is a school's list.
        """
        # sudo: to tell "unknown" from "not yours", all names have to be compared
        schools = (
            self.env["school.school"].sudo().search([("company_id", "=", company.id)])
        )
        by_key = defaultdict(set)
        for school in schools:
            for text in (school.name, school.short_name, school.code):
                by_key[self._school_key(text)].add(school.id)
        allowed_ids = set(allowed.ids)

        def find(text):
            if not text:
                if only:
                    return only.id
                raise KeyError("school_missing")
            found = by_key.get(self._school_key(text), ())
            if len(found) != 1:
                raise KeyError("school_ambiguous" if found else "school_unknown")
            [school_id] = found
            if only and school_id != only.id:
                raise KeyError("school_other")
            if school_id not in allowed_ids:
                raise KeyError("school_forbidden")
            return school_id

        return find

    @staticmethod
    def _school_key(text):
        """Text by which names of schools are compared; a bare number is a code."""
        key = re.sub(r"[\W_]|№", "", text or "").casefold().replace("ё", "е")
        return key.zfill(3) if key.isdigit() else key

    # === RECORD === #

    @api.model
    def _read_known(self, company):
        """Return the students of a municipality as `roster_diff.Known`."""
        self.env.flush_all()
        guardians = defaultdict(list)
        for student_id, *values in self.env.execute_query(
            SQL(
                """
                SELECT g.student_id, p.name, g.relation, p.phone, p.email,
                       NOT g.active OR EXISTS (
                            SELECT FROM res_users u WHERE u.partner_id = p.id)
                  FROM school_guardian g
                  JOIN res_partner p ON p.id = g.partner_id
                  JOIN school_student s ON s.id = g.student_id
                 WHERE s.company_id = %s
                 ORDER BY g.id
                """,
                company.id,
            )
        ):
            guardians[student_id].append(self._stored_guardian(*values))
        return [
            roster_diff.Known(
                student_id,
                last or "",
                first or "",
                middle or "",
                school_id,
                grade or 0,
                roster_fields.letter_key(letter),
                birth_date,
                gender or "",
                snils or "",
                roster_table.text_of(external_ref or ""),
                tuple(guardians.get(student_id, ())),
                bool(state != "left" and active),
            )
            for (
                student_id,
                last,
                first,
                middle,
                school_id,
                grade,
                letter,
                birth_date,
                gender,
                snils,
                external_ref,
                state,
                active,
            ) in self.env.execute_query(
                SQL(
                    """
                    SELECT s.id, s.last_name, s.first_name, s.middle_name,
                           s.school_id, c.grade, c.letter, s.birth_date, s.gender,
                           s.snils, s.external_ref, s.state, s.active
                      FROM school_student s
                      LEFT JOIN school_class c ON c.id = s.class_id
                     WHERE s.company_id = %s
                     ORDER BY s.id
                    """,
                    company.id,
                )
            )
        ]

    @api.model
    def _read_odd_contacts(self, company):
        """Return the phones and addresses of families that a list could not state.

        Somebody wrote them by hand ("home 2-34-56"); an exported list has them too.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.phone, p.email
                  FROM school_guardian g
                  JOIN school_student s ON s.id = g.student_id
                  JOIN res_partner p ON p.id = g.partner_id
                 WHERE s.company_id = %s
                """,
                company.id,
            )
        )
        parsers = (roster_fields.parse_phone, roster_fields.parse_email)
        return frozenset(
            roster_table.text_of(text)
            for row in rows
            for parse, text in zip(parsers, row, strict=True)
            if text and self._contact(parse, text) == roster_table.text_of(text)
        )

    @staticmethod
    def _contact(parse, text):
        try:
            return parse(text)
        except ValueError:
            return roster_table.text_of(text)  # written by hand, kept as it is

    @classmethod
    def _stored_guardian(cls, name, relation, phone, email, fixed=False):
        return roster_fields.Guardian(
            " ".join((name or "").split()),
            relation or "",
            cls._contact(roster_fields.parse_phone, phone),
            cls._contact(roster_fields.parse_email, email),
            fixed,
        )

    @api.model
    def _students_with_money(self, student_ids):
        """Return the ids of the students whose account is not empty."""
        accounts = (
            # sudo: only whether there is money, which decides who may leave
            self.env["meal.account"]
            .sudo()
            .search(
                [
                    ("student_id", "in", list(student_ids)),
                    "|",
                    ("posted", "!=", 0),
                    ("held", "!=", 0),
                ]
            )
        )
        return set(accounts.student_id.ids)

    # === WORDS === #

    @api.model
    def _reason_texts(self):
        """Return {code: sentence}: what is wrong with a row and what to do."""
        _ = self.env._
        return {
            "name_missing": _("Last and first name are needed."),
            "name_wrong": _("This is not a name: only letters and hyphens."),
            "class_missing": _(
                "The class is missing, for example 5А: a student who is new here needs"
                " one."
            ),
            "class_wrong": _("This is not a class: write it as 5А, grades are 1-11."),
            "date_wrong": _("This is not a date: write it as 31.12.2015."),
            "date_range": _("A student cannot be born on this date. Check the year."),
            "gender_wrong": _("The gender is М or Ж."),
            "snils_characters": _("A SNILS has digits only."),
            "snils_length": _("A SNILS has eleven digits."),
            "snils_check": _(
                "The check digits of the SNILS are wrong: a typing error."
            ),
            "phone_wrong": _("This is not one phone number: write +7 and ten digits."),
            "email_wrong": _("This is not one e-mail address."),
            "relation_wrong": _("Unknown relation: mother, father, guardian or other."),
            "guardian_name_missing": _("Phone or e-mail of a person without a name."),
            "guardian_twice": _("One person is stated twice with different contacts."),
            "school_missing": _("The school is missing. Name it or give its code."),
            "school_unknown": _(
                "There is no such school. Write its name or code as in the list of"
                " schools."
            ),
            "school_ambiguous": _("Several schools are called so. Give the code."),
            "school_other": _("This row is of another school than the list."),
            "school_forbidden": _("You are not on the staff of this school."),
            "identity_missing": _("Give the SNILS or the date of birth."),
            "row_repeated": _("The same student stands in row %(others)s already."),
            "rows_contradict": _(
                "Row %(others)s is about the same student and says otherwise. Leave"
                " one of them."
            ),
            "other_school": _(
                "This student is on the list of another school. Ask it or the"
                " education department for the transfer."
            ),
            "same_name_other_snils": _(
                "A student of this name and date of birth has another SNILS."
            ),
            "rows_namesakes": _(
                "Row %(others)s has the same name and date of birth, but another SNILS."
            ),
            "rows_other_middle": _(
                "Row %(others)s has the same name and date of birth, but another middle"
                " name. If they are one child, leave one row; if they are two, say so."
            ),
            "other_middle_name": _(
                "A student of this name and date of birth has another middle name. Is"
                " it a typing error, or another child?"
            ),
            "ask_department": _(
                "A student of this name and date of birth is on the list of another"
                " school. If it is the same child, ask the education department for the"
                " transfer; it can also import this row as another, new student."
            ),
            "snils_elsewhere": _(
                "This SNILS is recorded in another school for a student of another"
                " name. Check the number; if it is right, ask the education department."
            ),
            "snils_of_another": _(
                "This SNILS is recorded for a student of another name."
            ),
            "several_match": _("Several students have this name and date of birth."),
            "maybe_from_other_school": _(
                "A student of this name and date of birth is in another school."
            ),
            "birth_date_unknown": _(
                "A student of this name is on record, but the date of birth or SNILS"
                " that would tell them apart is missing."
            ),
        }
