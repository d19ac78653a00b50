import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import roster_fields, roster_table

#: Headers that the import understands by itself, in Russian as the lists are.
HEADERS = (
    "Школа",
    "Класс",
    "Фамилия",
    "Имя",
    "Отчество",
    "Дата рождения",
    "Пол",
    "СНИЛС",
    "Внешний код",
    "Лицевой счёт",
)
GUARDIAN_HEADERS = ("Представитель", "Степень родства", "Телефон", "E-mail")
GENDERS = {"male": "М", "female": "Ж"}
WIDTHS = (16, 8, 18, 14, 18, 14, 6, 16, 14, 14)
GUARDIAN_WIDTHS = (30, 16, 18, 24)


class MealRosterExport(models.TransientModel):
    """A list of students as a file of the shape that the import reads."""

    _name = "meal.roster.export"
    _description = "Export of Students"

    school_ids = fields.Many2many("school.school", string="Schools")
    student_ids = fields.Many2many("school.student", string="Students")
    file_format = fields.Selection(
        [("xlsx", "Excel (XLSX)"), ("csv", "CSV (UTF-8, semicolon)")],
        "Format",
        required=True,
        default="xlsx",
    )
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    def action_export(self):
        """Make the file and download it."""
        self.ensure_one()
        students = self.student_ids or self.school_ids._get_enrolled()
        if not students:
            raise UserError(self.env._("Choose schools or students to export."))
        data = self._make_file(students, self.file_format)
        self.file = base64.b64encode(data)
        self.file_name = f"students.{self.file_format}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            f"?download=true&filename={self.file_name}",
            "target": "download",
        }

    @api.model
    def _make_file(self, students, file_format):
        """Return the bytes of the list; СНИЛС only for those who may see it."""
        students.check_access("read")
        rows = list(self._iterate_rows(students))
        width = max(map(len, rows), default=len(HEADERS))
        slots = (width - len(HEADERS)) // len(GUARDIAN_HEADERS)
        headers = [*HEADERS]
        for number in range(1, slots + 1):
            suffix = f" {number}" if number > 1 else ""
            headers += [header + suffix for header in GUARDIAN_HEADERS]
        if file_format == "csv":
            return roster_table.write_csv(headers, rows)
        return roster_table.write_xlsx(headers, rows, WIDTHS + GUARDIAN_WIDTHS * slots)

    def _school_texts(self, students):
        """Return {school: the text by which an import finds it again}."""
        schools = students.school_id
        reader = self.env["meal.roster.reader"]
        result = {}
        for company, own in schools.grouped("company_id").items():
            find = reader._school_finder(company, own)
            for school in own:
                texts = (school.short_name, school.name, school.code)
                result[school] = next(
                    (text for text in texts if self._finds(find, text, school)), ""
                )
        return result

    @staticmethod
    def _finds(find, text, school):
        try:
            return bool(text) and find(text) == school.id
        except KeyError:
            return False

    def _iterate_rows(self, students):
        may_see_snils = students._has_field_access(students._fields["snils"], "read")
        students._log_reading({"snils"})
        # sudo: contacts of the families of students whom the user may read
        students = students.sudo()
        schools = self._school_texts(students)
        for student in students.sorted(
            lambda one: (
                one.school_id.code,
                one.class_id.grade,
                one.class_id.letter or "",
                one.last_name,
                one.first_name,
            )
        ):
            row = [
                schools[student.school_id],
                f"{student.class_id.grade or ''}{student.class_id.letter or ''}",
                student.last_name,
                student.first_name,
                student.middle_name,
                student.birth_date,
                GENDERS.get(student.gender),
                student.snils if may_see_snils else None,
                student.external_ref,
                student.account_id.number,
            ]
            for guardian in student.guardian_ids[: roster_fields.MAX_GUARDIANS]:
                person = guardian.partner_id
                relation = roster_fields.RELATIONS.get(guardian.relation, ("",))[0]
                row += [person.name, relation, person.phone, person.email]
            yield [cell or None for cell in row]
