from odoo import api, models

from ..const import ISSUE_REASONS


class MealServingWords(models.AbstractModel):
    """The sentences of the serving page, in the language of the municipality.

    They are a part of the page, so that it speaks without network. ``{name}`` is put in
    by the page.
    """

    _name = "meal.serving.words"
    _description = "Words of the Serving Page"

    @api.model
    def _get_language(self):
        """Return the language of the municipality; before anybody has signed in nobody
        knows which one it is."""
        installed = dict(self.env["res.lang"].get_installed())
        user = self.env.user
        # sudo: a canteen worker need not read the municipality.
        own = not user._is_public() and user.company_id.sudo().partner_id.lang
        wanted = (own, "ru_RU", self.env.lang)
        return next((code for code in wanted if code in installed), "en_US")

    @api.model
    def _get(self):
        reasons = self.env["meal.issue.event"]._fields["reason"]
        names = dict(reasons._description_selection(self.env))
        return {
            **self._get_verdicts(),
            **self._get_marks(),
            **self._get_actions(),
            **self._get_pairing(),
            **self._get_agent(),
            **{f"reason_{code}": names[code] for code, _name in ISSUE_REASONS},
        }

    @api.model
    def _get_verdicts(self):
        _ = self.env._
        return {
            "verdict_ok": _("Enjoy your meal!"),
            "verdict_second": _("Second portion"),
            "verdict_not_ordered": _("Not ordered"),
            "verdict_taken_off": _("The order was taken off"),
            "verdict_wrong_school": _("Student of another school"),
            "verdict_unknown_card": _("Unknown card"),
            "verdict_blocked_card": _("The card is blocked"),
            "verdict_allergen": _("ALLERGEN! Do not give"),
            "verdict_guest": _("Guest"),
            "verdict_not_recorded": _("NOT recorded"),
            "already_at": _("Already got it at {time}"),
            "contains": _("The meal contains: {names}"),
            "hint_not_ordered": _("There is no order for this meal"),
            "verdict_free": _("There is a free portion"),
            "free_portions": _("Not ordered. Free portions: {count}, data of {time}"),
            "free_taken_off": _(
                "The order was taken off. Free portions: {count}, data of {time}"
            ),
            "hint_taken_off": _("Absence, or no longer wanted"),
            "hint_wrong_school": "",
            "hint_unknown_card": _("Find the student by name"),
            "hint_unknown_offline": _(
                "Unknown card, or a student of another school: without network the"
                " tablet cannot tell. Find the student by name."
            ),
            "hint_blocked_card": _("Look at the photo: is it the right child?"),
            "hint_ok": "",
            "status_ordered": _("ordered"),
            "status_given": _("got it at {time}"),
            "status_allergen": _("ALLERGEN in this meal"),
            "status_taken_off": _("order taken off"),
            "status_not_ordered": _("not ordered"),
            "usual_set": _("Usual set"),
        }

    @api.model
    def _get_marks(self):
        _ = self.env._
        return {
            "offline": _("No network"),
            "data_of": _("Data of {time}"),
            "no_data": _("No data"),
            "unsent": _("Not sent: {count}"),
            "refused_count": _("Not accepted: {count}"),
            "portions_left": _("portions left of {cooked}"),
            "tap_card": _("Tap the card on the reader"),
            "last_issued": _("Last: {name}"),
            "no_orders": _(
                "There are no orders of today on this tablet. Issue by the paper lists"
                " until the network is back."
            ),
            "storage_failed": _(
                "The last portion is NOT recorded: the storage of this tablet is full"
                " or broken. Write it on the paper list and call the administrator."
            ),
            "revoked": _(
                "The tablet was disconnected. What it records stays here and is sent"
                " when it is connected again: ⋮, “Connect again”."
            ),
            "clock_wrong": _(
                "The clock of this tablet is wrong by {minutes} minutes. Set its date"
                " and time: without network it would take the wrong day."
            ),
            "meal_now": _("Now: {meal}"),
            "meal_back": _("Back: {meal}"),
            "not_a_card": _("This is not a card. Tap once more."),
            "needs_https": _(
                "This page works over a protected connection (https) only. Ask the"
                " administrator for its address."
            ),
            "given_anyway": _("Given out: {name}"),
            "guests_given": _("Portions: {count}"),
            "undone": _("Taken back"),
        }

    @api.model
    def _get_actions(self):
        _ = self.env._
        return {
            "search": _("Find by name"),
            "search_hint": _("Last name, first name or class"),
            "class_list": _("Classes"),
            "guest": _("Guest"),
            "guest_hint": _("How many portions, and for whom?"),
            "less": _("Less"),
            "more": _("More"),
            "undo": _("Undo the last one"),
            "undo_title": _("Take this portion back?"),
            "undo_yes": _("Yes, it was not given out"),
            "undo_no": _("No, leave it"),
            "next": _("Next"),
            "not_given": _("Not given"),
            "hand_over": _("Give it out"),
            "give_anyway": _("Give anyway…"),
            "hold_to_give": _("Hold for 2 seconds to give anyway"),
            "why": _("Why is it given out?"),
            "close": _("Close"),
            "menu": _("Menu"),
            "reader": _("Card reader"),
            "reader_usual": _("Usual (no settings)"),
            "refresh": _("Refresh the data"),
            "full_screen": _("Full screen"),
            "sent_so_far": _("Portions not sent yet: {count}"),
            "pair_again": _("Connect again"),
            "refused_title": _("Could not be delivered"),
            "refused_hint": _(
                "The server did not accept these portions. Enter them in the list of"
                " the class on a computer, then mark them here as entered."
            ),
            "refused_done": _("Entered, remove from here"),
            "refused_retry": _("Send again"),
        }

    @api.model
    def _get_agent(self):
        """The reader agent, a program on the computer of the page."""
        _ = self.env._
        return {
            "agent_title": _("Connect a card reader"),
            "agent_searching": _("The reader program does not answer"),
            "agent_blocked": _(
                "The browser does not let this page use the reader program: allow it"
                " beside the page's address"
            ),
            "agent_pairing": _(
                "Open this address on this computer and type the code from there"
            ),
            "agent_no_reader": _("Plug the card reader into this computer"),
            "agent_connected": _("The card reader works"),
            "agent_code": _("Code"),
            "agent_pair": _("Connect"),
            "agent_off": _("Work without the reader program"),
            "agent_phone": _(
                "This is a phone or a bank card. Hold the school card alone to the"
                " reader."
            ),
            "agent_unreadable": _(
                "The reader cannot read this card. Hold it once more, flat."
            ),
            "agent_refused_code": _(
                "This is not the code that is shown now: look once more."
            ),
            "agent_refused_wait": _("Too many wrong codes. Try again in {seconds} s."),
            "agent_refused_disk": _("The reader program cannot write to the disk."),
            "agent_refused_closed": _("The reader program does not answer"),
        }

    @api.model
    def _get_pairing(self):
        _ = self.env._
        return {
            "pair_title": _("Serving: connect this tablet"),
            "pair_hint": _(
                "The tablet gets a key of its own and works without signing in, also"
                " without network. The administrator can disconnect it at any time."
            ),
            "pair_name": _("Name of the tablet"),
            "pair_default_name": _("Serving tablet"),
            "pair": _("Connect this tablet"),
            "pair_no_network": _("The server cannot be reached. Check the network."),
            "pair_only": _(
                "Portions of {school} are not delivered yet: only somebody of that"
                " school can connect this tablet again."
            ),
            "school": _("School"),
            "sign_in": _("Sign in"),
            "try_again": _("Try again"),
        }
