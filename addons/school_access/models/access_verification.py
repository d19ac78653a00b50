import uuid as uuids
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, file_open

from ..const import (
    ALLOW,
    DENY,
    DIRECTIONS,
    HOLD,
    VERIFICATION_STATES,
)

#: By default a door opens only so soon after the time to answer: later, somebody else
#: may stand there.
OPEN_AFTER = timedelta(seconds=5)


class AccessVerification(models.Model):
    """A passage that waits for a yes: asked once, answered once, never changed then."""

    _name = "access.verification"
    _description = "Confirmation of a passage"
    _order = "id desc"

    uuid = fields.Char(required=True, readonly=True, copy=False, index=True)
    point_id = fields.Many2one(
        "access.point", required=True, ondelete="restrict", index=True, readonly=True
    )
    controller_id = fields.Many2one(
        "access.controller", ondelete="restrict", index=True, readonly=True
    )
    site_id = fields.Many2one(
        "access.site", required=True, ondelete="restrict", index=True, readonly=True
    )
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True, readonly=True
    )
    person_id = fields.Many2one(
        "access.person", ondelete="set null", index="btree_not_null", readonly=True
    )
    direction = fields.Selection(DIRECTIONS, readonly=True)
    asked_at = fields.Datetime(required=True, readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        VERIFICATION_STATES, required=True, readonly=True, default="pending"
    )
    is_open = fields.Boolean("Opened", readonly=True)
    answered_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", "Answered by", readonly=True)
    webhook_id = fields.Many2one(
        "access.webhook", "Other system", ondelete="restrict", readonly=True
    )
    reason = fields.Char(readonly=True)

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "Asked already.")
    _pending_uniq = models.UniqueIndex(
        "(controller_id, person_id, direction) WHERE state = 'pending'",
        "The person is being confirmed already.",
    )
    _pending_idx = models.Index("(site_id, expires_at) WHERE state = 'pending'")

    def init(self):
        with file_open("school_access/sql/access_guard.sql") as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    # === ASKING === #

    @api.model
    def _ask(self, point, controller, person, direction, key=None):
        """See ``access.point._ask_verification``."""
        known = self._find_known(controller, person, direction, key)
        if known:
            return known._as_answer()
        now = fields.Datetime.now()
        values = {
            "uuid": key or str(uuids.uuid4()),
            "point_id": point.id,
            "controller_id": controller.id,
            "site_id": point.site_id.id,
            "school_id": point.school_id.id,
            "company_id": point.company_id.id,
            "person_id": person.id,
            "direction": direction,
            "asked_at": now,
            "expires_at": now + timedelta(seconds=point.verification_seconds),
        }
        if point.verification == "webhook":
            values.update(self._ask_other_system(point, values, person))
        elif not point.site_id._is_watched():
            values.update(
                self._default_values(point, self.env._("Nobody is at the post."))
            )
        return self.create(values)._as_answer()

    @api.model
    def _find_known(self, controller, person, direction, key):
        """Return the same request, asked again after a lost answer or a second tap."""
        if key:
            known = self.search([("uuid", "=", key)])
            if known:
                return known
        known = self.search(
            [
                ("controller_id", "=", controller.id),
                ("person_id", "=", person.id),
                ("direction", "=", direction),
                ("state", "=", "pending"),
            ]
        )
        known._time_out()
        return known.filtered(lambda each: each.state == "pending")

    @api.model
    def _ask_other_system(self, point, values, person):
        webhook = point.webhook_id
        answer, reason = webhook._ask(values, person)
        decided = {"webhook_id": webhook.id}
        if answer == HOLD:
            return decided
        if answer is None:
            return {**decided, **self._default_values(point, reason)}
        return {
            **decided,
            "state": "allowed" if answer == ALLOW else "denied",
            "is_open": answer == ALLOW,
            "answered_at": fields.Datetime.now(),
            "reason": reason,
        }

    @api.model
    def _default_values(self, point, reason):
        return {
            "state": "timed_out",
            "is_open": point.verification_default == ALLOW,
            "answered_at": fields.Datetime.now(),
            "reason": reason,
        }

    def _as_answer(self):
        if self.state == "pending":
            return HOLD
        return ALLOW if self.is_open else DENY

    # === ANSWERING === #

    def _answer(self, is_allowed, reason="", webhook=None):
        """Answer a request that waits; yes opens the door.

        :return: "opened", "denied"; "late": the time was over, nothing opened;
            "answered": somebody was quicker
        """
        self.ensure_one()
        if self.state != "pending":
            return "late" if self.state == "timed_out" else "answered"
        if self._time_out():
            return "late"
        if is_allowed:
            self._open()
        self.write(
            {
                "state": "allowed" if is_allowed else "denied",
                "is_open": is_allowed,
                "answered_at": fields.Datetime.now(),
                "user_id": False if webhook else self.env.uid,
                "webhook_id": webhook.id if webhook else False,
                "reason": reason,
            }
        )
        kind = "allowed" if is_allowed else "denied"
        if not webhook:
            self.env["access.shift"]._note_at(
                self.site_id, kind, reason, verification=self
            )
        return "opened" if is_allowed else "denied"

    def _open(self):
        self.controller_id._open_by_order(self.direction)

    def _time_out(self):
        """Let the default of the point count where the time to answer is over.

        :return: those requests
        """
        now = fields.Datetime.now()
        over = self.filtered(
            lambda each: each.state == "pending" and each.expires_at <= now
        )
        for verification in over:
            point = verification.point_id
            values = self._default_values(point, self.env._("Nobody answered in time."))
            if values["is_open"] and now - verification.expires_at > OPEN_AFTER:
                values["is_open"] = False
                values["reason"] = self.env._(
                    "Nobody answered in time, and it was too late to open then."
                )
            if values["is_open"]:
                verification._open()
            verification.write(values)
        return over

    def _settle_at_gateway(self):
        """The gateway had no word in time: it has let the default count, by itself."""
        for verification in self.filtered(lambda each: each.state == "pending"):
            reason = self.env._("Nobody answered in time.")
            verification.write(self._default_values(verification.point_id, reason))

    @api.model
    def _time_out_due(self, site=None):
        """Settle what nobody has answered in time; one query where nothing waits."""
        domain = [
            ("state", "=", "pending"),
            ("expires_at", "<=", fields.Datetime.now()),
        ]
        if site:
            domain.append(("site_id", "=", site.id))
        # sudo: the time is over whoever looks
        self.sudo().search(domain, limit=500)._time_out()
