from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import CANCELLED, LIVE_STATES


class MealOrder(models.Model):
    """Which portions need a replacement, before they come to the table."""

    _inherit = "meal.order"

    health_check = fields.Selection(
        [
            ("allergen", "Allergen in the meal"),
            ("unknown", "No menu to tell"),
            ("withheld", "Not ordered: allergen"),
        ],
        "Health",
        compute="_compute_health_check",
        search="_search_health_check",
        help="Of portions of today and later: the menu has an allergen of the student,"
        " so that a replacement has to be cooked; the student has allergies, and there"
        " is no menu yet; or a standing choice is not ordered, as the meal has an"
        " allergen of the student.",
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

    def _get_withheld(self):
        """Return the orders that an allergen keeps from being ordered."""
        if not self:
            return self
        self.env.flush_all()
        query = self._get_withheld_query(SQL("o.id = ANY(%s)", self.ids))
        return self.browse(id_ for id_, __ in self.env.execute_query(query))

    @api.model
    def _get_allergens(self, school, portions):
        """Return {portion: allergens of the student in it}.

        For those who may know of them; one query, whatever the number of portions.

        :param portions: [(student id, date, meal id, id of the set or None), …]
        """
        portions = list(portions)
        if not portions:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT student, date, meal, variant, stop.allergens
                  FROM unnest(%s::int[], %s::date[], %s::int[], %s::int[])
                       AS p (student, date, meal, variant)
                 CROSS JOIN LATERAL (
                       SELECT meal_issue_stop(student, %s, date, meal, variant)
                           AS allergens
                  ) stop
                 WHERE stop.allergens IS NOT NULL
                """,
                *map(list, zip(*portions, strict=True)),
                school.id,
            )
        )
        # sudo: names of allergens
        model = self.env["school.allergen"].sudo()
        return {tuple(key): model.browse(allergens) for *key, allergens in rows}

    @api.model
    def _get_health_query(self, condition):
        """Return SQL of (id, code) of portions that can still be replaced, and of those
        that were withheld."""
        since = fields.Date.today() - timedelta(days=1)  # east of here it is tomorrow
        return SQL(
            """
            SELECT o.id, meal_portion_danger(o.student_id, o.school_id, o.date,
                             o.meal_type_id, o.variant_id,
                             coalesce(o.cooked_age_group_id, o.age_group_id)) AS code
              FROM meal_order o
             WHERE o.state = ANY(%s) AND o.date >= %s AND %s
               AND EXISTS (SELECT FROM school_allergen_school_student_rel own
                            WHERE own.school_student_id = o.student_id)
             UNION ALL %s
            """,
            list(LIVE_STATES),
            since,
            condition,
            self._get_withheld_query(SQL("o.date >= %s AND %s", since, condition)),
        )

    @api.model
    def _get_withheld_query(self, condition):
        return SQL(
            """
            SELECT o.id, 'withheld' AS code
              FROM meal_order o
             CROSS JOIN LATERAL (
                   SELECT c.reason FROM meal_order_change c
                    WHERE c.order_id = o.id ORDER BY c.id DESC LIMIT 1) last
             WHERE o.state = %s AND last.reason = 'allergen' AND %s
            """,
            CANCELLED,
            condition,
        )
