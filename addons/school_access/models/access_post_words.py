from odoo import api, models


class AccessPostWords(models.AbstractModel):
    """The words of the page, which has no client-side translations of its own."""

    _name = "access.post.words"
    _description = "Words of the Guard Post"

    @api.model
    def _get(self):
        return {**self._get_page_words(), **self._get_work_words()}

    @api.model
    def _get_page_words(self):
        _ = self.env._
        return {
            "menu": _("Menu"),
            "site": _("Site"),
            "inside": _("Inside"),
            "lastHour": _("Passes in an hour"),
            "nothing": _("Nobody has passed yet today."),
            "unknownPerson": _("Unknown"),
            "live": _("Connected"),
            "lost": _(
                "No connection since {time}. What is shown is old; doors and"
                " turnstiles go on by their own lists."
            ),
            "signedOut": _("You were signed out."),
            "signIn": _("Sign in"),
            "failed": _("The server says: {message}"),
            "soundOn": _("Sound on"),
            "soundOff": _("Sound off"),
            "touchForSound": _("Touch the page: the browser keeps silent until then"),
            "times": _("{count} times, last at {time}"),
            "secondsLeft": _("{count} s"),
            "askedBy": _("Asked of: {name}"),
            "opened": _("Opened, passage not seen"),
            "evacuation": _("Evacuation list"),
            "guest": _("Guest"),
            "openDoor": _("Open a door"),
            "asks": _("May this person pass?"),
        }

    @api.model
    def _get_work_words(self):
        _ = self.env._
        return {
            "allow": _("Allow"),
            "deny": _("Refuse"),
            "allowWhy": _("Allow, reason…"),
            "take": _("Take"),
            "why": _("Reason"),
            "open": _("Open"),
            "cancel": _("Cancel"),
            "save": _("Save"),
            "note": _("Note"),
            "noteText": _("What happened"),
            "beginShift": _("Begin the shift"),
            "takeOver": _("Take over the shift"),
            "endShift": _("End the shift"),
            "shiftOf": _("{name}, since {time}"),
            "noShift": _("No shift is open"),
            "handover": _("What the next guard must know"),
            "handedOver": _("Handed over: {text}"),
            "journal": _("Journal"),
            "notDone": _("No connection: it was not done. Try again."),
            "status": {
                "opened": _("Opening…"),
                "denied": _("Refused"),
                "late": _("The time to answer was over: the door was not opened."),
                "answered": _("Somebody has answered already."),
                "taken": _("Taken"),
                "begun": _("The shift has begun"),
                "ended": _("The shift has ended"),
                "noted": _("Written into the journal"),
            },
        }
