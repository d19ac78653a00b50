from odoo import api, fields, models
from odoo.tools import SQL, file_open

#: Columns whose values are never copied.
MASKED = {
    "applicant_name",
    "applicant_snils",
    "bank_account",
    "bank_bic",
    "account",
    "bic",
    "series",
    "number",
    "issuer",
    "address",
}
#: Numbers that are no personal data: of the journal, of orders.
PLAIN_NUMBERS = {"benefit.application", "benefit.order", "benefit.notice"}


class BenefitChange(models.Model):
    """What was changed or deleted in the benefits: by whom, when, from what to what.

    Rows come from a trigger of the database (``sql/benefit_change.sql``), so that SQL
    leaves them too. `changes` is {column: [before, after]}; names, СНИЛС, accounts and
    numbers of papers are masked. What is new has no row: the record says who made it.
    """

    _name = "benefit.change"
    _description = "Change of a Benefit"
    _inherit = ["meal.frozen.mixin"]
    _order = "id desc"
    _rec_name = "model"
    _log_access = False

    model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record", required=True, readonly=True, aggregator=False)
    model_name = fields.Char("What", compute="_compute_summary")
    student_id = fields.Many2one(
        "school.student", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    school_id = fields.Many2one("school.school", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    is_health = fields.Boolean(
        "Health ground", readonly=True, help="The record was about the child's health."
    )
    action = fields.Selection(
        [("write", "Changed"), ("unlink", "Deleted")], required=True, readonly=True
    )
    user_id = fields.Many2one("res.users", "Who", readonly=True, ondelete="restrict")
    changed_at = fields.Datetime("When", required=True, readonly=True)
    changes = fields.Json("Changed values", readonly=True)
    summary = fields.Text("Changes", compute="_compute_summary")

    _record_idx = models.Index("(model, res_id)")
    _school_idx = models.Index("(school_id, changed_at)")

    def init(self):
        super().init()
        self.pool.post_init(self._install_triggers)

    # === COMPUTE METHODS === #

    @api.depends("changes", "model")
    @api.depends_context("lang")
    def _compute_summary(self):
        for change in self:
            model = self.env["ir.model"]._get(change.model)
            # sudo: the word for a kind of record is nobody's secret
            change.model_name = model.sudo().name or change.model
            lines = (
                self._tell(change.model, name, *values)
                for name, values in sorted((change.changes or {}).items())
            )
            change.summary = "\n".join(lines)

    def _tell(self, model, name, old, new):
        field = self.env[model]._fields.get(name)
        if field is None:
            return f"{name}: {old} → {new}"
        label = field.get_description(self.env, ["string"])["string"]
        old, new = (self._get_text(field, value) for value in (old, new))
        return f"{label}: {old or '—'} → {new or '—'}"

    def _get_text(self, field, value):
        """Return a value of the database as people read it."""
        if value is None or value is False:
            return ""
        if field.type == "many2one":
            # sudo: the reader of the change may know what it was changed to
            return (
                self.env[field.comodel_name].sudo().browse(value).exists().display_name
            )
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "boolean":
            return self.env._("yes")
        if field.type == "date":
            return f"{fields.Date.to_date(value):%d.%m.%Y}"
        return str(value)

    # === TRIGGERS === #

    def _frozen_message(self):
        return self.env._("The history of changes is never changed or deleted.")

    @api.model
    def _get_logged_models(self):
        """Hook: return the names of the models whose changes are history."""
        return [
            "benefit.application",
            "benefit.application.document",
            "benefit.request",
            "benefit.order",
            "benefit.notice",
            "benefit.entitlement",
            "benefit.entitlement.end",
            "benefit.study.period",
            "benefit.stay",
            "compensation.line",
            "compensation.payee",
            "egisso.fact",
        ]

    @api.model
    def _install_triggers(self):
        """Put the triggers on the tables; all of them exist by now."""
        with file_open("school_meal_benefits/sql/benefit_change.sql") as script:
            # A constant script of this add-on: no value is put into it.
            self.env.cr.execute(script.read())
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER benefit_change_frozen
            BEFORE UPDATE OR DELETE ON benefit_change
            FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION meal_refuse_change(
                'The history of changes is never changed or deleted.')
            """
        )
        for name in self._get_logged_models():
            if name in self.env:
                self._install_trigger(self.env[name])

    def _install_trigger(self, model):
        stored = [field for field in model._fields.values() if field.column_type]
        masked = {field.name for field in stored} & MASKED
        if model._name in PLAIN_NUMBERS:
            masked.discard("number")
        ignored = {"id", "create_uid", "create_date", "write_uid", "write_date"}
        ignored |= {"message_main_attachment_id"}
        ignored |= {field.name for field in stored if field.related}
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE TRIGGER benefit_note_change
                AFTER UPDATE OR DELETE ON %s FOR EACH ROW
                EXECUTE FUNCTION benefit_note_change(%s, %s, %s)
                """,
                SQL.identifier(model._table),
                model._name,
                ",".join(sorted(ignored)),
                ",".join(sorted(masked)),
            )
        )

    @api.model
    def _note_files(self, record, before, after):
        """Record scans that were attached or taken away: they are in another table."""
        # sudo: nobody may write the history
        self.sudo().create(
            {
                "model": record._name,
                "res_id": record.id,
                "student_id": record.student_id.id,
                "school_id": record.school_id.id,
                "company_id": record.company_id.id,
                "is_health": bool(record._filter_health()),
                "action": "write",
                "user_id": self.env.uid,
                "changed_at": fields.Datetime.now(),
                "changes": {"attachment_ids": [before, after]},
            }
        )
