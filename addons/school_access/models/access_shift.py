from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, file_open


class AccessShift(models.Model):
    """The watch of a guard at a site: one at a time, with all that was done in it."""

    _name = "access.shift"
    _description = "Shift of a guard"
    _order = "began_at desc, id desc"
    _rec_name = "user_id"

    site_id = fields.Many2one(
        "access.site", required=True, ondelete="restrict", index=True, readonly=True
    )
    school_id = fields.Many2one(related="site_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Guard", required=True, ondelete="restrict", readonly=True
    )
    began_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    ended_at = fields.Datetime(readonly=True)
    ended_by_id = fields.Many2one("res.users", readonly=True)
    handover = fields.Text("Handed over", readonly=True)
    line_ids = fields.One2many("access.shift.line", "shift_id", "Journal")

    _open_uniq = models.UniqueIndex(
        "(site_id) WHERE ended_at IS NULL", "A shift is open at this site already."
    )
    _order_of_times = models.Constraint(
        "CHECK (ended_at >= began_at)", "A shift ends after it has begun."
    )

    def init(self):
        with file_open("school_access/sql/access_shift.sql") as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    # === ACTION METHODS === #

    def action_print(self):
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_access/shift/{self.id}.pdf",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_open(self, site):
        # sudo: the site was checked by the caller
        domain = [("site_id", "=", site.id), ("ended_at", "=", False)]
        return self.sudo().search(domain)

    @api.model
    def _begin(self, site):
        """Begin the shift of the user; that of another guard ends with it.

        :return: the shift, which may be going on already
        """
        shift = self._get_open(site)
        if shift.user_id == self.env.user:
            return shift
        if shift:
            shift._end(self.env._("Not handed over."))
            shift.flush_recordset()  # the place is free for the next one
        # sudo: the site was checked; shifts are made here only
        shift = self.sudo().create({"site_id": site.id, "user_id": self.env.uid})
        shift._note("begin")
        return shift

    def _end(self, handover):
        """End the shift with what the next guard must know."""
        self.ensure_one()
        if self.ended_at:
            raise UserError(self.env._("The shift has ended already."))
        self._note("end", handover)
        self.flush_recordset()  # once it has ended nothing else is written
        # sudo: the caller has checked the site
        self.sudo().write(
            {
                "ended_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
                "handover": handover,
            }
        )

    def _note(self, kind, text="", **values):
        """Add a line; see :meth:`_note_at`."""
        self.ensure_one()
        # sudo: lines are added by the post's own code only
        return (
            self.env["access.shift.line"]
            .sudo()
            .create(
                {
                    "shift_id": self.id,
                    "site_id": self.site_id.id,
                    "school_id": self.school_id.id,
                    "company_id": self.company_id.id,
                    "kind": kind,
                    "user_id": self.env.uid,
                    "text": text or False,
                    **values,
                }
            )
        )

    @api.model
    def _is_at_post(self, kind):
        """An alarm may be taken in the office too: its user is no guard on duty."""
        return kind != "alarm" or self.env.user.has_group("school_access.group_guard")

    @api.model
    def _note_at(self, site, kind, text="", *, alarm=None, verification=None, **values):
        """Write down what was done at a site; without a shift one begins by it: a door
        opened in need must not wait for paper.

        What is done away from a post (no site, not by a guard) is not of its journal.
        """
        shift = site and self._get_open(site)
        if not site or not (shift or self._is_at_post(kind)):
            return self.env["access.shift.line"]
        shift = shift or self._begin(site)
        facts = alarm or verification
        if facts:
            values["point_id"] = facts.point_id.id
            values["person_id"] = facts.person_id.id
        return shift._note(
            kind,
            text,
            alarm_id=alarm and alarm.id,
            verification_id=verification and verification.id,
            **values,
        )
