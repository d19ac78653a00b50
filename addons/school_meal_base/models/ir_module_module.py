from odoo import api, models

from odoo.addons.account.models.ir_module import templ

MODULE = "school_meal_base"


class IrModuleModule(models.Model):
    """Announce our chart of accounts.

    Core looks for chart templates only in modules of the category "account charts".
    """

    _inherit = "ir.module.module"

    @api.depends("state")
    def _compute_account_templates(self):
        super()._compute_account_templates()
        for module in self.filtered(lambda module: module.name == MODULE):
            chart = self.env["account.chart.template"]
            if not hasattr(chart, "_get_ru_school_meal_template_data"):
                continue  # during the module's own installation
            values = chart._get_ru_school_meal_template_data()
            module.account_templates = {
                "ru_school_meal": templ(
                    self.env,
                    "ru_school_meal",
                    name=values["name"],
                    country=values["country"],
                    parent=None,
                    sequence=1,
                    visible=True,
                    installed=module.state == "installed",
                    module=MODULE,
                )
            }
