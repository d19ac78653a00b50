from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LIVE_STATES


class MealOrder(models.Model):
    """Which portions need a replacement, before they come to the table."""

    _inherit = "meal.order"

    health_check = fields.Selection(
        [("allergen", "Allergen in the meal"), ("unknown", "No menu to tell")],
        "Health",
        compute="_compute_health_check",
        search="_search_health_check",
        help="Of portions of today and later: the menu has an allergen of the student,"
        " so that a replacement has to be cooked; or the student has allergies, and"
        " there is no menu yet.",
        groups="school_meal_base.group_operator,school_meal_base.group_canteen,"
        "school_meal_base.group_manager",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "variant_id", "date")
    def _compute_health_check(self):
        codes = {}
        if self.ids:
            query = self._get_health_query(SQL("o.id = ANY(%s)", self.ids))
            self.env.flush_all()
            codes = dict(self.env.execute_query(query))
        for order in self:
            order.health_check = codes.get(order._origin.id)

    def _search_health_check(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [code for code in value if code]
        self.env.flush_all()
        query = SQL(
            "(SELECT id FROM (%s) AS checked WHERE code = ANY(%s))",
            self._get_health_query(SQL("true")),
            codes or [None],
        )
        found = Domain("id", "in", query)
        if False not in value:
            return found
        any_code = [code for code, __ in self._fields["health_check"].selection]
        return found | ~self._search_health_check("in", any_code)

    # === BUSINESS METHODS === #

    @api.model
    def _count_allergen(self, school, date):
        """Return {meal id: number of portions to replace}, for the kitchen."""
        self.env.flush_all()
        condition = SQL("o.school_id = %s AND o.date = %s", school.id, date)
        query = SQL(
            """
            SELECT o.meal_type_id, count(*)
              FROM (%s) AS checked JOIN meal_order o USING (id)
             WHERE checked.code = 'allergen'
             GROUP BY o.meal_type_id
            """,
            self._get_health_query(condition),
        )
        return dict(self.env.execute_query(query))

    @api.model
    def _get_health_query(self, condition):
        """Return SQL of (id, code) of portions that can still be replaced."""
        return SQL(
            """
            SELECT o.id, meal_portion_danger(o.student_id, o.school_id, o.date,
                             o.meal_type_id, o.variant_id,
                             coalesce(source.age_group_id, o.age_group_id)) AS code
              FROM meal_order o
              LEFT JOIN meal_order source ON source.id = o.passed_from_id
             WHERE o.state = ANY(%s) AND o.date >= %s AND %s
               AND EXISTS (SELECT FROM school_allergen_school_student_rel own
                            WHERE own.school_student_id = o.student_id)
            """,
            list(LIVE_STATES),
            fields.Date.today() - timedelta(days=1),  # east of here it is tomorrow
            condition,
        )
