"""Letters through the outgoing mail servers of Odoo.

Not through `mail.mail`: it would keep a second copy of where a child was in the
database, and does not tell a refused address from a server that is down.
"""

import contextlib
import logging
import smtplib

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .seam import DEAD, RETRY, SENT, UNCERTAIN, Channel

_logger = logging.getLogger(__name__)


class EmailChannel(Channel):
    def deliver(self, messages):
        servers = self.env["ir.mail_server"]
        sender = self.env.company.email_formatted or servers._get_default_from_address()
        try:
            session = servers._connect__(smtp_from=sender)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was sent
            _logger.info("No mail server for notices: %s", type(error).__name__)
            return [RETRY] * len(messages)
        try:
            return self._deliver(servers, session, sender, messages)
        finally:
            with contextlib.suppress(Exception):
                session.quit()

    def _deliver(self, servers, session, sender, messages):
        outcomes = []
        for message in messages:
            letter = servers._build_email__(
                sender,
                [message.address],
                message.subject,
                message.text,
                headers={"Auto-Submitted": "auto-generated"},
            )
            outcome = self._send(servers, session, letter)
            outcomes.append(outcome)
            if outcome == UNCERTAIN:  # the line is cut: the others were not begun
                left = len(messages) - len(outcomes)
                return outcomes + [RETRY] * left
        return outcomes

    def _send(self, servers, session, letter):
        try:
            servers.send_email(letter, smtp_session=session)
        except MailDeliveryException as error:
            return self._get_outcome(error.__context__)
        except (smtplib.SMTPException, OSError):
            return UNCERTAIN
        except Exception as error:  # noqa: BLE001 - an address Odoo does not take
            _logger.info("A notice could not become a letter: %s", type(error).__name__)
            return DEAD
        return SENT

    @staticmethod
    def _get_outcome(error):
        """Read the answer of the mail server (RFC 5321: 4yz later, 5yz never).

        >>> refused = smtplib.SMTPRecipientsRefused({"a@b.ru": (550, b"No such user")})
        >>> EmailChannel._get_outcome(refused).state
        'dead'
        >>> EmailChannel._get_outcome(smtplib.SMTPDataError(451, b"Later")).state
        'retry'
        >>> EmailChannel._get_outcome(TimeoutError()).state
        'uncertain'
        """
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _text in error.recipients.values()]
            return DEAD if codes and min(codes) >= 500 else RETRY
        if isinstance(error, smtplib.SMTPResponseException):
            return RETRY
        return UNCERTAIN
