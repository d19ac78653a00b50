import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..domain import client_bank_exchange as exchange
from ..domain.container import ContainerError, unpack


class MealPaymentImport(models.TransientModel):
    """Upload of a file from the bank: a registry of payments or a statement."""

    _name = "meal.payment.import"
    _description = "Load a File from the Bank"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file_data = fields.Binary("File", attachment=False)
    file_name = fields.Char()
    kind = fields.Selection(
        [("registry", "Registry of payments"), ("statement", "Bank statement")],
        compute="_compute_kind",
    )
    channel_id = fields.Many2one(
        "meal.payment.channel",
        domain="[('company_id', '=', company_id), ('kind', '=', 'registry')]",
        default=lambda self: self._default_channel(),
        help="Which bank's registry it is: the layout of the file and the account where"
        " the money is in transit depend on it.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Bank journal",
        domain="[('company_id', '=', company_id), ('type', '=', 'bank')]",
        default=lambda self: self._default_journal(),
        help="Used when no bank journal has the account number of the file.",
    )
    state = fields.Selection(
        [("new", "New"), ("refused", "Refused"), ("known", "Known"), ("done", "Done")],
        default="new",
    )
    message = fields.Text(readonly=True)
    registry_id = fields.Many2one("meal.payment.registry", readonly=True)
    line_ids = fields.Many2many("account.bank.statement.line", readonly=True)

    # === DEFAULTS === #

    @api.model
    def _default_channel(self):
        return self.env["meal.payment.channel"].search(
            [("company_id", "=", self.env.company.id), ("kind", "=", "registry")],
            limit=1,
        )

    @api.model
    def _default_journal(self):
        return self.env["account.journal"].search(
            [("company_id", "=", self.env.company.id), ("type", "=", "bank")], limit=1
        )

    # === COMPUTE METHODS === #

    @api.depends("file_data", "file_name")
    def _compute_kind(self):
        for wizard in self:
            data = wizard._get_content()
            wizard.kind = data and wizard._guess_kind(data, wizard.file_name or "")

    @api.model
    def _guess_kind(self, data, name):
        try:
            _name, content = unpack(data, name)
        except ContainerError:
            return "registry"  # its reader says what is wrong with the container
        head = content.lstrip(b"\xef\xbb\xbf \t\r\n")
        return "statement" if head.startswith(exchange.FLAG.encode()) else "registry"

    def _get_content(self):
        # Without bin_size the field holds the content, not its length.
        data = self.with_context(bin_size=False).file_data
        return base64.b64decode(data) if data else b""

    # === ACTION METHODS === #

    def action_load(self):
        """Read the file; a refused one leaves nothing behind but the reason."""
        self.ensure_one()
        self._check_accountant()
        data = self._get_content()
        if not data:
            raise UserError(self.env._("Choose a file first."))
        try:
            with self.env.cr.savepoint():
                if self.kind == "statement":
                    return self._load_statement(data)
                return self._load_registry(data)
        except AccessError:
            raise
        except UserError as error:
            self.write({"state": "refused", "message": str(error)})
            return self._reopen()

    def action_open(self):
        """Open what was loaded."""
        self.ensure_one()
        if self.registry_id:
            return self._open_registry(self.registry_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_base.meal_bank_line_action"
        )
        return {**action, "domain": [("id", "in", self.line_ids.ids)], "context": {}}

    def action_again(self):
        """Go back to choose another file."""
        self.write({"state": "new", "file_data": False, "message": False})
        return self._reopen()

    # === BUSINESS METHODS === #

    def _check_accountant(self):
        if not self.env.user.has_group("school_meal_base.group_accountant"):
            raise AccessError(
                self.env._("Only an accountant loads and records payments.")
            )

    def _load_registry(self, data):
        if not self.channel_id:
            raise UserError(
                self.env._(
                    "Choose the payment channel. If there is none, open one in"
                    " Configuration / Payment channels."
                )
            )
        # sudo: registries change only through this service, not by editing; the
        # channel was read with the rights of the accountant.
        self.channel_id.check_access("read")
        registries = self.env["meal.payment.registry"].sudo()
        count = registries.search_count([])
        registry = registries._load(self.channel_id, data, self.file_name or "")
        registry = registry.sudo(False)
        if registries.search_count([]) > count:
            return self._open_registry(registry)
        self.write(
            {
                "state": "known",
                "registry_id": registry.id,
                "message": self.env._(
                    "This file was loaded already: %(registry)s. Nothing was added.",
                    registry=registry.display_name,
                ),
            }
        )
        return self._reopen()

    def _load_statement(self, data):
        result = self.env["meal.bank.import"]._import(
            data, self.file_name or "", self.journal_id
        )
        self.write(
            {
                "state": "done",
                "line_ids": [fields.Command.set(result.lines.ids)],
                "message": self._describe_statement(result),
            }
        )
        return self._reopen()

    def _describe_statement(self, result):
        states = dict(
            result.lines._fields["meal_state"]._description_selection(self.env)
        )
        parts = [
            self.env._("Payments loaded: %(count)s.", count=len(result.lines)),
            self.env._("Loaded before and left alone: %s.", result.repeated),
        ]
        for state, lines in result.lines.grouped("meal_state").items():
            parts.append(f"{states[state]}: {len(lines)}.")
        return "\n".join([*parts, *result.rejected, *result.warnings])

    def _open_registry(self, registry):
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.payment.registry",
            "res_id": registry.id,
            "view_mode": "form",
            "target": "current",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "name": self.env._("Load a file from the bank"),
            "view_mode": "form",
            "target": "new",
        }
