import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..domain import card_uid, reader_text

KINDS = [
    ("mifare", "Mifare"),
    ("em_marine", "EM-Marine"),
    ("qr", "QR code"),
    ("wristband", "Wristband"),
]

MADE = "made"
HANDED = "handed"
ACTIVE = "active"
BLOCKED = "blocked"
LOST = "lost"
REPLACED = "replaced"
STATES = [
    (MADE, "Made"),
    (HANDED, "Handed over"),
    (ACTIVE, "In use"),
    (BLOCKED, "Blocked"),
    (LOST, "Lost"),
    (REPLACED, "Replaced"),
]

#: What people call the state: a job without a number is ordered, not made.
ORDERED = "ordered"
STAGES = [(ORDERED, "Ordered"), *STATES]

#: A student with a card in one of these states needs no other.
USABLE_STATES = (MADE, HANDED, ACTIVE, BLOCKED)

#: Only the methods of this add-on change these. RPC can send JSON but not this
#: object, so a crafted context does not open them.
EDIT_SENTINEL = object()
PROTECTED_FIELDS = frozenset(
    {
        "student_id",
        "uid",
        "key_w26",
        "key_z5r",
        "key_dec10",
        "qr_token",
        "state",
        "handed_at",
        "activated_at",
        "replaces_id",
    }
)

#: What somebody who adds a card by hand may say about it.
CREATE_FIELDS = frozenset({"student_id", "kind", "printed_number"})

#: How every other card begins; said outright, so that no default of a user counts.
BLANK = {
    "state": MADE,
    "uid": False,
    "handed_at": False,
    "activated_at": False,
    "replaces_id": False,
    "replaced_by_ids": [],
    "event_ids": [],
}

CARD_GROUPS = "school_meal_base.group_operator"


