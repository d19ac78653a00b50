from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import EGISSO_FORMS
from ..domain.egisso import checks, exporters

RATE_BASES = [
    ("month", "Per month"),
    ("day", "Per school day"),
    ("whole", "For the whole period"),
]


class EgissoMeasure(models.Model):
    """A local measure of the municipality in the state register (ЛМСЗ): how benefits of
    a category are told. Its codes come from the register's own list of measures.

    It holds for the categories with the same code in later versions of the regulation,
    unless they have a measure of their own.
    """

    _name = "egisso.measure"
    _description = "Measure in EGISSO"
    _order = "company_id, category_id, id"
    _rec_name = "category_id"
    _check_company_auto = True

    category_id = fields.Many2one(
        "benefit.category", "Category", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    code = fields.Char(related="category_id.code", store=True)
    is_reported = fields.Boolean("Is told to the register", default=True)
    lmsz_id = fields.Char(
        "Measure (LMSZ id)", help="UUID of the local measure in the register."
    )
    local_category_id = fields.Char(
        "Local category id", help="UUID of the category of recipients in the register."
    )
    osz_code = fields.Char(
        "Code of the body (ONMSZ)",
        help="For example 0094.000001. A school that decides under a code of its own"
        " has it on its form.",
    )
    lmsz_provider_code = fields.Char(
        "Provider of the measure",
        help="Only if another body has loaded the local measure.",
    )
    provider_code = fields.Char(
        "Provider of the facts", help="Only if another body has loaded the facts."
    )
    form = fields.Selection(EGISSO_FORMS, required=True, default="03")
    unit_code = fields.Char(
        "Unit of the register", default="03", help="Two digits, dictionary 023."
    )
    okei_code = fields.Char("Unit (OKEI)", help="Three or four digits, instead.")
    quantity = fields.Float(default=1, digits=(16, 3))
    rate = fields.Monetary("Planned, roubles")
    rate_basis = fields.Selection(
        RATE_BASES, "Planned per", required=True, default="day"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_monetized = fields.Boolean("Paid out as money", help="Exemptions only.")
    criteria = fields.Char(
        "Criteria of need", help="Codes of the criteria used, with commas between."
    )
    content = fields.Char(size=200)
    comment = fields.Char(size=200)
    receiver = fields.Selection(
        [
            ("child", "The child"),
            ("parent", "The parent, with the child as the ground"),
        ],
        required=True,
        default="child",
    )
    kinship_code = fields.Char(
        "Kinship code", help="Seven digits: what the child is to the parent."
    )
    sends_documents = fields.Boolean(
        "Send the documents that give the right",
        help="The register does not demand them. Papers on health are never sent.",
    )
    version = fields.Selection(
        "_get_versions",
        "Version of the message",
        required=True,
        default=exporters.DEFAULT,
        help="What the register takes at present is said on its portal.",
    )
    deadline_days = fields.Integer(
        "To be told within, working days",
        default=1,
        help="After the decision (item 54; law 178-FZ).",
    )
    active = fields.Boolean(default=True)

    _category_uniq = models.UniqueIndex(
        "(company_id, category_id) WHERE active",
        "The category has a measure already.",
    )
    _deadline_not_negative = models.Constraint(
        "CHECK (deadline_days >= 0)", "A deadline cannot be negative."
    )
    _rate_not_negative = models.Constraint(
        "CHECK (rate >= 0 AND quantity >= 0)", "An amount cannot be negative."
    )

    # === CONSTRAINTS === #

    @api.constrains("category_id", "company_id")
    def _check_category(self):
        for measure in self:
            company = measure.category_id.company_id
            if company != measure.company_id:
                raise ValidationError(
                    self.env._(
                        "Choose a category of the municipality's own regulation:"
                        " adopt the template first."
                    )
                )

    @api.constrains(
        "lmsz_id", "local_category_id", "osz_code", "lmsz_provider_code",
        "provider_code",
    )  # fmt: skip
    def _check_codes(self):
        """Refuse what the register would; empty codes come from the portal later."""
        for measure in self:
            for value in (measure.lmsz_id, measure.local_category_id):
                if value and not checks.UUID.fullmatch(value):
                    raise ValidationError(self._get_uuid_message())
            for value in (
                measure.osz_code,
                measure.lmsz_provider_code,
                measure.provider_code,
            ):
                if value and not checks.PARTICIPANT.fullmatch(value):
                    raise ValidationError(self._get_participant_message(value))

    def _get_uuid_message(self):
        return self.env._(
            "Copy the id from the register's list of measures: 36 characters like"
            " 82db68d7-fa19-4845-9f06-46cc54aacfdc."
        )

    def _get_participant_message(self, value):
        return self.env._(
            "“%s” is no code of a participant of the register: four letters or digits,"
            " a point, six digits, for example 0094.000001.",
            value,
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_versions(self):
        return [(version, version) for version in exporters.VERSIONS]

    @api.model
    def _find_for(self, categories):
        """Return {category: measure, perhaps none}; the category's own one first."""
        found = self.search([("company_id", "in", categories.company_id.ids)])
        own = {measure.category_id: measure for measure in found}
        same_code = {
            (measure.company_id, measure.code): measure
            for measure in found.sorted("id")
        }
        return {
            category: own.get(category)
            or same_code.get((category.company_id, category.code))
            or self.browse()
            for category in categories
        }

    def _get_criteria(self):
        codes = (self.criteria or "").split(",")
        return tuple(code.strip() for code in codes if code.strip())
