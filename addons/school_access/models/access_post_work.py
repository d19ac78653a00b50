from odoo import api, models
from odoo.exceptions import UserError

MAX_TEXT = 500


class AccessPost(models.AbstractModel):
    _inherit = "access.post"

    @api.model
    def _do(self, site, work, values):
        """Do what the guard asks for.

        :param site: of ``_get_site``
        :param str work: a key of :meth:`_get_works`
        :param dict values: of the page; not trusted
        :return: {"status": code that the page has words for}
        """
        run = self._get_works().get(work)
        if not run or not isinstance(values, dict):
            raise UserError(self.env._("Reload the page: it is older than the server."))
        return {"status": run(site, values)}

    @api.model
    def _get_works(self):
        return {
            "alarm": self._take_alarm,
            "verify": self._verify,
            "open": self._open_by_hand,
            "begin": self._begin_shift,
            "end": self._end_shift,
            "note": self._write_note,
        }

    @api.model
    def _take_alarm(self, site, values):
        alarm = self._find("access.alarm", site, values)
        alarm._take(self._get_text(values))
        return "taken"

    @api.model
    def _verify(self, site, values):
        verification = self._find("access.verification", site, values)
        is_allowed = values.get("allow") is True
        return verification._answer(is_allowed, self._get_text(values))

    @api.model
    def _open_by_hand(self, site, values):
        reason = self._get_text(values)
        if not reason:
            raise UserError(self.env._("Say why the door is opened."))
        point = self._find("access.point", site, values)
        direction = "out" if values.get("direction") == "out" else "in"
        controllers = self.env["access.controller"].sudo()
        # sudo: the point was checked
        controllers = controllers.search([("point_id", "=", point.id)])
        if not controllers:
            raise UserError(
                self.env._("%s has no controller to open it.", point.name),
            )
        online = controllers.filtered(lambda controller: controller.state == "online")
        if not online:
            raise UserError(
                self.env._("%s is not connected: open the door by hand.", point.name)
            )
        for controller in online:
            controller._open_by_order(direction)
        self.env["access.shift"]._note_at(site, "open", reason, point_id=point.id)
        return "opened"

    @api.model
    def _begin_shift(self, site, values):
        self.env["access.shift"]._begin(site)
        return "begun"

    @api.model
    def _end_shift(self, site, values):
        shift = self.env["access.shift"]._get_open(site)
        if not shift:
            return "ended"
        shift._end(self._get_text(values))
        return "ended"

    @api.model
    def _write_note(self, site, values):
        text = self._get_text(values)
        if not text:
            raise UserError(self.env._("Write something first."))
        self.env["access.shift"]._note_at(site, "note", text)
        return "noted"

    @api.model
    def _find(self, model, site, values):
        """Return the record (sudo) of this site that the page means."""
        number = values.get("id")
        domain = [
            ("id", "=", number if isinstance(number, int) else 0),
            ("site_id", "=", site.id),
        ]
        # sudo: the site was checked
        record = self.env[model].sudo().search(domain)
        if not record:
            raise UserError(self.env._("It is not there any more. Look at the page."))
        return record

    @api.model
    def _get_text(self, values):
        text = values.get("text")
        return text.strip()[:MAX_TEXT] if isinstance(text, str) else ""
