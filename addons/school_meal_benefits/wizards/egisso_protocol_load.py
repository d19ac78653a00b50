import base64

from odoo import fields, models
from odoo.exceptions import UserError


class EgissoProtocolLoad(models.TransientModel):
    """Reads a protocol of processing that was downloaded from the portal."""

    _name = "egisso.protocol.load"
    _description = "Protocol of EGISSO from a File"

    file = fields.Binary("Protocol (XML)", attachment=False)
    file_name = fields.Char()
    package_id = fields.Many2one(
        "egisso.package",
        "Package",
        domain="[('state', 'in', ('draft', 'exported', 'sent'))]",
        help="Needed only if the register refused the package as a whole.",
    )

    def action_load(self):
        """Take over the answer and show the package."""
        self.ensure_one()
        packages = self.env["egisso.package"]
        packages.check_access("write")
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        data = base64.b64decode(self.file)
        answer = packages._read_protocol(data)
        package = self.package_id or packages._find_of_protocol(answer)
        if not package._apply_protocol(data):
            raise UserError(
                self.env._(
                    "The register has not finished the package yet. Download the"
                    " protocol again later."
                )
            )
        return packages._open(package)
