from odoo import api, models


class MealOrder(models.Model):
    """Why a meal was not ordered, in words for teachers and parents."""

    _inherit = "meal.order"

    @api.model
    def _get_refusal_message(self, code, allergens=None):
        """Return the sentence of a code of :meth:`_place`.

        :param allergens: ``school.allergen``, for those only who may know of them
        """
        _ = self.env._
        if code == "allergen" and allergens:
            return _(
                "This meal is not ordered: it has %(allergens)s, to which the student"
                " is allergic.",
                allergens=", ".join(allergens.mapped("name")),
            )
        return {
            "not_enrolled": _("The student is not at this school on that day."),
            "no_school_day": _("It is not a school day for this class."),
            "absent": _(
                "The student is reported absent on that day. Take the absence back"
                " first."
            ),
            "cut_off": _(
                "The meals of that day are being cooked already. Ask the person"
                " responsible for meals."
            ),
            "day_closed": _("The day is closed: nothing can be changed any more."),
            "no_price": _("This meal has no price for the student's age."),
            "diet_variant": _("A diet is given on medical grounds only."),
            # not which one: health is told to those who may read it
            "allergen": _(
                "This meal does not suit the student. Ask the person responsible for"
                " meals."
            ),
            "other_school": _("The meal of that day was cooked at another school."),
        }.get(code) or _("The order was not accepted.")
