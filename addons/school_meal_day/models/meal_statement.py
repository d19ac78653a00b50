from odoo import api, models


class MealStatement(models.AbstractModel):
    """Set meals on the statement, with what the whole portion costs.

    The debit is the parents' part; what a budget pays does not pass through the
    personal account, but the title tells the price: "Timesheet: breakfast, primary
    school, parents + subsidy 49.61".
    """

    _inherit = "meal.statement"

    @api.model
    def _get_titles(self, transfers):
        titles = super()._get_titles(transfers)
        meals = transfers.filtered(lambda t: t.source_model == "meal.day.line")
        # sudo: the owner of the account reads what stands behind its entries
        lines = self.env["meal.day.line"].sudo().browse(meals.mapped("source_id"))
        by_id = {line.id: line for line in lines.exists()}
        for transfer in meals:
            line = by_id.get(transfer.source_id)
            if line:
                titles[transfer.id] = self._get_meal_title(transfer, line)
        return titles

    @api.model
    def _get_meal_title(self, transfer, line):
        correction = line.correction_id
        if transfer.reversal_of_id:
            correction = self._get_successor(line).correction_id
        if correction:
            return self.env._(
                "Timesheet correction for %(day)s: %(meal)s – %(reason)s",
                day=f"{line.date:%d.%m}",
                meal=self._get_meal_name(line),
                reason=correction.reason,
            )
        return self.env._(
            "Timesheet: %(meal)s, %(stage)s, %(payers)s %(price)s",
            meal=self._get_meal_name(line),
            stage=line.age_group_id.stage_name,
            payers=self._get_payers(line),
            price=self._format_price(line.price),
        )

    @api.model
    def _get_successor(self, line):
        return line.search(
            [
                ("student_id", "=", line.student_id.id),
                ("date", "=", line.date),
                ("meal_type_id", "=", line.meal_type_id.id),
                ("portion", "=", line.portion),
                ("revision", "=", line.revision + 1),
            ]
        )

    @api.model
    def _get_meal_name(self, line):
        return (line.meal_type_id.name or "").lower()

    @api.model
    def _get_payers(self, line):
        levels = line.part_ids.source_id.mapped("level")
        if set(levels) - {"parent"}:
            return self.env._("parents + subsidy")
        return self.env._("parents")

    @api.model
    def _format_price(self, price):
        """Two decimals with the separator of the reader's language."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return f"{price:.2f}".replace(".", lang.decimal_point or ".")
