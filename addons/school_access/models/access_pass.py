from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.school_meal_base.domain import card_uid, reader_text

from ..const import CARD_GROUPS, PASS_STATES

#: A pass in one of these states may be taken for another one.
USABLE = ("active", "blocked")


class AccessPass(models.Model):
    """The card of a member of staff or of a guest; students have `school.card`."""

    _name = "access.pass"
    _description = "Pass of staff or guest"
    _order = "id desc"

    person_id = fields.Many2one(
        "access.person",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('kind', '!=', 'student')]",
    )
    person_kind = fields.Selection(related="person_id.kind")
    school_id = fields.Many2one(related="person_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    uid = fields.Char(
        "Number (UID)",
        copy=False,
        groups=CARD_GROUPS,
        help="Put the cursor here and tap the card, or type its number.",
    )
    key_w26 = fields.Char(
        "Wiegand-26", compute="_compute_keys", store=True, groups=CARD_GROUPS
    )
    key_z5r = fields.Char(
        "Z-5R number", compute="_compute_keys", store=True, groups=CARD_GROUPS
    )
    key_dec10 = fields.Char(
        "Ten digits", compute="_compute_keys", store=True, groups=CARD_GROUPS
    )
    number_end = fields.Char(
        "Ends in", compute="_compute_number_end", compute_sudo=True
    )
    state = fields.Selection(
        PASS_STATES, required=True, default="active", index=True, copy=False
    )
    valid_from = fields.Datetime()
    valid_to = fields.Datetime("Valid until")
    scan = fields.Char(
        "Scanned card", store=False, search="_search_scan", groups=CARD_GROUPS
    )
    is_over = fields.Boolean(
        "Not valid any more", compute="_compute_is_over", search="_search_is_over"
    )
    note = fields.Char()

    _uid_uniq = models.UniqueIndex(
        "(company_id, uid) WHERE uid IS NOT NULL AND state IN ('active', 'blocked')",
        "This card is the pass of somebody already. Take another card.",
    )
    _times_order = models.Constraint(
        "CHECK (valid_from < valid_to)",
        "A pass ends after it begins. Correct the times.",
    )
    _key_idx = models.Index("(school_id, key_w26) WHERE state IN ('active', 'blocked')")

    # === CONSTRAINTS === #

    @api.constrains("person_id")
    def _check_person(self):
        for record in self:
            if record.person_id.kind == "student":
                raise ValidationError(
                    self.env._(
                        "Students have cards, not passes. Order a card for %s under"
                        " Cards.",
                        record.person_id.name,
                    )
                )

    @api.constrains("uid", "state", "person_id")
    def _check_number(self):
        for record in self.sudo():  # sudo: the other card may be of another school
            if record.uid and record.state in USABLE:
                reason = card_uid.enrolment_refusal(record.uid)
                reason = reason or record._get_clash(record.uid, record.school_id)
                if reason:
                    raise ValidationError(self._get_messages()[reason])

    # === COMPUTE METHODS === #

    @api.depends("uid")
    def _compute_keys(self):
        for record in self:
            keys = card_uid.keys_of(record.uid) if record.uid else {}
            record.key_w26 = keys.get("w26")
            record.key_z5r = keys.get("z5r")
            record.key_dec10 = keys.get("dec10")

    @api.depends("uid")
    def _compute_number_end(self):
        for record in self:
            record.number_end = f"…{record.uid[-4:]}" if record.uid else False

    @api.depends("person_id.name", "uid")
    def _compute_display_name(self):
        for record in self:
            end = f" ({record.number_end})" if record.number_end else ""
            record.display_name = f"{record.person_id.name or ''}{end}"

    @api.depends("valid_to")
    def _compute_is_over(self):
        now = fields.Datetime.now()
        for record in self:
            record.is_over = bool(record.valid_to and record.valid_to <= now)

    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = [("valid_to", "<=", fields.Datetime.now())]
        return over if True in value else ["!", *over]

    @api.model
    def _search_scan(self, operator, value):
        """Find a pass by what a reader types into the search field."""
        if operator not in ("=", "ilike", "in"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else list(value)
        readings = filter(None, map(reader_text.parse_reader_text, texts))
        uids = [reading.uid for reading in readings if reading.uid]
        return [("uid", "in", uids)]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._clean_vals(vals) for vals in vals_list]
        for vals in vals_list:
            people = self.env["access.person"].browse(vals.get("person_id"))
            self._check_is_free(vals.get("uid"), people.school_id)
        with mute_logger("odoo.sql_db"):  # its error line would show the number
            passes = super().create(vals_list)
            passes.flush_recordset()
        self.env["access.site"]._mark_stale(passes.school_id)
        return passes

    def write(self, vals):
        schools = self.school_id
        if {"uid", "person_id"} & vals.keys():
            self.env["access.entry"]._stop(passes=self)
        vals = self._clean_vals(vals)
        if vals.get("uid"):
            self._check_is_free(vals["uid"], self.school_id)
        with mute_logger("odoo.sql_db"):  # as above
            result = super().write(vals)
            self.flush_recordset()
        if vals.get("state", "active") != "active":
            self.env["access.entry"]._stop(passes=self)
        self.env["access.site"]._mark_stale(schools | self.school_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        # sudo: the number is closed to some who may delete, that it is there is not
        if any(record.state == "active" and record.uid for record in self.sudo()):
            raise UserError(
                self.env._("A pass in use is not deleted: take it back or block it.")
            )

    @api.model
    def _clean_vals(self, vals):
        """Return ``vals`` with the number as cards keep it, whatever was typed."""
        if vals.get("uid"):
            vals = {**vals, "uid": self._read_number(vals["uid"])}
        return vals

    # === ACTION METHODS === #

    def action_block(self):
        """Stop the passes at once."""
        self.check_access("write")
        self.filtered(lambda each: each.state == "active")._end("blocked")

    def action_unblock(self):
        self.check_access("write")
        self.filtered(lambda each: each.state == "blocked").write({"state": "active"})

    def action_return(self):
        """Take the passes back: their cards may be given to somebody else."""
        self.check_access("write")
        self._end("returned")

    # === BUSINESS METHODS === #

    def _end(self, state):
        self.filtered(lambda each: each.state in USABLE).write({"state": state})

    @api.model
    def _read_number(self, text):
        """Return the canonical number of what a reader typed.

        :raises UserError: it is not the full number of a card
        """
        reading = reader_text.parse_reader_text(text)
        if not reading or reading.kind in ("qr", reader_text.REMOVED):
            raise UserError(
                self.env._("This is not a card number. Tap the card once more.")
            )
        if not reading.uid:
            raise UserError(
                self.env._(
                    "The reader shows only a short number, which other cards may have"
                    " too. Use a reader that shows the full number."
                )
            )
        return reading.uid

    def _check_is_free(self, uid, schools):
        """Say that a number is taken before the index of the table says it."""
        for school in schools if uid else ():
            reason = self._get_clash(uid, school)
            if reason:
                raise ValidationError(self._get_messages()[reason])

    def _get_clash(self, uid, school):
        """Return why a number cannot be told from another pass or card, or None.

        :return: "student", "taken" or "collision"
        """
        own = self._get_clash_among(
            self, [("state", "in", USABLE), ("id", "not in", self.ids)], uid, school
        )
        cards = self.env["school.card"]
        other = own or self._get_clash_among(
            cards, [("state", "!=", "replaced")], uid, school
        )
        return "student" if other == "taken" and not own else other

    @api.model
    def _get_clash_among(self, model, usable, uid, school):
        # sudo: the other card may be one that the user does not see
        records = model.sudo()
        same = [("company_id", "=", school.company_id.id), ("uid", "=", uid)]
        if records.search_count(usable + same, limit=1):
            return "taken"
        pair = card_uid.keys_of(uid)["w26"]
        alike = [("school_id", "=", school.id), ("key_w26", "=", pair)]
        return "collision" if records.search_count(usable + alike, limit=1) else None

    def _get_messages(self):
        _ = self.env._
        return {
            "malformed": _("This is not a card number. Tap the card once more."),
            "blank": _("The card has no number. Take another card."),
            "random": _(
                "This is a phone or a card that shows a new number at each tap; it"
                " cannot be recognised again. Take an ordinary card."
            ),
            "student": _("This card is bound to a student. Take another card."),
            "taken": _("This card is the pass of somebody already. Take another card."),
            "collision": _(
                "A card of this school has the same short number, so that turnstiles"
                " would confuse the two. Take another card."
            ),
        }
