from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError


class BenefitRegulation(models.Model):
    """How a regulation comes to a municipality, in force, and is amended."""

    _inherit = "benefit.regulation"

    # === ACTION METHODS === #

    def action_adopt(self):
        """Make a draft of the municipality out of a template, and open it."""
        self.ensure_one()
        if self.company_id:
            raise UserError(
                self.env._("Only templates are adopted. Press “Amend” to change this.")
            )
        return self._open(
            self._copy_deep(
                company_id=self.env.company.id,
                date_from=fields.Date.context_today(self),
                version=1,
            )
        )

    def action_amend(self):
        """Make a draft of the next version, or open the one begun."""
        self.ensure_one()
        if not self.company_id or self.state != "in_force":
            raise UserError(
                self.env._("Only a regulation in force is amended, by a new version.")
            )
        draft = self.search(
            [("previous_id", "=", self.id), ("state", "=", "draft")], limit=1
        )
        if not draft:
            draft = self._copy_deep(
                company_id=self.company_id.id,
                date_from=fields.Date.context_today(self) + timedelta(days=1),
                version=self.version + 1,
            )
            # sudo: the copy is the user's own; what it amends only this method may say
            draft.sudo().previous_id = self
        return self._open(draft)

    def action_put_in_force(self):
        """Freeze a draft: from its date on applications go by it."""
        for regulation in self:
            regulation.check_access("write")
            regulation._check_editable()
            problems = list(regulation._find_problems())
            if problems:
                raise UserError("\n".join(problems))
            regulation._end_predecessors()
            # sudo: status and dates are closed to everybody but these buttons
            regulation.sudo().state = "in_force"

    # === BUSINESS METHODS === #

    def _open(self, regulation):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": regulation.id,
            "views": [(False, "form")],
        }

    def _find_problems(self):
        """Yield what stands in the way of putting the regulation in force."""
        self.ensure_one()
        if not self.category_ids:
            yield self.env._("The regulation has no category: who is entitled?")
        for category in self.category_ids:
            yield from category._find_problems()
        later = self._find_in_force([("date_from", ">=", self.date_from)])
        if later:
            yield self.env._(
                "“%(regulation)s” is in force from %(date)s. Let this one begin later.",
                regulation=later[0].display_name,
                date=later[0].date_from.strftime("%d.%m.%Y"),
            )

    def _find_in_force(self, domain):
        """Return what is or was in force in the municipality and meets a domain."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "!=", "draft"),
                ("id", "!=", self.id),
                *domain,
            ]
        )

    def _end_predecessors(self):
        """Let what was in force end on the day before; its decisions stay."""
        before = self._find_in_force(
            [
                ("date_from", "<", self.date_from),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.date_from),
            ]
        )
        # sudo: status and dates are closed to everybody but these buttons
        before.sudo().write(
            {"date_to": self.date_from - timedelta(days=1), "state": "replaced"}
        )
        before.flush_recordset()

    def _copy_deep(self, **vals):
        """Return a draft with copies of all parts, which point at each other."""
        self.ensure_one()
        copy = self.copy(vals)
        articles = {article.number: article.id for article in copy.article_ids}

        def same(article):
            return articles.get(article.number, False)

        categories = {}
        for category in self.category_ids:
            new = category.copy(
                {"regulation_id": copy.id, "article_id": same(category.article_id)}
            )
            for part in (*new.grant_ids, *new.requirement_ids):
                part.article_id = same(part.article_id)
            categories[category] = new.id
        for reading in self.reading_ids:
            reading.copy(
                {
                    "regulation_id": copy.id,
                    "article_ids": [
                        Command.set(filter(None, map(same, reading.article_ids)))
                    ],
                    "category_ids": [
                        Command.set(
                            [
                                categories[category]
                                for category in reading.category_ids
                                if category in categories
                            ]
                        )
                    ],
                }
            )
        return copy
