from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import KINDS

#: So many days before, the person responsible is told.
WARN_DAYS = 30


class BenefitRadar(models.Model):
    """What ends when: benefits, and documents behind benefits that are in force.

    A benefit that ends with the document which proves it is one row, the document's.
    """

    _name = "benefit.radar"
    _description = "What Ends Soon"
    _auto = False
    _order = "ends_on, id"
    _rec_name = "student_id"

    ends_on = fields.Date("Ends on", readonly=True)
    what = fields.Selection(
        [("benefit", "Benefit"), ("document", "Document")], readonly=True
    )
    student_id = fields.Many2one("school.student", readonly=True)
    school_id = fields.Many2one("school.school", readonly=True)
    class_id = fields.Many2one("school.class", readonly=True)
    company_id = fields.Many2one("res.company", "Municipality", readonly=True)
    category_id = fields.Many2one("benefit.category", readonly=True)
    kind = fields.Selection(KINDS, "Grants", readonly=True)
    is_health = fields.Boolean("Health ground", readonly=True)
    document_type_id = fields.Many2one(
        "benefit.document.type", "Document", readonly=True
    )
    entitlement_id = fields.Many2one("benefit.entitlement", "Benefit", readonly=True)
    application_id = fields.Many2one("benefit.application", readonly=True)
    is_renewed = fields.Boolean(
        "Renewed", readonly=True, help="A later application for the benefit is in."
    )
    days_left = fields.Integer("Days left", compute="_compute_days_left")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT 2 * e.id AS id, e.date_end AS ends_on, 'benefit' AS what,
                   NULL::integer AS document_type_id, %(columns)s
              FROM benefit_entitlement e
              JOIN benefit_decision b ON b.id = e.decision_id
             WHERE NOT e.is_void
               AND NOT EXISTS (SELECT FROM benefit_application_document d
                                WHERE d.application_id = b.application_id
                                  AND d.valid_to = e.date_end
                                  AND d.state IN ('provided', 'held'))
             UNION ALL
            SELECT 2 * d.id + 1, d.valid_to, 'document', d.document_type_id, %(columns)s
              FROM benefit_application_document d
              JOIN benefit_decision b ON b.application_id = d.application_id
              JOIN benefit_entitlement e ON e.decision_id = b.id
             WHERE NOT e.is_void AND d.valid_to BETWEEN e.date_from AND e.date_end
               AND d.state IN ('provided', 'held')
            """,
            columns=self._get_columns(),
        )

    @api.model
    def _get_columns(self):
        return SQL(
            """
            e.id AS entitlement_id, e.student_id, e.school_id, e.class_id,
            e.company_id, e.category_id, e.kind, e.is_health, b.application_id,
            EXISTS (SELECT FROM benefit_application later
                      JOIN benefit_category c ON c.id = later.category_id
                     WHERE later.student_id = e.student_id
                       AND later.id > b.application_id AND c.code = e.code
                       AND later.state IN ('registered', 'granted')) AS is_renewed
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("ends_on")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.days_left = (row.ends_on - today).days

    # === ACTION METHODS === #

    def action_open_benefit(self):
        """Open the benefit of the row (button)."""
        self.ensure_one()
        return self.entitlement_id._get_records_action()

    # === JOBS === #

    @api.model
    def _cron_warn(self):
        """Weekly: an activity for the person responsible, once per application.

        What ends with the school year is the renewal campaign's.
        """
        today = fields.Date.today()
        # sudo: all schools; the activities are shown to those of the school only
        rows = self.sudo().search(
            [
                ("ends_on", ">=", today),
                ("ends_on", "<=", today + timedelta(days=WARN_DAYS)),
                ("is_renewed", "=", False),
            ]
        )
        rows = rows.filtered(
            lambda row: (row.ends_on.month, row.ends_on.day) != (8, 31)
        )
        rows._warn()

    def _warn(self):
        kind = self.env.ref("school_meal_benefits.activity_benefit_ends")
        known = self.env["mail.activity"].search(
            [
                ("res_model", "=", "benefit.application"),
                ("res_id", "in", self.application_id.ids),
                ("activity_type_id", "=", kind.id),
            ]
        )
        told = set(known.mapped("res_id"))
        model = self.env["ir.model"]._get_id("benefit.application")
        users = self._get_responsible()
        values = []
        for row in self:
            user = users.get(row.school_id)
            if user and row.application_id.id not in told:
                told.add(row.application_id.id)
                values.append(
                    {
                        "res_model_id": model,
                        "res_id": row.application_id.id,
                        "activity_type_id": kind.id,
                        "user_id": user.id,
                        "date_deadline": row.ends_on,
                    }
                )
        self.env["mail.activity"].create(values)

    def _get_responsible(self):
        """Return {school: the user who is responsible for meals there}."""
        group = self.env.ref("school_meal_base.group_operator")
        return {
            school: users[:1]
            for school in self.school_id
            if (
                users := school.user_ids.filtered(
                    lambda user: user.active and group in user.group_ids
                )
            )
        }
