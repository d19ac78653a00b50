from odoo import api, fields, models
from odoo.tools import SQL, file_open

from ..const import CARD_GROUPS, ENTRY_REFUSALS

#: What differs between a controller and its list, in the words of the index below.
DUE = """
    CASE WHEN is_wanted AND zones > 0
         THEN told IS NOT NULL OR is_held IS NOT TRUE
              OR (held_flags & 40) <> (flags & 40)
              OR (held_zones & 127) <> (zones & 127)
         ELSE is_held OR told IS NOT NULL END
"""


class AccessEntry(models.Model):
    """A card at a controller: who it is, what the rules want, what is held there.

    Compiled from rules and cards (`access_site_lists.py`), decided by
    (`access_entry_decide.py`), told to the controller by difference
    (`access_controller_list.py`). A row without a person is a card that nobody at the
    school has, or that two people have by its short number: it is refused.
    """

    _name = "access.entry"
    _description = "Card in a controller"
    _order = "controller_id, person_id, id"
    _rec_name = "person_id"

    controller_id = fields.Many2one(
        "access.controller", required=True, ondelete="cascade", index=True
    )
    site_id = fields.Many2one(related="controller_id.site_id", store=True, index=True)
    school_id = fields.Many2one(
        related="controller_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    person_id = fields.Many2one(
        "access.person", ondelete="set null", index="btree_not_null"
    )
    card_id = fields.Many2one(
        "school.card", ondelete="set null", index="btree_not_null"
    )
    pass_id = fields.Many2one(
        "access.pass", ondelete="set null", index="btree_not_null"
    )
    profile_id = fields.Many2one(
        "access.profile", "Times", ondelete="set null", index="btree_not_null"
    )
    code = fields.Char("Number in the controller", required=True, groups=CARD_GROUPS)
    flags = fields.Integer(default=0)
    zones = fields.Integer(
        "Time zones",
        default=255,
        help="Bits of the controller's time zones in which the card opens when the"
        " controller decides alone; 0: the card is not kept there, 255: always.",
    )
    is_wanted = fields.Boolean(default=True, help="The rules want it there.")
    refusal = fields.Selection(ENTRY_REFUSALS, help="Why the card is not wanted.")
    held_flags = fields.Integer(default=0)
    held_zones = fields.Integer(default=0)
    is_held = fields.Boolean(help="The controller has acknowledged it.")
    told = fields.Char(
        help="The change handed out last and not acknowledged yet: the controller may"
        " have done it or not."
    )

    _code_uniq = models.Constraint(
        "UNIQUE (controller_id, code)", "The card is on the list of the controller."
    )
    _due_idx = models.Index(f"(controller_id) WHERE ({DUE})")

    def init(self):
        with file_open("school_access/sql/access_list.sql") as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    # === BUSINESS METHODS === #

    @api.model
    def _stop(self, cards=None, passes=None):
        """Take cards off every list in this very transaction: they open nothing from
        the moment it is committed. What controllers hold is deleted by difference.

        :param cards: `school.card` records, or none
        :param passes: `access.pass` records, or none
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_entry SET is_wanted = FALSE, refusal = 'blocked_card'
                 WHERE (card_id = ANY(%s) OR pass_id = ANY(%s)) AND is_wanted
                """,
                cards.ids if cards else [],
                passes.ids if passes else [],
            )
        )
        self.invalidate_model(["is_wanted", "refusal"])
