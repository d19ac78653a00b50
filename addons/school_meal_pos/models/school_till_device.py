from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: More orders than this are never on one device at a time.
MOST_UNDELIVERED = 5_000

#: How exactly it is known when a device was last there.
SEEN_EVERY = timedelta(minutes=1)


class SchoolTillDevice(models.Model):
    """A browser that sells at a till, and how far it has counted its orders.

    Every order carries the next number of its device. A number that was given out and
    has not arrived is an order that only exists on that device, or nowhere any more.
    """

    _name = "school.till.device"
    _description = "Device of a Till"
    _order = "config_id, identifier"
    _rec_name = "identifier"

    config_id = fields.Many2one(
        "pos.config", "Till", required=True, readonly=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        related="config_id.school_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="config_id.company_id", store=True)
    identifier = fields.Char("Device", required=True, readonly=True)
    last_number = fields.Integer(
        "Orders counted",
        default=0,
        readonly=True,
        help="As the device said; its orders may have told more since.",
    )
    settled_number = fields.Integer(
        "Settled up to",
        default=0,
        readonly=True,
        help="Numbers up to this one were looked at when a session was closed.",
    )
    seen_at = fields.Datetime("Last seen", readonly=True)

    _device_uniq = models.Constraint(
        "UNIQUE (config_id, identifier)", "This device is already known at this till."
    )

    @api.model
    def _note(self, config, identifier, number):
        """Remember how far a device says it has counted.

        :return: the highest number known, so that a device whose storage went back in
            time does not give one out twice
        """
        device = self._of(config, identifier)
        known = device._get_last_number()
        # A wrong number must not make the server look for millions of orders.
        said = number if 0 <= number <= known + MOST_UNDELIVERED else known
        now = fields.Datetime.now()
        if said > known or not device.seen_at or device.seen_at < now - SEEN_EVERY:
            device.write({"last_number": max(said, known), "seen_at": now})
        return max(said, known)

    @api.model
    def _of(self, config, identifier):
        """Return the record of a device; the first call makes it."""
        # sudo: a cashier has no access to the table of devices.
        device = self.sudo().search(
            [("config_id", "=", config.id), ("identifier", "=", identifier)]
        )
        return device or device.create(
            {"config_id": config.id, "identifier": identifier}
        )

    def _get_last_number(self):
        """Return the highest number that the device or its orders have told.

        Orders do not write it down here: each would wait for the till's own refresh.
        """
        self.ensure_one()
        [(highest,)] = self.env["pos.order"]._read_group(
            [
                ("config_id", "=", self.config_id.id),
                ("meal_till_device", "=", self.identifier),
                ("meal_till_number", ">", 0),
            ],
            [],
            ["meal_till_number:max"],
        )
        return max(self.last_number, highest or 0)

    @api.model
    def _missing(self, config):
        """Return {device: [numbers that were given out and did not arrive]}."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, array_agg(n ORDER BY n)
                  FROM school_till_device d
                 CROSS JOIN LATERAL generate_series(
                       d.settled_number + 1,
                       greatest(d.last_number, (
                           SELECT max(m.meal_till_number) FROM pos_order m
                            WHERE m.config_id = d.config_id
                              AND m.meal_till_device = d.identifier
                              AND m.meal_till_number > 0))) n
                 WHERE d.config_id = %s AND NOT EXISTS (
                       SELECT FROM pos_order o
                        WHERE o.config_id = d.config_id
                          AND o.meal_till_device = d.identifier
                          AND o.meal_till_number = n)
                 GROUP BY 1
                 ORDER BY 1
                """,
                config.id,
            )
        )
        # sudo: as above; the caller has checked who asks.
        return {self.sudo().browse(device): numbers for device, numbers in rows}

    @api.model
    def _settle(self, config):
        """A session was closed: what is missing up to now was accepted."""
        # sudo: as above.
        for device in self.sudo().search([("config_id", "=", config.id)]):
            device.settled_number = device._get_last_number()
