from odoo import api, fields, models
from odoo.tools import SQL

from ..const import JOURNALS


class BenefitJournal(models.Model):
    """Counts numbers of a school and year without gaps: of registrations by the school
    year, of orders and letters by the calendar year."""

    _name = "benefit.journal"
    _description = "Counter of a Journal"
    _log_access = False

    kind = fields.Selection(JOURNALS, required=True, default="application")
    school_id = fields.Many2one("school.school", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    school_year_start = fields.Integer("Year", required=True)
    last_number = fields.Integer(required=True, default=0)

    _journal_uniq = models.Constraint(
        "UNIQUE (school_id, school_year_start, kind)",
        "A school has one journal of a kind a year.",
    )

    @api.model
    def _take_numbers(self, school, year, count=1, kind="application"):
        """Return the next `count` numbers of the school's journal, as a range.

        The row is locked until the transaction ends: numbers of a registration that
        fails are used by the next one.
        """
        [(last,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO benefit_journal
                       (kind, school_id, company_id, school_year_start, last_number)
                VALUES (%(kind)s, %(school)s, %(company)s, %(year)s, %(count)s)
                ON CONFLICT (school_id, school_year_start, kind) DO UPDATE
                   SET last_number = benefit_journal.last_number + %(count)s
                RETURNING last_number
                """,
                kind=kind,
                school=school.id,
                company=school.company_id.id,
                year=year,
                count=count,
            )
        )
        self.invalidate_model(["last_number"])
        return range(last - count + 1, last + 1)
