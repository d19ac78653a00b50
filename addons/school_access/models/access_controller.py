import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, ormcache

from ..const import CONTROLLER_STATES, DRIVERS, MODES
from ..drivers.base import Driver

#: What the controller itself shows or the server finds; nobody writes it by hand.
FACTS = {"state", "is_activated", "last_seen", "reported_mode"}
#: Which device stands there and by which way it speaks: a manager connects it.
CONNECTION = {"driver", "serial", "device_id"}


class AccessController(models.Model):
    """A device that opens a point and reports what happened there.

    Its secret path is random (256 bits), shown once and stored as a digest only. What
    its calls change is written by SQL (`access_controller_call.py`) and never conflicts
    with people who edit it.
    """

    _name = "access.controller"
    _description = "Controller"
    _order = "point_id, name, id"

    name = fields.Char(required=True)
    point_id = fields.Many2one(
        "access.point", required=True, ondelete="restrict", index=True
    )
    site_id = fields.Many2one(related="point_id.site_id", store=True, index=True)
    school_id = fields.Many2one(related="point_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    driver = fields.Selection(DRIVERS, required=True, default="web_json")
    model = fields.Char(readonly=True, help="As the controller calls itself.")
    serial = fields.Char(required=True, index=True, copy=False)
    address = fields.Char(readonly=True, copy=False)
    firmware = fields.Char(readonly=True, copy=False)
    device_id = fields.Many2one(
        "school.device",
        "Gateway",
        ondelete="set null",
        index="btree_not_null",
        domain="[('kind', '=', 'edge')]",
    )
    secret_digest = fields.Char(copy=False, readonly=True, groups=".")
    state = fields.Selection(
        CONTROLLER_STATES, required=True, readonly=True, default="new", copy=False
    )
    mode = fields.Selection(MODES, required=True, default="normal", copy=False)
    reported_mode = fields.Selection(
        MODES, "Mode reported", readonly=True, copy=False, help="As it says itself."
    )
    last_seen = fields.Datetime(readonly=True, copy=False)
    clock_drift = fields.Integer("Clock drift, seconds", readonly=True, copy=False)
    refused_at = fields.Datetime(
        "Events not taken since",
        readonly=True,
        copy=False,
        help="The server failed at its events: they wait in the controller.",
    )
    reader_ids = fields.One2many("access.reader", "controller_id", "Readers")
    poll_interval = fields.Integer(
        "Seconds between calls",
        required=True,
        default=10,
        help="Commands and blocked cards wait for the next call of the controller.",
    )
    asks_server = fields.Boolean(
        "Asks at every card",
        default=True,
        help="The server decides while it is reached; otherwise the controller decides"
        " by the cards it holds.",
    )
    has_sensor = fields.Boolean(
        "Passage sensor",
        copy=False,
        help="It reports that somebody has passed. Without it, an opened door counts as"
        " a passage. Set by itself with the first such report.",
    )
    is_activated = fields.Boolean(readonly=True, copy=False)
    auth_hash = fields.Char(copy=False, readonly=True, groups=".")
    wire_state = fields.Json(copy=False, readonly=True, groups=".")
    card_dump = fields.Json(copy=False, readonly=True, groups=".")
    active = fields.Boolean(default=True)

    _serial_uniq = models.UniqueIndex(
        "(company_id, driver, serial) WHERE active",
        "A controller with this serial number is registered already.",
    )
    _secret_uniq = models.UniqueIndex(
        "(secret_digest) WHERE secret_digest IS NOT NULL", "Path already in use."
    )
    _poll_interval_range = models.Constraint(
        "CHECK (poll_interval BETWEEN 1 AND 10)",
        "Let the controller call every 1 to 10 seconds: an order to open is worth"
        " nothing after 20.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["serial"] = self._clean_serial(vals.get("serial"))
        controllers = super().create(vals_list)
        self.env["access.site"]._mark_stale(controllers.school_id)
        return controllers

    def write(self, vals):
        self._check_may_write(vals)
        if "serial" in vals:
            vals["serial"] = self._clean_serial(vals["serial"])
            replaced = self.filtered(lambda c: c.serial != vals["serial"])
            replaced._forget_hardware()
        modes = vals.get("mode") and self.filtered(lambda c: c.mode != vals["mode"])
        asking = self.browse()
        if "asks_server" in vals:
            asking = self.filtered(lambda c: c.asks_server != vals["asks_server"])
        schools = self.school_id
        result = super().write(vals)
        if {"point_id", "active"} & vals.keys():
            self.env["access.site"]._mark_stale(schools | self.school_id)
        if modes:
            modes._queue_mode()
        asking._queue_asking()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _clean_serial(self, serial):
        """Serial numbers are compared as the controller sends them."""
        text = (serial or "").strip()
        return text.lstrip("0") if text.isdecimal() else text

    def _check_may_write(self, vals):
        """Who may write controllers may not write all of them; `readonly` binds only
        the form."""
        if self.env.su:
            return
        if FACTS & vals.keys():
            raise AccessError(
                self.env._("Nobody writes this by hand: it is noted when it happens.")
            )
        if CONNECTION & vals.keys():
            self._check_may_connect()

    def _check_may_connect(self):
        if not (
            self.env.su or self.env.user.has_group("school_meal_base.group_manager")
        ):
            raise AccessError(self.env._("Only a manager connects devices."))

    # === BUSINESS METHODS - SECRET === #

    def _issue_secret(self):
        """Give the controller a new path and return it, this once."""
        self.ensure_one()
        self._check_may_connect()
        secret = secrets.token_urlsafe(32)
        # sudo: the digest is closed to everybody, also to the manager.
        self.sudo().write(
            {
                "secret_digest": self._digest(secret),
                "state": "new",
                "is_activated": False,
            }
        )
        return self._get_driver().path + secret

    def _get_driver(self):
        return Driver.by_code[self.driver]

    @staticmethod
    def _digest(secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    @api.model
    def _authenticate(self, driver, secret):
        """Return (id, time zone, seconds between calls), None for a wrong path."""
        try:
            return self._by_digest(driver, self._digest(secret))
        except LookupError:
            return None

    @api.model
    @ormcache("driver", "digest")
    def _by_digest(self, driver, digest):
        # A change of any controller clears the cache of every worker. A miss raises: a
        # flood of wrong paths does not push the good ones out of the cache.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, s.tz, c.poll_interval
                  FROM access_controller c JOIN school_school s ON s.id = c.school_id
                 WHERE c.secret_digest = %s AND c.driver = %s AND c.active
                   AND c.state <> 'revoked'
                """,
                digest,
                driver,
            )
        )
        if not rows:
            raise LookupError(digest)
        return rows[0]
