from odoo import api, fields, models

from .egisso_words import get_advice, get_words

PARTS = [
    ("fact", "Assignment"),
    ("receiver", "Recipient"),
    ("reason", "Person who gives the ground"),
    ("package", "Package"),
]

#: Whose record is to be corrected: (part of the fact, who receives) → advice.
WHOSE_RECORD = {
    ("receiver", "child"): "student",
    ("receiver", "parent"): "parent",
    ("reason", "parent"): "student",
}


class EgissoError(models.Model):
    """Something to correct before the register takes a fact, or what it answered.

    The row never holds the wrong value, only what is wrong with it.
    """

    _name = "egisso.error"
    _description = "Error of EGISSO"
    _order = "is_done, id desc"
    _rec_name = "text"

    fact_id = fields.Many2one(
        "egisso.fact", "Fact", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    package_id = fields.Many2one(
        "egisso.package", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    student_id = fields.Many2one(related="fact_id.student_id", store=True, index=True)
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    fact_state = fields.Selection(related="fact_id.state")
    origin = fields.Selection(
        [("check", "Check before sending"), ("register", "Answer of the register")],
        required=True,
        readonly=True,
    )
    is_warning = fields.Boolean("Only a warning", readonly=True)
    code = fields.Char(readonly=True)
    part = fields.Selection(PARTS, "Of", readonly=True, default="fact")
    message = fields.Text("Words of the register", readonly=True)
    text = fields.Char("What is wrong", compute="_compute_text")
    advice = fields.Char("What to do", compute="_compute_text")
    is_done = fields.Boolean("Done", readonly=True, index=True)
    done_at = fields.Datetime("Done at", readonly=True)
    done_by_id = fields.Many2one("res.users", "Done by", readonly=True)

    _open_idx = models.Index("(company_id, school_id) WHERE NOT is_done")

    @api.depends(
        "code", "part", "origin", "message", "fact_id.measure_id.receiver"
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_text(self):
        words, advice = get_words(self.env), get_advice(self.env)
        for error in self:
            if error.origin == "register":
                error.text = error.message or error.code
                error.advice = advice["register"]
                continue
            error.text = words.get(error.code, error.code)
            # sudo: a measure is no secret of those who correct its facts
            receiver = error.fact_id.sudo().measure_id.receiver or "child"
            place = WHOSE_RECORD.get((error.part, receiver), error.part)
            error.advice = advice.get(error.code) or advice[place or "fact"]

    # === ACTIONS === #

    def action_check(self):
        """Check the facts again: what is corrected leaves the list."""
        self.check_access("read")
        self.fact_id.action_check()

    def action_done(self):
        """Take warnings and errors of whole packages off the list."""
        self.check_access("write")
        # sudo: the columns are moved by actions only
        self.sudo().filtered(
            lambda error: error.is_warning or not error.fact_id
        )._close()

    def action_open_student(self):
        self.ensure_one()
        return self.fact_id.action_open_student()

    # === BUSINESS METHODS === #

    def _close(self):
        """Mark the rows done that are not yet."""
        self.filtered(lambda error: not error.is_done).write(
            {
                "is_done": True,
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )

    @api.model
    def _note_problems(self, found):
        """Open what the checks found and is not open yet, close all other rows.

        :param found: {egisso.fact: problems of ``domain.egisso.checks``}
        """
        facts = self.env["egisso.fact"].union(*found)
        kept = set()
        for error in facts.error_ids.filtered(lambda error: not error.is_done):
            key = error.fact_id, (error.code, error.part)
            if error.origin == "check" and key[1] in found[error.fact_id]:
                kept.add(key)
            else:
                error._close()
        self.create(
            [
                {
                    "fact_id": row.id,
                    "company_id": row.company_id.id,
                    "origin": "check",
                    "code": problem.code,
                    "part": problem.part,
                }
                for row, problems in found.items()
                for problem in problems
                if (row, problem) not in kept
            ]
        )
