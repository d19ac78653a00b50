import base64
import hashlib
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import roster_diff, roster_fields, roster_table
from .roster_words import RosterWords, masked_snils
from .school_student import SENSITIVE_GROUP

KEEP_DAYS = 60
SAMPLES = 3
#: Another choice here makes the preview void.
SETTINGS = frozenset({"file", "school_id", "company_id", "is_full_list"})
EDITABLE = frozenset(
    {"file_name", "column_ids"}
    | {
        f"{tab}_line_ids"
        for tab in ("create", "change", "move", "left", "error", "ambiguous")
    }
)


class MealRosterImport(models.Model):
    """A list of students from a school or a whole municipality, and its import.

    File → meaning of the columns → preview → import (``meal_roster_apply.py``). The
    file and the preview hold children's data and are deleted after :data:`KEEP_DAYS`
    days; who imported what and when, and the hash of the file, stay.
    """

    _name = "meal.roster.import"
    _description = "Import of Students"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    school_id = fields.Many2one(
        "school.school",
        index=True,
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_school(),
        help="Empty: the list has a column with the school.",
    )
    is_full_list = fields.Boolean(
        "The file is the full list of the school",
        help="Who is on record and not in the file is marked as left, if the personal"
        " account is empty. In a list of many schools: for every school in it.",
    )
    # the list may hold СНИЛС: only code reads what is stored, see `_compute_files`
    file_data = fields.Binary(attachment=True, groups=fields.NO_ACCESS)
    error_data = fields.Binary(attachment=True, groups=fields.NO_ACCESS)
    file = fields.Binary(
        "File", compute="_compute_files", inverse="_inverse_file", compute_sudo=False
    )
    has_file = fields.Boolean(compute="_compute_has_files", compute_sudo=True)
    file_name = fields.Char()
    file_hash = fields.Char("SHA-256 of the file", readonly=True)
    state = fields.Selection(
        [
            ("draft", "File"),
            ("mapped", "Columns"),
            ("previewed", "Preview"),
            ("running", "In progress"),
            ("failed", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        readonly=True,
    )
    column_ids = fields.One2many("meal.roster.import.column", "import_id", "Columns")
    line_ids = fields.One2many("meal.roster.import.line", "import_id", "All rows")
    decisions = fields.Json(readonly=True)
    unchanged_ids = fields.Json("Students that nothing changes for", readonly=True)
    # what the preview counted
    row_count = fields.Integer("Rows", readonly=True)
    create_count = fields.Integer("New", readonly=True)
    change_count = fields.Integer("Changed", readonly=True)
    move_count = fields.Integer("Moved", readonly=True)
    left_count = fields.Integer("Left", readonly=True)
    unchanged_count = fields.Integer("Unchanged", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    ambiguous_count = fields.Integer("To decide", readonly=True)
    # what the import did
    done_count = fields.Integer("Imported", readonly=True)
    failed_count = fields.Integer("Not imported", readonly=True)
    progress = fields.Integer(compute="_compute_progress")
    applied_by_id = fields.Many2one("res.users", "Imported by", readonly=True)
    applied_at = fields.Datetime("Imported at", readonly=True)
    failure = fields.Char("Why it stopped", readonly=True)
    error_file = fields.Binary(
        "Rows not imported", compute="_compute_files", compute_sudo=False
    )
    has_error_file = fields.Boolean(compute="_compute_has_files", compute_sudo=True)
    error_file_name = fields.Char(compute="_compute_error_file_name")
    # one list per tab
    create_line_ids = fields.One2many(
        "meal.roster.import.line", "import_id", domain=[("kind", "=", "create")]
    )
    change_line_ids = fields.One2many(
        "meal.roster.import.line", "import_id", domain=[("kind", "=", "change")]
    )
    move_line_ids = fields.One2many(
        "meal.roster.import.line", "import_id", domain=[("kind", "=", "move")]
    )
    left_line_ids = fields.One2many(
        "meal.roster.import.line", "import_id", domain=[("kind", "=", "left")]
    )
    error_line_ids = fields.One2many(
        "meal.roster.import.line",
        "import_id",
        domain=["|", ("kind", "=", "error"), ("state", "=", "failed")],
    )
    ambiguous_line_ids = fields.One2many(
        "meal.roster.import.line", "import_id", domain=[("kind", "=", "ambiguous")]
    )

    # === COMPUTE METHODS === #

    def _default_school(self):
        schools = self.env.user.school_ids
        return schools if len(schools) == 1 else False

    @api.depends("file_name", "school_id")
    def _compute_name(self):
        for roster in self:
            parts = (roster.school_id.short_name, roster.file_name)
            roster.name = ": ".join(filter(None, parts)) or self.env._("New import")

    @api.depends("file_name")
    def _compute_error_file_name(self):
        for roster in self:
            stem = (roster.file_name or "list").rsplit(".", 1)[0]
            roster.error_file_name = f"{stem}-errors.xlsx"

    @api.depends("state", "done_count", "failed_count")
    def _compute_progress(self):
        for roster in self:
            counts = (
                roster.create_count,
                roster.change_count,
                roster.move_count,
                roster.left_count,
            )
            finished = roster.done_count + roster.failed_count
            total = sum(counts)
            roster.progress = min(100 * finished // total, 100) if total else 0
            if roster.state == "done":
                roster.progress = 100

    @api.depends("file_data", "error_data")
    @api.depends_context("uid")
    def _compute_files(self):
        """Show the file and its errors to who uploaded it or may see СНИЛС."""
        for roster in self:
            stored = roster.sudo()  # sudo: nobody reads the stored files otherwise
            is_mine = roster._may_see_file()
            roster.file = is_mine and stored.file_data
            roster.error_file = is_mine and stored.error_data

    def _inverse_file(self):
        for roster in self:
            # sudo: who may write the import may give it a file
            roster.sudo().file_data = roster.file

    @api.depends("file_data", "error_data")
    def _compute_has_files(self):
        for roster in self.with_context(bin_size=True):
            roster.has_file = bool(roster.file_data)
            roster.has_error_file = bool(roster.error_data)

    def _may_see_file(self):
        return (
            self.env.su
            or not self._origin
            or self.create_uid == self.env.user
            or self.env.user.has_group(SENSITIVE_GROUP)
        )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals)
        if SETTINGS & vals.keys():
            for roster in self:
                roster._check_open()
        result = super().write(vals)
        if SETTINGS & vals.keys():
            self._restart("file" in vals)
        return result

    def _check_protected(self, vals):
        """Who imported what, and as whom a background import runs, is not typed in."""
        if not self.env.su and vals.keys() - SETTINGS - EDITABLE:
            raise UserError(
                self.env._("The results of an import are changed by its buttons only.")
            )

    def _restart(self, is_new_file):
        """Begin anew after a change: a preview of another file must not be applied."""
        for roster in self:
            state = "mapped" if roster.column_ids and not is_new_file else "draft"
            # rows are decided by their numbers: another file has other rows
            void = {"decisions": False} if is_new_file else {}
            roster._set({"state": state, **void})

    def _set(self, vals):
        # sudo: see _check_protected; the callers checked the right to write
        self.sudo().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(roster.state in ("running", "failed", "done") for roster in self):
            raise UserError(
                self.env._("An import that was made stays on record for the audit.")
            )

    # === ACTIONS === #

    def action_read(self):
        """Read the header of the file and suggest what the columns mean."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        table = self._read_table()
        saved = self.env["meal.roster.mapping"]._saved(self.company_id, self.school_id)
        meanings = roster_fields.match_headers(table.headers, saved)
        # sudo: rows and columns are made here only, users correct some values
        self.column_ids.sudo().unlink()
        self.line_ids.sudo().unlink()
        self.env["meal.roster.import.column"].sudo().create(
            [
                {
                    "import_id": self.id,
                    "index": index + 1,
                    "header": header,
                    "sample": self._sample(table, index, meaning),
                    "field": meaning,
                    "suggested": meaning,
                }
                for index, (header, meaning) in enumerate(
                    zip(table.headers, meanings, strict=True)
                )
            ]
        )
        digest = hashlib.sha256(self._content()).hexdigest()
        self._set({"state": "mapped", "file_hash": digest, "decisions": False})

    def action_preview(self):
        """Compare the file with the record; write nothing but the preview."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        if not self.column_ids:
            self.action_read()
        self._check_columns()
        self._remember_columns()
        parsed, outcomes = self._compare()
        # sudo: rows are made here only, users correct some values
        self.line_ids.sudo().unlink()
        self.env["meal.roster.import.line"].sudo().create(
            self._prepare_lines(parsed, outcomes)
        )
        counts = Counter(outcome.kind for outcome in outcomes)
        counts[roster_diff.ERROR] += len(parsed.problems)
        self._set(
            {f"{kind}_count": counts[kind] for kind in roster_diff.KINDS}
            | {"row_count": len(parsed.cells), "state": "previewed"}
            | {"error_data": self._make_error_file(parsed), "failure": False}
            | {
                "unchanged_ids": [
                    outcome.known.id
                    for outcome in outcomes
                    if outcome.kind == roster_diff.UNCHANGED
                ]
            }
        )

    def action_back(self):
        """Return to the columns."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        self._set({"state": "mapped" if self.column_ids else "draft"})

    def action_issue_accounts(self):
        """Give the students of this import accounts and card jobs."""
        self.ensure_one()
        self.check_access("write")
        done = self.line_ids.filtered(
            lambda line: line.state == "done" and line.kind != roster_diff.LEFT
        )
        unchanged = self.env["school.student"].browse(self.unchanged_ids or [])
        students = done.student_id | unchanged.exists()
        return students._filtered_access("write").action_issue_accounts()

    def action_download_errors(self):
        """Download the rows that did not go in, with a reason for each."""
        self.ensure_one()
        self.check_access("read")
        if not self.has_error_file:
            raise UserError(self.env._("Every row went in: there is no error file."))
        if not self.error_file:
            raise UserError(
                self.env._(
                    "Only who uploaded the list can download its rows, because they"
                    " may hold SNILS. Ask them for the file."
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/error_file"
            f"?download=true&filename={self.error_file_name}",
            "target": "download",
        }

    # === BUSINESS METHODS: READING === #

    def _check_open(self):
        if self.state in ("running", "done"):
            raise UserError(
                self.env._("This list is imported already. Start a new import.")
            )

    def _content(self):
        # sudo: whoever may work on the import may compare its file, without seeing it
        data = self.sudo().with_context(bin_size=False).file_data
        if not data:
            raise UserError(self.env._("Choose a file: an Excel table or CSV."))
        return base64.b64decode(data)

    def _read_table(self):
        return self.env["meal.roster.reader"]._read_table(self._content())

    @staticmethod
    def _sample(table, index, meaning):
        """First values of a column; СНИЛС only by its end, whatever the header says."""
        cells = list_head(cells[index] for _number, cells in table.rows)
        texts = [
            masked_snils(cell, is_snils=meaning == "snils")
            for cell in cells
            if roster_table.text_of(cell)
        ]
        return " · ".join(list(dict.fromkeys(texts))[:SAMPLES])

    def _check_columns(self):
        meanings = Counter(column.field for column in self.column_ids if column.field)
        meanings.pop(roster_fields.IGNORE, None)
        labels = dict(self.env["meal.roster.mapping"]._selection_field())
        twice = [labels[field] for field, count in meanings.items() if count > 1]
        if twice:
            raise UserError(
                self.env._(
                    "Two columns mean the same: %(columns)s. Choose another meaning"
                    " for one of them.",
                    columns=", ".join(twice),
                )
            )
        has_name = "full_name" in meanings or "last_name" in meanings
        has_class = "class" in meanings or "grade" in meanings
        if not (has_name and has_class and (self.school_id or "school" in meanings)):
            raise UserError(
                self.env._(
                    "The list needs a column with the name, one with the class and,"
                    " if no school is chosen above, one with the school. Say in the"
                    " table which columns they are."
                )
            )

    def _remember_columns(self):
        changed = {
            column.header: column.field or roster_fields.IGNORE
            for column in self.column_ids
            if column.header and (column.field or "") != (column.suggested or "")
        }
        self.env["meal.roster.mapping"]._remember(
            self.company_id, self.school_id, changed
        )

    def _allowed_schools(self):
        """Schools whose lists the user may import: those they see."""
        domain = [("company_id", "=", self.company_id.id)]
        return self.env["school.school"].search(domain)

    def _compare(self):
        """Return the parsed file and its outcomes against today's record."""
        reader = self.env["meal.roster.reader"]
        allowed = self._allowed_schools()
        finder = reader._school_finder(self.company_id, allowed, self.school_id)
        columns = [column.field for column in self.column_ids.sorted("index")]
        kept = reader._read_odd_contacts(self.company_id)
        parsed = reader._parse(self._read_table(), columns, finder, kept)
        allowed_ids = set(allowed.ids)
        outcomes = roster_diff.compare(
            parsed.rows,
            reader._read_known(self.company_id),
            self._full_schools(parsed),
            self._read_decisions(),
            lambda known, _row: known.school in allowed_ids,
        )
        texts = [
            " ".join(map(roster_table.text_of, parsed.cells[number]))
            for number in parsed.problems
        ]
        return parsed, roster_diff.keep_unreadable(outcomes, texts)

    def _full_schools(self, parsed):
        if not self.is_full_list:
            return ()
        return {row.school for row in parsed.rows}

    def _read_decisions(self):
        return {int(row): choice for row, choice in (self.decisions or {}).items()}

    # === BUSINESS METHODS: PREVIEW === #

    def _prepare_lines(self, parsed, outcomes):
        words = RosterWords(self.env, self.company_id)
        values = self._prepare_outcomes(outcomes, words)
        values += [
            {**words.unreadable(number, problems, parsed), "import_id": self.id}
            for number, problems in parsed.problems.items()
        ]
        return values

    def _prepare_outcomes(self, outcomes, words):
        """Return the values of the lines of outcomes; unchanged rows have none."""
        leavers = [o.known.id for o in outcomes if o.kind == roster_diff.LEFT]
        rich = self.env["meal.roster.reader"]._students_with_money(leavers)
        values = [
            {**words.outcome(outcome, rich), "import_id": self.id}
            for outcome in outcomes
            if outcome.kind != roster_diff.UNCHANGED
        ]
        # another school's students are not shown to those who may not see them
        hidden = self._hidden_students(values)
        for value in values:
            if value.get("student_id") in hidden:
                value["student_id"] = False
        return values

    def _hidden_students(self, values):
        ids = {value["student_id"] for value in values if value.get("student_id")}
        students = self.env["school.student"].browse(ids)
        return ids - set(students._filtered_access("read").ids)

    def _make_error_file(self, parsed):
        """XLSX in the shape of the file: the rows that do not go in, and why."""
        bad = {
            line.row_number: line.reason
            for line in self.line_ids
            if line.row_number
            and (line.kind in ("error", "ambiguous") or line.state == "failed")
        }
        if not bad:
            return False
        headers = [*parsed.table.headers, "Ошибка импорта"]
        rows = [[*parsed.cells[number], bad[number]] for number in sorted(bad)]
        return base64.b64encode(roster_table.write_xlsx(headers, rows))


def list_head(texts, count=50):
    """The first ``count`` items of an iterator."""
    return [text for text, _index in zip(texts, range(count), strict=False)]
