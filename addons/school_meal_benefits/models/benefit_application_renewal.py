from odoo import models

from ..domain.entitlement_dates import school_year_bounds

#: What a document keeps that the school holds already.
HELD = ("series", "number", "issued_on", "issuer", "valid_to")


class BenefitApplication(models.Model):
    """The draft of a renewal campaign: what the school has from the year before."""

    _inherit = "benefit.application"

    def _complete_checklist(self):
        """Add the documents of the category that a draft does not list yet."""
        rows = [
            {
                "application_id": application.id,
                "requirement_id": requirement.id,
                "document_type_id": requirement.document_type_ids.id
                if len(requirement.document_type_ids) == 1
                else False,
            }
            for application in self
            for requirement in application.category_id.requirement_ids
            - application.document_ids.requirement_id
        ]
        self.env["benefit.application.document"].create(rows)

    def _take_over_documents(self):
        """Mark as held what last year's application brought, where that is allowed and
        the document lasts into the new school year."""
        for application in self:
            former = {
                row.requirement_id.code: row
                for row in application.previous_id.document_ids
                if row.state in ("provided", "held")
            }
            first = school_year_bounds(application.school_year_start)[0]
            for row in application.document_ids:
                old = former.get(row.requirement_id.code)
                if (
                    old
                    and row.state == "missing"
                    and row.requirement_id.may_be_held
                    and (not old.valid_to or old.valid_to >= first)
                ):
                    row.write(application._prepare_held(old))

    def _prepare_held(self, old):
        return {
            "state": "held",
            "held_place": old.held_place or old._get_file_place(),
            "held_document_id": old.id,
            "document_type_id": old.document_type_id.id,
            **{name: old[name] for name in HELD},
        }