class SchoolCard(models.Model):
    """What a student shows at the till, turnstile or vending machine.

    A card is a key, not a purse: money stays on the personal account whatever
    happens to the card. It begins as a job (a student, no number), gets its number
    at enrolment, is handed over, activated at the till, and ends blocked, lost or
    replaced. Its life is in ``school_card_life.py``, its number in
    ``school_card_enrolment.py``.
    """

    _name = "school.card"
    _description = "Student Card"
    _order = "id desc"

    student_id = fields.Many2one(
        "school.student", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    class_id = fields.Many2one(related="student_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="student_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True, default="mifare")
    state = fields.Selection(
        STATES, required=True, readonly=True, default=MADE, index=True, copy=False
    )
    stage = fields.Selection(
        STAGES, "State of the card", compute="_compute_stage", store=True, index=True
    )
    uid = fields.Char(
        "Number (UID)",
        copy=False,
        readonly=True,
        groups=CARD_GROUPS,
        help="As the chip answers, hexadecimal, in the order of PC/SC readers.",
    )
    key_w26 = fields.Char(
        "Wiegand-26",
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        groups=CARD_GROUPS,
    )
    key_z5r = fields.Char(
        "Z-5R number",
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        groups=CARD_GROUPS,
    )
    key_dec10 = fields.Char(
        "Ten digits",
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        groups=CARD_GROUPS,
    )
    qr_token = fields.Char(
        "QR token",
        copy=False,
        readonly=True,
        groups=CARD_GROUPS,
        help="Random text of the printed QR code; it tells nothing about the student.",
    )
    number_end = fields.Char(
        "Ends in", compute="_compute_number_end", compute_sudo=True
    )
    is_enrolled = fields.Boolean(
        "Number known", compute="_compute_is_enrolled", store=True, compute_sudo=True
    )
    shares_short_number = fields.Boolean(
        "Short number of two cards",
        compute="_compute_shares_short_number",
        search="_search_shares_short_number",
        compute_sudo=True,
        help="Another card of the school has the same short number: readers that show"
        " only that recognise neither.",
    )
    printed_number = fields.Char(
        "Printed number", help="What the maker printed on the plastic."
    )
    scan = fields.Char(
        "Scanned card",
        store=False,
        search="_search_scan",
        groups=CARD_GROUPS,
        help="Put the cursor into the search field and tap the card.",
    )
    handed_at = fields.Datetime("Handed over", readonly=True, copy=False)
    activated_at = fields.Datetime("Activated", readonly=True, copy=False)
    replaces_id = fields.Many2one(
        "school.card", "Replaces", readonly=True, copy=False, ondelete="restrict"
    )
    replaced_by_ids = fields.One2many("school.card", "replaces_id", "Replaced by")
    event_ids = fields.One2many("school.card.event", "card_id", "History")

    _uid_uniq = models.UniqueIndex(
        "(company_id, uid) WHERE uid IS NOT NULL AND state <> 'replaced'",
        "This card is already bound to a student. Take another card.",
    )
    _qr_uniq = models.UniqueIndex(
        "(qr_token) WHERE qr_token IS NOT NULL", "This QR token is already in use."
    )
    _replaces_uniq = models.UniqueIndex(
        "(replaces_id) WHERE replaces_id IS NOT NULL",
        "This card already has a replacement.",
    )

    # === CONSTRAINTS === #

    @api.constrains("student_id", "replaces_id")
    def _check_replaces(self):
        for card in self.filtered("replaces_id"):
            if card.replaces_id.student_id != card.student_id:
                raise ValidationError(
                    self.env._("A card replaces a card of the same student only.")
                )

    # === COMPUTE METHODS === #

    @api.depends("state", "is_enrolled")
    def _compute_stage(self):
        for card in self:
            is_job = card.state == MADE and not card.is_enrolled
            card.stage = ORDERED if is_job else card.state

    @api.depends("key_w26", "school_id", "state")
    def _compute_shares_short_number(self):
        shared = self.search([("shares_short_number", "=", True)])
        for card in self:
            card.shares_short_number = card in shared

    def _search_shares_short_number(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["school_id", "key_w26", "state"])
        shared = SQL(
            """(
                SELECT id FROM (
                    SELECT id, COUNT(*) OVER (PARTITION BY school_id, key_w26) AS cards
                      FROM school_card
                     WHERE key_w26 IS NOT NULL AND state <> %s
                ) AS counted
                WHERE cards > 1
            )""",
            REPLACED,
        )
        return [("id", "in" if True in value else "not in", shared)]

    @api.depends("uid")
    def _compute_keys(self):
        for card in self:
            keys = card_uid.keys_of(card.uid) if card.uid else {}
            card.key_w26 = keys.get("w26")
            card.key_z5r = keys.get("z5r")
            card.key_dec10 = keys.get("dec10")

    @api.depends("uid")
    def _compute_number_end(self):
        for card in self:
            card.number_end = f"…{card.uid[-4:]}" if card.uid else False

    @api.depends("uid", "kind")
    def _compute_is_enrolled(self):
        for card in self:
            card.is_enrolled = bool(card.uid) or card.kind == "qr"

    @api.depends("kind", "student_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for card in self:
            name = card.student_id.display_name or ""
            card.display_name = f"{name} ({kinds.get(card.kind, '')})"

    def _search_scan(self, operator, value):
        """Find a card by what a reader types into the search field."""
        if operator not in ("=", "ilike", "in"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else list(value)
        readings = [reader_text.parse_reader_text(text) for text in texts]
        found = self.browse()
        for reading in filter(None, readings):
            found |= self._match(
                reading, [("company_id", "in", self.env.companies.ids)]
            )
        return [("id", "in", found.ids)]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        is_ours = self.env.su or self._is_ours()
        for vals in vals_list:
            if not is_ours and vals.keys() - CREATE_FIELDS:
                raise self._protected_error()
            for name, blank in BLANK.items():
                vals.setdefault(name, blank)
            if vals["state"] == ACTIVE:
                vals["activated_at"] = vals["activated_at"] or fields.Datetime.now()
            if vals.get("uid"):
                vals["uid"] = self._canonical(vals["uid"])
            vals.setdefault("qr_token", self._new_qr_token())
        cards = super().create(vals_list)
        for card in cards.filtered("uid"):
            card._check_enrolment(card.uid)
        cards._add_event("made")
        return cards

    def write(self, vals):
        if PROTECTED_FIELDS & vals.keys() and not self._is_ours():
            raise self._protected_error()
        return super().write(vals)

    def _is_ours(self):
        return self.env.context.get("school_card_edit") is EDIT_SENTINEL

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused_jobs(self):
        if self.filtered(lambda card: card.state != MADE or card.sudo().uid):
            raise UserError(
                self.env._(
                    "Only a card job without a number can be deleted. Block the card"
                    " instead."
                )
            )

    def _protected_error(self):
        return UserError(
            self.env._(
                "The state and the number of a card are changed by its buttons only,"
                " so that the history stays complete."
            )
        )

    # === ACTION METHODS === #

    def action_operation(self):
        """Ask for the reason, then do the operation of the context."""
        self._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Card operation"),
            "res_model": "school.card.operation",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_card_ids": self.ids,
                "default_operation": self.env.context.get("card_operation", "block"),
            },
        }

    def action_print_sheet(self):
        """Download the printing sheet of the cards."""
        return self.env["school.card.print"].create({"card_ids": self.ids})._download()

    def _check_operator(self):
        self.check_access("write")

    # === HELPERS === #

    def _by_class(self):
        """Return the cards in the order of class lists."""
        return self.sorted(
            lambda card: (
                card.school_id.code or "",
                card.class_id.grade,
                card.class_id.letter or "",
                (card.student_id.name or "").casefold().replace("ё", "е"),
            )
        )

    def _edit(self, values):
        return self.with_context(school_card_edit=EDIT_SENTINEL).write(values)

    @api.model
    def _make(self, vals_list):
        """Create cards with values that nobody types in."""
        cards = self.with_context(school_card_edit=EDIT_SENTINEL).create(vals_list)
        return cards.with_env(self.env)

    def _add_event(self, event, *, reason=None, device=None, session_ref=None):
        """Write a line of history.

        :param device: `school.device` it was done on
        :param str session_ref: what the till calls its session or order
        """
        # sudo: history is written by the methods of cards only.
        self.env["school.card.event"].sudo().create(
            [
                {
                    "card_id": card.id,
                    "event": event,
                    "state": card.state,
                    "reason": reason,
                    "device_id": device.id if device else False,
                    "session_ref": session_ref,
                }
                for card in self
            ]
        )

    @api.model
    def _new_qr_token(self):
        return "".join(
            secrets.choice(reader_text.QR_ALPHABET)
            for _position in range(reader_text.QR_LENGTH)
        )

    @api.model
    def _canonical(self, text):
        try:
            return card_uid.canonical_uid(text)
        except card_uid.CardUidError as error:
            raise UserError(self._enrolment_messages()[error.code]) from None
