from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..domain import deadlines


class Scope(NamedTuple):
    """What is looked at; an empty `school` is all of the municipality."""

    company: object
    school: object
    first: date
    last: date
    today: date


#: A term that began before the period may end in it.
MARGIN = timedelta(days=60)


class BenefitAuditChecks(models.AbstractModel):
    """What a check run looks for, in SQL over a whole municipality.

    Each theme has a file; its method returns queries of rows (code, student, school,
    model, record, extra, since, details), where `details` is the JSON that the sentence
    is made of. Other add-ons add queries by overriding `_get_queries`.
    """

    _name = "benefit.audit.checks"
    _description = "Checks of the Procedure"

    @api.model
    def _find(self, scope):
        """Return the rows of all checks, as dicts.

        :param Scope scope: what is looked at
        """
        self.env.flush_all()
        names = (
            *("code", "student_id", "school_id", "model", "res_id", "extra"),
            *("since", "details"),
        )
        rows = [
            dict(zip(names, row, strict=True))
            for query in self._get_queries(scope)
            for row in self.env.execute_query(query)
        ]
        return rows + self._find_wrong_numbers(scope)

    @api.model
    def _get_queries(self, scope):
        """Hook: return the list of queries of a scope."""
        return []

    @api.model
    def _find_wrong_numbers(self, scope):
        """Hook: rows that Python finds, not SQL."""
        return []

    @api.model
    def _get_terms(self, scope):
        """Return {"day|working days": last day of the term} as JSON for the queries."""
        regulations = self.env["benefit.regulation"].search(
            [("company_id", "=", scope.company.id)]
        )
        counts = set()
        for name in ("register_days", "order_days", "notice_days"):
            counts.update(regulations.mapped(name))
        first, last = scope.first - MARGIN, max(scope.last, scope.today) + MARGIN
        days = (first + timedelta(days=step) for step in range((last - first).days + 1))
        return {
            f"{day}|{count}": str(deadlines.due(day, count))
            for day in days
            for count in counts
        }

    @api.model
    def _in_schools(self, column, scope):
        """Return the SQL condition that a column is a school of the scope."""
        if not scope.school:
            return SQL("true")
        return SQL("%s = %s", column, scope.school.id)
