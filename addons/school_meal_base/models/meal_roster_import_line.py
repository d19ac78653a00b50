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
    student_id = fields.Many2one(
        "school.student", "On record", readonly=True, ondelete="set null"
    )
    candidate_ids = fields.Many2many(
        "school.student", "meal_roster_line_candidate_rel", readonly=True
    )
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
                key = str(line.row_number)
                decisions.pop(key, None)
                if line.decision == "new":
                    decisions[key] = roster_diff.NEW
                elif line.decision and line.chosen_student_id:
                    decisions[key] = line.chosen_student_id.id
            # sudo: the operator may edit the lines; the field itself is readonly
            roster.sudo().decisions = decisions

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
