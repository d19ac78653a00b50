from odoo import models
from odoo.tools import SQL

from odoo.addons.school_meal_day.const import PAYABLE_OUTCOMES


class BenefitReport(models.Model):
    """What a report says: read from entitlements, closed days, money and milk."""

    _inherit = "benefit.report"

    def _compute_content(self):
        """Return {"rows": [{code, name, figures…}]}; money in kopecks.

        One row for each category of the regulation that somebody received.
        """
        self.ensure_one()
        self.env.flush_all()
        # sudo: the figures of a report are the same whoever looks at them
        self = self.sudo()
        columns = self.form_id._get_columns()
        rows = {}
        names = {}
        for code, name in self._read(self._query_names()):
            names[code] = name.get("ru_RU") or name.get("en_US") or code
        for column in columns:
            for code, figure, value in getattr(self, f"_read_{column}")():
                row = rows.setdefault(code, {})
                if column == "money":
                    row.setdefault("money", {})[figure] = value
                else:
                    row[figure] = value
        empty = {name: 0 for name in columns if name != "money"}
        if "compensation" in columns:
            empty["compensation_days"] = 0
        return {
            "rows": [
                {"code": code, "name": names.get(code, code), **empty, **rows[code]}
                for code in sorted(rows, key=lambda code: list(names).index(code))
            ]
        }

    def _read(self, query):
        return self.env.execute_query(query)

    def _query_names(self):
        """Categories of the municipality's regulations, the latest name of a code."""
        name = self.env["benefit.category"]._fields["name"]
        text = (
            SQL("c.name")
            if name.translate
            else SQL("jsonb_build_object('en_US', c.name)")
        )
        return SQL(
            """
            SELECT code, name FROM (
                SELECT DISTINCT ON (c.code) c.code, %s AS name, c.sequence
                  FROM benefit_category c
                  JOIN benefit_regulation r ON r.id = c.regulation_id
                 WHERE r.company_id = %s AND r.state <> 'draft'
                 ORDER BY c.code, r.date_from DESC) found
             ORDER BY sequence, code
            """,
            text,
            self.company_id.id,
        )

    def _read_recipients(self):
        """Students of the school with a benefit in force on a day of the period."""
        return self._read(
            SQL(
                """
                SELECT e.code, 'recipients', count(DISTINCT e.student_id)
                  FROM benefit_entitlement e
                  JOIN school_enrolment n ON n.student_id = e.student_id
                   AND n.school_id = %(school)s AND n.date_from <= %(last)s
                   AND coalesce(n.date_to, 'infinity') >= %(first)s
                   AND n.date_from <= e.date_end
                   AND coalesce(n.date_to, 'infinity') >= e.date_from
                 WHERE NOT e.is_void AND e.company_id = %(company)s
                   AND e.date_from <= %(last)s AND e.date_end >= %(first)s
                 GROUP BY e.code
                """,
                school=self.school_id.id,
                company=self.company_id.id,
                first=self.date_from,
                last=self.date_to,
            )
        )

    def _query_lines(self):
        """Portions that budgets paid, with the category of the regulation."""
        return SQL(
            """
            SELECT l.id, l.student_id, l.date, c.code
              FROM meal_day_line l
              JOIN meal_funding_rule f ON f.id = l.rule_id
              JOIN LATERAL (
                   SELECT c.code FROM benefit_category c
                     JOIN benefit_regulation r ON r.id = c.regulation_id
                    WHERE r.company_id = l.company_id AND r.state <> 'draft'
                      AND c.meal_category_id = f.category_id AND c.kind = 'meals'
                    ORDER BY (EXISTS (
                                  SELECT FROM benefit_entitlement e
                                   WHERE e.student_id = l.student_id
                                     AND e.category_id = c.id AND NOT e.is_void
                                     AND l.date BETWEEN e.date_from AND e.date_end)
                             ) DESC, r.date_from DESC, c.sequence, c.id
                    LIMIT 1) c ON true
             WHERE l.school_id = %s AND l.date BETWEEN %s AND %s AND l.is_current
               AND l.outcome = ANY(%s)
            """,
            self.school_id.id,
            self.date_from,
            self.date_to,
            list(PAYABLE_OUTCOMES),
        )

    def _read_days(self):
        return self._read(
            SQL(
                "SELECT code, 'days', count(DISTINCT (student_id, date))"
                " FROM (%s) l GROUP BY code",
                self._query_lines(),
            )
        )

    def _read_portions(self):
        return self._read(
            SQL(
                "SELECT code, 'portions', count(*) FROM (%s) l GROUP BY code",
                self._query_lines(),
            )
        )

    def _read_money(self):
        """Return rows of kopecks by source; the parents' part is not the budget's."""
        rows = self._read(
            SQL(
                """
                SELECT l.code, p.source_id, sum(p.amount * 100)::bigint
                  FROM (%s) l
                  JOIN meal_day_part p ON p.line_id = l.id
                 GROUP BY l.code, p.source_id
                """,
                self._query_lines(),
            )
        )
        sources = self.env["meal.funding.source"].with_context(lang="ru_RU")
        return [(code, sources.browse(one).name, value) for code, one, value in rows]

    def _read_compensation(self):
        if "compensation.line" not in self.env:
            return []
        rows = self._read(
            SQL(
                """
                SELECT e.code, sum(l.amount * 100)::bigint,
                       sum(CASE WHEN l.is_current THEN l.day_count ELSE 0 END)
                  FROM compensation_line l
                  JOIN benefit_entitlement e ON e.id = l.entitlement_id
                  JOIN compensation_month m ON m.id = l.month_id
                 WHERE l.school_id = %s AND m.month BETWEEN %s AND %s AND l.is_frozen
                 GROUP BY e.code
                """,
                self.school_id.id,
                self.date_from,
                self.date_to,
            )
        )
        return [
            found
            for code, amount, days in rows
            for found in (
                (code, "compensation", amount),
                (code, "compensation_days", days),
            )
        ]

    def _read_milk(self):
        """Days of milk in lists that were closed, of the category that gives milk."""
        if "benefit.milk.issue.line" not in self.env:
            return []
        return self._read(
            SQL(
                """
                SELECT c.code, 'milk', sum(l.day_count)
                  FROM benefit_milk_issue_line l
                  JOIN LATERAL (
                       SELECT e.code FROM benefit_entitlement e
                        WHERE e.student_id = l.student_id AND e.kind = 'milk'
                          AND NOT e.is_void AND e.date_from <= %(last)s
                        ORDER BY e.date_from DESC LIMIT 1) c ON true
                 WHERE l.school_id = %(school)s AND l.is_issued
                   AND l.date_from BETWEEN %(first)s AND %(last)s
                 GROUP BY c.code
                """,
                school=self.school_id.id,
                first=self.date_from,
                last=self.date_to,
            )
        )
