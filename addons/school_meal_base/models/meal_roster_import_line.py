from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..domain import roster_diff

DECISION = frozenset({"decision", "chosen_student_id"})


class MealRosterImportLine(models.Model):
    """What one row of a list leads to; rows that change nothing have no line."""

    _name = "meal.roster.import.line"
    _description = "Row of an Imported List"
    _order = "import_id, row_number, id"
    _rec_name = "name"

    import_id = fields.Many2one(
        "meal.roster.import", required=True, index=True, ondelete="cascade"
    )
    row_number = fields.Integer("Row", readonly=True)
    kind = fields.Selection(
        [
            (roster_diff.CREATE, "New"),
            (roster_diff.CHANGE, "Changed"),
            (roster_diff.MOVE, "Moved"),
            (roster_diff.LEFT, "Left"),
            (roster_diff.ERROR, "Error"),
            (roster_diff.AMBIGUOUS, "To decide"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("pending", "Pending"), ("done", "Done"), ("failed", "Not imported")],
        required=True,
        default="pending",
        readonly=True,
    )
    name = fields.Char("Student", readonly=True)
    school_id = fields.Many2one("school.school", readonly=True)
    class_name = fields.Char("Class", readonly=True)
    summary = fields.Char("What changes", readonly=True)
    reason = fields.Char(readonly=True)
    reason_code = fields.Char(readonly=True)
    digest = fields.Char(readonly=True, help="What the preview showed, as one number.")
    student_id = fields.Many2one(
        "school.student", "On record", readonly=True, ondelete="set null"
    )
    candidate_ids = fields.Many2many(
        "school.student", "meal_roster_line_candidate_rel", readonly=True
    )
    # ids of all candidates, also of those whom the operator does not see
    choices = fields.Json(readonly=True)
    candidate_count = fields.Integer(readonly=True)
    candidates = fields.Char("Students on record", readonly=True)
    decision = fields.Selection(
        [("existing", "It is this student"), ("new", "It is another, new student")],
    )
    chosen_student_id = fields.Many2one(
        "school.student",
        "Which student",
        domain="[('id', 'in', candidate_ids)]",
        ondelete="set null",
    )

    _kind_index = models.Index("(import_id, kind)")

    @api.onchange("decision")
    def _onchange_decision(self):
        if self.decision == "existing" and len(self.candidate_ids) == 1:
            self.chosen_student_id = self.candidate_ids

    def write(self, vals):
        if vals.keys() - DECISION and not self.env.su:
            raise UserError(self.env._("Only the decision on a row can be changed."))
        deciding = DECISION & vals.keys()
        if deciding and any(line.import_id.state != "previewed" for line in self):
            raise UserError(
                self.env._("Decisions are made in the preview, before the import.")
            )
        result = super().write(vals)
        if deciding:
            self._store_decisions()
        return result

    def _store_decisions(self):
        for roster, lines in self.grouped("import_id").items():
            decisions = dict(roster.decisions or {})
            for line in lines:
                decisions.pop(str(line.row_number), None)
                if choice := line._get_choice():
                    decisions[str(line.row_number)] = choice
            # sudo: the operator may edit the lines; the field itself is readonly
            roster.sudo().decisions = decisions

    def _get_choice(self):
        """Return what was decided: a student's id, NEW, or False for nothing yet."""
        self.ensure_one()
        if not self.decision:
            return False
        if self.kind != roster_diff.AMBIGUOUS:
            raise UserError(self.env._("There is nothing to decide about this row."))
        if self.decision == "new":
            if self.reason_code == "snils_of_another":
                raise UserError(
                    self.env._(
                        "This SNILS is on record for another student, so a new one"
                        " cannot get it. Correct the number in the list, or choose the"
                        " student on record."
                    )
                )
            return roster_diff.NEW
        choices = self.choices or []
        chosen = self.chosen_student_id.id
        if not chosen and len(choices) == 1:
            chosen = choices[0]
        if chosen and chosen not in choices:
            raise UserError(
                self.env._("Choose one of the students that the row may mean.")
            )
        if not choices:
            raise UserError(
                self.env._(
                    "Nobody on record is meant by this row: only other rows of the list"
                    " are. Correct the list, or choose “another, new student”."
                )
            )
        return chosen

    def _is_work(self):
        """Whether the import has to do something about the line."""
        self.ensure_one()
        if self.state != "pending":
            return False
        return bool(self.decision) or self.kind in roster_diff.WORK_KINDS

    def _agrees_with(self, outcome):
        """Whether an outcome is what the operator saw, or decided."""
        self.ensure_one()
        if self.kind != roster_diff.AMBIGUOUS:
            return self.digest == outcome.digest
        choice = self._get_choice()
        if choice == roster_diff.NEW:
            return outcome.kind == roster_diff.CREATE
        is_work = outcome.kind in (roster_diff.CHANGE, roster_diff.MOVE)
        return is_work and outcome.known.id == choice

    @api.model
    def _mark(self, results):
        """Note what became of rows, thousands in one statement.

        :param results: [(line id, student id or None, error or None)]
        """
        if not results:
            return
        ids, students, errors = map(list, zip(*results, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE meal_roster_import_line line
                   SET state = CASE WHEN done.error IS NULL THEN 'done'
                                    ELSE 'failed' END,
                       student_id = COALESCE(done.student_id, line.student_id),
                       reason = COALESCE(done.error, line.reason)
                  FROM unnest(%s::int[], %s::int[], %s::text[])
                       AS done (id, student_id, error)
                 WHERE line.id = done.id
                """,
                ids,
                students,
                errors,
            )
        )
        self.browse(ids).invalidate_recordset(["state", "student_id", "reason"])
