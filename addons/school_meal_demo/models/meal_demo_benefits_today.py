from odoo import api, models


class MealDemo(models.AbstractModel):
    """What waits today for whoever tries the demo."""

    _inherit = "meal.demo"

    @api.model
    def _prepare_benefits_today(self, schools):
        """An order that waits for the head, a campaign, reminders."""
        self._draft_order(schools[0])
        self._run_campaign(schools[1])
        self._check_procedure(schools)
        self.env["benefit.deadline"]._cron_remind()

    @api.model
    def _draft_order(self, school):
        """Half of what is complete is on an order that the clerk has prepared."""
        waiting = self._as_clerk(school)["benefit.application"].search(
            [
                ("school_id", "=", school.id),
                ("state", "=", "registered"),
                ("order_id", "=", False),
            ],
            order="id",
        )
        ready = waiting.filtered(lambda one: not one._get_order_problem())
        ready[: max(len(ready) // 2, 1)].action_put_on_order()

    @api.model
    def _run_campaign(self, school):
        """The department has prepared the next school year at one school."""
        department = self._as_staff(school.company_id, "department")
        year = self._get_year_begin(school.company_id).year + 1
        campaign = department["benefit.campaign"].create(
            {
                "school_year_start": year,
                "company_id": school.company_id.id,
                "school_ids": [(6, 0, school.ids)],
            }
        )
        campaign.action_start()
        campaign.action_finish()

    @api.model
    def _check_procedure(self, schools):
        """The department checks every school: what is found is true."""
        department = self._as_staff(schools.company_id, "department")
        runs = department["benefit.audit.run"].create(
            [{"school_id": school.id} for school in schools]
        )
        runs.action_run()
