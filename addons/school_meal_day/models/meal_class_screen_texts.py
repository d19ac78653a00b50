from odoo import api, models


class MealClassScreen(models.AbstractModel):
    """The words of the page, which has no client-side translations of its own."""

    _inherit = "meal.class.screen"

    @api.model
    def _get_texts(self):
        return {**self._get_page_texts(), **self._get_state_texts()}

    @api.model
    def _get_page_texts(self):
        _ = self.env._
        return {
            "menu": _("Menu"),
            "today": _("Today"),
            "next": _("Next day"),
            "tray": _("Tray"),
            "allPresent": _("All present"),
            "restPresent": _("The others are present"),
            "asYesterday": _("As the day before"),
            "sameAsBefore": _("The same as the day before"),
            "noDayBefore": _("No day before to repeat"),
            "allServed": _("All served"),
            "reportMissing": _("Report absent: {count}"),
            "undo": _("Undo"),
            "changed": _("Changes: {count}"),
            "present": _("Present"),
            "absent": _("Absent"),
            "here": _("Here"),
            "notHere": _("Not here"),
            "notChecked": _("Here?"),
            "knownAbsent": _("Not at school, by access control"),
            "knownPresent": _("At school, by access control"),
            "withheld": _("Unsuitable"),
            "reason": _("Reason"),
            "until": _("until {date}"),
            "byParent": _("reported by the parents"),
            "served": _("Served"),
            "byCard": _("By card"),
            "stop": _("STOP"),
            "giveAnyway": _("Give for a reason…"),
            "untouched": _("Not served"),
            "notOrdered": _("Without an order"),
            "freed": _("freed"),
            "passedOn": _("passed on"),
            "writtenOff": _("written off"),
            "nobody": _("There are no students in this class yet."),
            "noDays": _("No school days are ahead: the calendar has none."),
            "noMeals": _("No meals have a price for this class on this day."),
            "choose": _("Choose a class"),
        }

    @api.model
    def _get_state_texts(self):
        _ = self.env._
        return {
            "openUntil": _("Changes until {time}"),
            "cooked": _("Cooked already: changes are marked late"),
            "closed": _("The day is closed: nothing can be changed any more"),
            "confirmed": _("Confirmed at {time}, {name}"),
            "notConfirmed": _("The class is not confirmed yet"),
            "saved": _("Saved"),
            "saving": _("Saving: {count}"),
            "waiting": _("No connection. On this device wait: {count}"),
            "notKept": _(
                "This browser keeps nothing: do not close the page until all is saved."
            ),
            "signedOut": _("You were signed out. Sign in, the changes will be sent."),
            "signIn": _("Sign in"),
            "failed": _("Not saved. The server says: {message}"),
            "discard": _("Discard my changes"),
            "conflict": _("{name}, {what}: somebody else has changed it meanwhile."),
            "keepTheirs": _("Leave it as it is"),
            "setMine": _("Do as I entered"),
            "refused": _("{name}, {what}: {message}"),
            "understood": _("OK"),
            "presenceWord": _("presence"),
            "classWord": _("confirmation of the class"),
        }
