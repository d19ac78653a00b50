from collections import defaultdict
from datetime import timedelta
from itertools import product

from odoo import api, models

from ..const import CANCELLED
from ..domain import order_plan
from ..domain.order_plan import PLACE, Row, Wish

#: How far ahead a standing choice is compared with the menus.
AHEAD = 14
#: Codes of meals that a standing choice does not bring as it was made.
WITHHELD = ("not_ordered", "leaving", "other_set")


class MealParentApi(models.AbstractModel):
    """What an allergen does to the meals of a child, before anybody is at the hatch.

    Codes: ``not_ordered``, a standing choice that is not ordered; ``leaving``, one that
    is still ordered and will be taken off before the cut-off; ``other_set``, the usual
    set is ordered instead of the chosen one; ``replaced``, the meal is ordered and
    something else is served; ``unsuitable``, the meal cannot be ordered.
    """

    _inherit = "meal.parent.api"

    # === FACTS === #

    @api.model
    def _read_health_facts(self, student, days, orders, meals):
        """Return what :meth:`_prepare_health` needs of a period; nothing for a child
        without allergies."""
        if not student.allergen_ids or not days:
            return {}
        choices = self._read_day_choices(student, days)
        sets = student.diet_variant_id.union(
            *(choice.variant_id for choice in choices.values()),
            *(order.variant_id for order in orders.values()),
        )
        # sudo: of a child that was checked
        model = self.env["meal.order"].sudo()
        found = model._get_allergens(
            student.school_id,
            product([student.id], days, meals.ids, [None, *sets.ids]),
        )
        return {
            "choices": choices,
            "allergens": {key[1:]: allergens for key, allergens in found.items()},
            "may_know": self._may_know_health(student),
        }

    @api.model
    def _read_day_choices(self, student, days):
        """Return {(day, meal): choice}, the latest of those that hold on a day."""
        # sudo: of a child that was checked; parents have no rights over either
        choices = self.env["meal.choice"].sudo()
        meals = self.env["meal.type"]
        return {
            (row.day, meals.browse(row.meal)): choices.browse(row.id)
            for row in self.env["meal.order"].sudo()._read_choices(days, student.ids)
        }

    # === SHAPE === #

    @api.model
    def _prepare_health(self, student, day, meal, facts, is_automatic):
        """Return {code, allergens, message} of a meal; None: nothing is wrong, or the
        child is not at school.

        :param is_automatic: a rule orders the meal without anybody asking
        """
        health = facts["health"]
        if not health or self._get_absence(facts, day):
            return None

        def get_allergens(variant):
            return health["allergens"].get((day, meal.id, variant))

        told = order_plan.explain(
            self._as_row(facts["orders"].get((day, meal))),
            self._get_wish(health["choices"].get((day, meal)), is_automatic),
            student.diet_variant_id.id or None,
            get_allergens,
        )
        if not told:
            return None
        code, variant = told
        names = get_allergens(variant).mapped("name") if health["may_know"] else []
        return {
            "code": code,
            "allergens": names,
            "message": self._get_health_message(code, names),
        }

    @api.model
    def _get_wish(self, choice, is_automatic):
        """Return what a rule and the family's choice order, None: nothing."""
        wish = Wish("entitled", is_entitled=True) if is_automatic else None
        if not choice:
            return wish
        return order_plan.choose(wish, choice.mode, choice.variant_id.id or None)

    @api.model
    def _as_row(self, order):
        """Return an order as the plan reads it; where it is eaten is not asked."""
        if not order:
            return None
        history = order.change_ids
        last = history[-1:] if order.state == CANCELLED else history[:0]
        return Row(
            order.id,
            order.state,
            order.origin,
            PLACE,
            order.variant_id.id or None,
            order.is_entitled,
            last.reason or None,
            last.absence_id.id or None,
        )

    @api.model
    def _get_meal_allergens(self, student, meal, day, variant):
        """Return the allergens that forbid an order, to a parent who may know."""
        # sudo: of a child that was checked
        orders = self.env["meal.order"].sudo()
        wanted = student.diet_variant_id or variant
        portion = student.id, day, meal.id, wanted.id or None
        found = orders._get_allergens(student.school_id, [portion])
        return found.get(portion) if self._may_know_health(student) else None

    @api.model
    def _may_know_health(self, student):
        """Who only pays learns that a meal does not suit, not why."""
        rows = self._get_guardians().filtered(lambda row: row.student_id == student)
        return any(row.is_legal or row.may_order for row in rows)

    @api.model
    def _get_health_message(self, code, names):
        if names:
            return self._get_allergen_message(code, ", ".join(names))
        _ = self.env._
        return {
            "not_ordered": _(
                "Not ordered: the menu of the day does not suit the child."
            ),
            "leaving": _(
                "Will be taken off: the menu of the day does not suit the child."
            ),
            "other_set": _("The usual set is ordered: the chosen one does not suit."),
            "replaced": _("Ordered, but the child is served something else."),
            "unsuitable": _("The menu of the day does not suit the child."),
        }[code]

    @api.model
    def _get_allergen_message(self, code, allergens):
        _ = self.env._
        return {
            "not_ordered": _(
                "Not ordered: the menu of the day has %s, to which the child is"
                " allergic.",
                allergens,
            ),
            "leaving": _(
                "Will be taken off: the menu of the day has %s, to which the child is"
                " allergic.",
                allergens,
            ),
            "other_set": _(
                "The usual set is ordered: the chosen one has %s, to which the child is"
                " allergic.",
                allergens,
            ),
            "replaced": _(
                "The menu of the day has %s: the child is served something else"
                " instead.",
                allergens,
            ),
            "unsuitable": _(
                "Cannot be ordered: the menu of the day has %s, to which the child is"
                " allergic.",
                allergens,
            ),
        }[code]

    # === STANDING CHOICES === #

    @api.model
    def _get_withheld_days(self, student, choices):
        """Return {choice: days of the next two weeks on which it is not ordered}."""
        if not choices or not student.allergen_ids:
            return {}
        first = self._get_first_day(student)
        span = [first + timedelta(days=number) for number in range(AHEAD)]
        days = self._get_school_days(student, span)
        if not days:
            return {}
        effective = self._read_day_choices(student, days)
        held = defaultdict(list)
        for day, row in zip(days, self._prepare_days(student, days), strict=True):
            for meal in row["meals"]:
                health = meal["health"]
                if health and health["code"] in WITHHELD:
                    key = day, self.env["meal.type"].browse(meal["id"])
                    held[effective[key]].append({"date": row["date"], **health})
        return held
