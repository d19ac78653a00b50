from odoo import api, fields, models
from odoo.fields import Domain


class SchoolStudent(models.Model):
    """Brothers and sisters: students who share a legal representative.

    Who may only fetch a child, a grandmother or an aunt, makes no siblings: money
    moves between siblings, and cousins are two families.
    """

    _inherit = "school.student"

    sibling_ids = fields.Many2many(
        "school.student",
        string="Brothers and sisters",
        compute="_compute_sibling_ids",
        help="Those whom you may see; others are at schools of the municipality.",
    )

    @api.depends(
        "guardian_ids.partner_id", "guardian_ids.active", "guardian_ids.is_legal"
    )
    def _compute_sibling_ids(self):
        related = self._get_sibling_rows()
        for student in self:
            student.sibling_ids = student._pick_siblings(related)

    def _get_siblings(self):
        """Return brothers and sisters at all schools of the municipality, in sudo.

        For money and for the names of who may receive it; the caller has checked
        what the user may do with the students of ``self``.
        """
        # sudo: a brother or sister may be at a school that is not the user's
        students = self.sudo()
        related = students._get_sibling_rows()
        siblings = students.browse()
        for student in students:
            siblings |= student._pick_siblings(related).filtered(
                lambda one, s=student: one.company_id == s.company_id
            )
        return siblings

    def _get_sibling_rows(self):
        parents = self.guardian_ids.filtered("is_legal").partner_id
        return self.env["school.guardian"].search(
            [("partner_id", "in", parents.ids), ("is_legal", "=", True)]
        )

    def _pick_siblings(self, related):
        parents = self.guardian_ids.filtered("is_legal").partner_id
        return related.filtered(lambda row: row.partner_id in parents).student_id - self

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Override of core: with ``school_siblings_of`` in the context, offer the
        brothers and sisters of that student wherever they learn."""
        student_id = self.env.context.get("school_siblings_of")
        if not student_id or not self.env.user.has_group(
            "school_meal_base.group_operator"
        ):
            return super().name_search(name, domain, operator, limit)
        student = self.browse(student_id)
        student.check_access("read")
        found = student._get_siblings().filtered_domain(
            Domain(domain or []) & Domain("name", operator, name or "")
        )
        return [(one.id, one.display_name) for one in found[:limit]]
