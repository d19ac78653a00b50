import base64
from datetime import timedelta

from odoo import api, models

from .. import benefits


class MealDemo(models.AbstractModel):
    """What the state register ЕГИССО is told, and what it answers."""

    _inherit = "meal.demo"

    @api.model
    def _plan_register(self, agenda, school):
        """A package of September with its protocol, one that waits for it; the rest is
        still to be packed."""
        begin = self._after_begin(school, 8)
        agenda.add(begin, 12, self._pack, school)
        agenda.add(begin + timedelta(days=2), 12, self._load_protocol, school)
        agenda.add(self._before_today(school, 7), 12, self._pack, school)

    @api.model
    def _misspell(self, student):
        """Put a Latin letter into a name, as hands do: the register refuses it."""
        name = student.last_name
        place = next(
            number
            for number, letter in enumerate(name)
            if letter in benefits.LOOKALIKES
        )
        latin = benefits.LOOKALIKES[name[place]]
        student.last_name = f"{name[:place]}{latin}{name[place + 1 :]}"

    @api.model
    def _pack(self, school):
        accountant = self._as_staff(school.company_id, "accountant")
        ready = [("company_id", "=", school.company_id.id), ("state", "=", "ready")]
        if not accountant["egisso.fact"].search_count(ready, limit=1):
            return
        action = accountant["egisso.package"].action_pack()
        packages = accountant["egisso.package"].search(action["domain"])
        packages.action_download_xml()
        packages.action_mark_sent()

    @api.model
    def _load_protocol(self, school):
        """Load what the portal answers: two people are not known there."""
        accountant = self._as_staff(school.company_id, "accountant")
        for package in accountant["egisso.package"].search([("state", "=", "sent")]):
            wrong = package.fact_ids.sorted("id")[10:12]
            content = benefits.write_protocol(
                package.uuid, package.fact_count, wrong.mapped("uuid")
            )
            wizard = accountant["egisso.protocol.load"].create(
                {
                    "file": base64.b64encode(content.encode()),
                    "file_name": f"protocol_{package.number}.xml".replace("/", "-"),
                }
            )
            wizard.action_load()
