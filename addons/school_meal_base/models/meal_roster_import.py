import base64
import hashlib
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules import module as odoo_module

from ..domain import roster_diff, roster_fields, roster_table
from .roster_words import RosterWords
from .roster_writer import RosterWriter

CHUNK = 1000
INLINE_LIMIT = 2000
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
#: What an import writes; the rest is only shown.
WORK_KINDS = (
    roster_diff.CREATE,
    roster_diff.CHANGE,
    roster_diff.MOVE,
    roster_diff.LEFT,
)


class MealRosterImport(models.Model):
    """A list of students from a school or a whole municipality, and its import.

    File → meaning of the columns → preview → import. The file and the preview hold
    children's data and are deleted after :data:`KEEP_DAYS` days; who imported what
    and when, and the hash of the file, stay.
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
    file = fields.Binary("File", attachment=True)
    file_name = fields.Char()
    file_hash = fields.Char("SHA-256 of the file", readonly=True)
    state = fields.Selection(
        [
            ("draft", "File"),
            ("mapped", "Columns"),
            ("previewed", "Preview"),
            ("running", "In progress"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        readonly=True,
    )
    column_ids = fields.One2many("meal.roster.import.column", "import_id", "Columns")
    line_ids = fields.One2many("meal.roster.import.line", "import_id", "All rows")
    decisions = fields.Json(readonly=True)
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
    error_file = fields.Binary("Rows not imported", attachment=True, readonly=True)
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
            roster.progress = 100 * finished // total if total else 0
            if roster.state == "done":
                roster.progress = 100

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
            if roster.state != state:
                roster._set({"state": state})

    def _set(self, vals):
        # sudo: see _check_protected; the callers checked the right to write
        self.sudo().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(roster.state in ("running", "done") for roster in self):
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
                    "sample": self._sample(table, index),
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
            | {"error_file": self._make_error_file(parsed)}
        )

    def action_apply(self):
        """Import the good rows now, or in the background when there are many."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("previewed", "running"):
            raise UserError(self.env._("Look at the preview before importing."))
        self._check_alone()
        operator = self.applied_by_id or self.env.user
        self._set({"state": "running", "applied_by_id": operator.id})
        work = len(self.line_ids.filtered(lambda line: line.kind in WORK_KINDS))
        if work > INLINE_LIMIT and not self._is_test():
            # sudo: operators may not touch cron jobs, the trigger is only a knock
            self.env.ref("school_meal_base.ir_cron_roster_import").sudo()._trigger()
            return
        self._apply()

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
        schools = self.line_ids.school_id or self.school_id
        return schools.action_issue_accounts()

    def action_download_errors(self):
        """Download the rows that did not go in, with a reason for each."""
        self.ensure_one()
        self.check_access("read")
        if not self.error_file:
            raise UserError(self.env._("Every row went in: there is no error file."))
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
        data = self.with_context(bin_size=False).file
        if not data:
            raise UserError(self.env._("Choose a file: an Excel table or CSV."))
        return base64.b64decode(data)

    def _read_table(self):
        return self.env["meal.roster.reader"]._read_table(self._content())

    @staticmethod
    def _sample(table, index):
        texts = (roster_table.text_of(cells[index]) for _number, cells in table.rows)
        seen = list(dict.fromkeys(text for text in list_head(texts) if text))
        return " · ".join(seen[:SAMPLES])

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
        parsed = reader._parse(self._read_table(), columns, finder)
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
        leavers = [o.known.id for o in outcomes if o.kind == roster_diff.LEFT]
        rich = self.env["meal.roster.reader"]._students_with_money(leavers)
        values = [
            words.outcome(outcome, rich)
            for outcome in outcomes
            if outcome.kind != roster_diff.UNCHANGED
        ]
        values += [
            words.unreadable(number, problems, parsed)
            for number, problems in parsed.problems.items()
        ]
        # another school's students are not shown to those who may not see them
        hidden = self._hidden_students(values)
        for value in values:
            value["import_id"] = self.id
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

    # === BUSINESS METHODS: IMPORT === #

    def _check_alone(self):
        """Two imports at once could both create the same new student."""
        busy = self.sudo().search(  # sudo: also those of other schools
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "running"),
                ("id", "!=", self.id),
                ("write_date", ">", fields.Datetime.now() - timedelta(minutes=10)),
            ],
            limit=1,
        )
        if busy:
            raise UserError(
                self.env._("Another list is being imported. Try again in a minute.")
            )

    def _apply(self):
        """Import what the comparison with today's record asks for, in chunks.

        Interrupted, it goes on from where it was: rows that are in are unchanged.
        """
        self.ensure_one()
        lines = self._find_lines()
        if not lines and not self.decisions:
            self._finish(
                self.with_context(bin_size=False).error_file
            )  # the preview found nothing to write
            return
        parsed, outcomes = self._compare()
        work = [outcome for outcome in outcomes if outcome.kind in WORK_KINDS]
        writer = RosterWriter(self, work)
        for start in range(0, len(work), CHUNK):
            results = writer.write(work[start : start + CHUNK])
            self._mark_lines(results, lines)
            self._commit_chunk()
        self._finish(self._make_error_file(parsed))

    def _find_lines(self):
        """Return {row number or ('left', student id): line id}."""
        lines = self.env["meal.roster.import.line"].search_fetch(
            [("import_id", "=", self.id), ("kind", "in", WORK_KINDS)],
            ["row_number", "student_id"],
        )
        return {
            line.row_number or ("left", line.student_id.id): line.id for line in lines
        }

    def _mark_lines(self, results, lines):
        """Note on the lines what became of their rows.

        :param results: [(outcome, student id or False, error text or '')]
        """
        found = []
        for outcome, student_id, error in results:
            key = outcome.row.number if outcome.row else ("left", outcome.known.id)
            if key in lines:
                found.append((lines[key], student_id or None, error or None))
        self.env["meal.roster.import.line"]._mark(found)
        good = sum(not error for _outcome, _student, error in results)
        bad = len(results) - good
        self._set(
            {
                "done_count": self.done_count + good,
                "failed_count": self.failed_count + bad,
            }
        )

    def _finish(self, error_file):
        self._set(
            {
                "state": "done",
                "applied_at": fields.Datetime.now(),
                "error_file": error_file,
            }
        )

    def _commit_chunk(self):
        """Keep what is done: a seam, because tests run in one transaction."""
        if not self._is_test() and not self.env.context.get("roster_no_commit"):
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @staticmethod
    def _is_test():
        return bool(odoo_module.current_test)

    # === CRON === #

    @api.model
    def _cron_import(self):
        """Go on with the imports that were too long for a click."""
        waiting = self.search([("state", "=", "running")], order="id")
        for roster in waiting:
            operator = roster.with_user(roster.applied_by_id or roster.create_uid)
            operator.with_company(roster.company_id)._apply()
            self.env["ir.cron"]._commit_progress(1)

    @api.autovacuum
    def _gc_personal_data(self):
        """Delete the files and previews of old imports, keep who did what when."""
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        rosters = self.search([("create_date", "<", old), ("file", "!=", False)])
        rosters.line_ids.unlink()
        rosters.column_ids.unlink()
        # past `write`, which refuses to touch a finished import
        super(MealRosterImport, rosters).write({"file": False, "error_file": False})


def list_head(texts, count=50):
    """The first ``count`` items of an iterator."""
    return [text for text, _index in zip(texts, range(count), strict=False)]
