from collections import defaultdict
from datetime import timedelta
from itertools import product

from odoo import api, models

from ..const import LIVE_STATES, ORDERED
from ..domain import parent_input
from ..domain.order_plan import AUTOMATIC_ORIGINS

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
            "withheld": model.union(*orders.values())._get_withheld(),
            "allergens": {key[1:]: allergens for key, allergens in found.items()},
            "may_know": self._may_know_health(student),
        }

    @api.model
    def _read_day_choices(self, student, days):
        """Return {(day, meal): choice}, the latest of those that hold on a day."""
        # sudo: of a child that was checked; parents have no rights over the model
        choices = (
            self.env["meal.choice"]
            .sudo()
            .search(
                [
                    ("student_id", "=", student.id),
                    ("date_from", "<=", days[-1]),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", days[0]),
                ],
                order="date_from, id",
            )
        )
        return {
            (day, choice.meal_type_id): choice
            for choice in choices
            for day in days
            if choice.date_from <= day <= (choice.date_to or day)
            and parent_input.is_chosen(day, choice.weekdays)
        }

    # === SHAPE === #

    @api.model
    def _prepare_health(self, student, day, meal, facts, is_automatic):
        """Return {code, allergens, message} of a meal; None: nothing is wrong.

        :param is_automatic: a rule orders the meal without anybody asking
        """
        health = facts["health"]
        if not health:
            return None
        # sudo: of a child that was checked; the set may be a diet
        orders, choices = self.env["meal.order"].sudo(), self.env["meal.choice"].sudo()
        order = facts["orders"].get((day, meal), orders)
        choice = health["choices"].get((day, meal), choices)
        diet = student.diet_variant_id
        chosen = choice.filtered(lambda one: one.mode == "order").variant_id
        wanted = diet or chosen
        is_due = is_automatic and not order and choice.mode != "decline"
        usual, in_wanted, in_order = (
            health["allergens"].get((day, meal.id, variant.id or None))
            for variant in (diet, wanted, order.variant_id)
        )
        code, allergens = None, in_wanted
        if order.state in LIVE_STATES:
            is_other = wanted != order.variant_id and order.origin in AUTOMATIC_ORIGINS
            code = "replaced" if in_order else "other_set" if is_other else None
            if in_order and (order.state, order.origin) == (ORDERED, "choice"):
                code = "leaving"  # the menu came after the order
            allergens = in_order or in_wanted
        elif is_due:
            code = "replaced" if usual else "other_set"
        elif choice.mode == "order" and (not order or order in health["withheld"]):
            code = "not_ordered"
        else:
            code = "unsuitable"
        if not code or not allergens:
            return None
        names = allergens.mapped("name") if health["may_know"] else []
        return {
            "code": code,
            "allergens": names,
            "message": self._get_health_message(code, names),
        }

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
        _ = self.env._
        what = ", ".join(names)
        if not names:
            return {
                "not_ordered": _(
                    "Not ordered: the menu of the day does not suit the child."
                ),
                "leaving": _(
                    "Will be taken off: the menu of the day does not suit the child."
                ),
                "other_set": _(
                    "The usual set is ordered: the chosen one does not suit."
                ),
                "replaced": _("Ordered, but the child is served something else."),
                "unsuitable": _("The menu of the day does not suit the child."),
            }[code]
        return {
            "not_ordered": _(
                "Not ordered: the menu of the day has %s, to which the child is"
                " allergic.",
                what,
            ),
            "leaving": _(
                "Will be taken off: the menu of the day has %s, to which the child is"
                " allergic.",
                what,
            ),
            "other_set": _(
                "The usual set is ordered: the chosen one has %s, to which the child is"
                " allergic.",
                what,
            ),
            "replaced": _(
                "The menu of the day has %s: the child is served something else"
                " instead.",
                what,
            ),
            "unsuitable": _(
                "Cannot be ordered: the menu of the day has %s, to which the child is"
                " allergic.",
                what,
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
