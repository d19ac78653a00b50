from odoo import fields, models

from ..report import snapshot_sheet


class MealSnapshot(models.Model):
    """The sheet that goes to the kitchen or the supplier."""

    _inherit = "meal.snapshot"

    # === ACTIONS === #

    def action_print_sheet(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/snapshot/{self.id}/sheet",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _get_sheet_name(self):
        # sudo: the code in a file's name
        return f"{self.date}-{self.school_id.sudo().code}-{self.kind}.pdf"

    def _render_sheet(self):
        """Return the PDF; the caller has checked that the user may read the record."""
        self.ensure_one()
        difference = self._get_difference()
        # sudo: numbers, as in the difference
        snapshot = self.sudo()
        difference["replacements"] = snapshot.env["meal.order"]._count_allergen(
            snapshot.school_id, snapshot.date
        )
        return snapshot_sheet.draw(difference, self._get_sheet_labels())

    def _get_sheet_labels(self):
        _ = self.env._
        snapshot = self.sudo()  # sudo: names of the school and of who fixed the number
        school = snapshot.school_id
        calendar = self.env["school.calendar"]
        taken_at = calendar._local_datetime(school, snapshot.taken_at)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        by_system = snapshot.user_id == self.env.ref("base.user_root")
        return {
            "title": _(
                "%(kind)s for %(date)s",
                kind=kinds[snapshot.kind],
                date=snapshot.date.strftime("%d.%m.%Y"),
            ),
            "school": school.name,
            "moment": _(
                "Fixed %(moment)s, %(user)s",
                moment=taken_at.strftime("%d.%m.%Y %H:%M"),
                user=_("by the clock") if by_system else snapshot.user_id.name,
            ),
            "footer": f"{school.short_name}, {kinds[snapshot.kind]} № {snapshot.id}",
            "portions": _("Portions in all"),
            "free": _("Of them free for other students"),
            "replacements": _(
                "To replace because of an allergen, as of %s",
                calendar._local_datetime(school, fields.Datetime.now()).strftime(
                    "%d.%m.%Y %H:%M"
                ),
            ),
            "late": _("after the cut-off"),
            "received": _("Received by the kitchen"),
            **self._get_table_labels(),
        }

    def _get_table_labels(self):
        _ = self.env._
        return {
            "total": _("Total"),
            "totals": _("Meals"),
            "totals_head": [
                _("Meal"),
                _("Age"),
                _("Portions"),
                _("Before"),
                _("Change"),
                _("Diets"),
            ],
            "sets": _("Sets and diets"),
            "sets_head": [_("Meal"), _("Set"), _("Portions"), _("Classes")],
            "classes": _("By class"),
            "class": _("Class"),
            "no_class": _("Without a class"),
            "reasons": _("Why the number has changed"),
            "reasons_head": [
                _("Meal"),
                _("Reason"),
                _("More"),
                _("Less"),
                _("Freed"),
            ],
        }
