from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


class MealTerms(models.Model):
    """One version of the terms of use. A published text is never changed: a new
    version is published, and everybody is asked again."""

    _name = "meal.terms"
    _description = "Terms of Use"
    _order = "version desc"
    _rec_name = "version"

    version = fields.Integer(readonly=True, copy=False)
    body = fields.Html(required=True, translate=True, sanitize=True)
    published_at = fields.Datetime(readonly=True, copy=False)
    acceptance_ids = fields.One2many("meal.terms.acceptance", "terms_id", readonly=True)
    acceptance_count = fields.Integer(compute="_compute_acceptance_count")

    _version_uniq = models.UniqueIndex(
        "(version) WHERE version > 0", "This version of the terms already exists."
    )

    # === COMPUTE METHODS === #

    @api.depends("acceptance_ids")
    def _compute_acceptance_count(self):
        counts = dict(
            self.env["meal.terms.acceptance"]._read_group(
                [("terms_id", "in", self.ids)], ["terms_id"], ["__count"]
            )
        )
        for terms in self:
            terms.acceptance_count = counts.get(terms, 0)

    @api.depends("version")
    def _compute_display_name(self):
        for terms in self:
            terms.display_name = (
                self.env._("Version %s", terms.version)
                if terms.version
                else self.env._("Draft")
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if "body" in vals and any(each.published_at for each in self):
            raise UserError(
                self.env._(
                    "People have been asked to accept this text: duplicate it, change"
                    " the copy and publish that as a new version."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(each.published_at for each in self):
            raise UserError(self.env._("Published terms are kept for ever."))

    # === ACTION METHODS === #

    def action_publish(self):
        """Give the text the next version number and ask everybody to accept it."""
        self.ensure_one()
        self.check_access("write")
        if self.published_at:
            raise UserError(self.env._("These terms are already published."))
        last = self.search([("version", ">", 0)], limit=1)
        self.write({"version": last.version + 1, "published_at": fields.Datetime.now()})
        # The current version is remembered by every worker.
        self.env.registry.clear_cache()

    # === BUSINESS METHODS === #

    @api.model
    def _get_current(self):
        """Return the version in force, in sudo: it is public by nature."""
        return self.sudo().browse(self._get_current_id() or [])

    @api.model
    @ormcache()
    def _get_current_id(self):
        """Id of the version in force; 0 while none is published."""
        return self.sudo().search([("version", ">", 0)], limit=1).id or 0
