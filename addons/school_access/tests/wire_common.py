"""A controller that speaks its own protocol to the real route."""

import json
from datetime import timedelta
from uuid import uuid4

from odoo import fields
from odoo.tests import HttpCase

from odoo.addons.school_access.models import access_controller_call

from ..domain.call_rate import CallRate
from .list_common import ListCase

#: The card of `cls.student`.
CODE = "00000042D1BC"
#: Nobody's.
OTHER_CODE = "00000029CF67"


class WireCase(HttpCase, ListCase):
    """`cls.path` of `cls.controller` (serial 44374), which holds `cls.card`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.controller._issue_secret()
        cls.serial = 44374
        cls._rules({"effect": "allow"})
        cls.site._compile_lists(fields.Datetime.now())
        cls.controller._confirm_list_changes(cls.controller._get_list_changes())
        cls.controller.command_ids.unlink()

    def setUp(self):
        super().setUp()
        self.patch(access_controller_call, "_rate", CallRate(1000, 10_000))

    def _post(self, body, path=None, headers=None):
        """Post a body as it is; return the response. Never a 5xx."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        response = self.url_open(
            path or self.path, data=body, headers=headers, method="POST"
        )
        self.assertLess(response.status_code, 500)
        self.env.invalidate_all()
        return response

    def _call(self, *messages, serial=None):
        """Post messages; return those of the answer."""
        document = {
            "type": "Z5RWEB",
            "sn": serial or self.serial,
            "messages": list(messages),
        }
        response = self._post(json.dumps(document))
        self.assertEqual(response.status_code, 200)
        self.assertLessEqual(len(response.content), 2048)
        answer = response.json()
        self.assertEqual(sorted(answer), ["date", "interval", "messages"])
        return answer["messages"]

    def _ping(self, **fields_):
        return self._call(
            {"id": 1, "operation": "ping", "active": 1, "mode": 0, **fields_}
        )

    def _ack(self, *commands, success=1):
        return self._call(*({"id": c["id"], "success": success} for c in commands))

    def _activate(self):
        """Go through the start of a controller until nothing is left to say."""
        commands = self._call(
            {"id": 5, "operation": "power_on", "fw": "3.23", "active": 0, "mode": 0}
        )
        self._ack(*commands)

    def _event(self, code=16, card=CODE, at=None, flag=0):
        """An event of a controller; `at`: seconds from now."""
        moment = fields.Datetime.now() + timedelta(seconds=at or 0)
        local = fields.Datetime.context_timestamp(
            self.controller.with_context(tz=self.school.tz), moment
        )
        time = local.strftime("%Y-%m-%d %H:%M:%S")
        return {"event": code, "card": card, "time": time, "flag": flag}

    def _send_events(self, *events, number=77):
        """Send a batch; return how many are acknowledged."""
        [answer] = self._call(
            {"id": number, "operation": "events", "events": list(events)}
        )
        self.assertEqual((answer["id"], answer["operation"]), (number, "events"))
        return answer["events_success"]

    def _events(self, **values):
        domain = [("controller_id", "=", self.controller.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["access.event"].search(domain, order="id")

    def _alarms(self, kind):
        return self.env["access.alarm"].search(
            [
                ("kind", "=", kind),
                ("closed_at", "=", False),
                ("controller_id", "in", [False, self.controller.id]),
            ]
        )

    def _new_command(self, name="set_door_params", payload=None):
        payload = payload or {"open": 30}
        return self.controller._queue(name, payload)


def new_serial():
    return str(uuid4().int % 10**8)
