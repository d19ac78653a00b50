import base64
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import EGISSO_PACKAGE_STATES
from ..domain.egisso import checks, csv43, exporters, facts, xlsx_format, xml_reader

#: States in which the register has said its last word.
FINAL_STATES = ("accepted", "partly", "rejected")
OPEN_STATES = ("draft", "exported", "sent")
SCHEMA_PROBLEM = checks.Problem("schema")


class EgissoPackage(models.Model):
    """A message 10.06.S: facts in one XML, fixed when it is made and valid then.

    The uuid is the register's key of the package: sent again it is the same package.
    """

    _name = "egisso.package"
    _description = "Package for EGISSO"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char(readonly=True, copy=False)
    uuid = fields.Char("UUID", required=True, readonly=True, copy=False)
    version = fields.Char("Version of the message", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", "Municipality", required=True, readonly=True, index=True
    )
    channel_id = fields.Many2one(
        "egisso.channel", "Channel", readonly=True, ondelete="restrict"
    )
    mode = fields.Selection(related="channel_id.mode")
    fact_ids = fields.Many2many(
        "egisso.fact",
        "egisso_package_fact_rel",
        "package_id",
        "fact_id",
        "Facts",
        readonly=True,
        copy=False,
    )
    fact_count = fields.Integer("Number of facts", readonly=True)
    accepted_count = fields.Integer("Accepted", readonly=True)
    rejected_count = fields.Integer("Rejected", readonly=True)
    error_ids = fields.One2many("egisso.error", "package_id", "Errors")
    state = fields.Selection(
        EGISSO_PACKAGE_STATES,
        "Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    # full of СНИЛС: taken by the buttons only, with a line in the log
    xml_file = fields.Binary(
        "XML", attachment=True, readonly=True, groups=fields.NO_ACCESS
    )
    csv_file = fields.Binary(
        "CSV", attachment=True, readonly=True, groups=fields.NO_ACCESS
    )
    xlsx_file = fields.Binary(
        "XLSX", attachment=True, readonly=True, groups=fields.NO_ACCESS
    )
    protocol_file = fields.Binary(
        "Protocol", attachment=True, readonly=True, groups=fields.NO_ACCESS
    )
    has_protocol = fields.Boolean(compute="_compute_has_protocol")
    sent_at = fields.Datetime("Sent at", readonly=True)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True)
    is_queued = fields.Boolean("Waits to be sent", readonly=True, index=True)
    attempts = fields.Integer("Attempts", readonly=True)
    trouble = fields.Char("Last trouble", readonly=True)

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "The UUID is in use.")

    # === COMPUTE METHODS === #

    @api.depends("protocol_file")
    def _compute_has_protocol(self):
        # sudo: whether there is a file, not what it says
        for package in self.sudo().with_context(bin_size=True):
            package.has_protocol = bool(package.protocol_file)

    # === CRUD METHODS === #

    def write(self, vals):
        """People move a package by its buttons only, and its content never changes."""
        if not self.env.su and set(vals) - {"message_follower_ids", "activity_ids"}:
            raise AccessError(self.env._("A package is moved by its buttons."))
        if "xml_file" in vals or "uuid" in vals or "version" in vals:
            raise UserError(self.env._("The content of a package never changes."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Packages are kept. Take one apart that is not to be sent.")
        )

    # === ACTIONS === #

    def action_pack(self):
        """Make packages of all that is ready in the municipalities of the user (button
        of the list, whatever is selected)."""
        self.check_access("write")
        # sudo: rows are moved and packages made by this button only
        rows = self.env["egisso.fact"].sudo()
        rows.search(self._get_domain(("to_check", "ready")))._check()
        ready = rows.search(self._get_domain(("ready",)), order="id")
        packages = self.sudo()._make(ready)
        if not packages:
            raise UserError(
                self.env._(
                    "Nothing is ready to be sent. See the list of errors for what is"
                    " to be corrected first."
                )
            )
        return self._open(packages)

    def action_download_xml(self):
        return self._download("xml")

    def action_download_csv(self):
        return self._download("csv")

    def action_download_xlsx(self):
        return self._download("xlsx")

    def action_download_protocol(self):
        return self._download("protocol")

    def action_mark_sent(self):
        """Note that the file was uploaded to the register's portal by hand."""
        self._check_states(("draft", "exported"))
        self._mark_sent()

    def action_take_apart(self):
        """Give the facts back to the work list: the package was not sent."""
        self._check_states(("draft", "exported"))
        for package in self.sudo():  # sudo: see action_pack
            package.fact_ids.write({"state": "ready", "package_id": False})
            package.write({"state": "cancelled", "is_queued": False})

    def action_open_facts(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Facts of the package"),
            "res_model": "egisso.fact",
            "view_mode": "list,form",
            "domain": [("package_ids", "in", self.ids)],
        }

    # === BUSINESS METHODS - MAKING === #

    @api.model
    def _get_domain(self, states):
        return [
            ("company_id", "in", self.env.companies.ids),
            ("state", "in", states),
        ]

    @api.model
    def _make(self, rows):
        """Make valid packages of ready rows; what the schema refuses is sent back.

        Runs of a municipality and a version go together. A change of an assignment
        that the register has refused waits.

        :return: egisso.package, in the order in which they are to be sent
        """
        rows = rows.filtered(
            lambda row: (
                row.measure_id
                and (
                    not row.fact_id
                    or row.fact_id.state in ("ready", "packed", "accepted")
                )
            )
        )
        elements = rows._to_elements()
        packages = self.browse()
        groups = rows.grouped(lambda row: (row.company_id, row.measure_id.version))
        for (company, version), group in groups.items():
            exporter = exporters.exporter(version)
            row_of = {row.uuid: row for row in group}
            told = [elements[row] for row in group]
            for part in facts.split(told, exporter.LIMIT):
                packages |= self._make_one(company, version, part, row_of)
        return packages

    @api.model
    def _make_one(self, company, version, elements, row_of):
        exporter = exporters.exporter(version)
        key = str(uuid.uuid4())
        data = exporter.write(facts.Package(key, tuple(elements)))
        if exporter.validate(data):
            elements = self._drop_invalid(exporter, elements, row_of)
            data = exporter.write(facts.Package(key, tuple(elements)))
            if not elements or exporter.validate(data):
                return self.browse()
        rows = self.env["egisso.fact"].union(
            *(row_of[element.uuid] for element in elements)
        )
        channel = self.env["egisso.channel"]._find_for(company)
        package = self.create(
            {
                "uuid": key,
                "number": self._get_next_number(company),
                "version": version,
                "company_id": company.id,
                "channel_id": channel.id,
                "fact_ids": [fields.Command.set(rows.ids)],
                "fact_count": len(rows),
                "xml_file": base64.b64encode(data),
            }
        )
        rows.write({"state": "packed", "package_id": package.id})
        return package

    @api.model
    def _drop_invalid(self, exporter, elements, row_of):
        """Return the elements that are valid alone; others go back with an error."""
        good, found = [], {}
        for element in elements:
            alone = exporter.write(facts.Package(str(uuid.uuid4()), (element,)))
            if exporter.validate(alone):
                found[row_of[element.uuid]] = [SCHEMA_PROBLEM]
            else:
                good.append(element)
        self.env["egisso.error"]._note_problems(found)
        self.env["egisso.fact"].union(*found).write({"state": "to_check"})
        return good

    @api.model
    def _get_next_number(self, company):
        count = self.search_count([("company_id", "=", company.id)])
        return f"{fields.Date.context_today(self):%Y%m%d}-{count + 1}"

    # === BUSINESS METHODS - FILES === #

    def _get_xml(self):
        """Return the bytes of the message."""
        self.ensure_one()
        return self._get_file("xml_file")

    def _get_file(self, name):
        # sudo: nobody reads the files, code hands them out where it has checked
        return base64.b64decode(self.sudo().with_context(bin_size=False)[name])

    def _make_table(self, name):
        """Make the CSV or XLSX file of the XML once: all three say the same."""
        writer = {"csv_file": csv43, "xlsx_file": xlsx_format}[name]
        data = writer.write(xml_reader.read(self._get_xml()).elements)
        super().write({name: base64.b64encode(data)})

    def _download(self, kind):
        """Return the action that downloads a file (`_take_file`)."""
        self.ensure_one()
        self._check_may_take()
        if self.state == "draft":
            self.sudo().state = "exported"  # sudo: see write
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/school_meal/egisso/package/{self.id}/{kind}",
        }

    def _check_may_take(self):
        """Refuse who may not have the files, which name the children's grounds."""
        self.check_access("write")
        # sudo: whose facts are in it may be beyond the rights of the user
        if any(self.sudo().fact_ids.mapped("is_health")):
            if not self._may_read_health():
                raise AccessError(
                    self.env._(
                        "The package holds benefits on health grounds: its files are"
                        " for the accountant."
                    )
                )

    def _take_file(self, kind):
        """Return (bytes, name) of a file; whose СНИЛС it holds is logged."""
        self.ensure_one()
        self._check_may_take()
        package = self.sudo()  # sudo: see write
        name = f"{kind}_file"
        if kind in ("csv", "xlsx") and not package[name]:
            package._make_table(name)
        health = package.fact_ids.filtered("is_health").student_id
        log = self.env["school.access.log"]
        log._note(health, "both")
        log._note(package.fact_ids.student_id - health, "snils")
        if kind == "protocol":
            return package._get_file(name), f"protocol_{package.uuid}.xml"
        return package._get_file(name), f"10.06.S_{package.uuid}.{kind}"

    def _may_read_health(self):
        """As for entitlements: the department sees health grounds in numbers only."""
        return self.env.su or any(
            self.env.user.has_group(f"school_meal_base.{group}")
            for group in ("group_accountant", "group_sensitive_data")
        )

    # === BUSINESS METHODS - STATE === #

    def _check_states(self, states):
        self.check_access("write")
        further = self.filtered(lambda package: package.state not in states)
        if further:
            names = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Package %(number)s is further already: “%(state)s”.",
                    number=further[0].number,
                    state=names[further[0].state],
                )
            )

    def _mark_sent(self):
        # sudo: see write
        self.sudo().write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "sent_by_id": self.env.uid,
                "is_queued": False,
                "trouble": False,
            }
        )

    def _open(self, packages):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Packages"),
            "res_model": "egisso.package",
            "view_mode": "list,form",
            "domain": [("id", "in", packages.ids)],
        }
        if len(packages) == 1:
            action.update(view_mode="form", res_id=packages.id)
        return action
