import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain.egisso import protocol
from .egisso_package import FINAL_STATES, OPEN_STATES


class EgissoPackage(models.Model):
    """The answer of the register: which facts it took, which it refused and why."""

    _inherit = "egisso.package"

    @api.model
    def _read_protocol(self, data):
        """Return the protocol in the bytes of a file; refuse what is none."""
        try:
            return protocol.read(data)
        except protocol.ProtocolError as error:
            raise UserError(
                self.env._(
                    "The file is no protocol of the register. Download the protocol of"
                    " processing (XML) from the portal and choose that file."
                )
            ) from error

    @api.model
    def _find_of_protocol(self, answer):
        """Return the package that a protocol is about, among those of the user."""
        package = self.search([("uuid", "=ilike", answer.package_uuid)], limit=1)
        if not answer.package_uuid or not package:
            raise UserError(
                self.env._(
                    "The protocol is about a package that was not made here. Choose"
                    " the package it belongs to."
                )
            )
        return package

    def _apply_protocol(self, data):
        """Take over what the register says of this package; a repeat changes nothing.

        :return: whether this was the register's last word
        """
        self.ensure_one()
        answer = self._read_protocol(data)
        if answer.package_uuid and answer.package_uuid != self.uuid.lower():
            raise UserError(
                self.env._(
                    "The protocol belongs to another package: its number is %s.",
                    answer.package_uuid,
                )
            )
        if self.state in FINAL_STATES:
            return True
        if self.state not in OPEN_STATES:
            raise UserError(
                self.env._(
                    "The package was taken apart: its facts are in other packages."
                )
            )
        if not answer.is_final:
            return False
        # sudo: facts, errors and the state are moved by protocols only
        self.sudo()._take_over(answer, base64.b64encode(data))
        return True

    def _take_over(self, answer, file):
        rows = self.fact_ids.filtered(
            lambda row: row.package_id == self and row.state == "packed"
        )
        row_of = {row.uuid.lower(): row for row in rows}
        wrong = {record.uuid for record in answer.records if not record.is_ok}
        refused = rows.filtered(lambda row: answer.errors or row.uuid.lower() in wrong)
        accepted = rows - refused
        refused.write({"state": "rejected"})
        accepted.write({"state": "accepted"})
        self._note_answers(answer, row_of, len(accepted))
        state = "partly" if accepted and refused else "accepted"
        self.write(
            {
                "state": state if accepted else "rejected",
                "accepted_count": len(accepted),
                "rejected_count": len(refused),
                "protocol_file": file,
                "is_queued": False,
                "trouble": False,
                "sent_at": self.sent_at or fields.Datetime.now(),
            }
        )

    def _note_answers(self, answer, row_of, accepted_count):
        """Open a row in the work list for every message of the register."""
        vals_list = [self._prepare_error(message) for message in answer.errors]
        for record in answer.records:
            row = row_of.get(record.uuid)
            if not row:
                vals_list.append(self._prepare_check("unknown_record"))
                continue
            messages = record.messages
            if not record.is_ok and not messages:
                messages = (protocol.Message("", self.env._("Refused without words")),)
            vals_list += [
                {
                    **self._prepare_error(message),
                    "fact_id": row.id,
                    "part": "fact",
                    "is_warning": record.is_ok or message.is_warning,
                }
                for message in messages
            ]
        if answer.accepted not in (None, accepted_count) and not answer.errors:
            vals_list.append(self._prepare_check("count"))
        self.env["egisso.error"].create(vals_list)

    def _prepare_error(self, message):
        return {
            "package_id": self.id,
            "company_id": self.company_id.id,
            "origin": "register",
            "part": "package",
            "code": message.code,
            "message": message.text,
            "is_warning": message.is_warning,
        }

    def _prepare_check(self, code):
        return {
            "package_id": self.id,
            "company_id": self.company_id.id,
            "origin": "check",
            "part": "package",
            "code": code,
        }
