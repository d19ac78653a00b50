import logging
import time

from odoo import api, models
from odoo.exceptions import LockError, UserError

from ..egisso_gateway import (
    KNOWN,
    PROCESSED,
    GatewayError,
    GatewayRefusal,
    GatewayUnclear,
)

_logger = logging.getLogger(__name__)

FIRST_PAUSE = 1.0  # seconds, doubled at every repeat


class EgissoPackage(models.Model):
    """Packages over the region's gateway.

    The gateway is always asked first whether it knows the uuid: a package whose answer
    was lost, or whose transaction was, is not handed in again.
    """

    _inherit = "egisso.package"

    # === ACTIONS === #

    def action_send(self):
        """Send now; what the gateway does not answer goes on by itself."""
        self._check_states(("draft", "exported"))
        if any(package.mode != "soap" for package in self):
            raise UserError(
                self.env._(
                    "There is no gateway for this municipality: take the file, upload"
                    " it to the portal and press “Was uploaded”."
                )
            )
        # sudo: packages are moved by buttons only
        packages = self.sudo()
        packages._lock()
        packages.write({"is_queued": True})
        packages.sorted("id")._exchange()

    def action_poll(self):
        """Ask the gateway what became of the packages."""
        self._check_states(("sent",))
        # sudo: rights were looked at, states are moved by buttons only
        packages = self.sudo().filtered(lambda package: package.mode == "soap")
        packages._lock()
        packages._exchange()

    def action_take_apart(self):
        """Override: a package whose answer was lost may be at the gateway already."""
        self._check_states(("draft", "exported"))
        packages = self.sudo()  # sudo: as above
        for package in packages.filtered(lambda package: package.mode == "soap"):
            try:
                result = package.channel_id._connect().result(package.uuid)
            except GatewayError as error:
                raise UserError(package.channel_id._get_trouble(error)) from error
            if result.status in KNOWN:
                raise UserError(
                    self.env._(
                        "Package %s is at the gateway already. Press “Send” to take"
                        " over what became of it.",
                        package.number,
                    )
                )
        return super().action_take_apart()

    @api.model
    def _cron_exchange(self):
        """Send what waits and ask for answers, package by package."""
        waiting = self.search(
            [
                ("channel_id.mode", "=", "soap"),
                ("channel_id.active", "=", True),
                "|",
                ("state", "=", "sent"),
                "&",
                ("is_queued", "=", True),
                ("state", "in", ("draft", "exported")),
            ],
            order="id",
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for package in waiting:
            answered = True
            if package.try_lock_for_update(limit=1):
                answered = package._exchange(patience=0)
            if not cron._commit_progress(1) or not answered:
                break

    # === BUSINESS METHODS === #

    def _lock(self):
        """Keep others from sending the packages until this transaction ends."""
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "The package is being sent just now. Look again in a minute."
                )
            ) from error

    def _exchange(self, patience=None):
        """Bring each package one step on; a failure is noted on the package.

        When the gateway does not answer, the others are left for the next run.

        :param patience: repeats within this run; default: those of the channel
        :return: whether the gateway answered
        """
        for package in self:
            repeats = package.channel_id.retries if patience is None else patience
            gateway = package.channel_id._connect()
            for number in range(repeats + 1):
                if number:
                    time.sleep(FIRST_PAUSE * 2 ** (number - 1))
                if package._exchange_once(gateway):
                    break
            else:
                return False
        return True

    def _exchange_once(self, gateway):
        """Return whether there is nothing to repeat."""
        self.ensure_one()
        try:
            self._ask_or_send(gateway)
        except GatewayRefusal as error:
            self.write(
                {
                    "trouble": self.channel_id._get_trouble(error),
                    "is_queued": False,
                    "attempts": self.attempts + 1,
                }
            )
            _logger.info("EGISSO package %s: refused by the gateway", self.uuid)
        except GatewayUnclear as error:
            self.write(
                {
                    "trouble": self.channel_id._get_trouble(error),
                    "attempts": self.attempts + 1,
                }
            )
            _logger.info("EGISSO package %s: %s", self.uuid, error.args[0])
            return False
        return True

    def _ask_or_send(self, gateway):
        result = gateway.result(self.uuid)
        if result.status not in KNOWN:  # not even when it was sent: it got lost there
            gateway.send(self.uuid, self.version, self._get_xml())
            self._mark_sent()
            return
        if self.state != "sent":
            self._mark_sent()
        if result.status == PROCESSED and result.protocol:
            self._take_protocol(result.protocol)
        elif self.trouble:
            self.trouble = False

    def _take_protocol(self, data):
        try:
            self._apply_protocol(data)
        except UserError as error:
            self.trouble = str(error)
