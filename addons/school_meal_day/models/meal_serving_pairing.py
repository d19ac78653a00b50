from odoo import api, models
from odoo.exceptions import AccessError

#: Who stands at the serving hatch, or sees to it.
PAIRING_GROUPS = (
    "school_meal_base.group_canteen",
    "school_meal_base.group_operator",
    "school_meal_base.group_manager",
)


class MealServingPairing(models.AbstractModel):
    """How a tablet becomes a device: a person who works at the school connects it.

    Afterwards the tablet needs nobody to sign in; the token reaches the day of the own
    school only and is revoked at the device.
    """

    _name = "meal.serving.pairing"
    _description = "Pairing of Serving Tablets"

    @api.model
    def _get_schools(self):
        """Return the schools that the user may connect a tablet to."""
        user = self.env.user
        if not any(user.has_group(group) for group in PAIRING_GROUPS):
            return self.env["school.school"]
        # sudo: a canteen worker need not read schools; limited to their own here.
        schools = self.env["school.school"].sudo()
        if user.has_group("school_meal_base.group_manager"):
            return schools.search([("company_id", "in", user.company_ids.ids)])
        return user.sudo().school_ids.filtered("active")

    @api.model
    def _get_answer(self):
        """Return what the page shows before a tablet is connected."""
        schools = self._get_schools()
        user = self.env.user
        if schools:
            message = None
        elif user._is_public():
            message = self.env._(
                "Sign in as a canteen worker or as responsible for meals, then connect"
                " this tablet. Afterwards nobody needs to sign in on it."
            )
        else:
            message = self.env._(
                "%s may not connect tablets: this is for canteen workers and those"
                " responsible for meals of a school.",
                user.name,
            )
        return {
            "schools": [
                {"id": school.id, "name": school.short_name or school.name}
                for school in schools
            ],
            "message": message,
        }

    @api.model
    def _pair(self, school_id, name, device_id=None):
        """Connect a tablet; one that was connected before keeps its device, and with it
        the numbers of the events that it has not sent yet.

        :return: what the tablet keeps
        """
        school = self._get_schools().filtered(lambda found: found.id == school_id)
        if not school:
            raise AccessError(
                self.env._("You may not connect tablets of this school: sign in again.")
            )
        device = self._get_device(school, name, device_id)
        return {
            "device": device.id,
            "school": school.id,
            "timezone": school.tz,
            # Nobody but the tablet gets to see it, for as long as school years last.
            "token": device._issue_token(),
        }

    def _get_device(self, school, name, device_id):
        # sudo: devices are the administrator's; this one is of the user's own school.
        devices = self.env["school.device"].sudo()
        name = str(name or "").strip()[:40] or self.env._("Serving tablet")
        is_id = type(device_id) is int and 0 < device_id < 2**31
        device = devices.search(
            [
                ("id", "=", device_id if is_id else 0),
                ("kind", "=", "serving"),
                ("school_id", "=", school.id),
            ]
        )
        if device:
            device.name = name
            return device
        return devices.create({"name": name, "kind": "serving", "school_id": school.id})
