"""Parents of the students of `entrance`, who want to be told, and taps at the door."""

import json
import time
import urllib.request
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .telegram import TOKEN

#: One parent for every student: Telegram chat 1000 + n, e-mail parent<n>@example.com.
#: Nothing but the notices runs in the scheduler.
FAMILIES = """
channels = ARGUMENTS["channels"]
students = env["school.student"].search(
    [("school_id", "=", ARGUMENTS["school"])], order="id")
parents = env["res.partner"].create(
    [{"name": f"Parent {n}", "lang": "en_US"} for n in range(len(students))])
env["school.guardian"].create(
    [{"student_id": student.id, "partner_id": parent.id}
     for student, parent in zip(students, parents)])
for n, (student, parent) in enumerate(zip(students, parents)):
    for channel in channels:
        address = str(1000 + n) if channel == "telegram" else f"parent{n}@example.com"
        env["access.address"]._get_or_create(parent, channel)._prove(address)
        env["access.subscription"]._choose(parent, student, channel, True)
params = env["ir.config_parameter"]
params.set_param("school_access.telegram_token", ARGUMENTS["token"])
params.set_param("school_access.telegram_url", ARGUMENTS["telegram"])
if ARGUMENTS["smtp"]:
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create({
        "name": "Stand-in", "smtp_host": "127.0.0.1", "smtp_port": ARGUMENTS["smtp"],
        "smtp_encryption": "none"})
env.ref("base.main_company").email = "school@example.com"
env["ir.cron"].search(
    [("id", "!=", env.ref("school_access.cron_notice_send").id)]).active = False
ANSWER = {"students": students.ids}
"""

PASS_IN = 16


def make_families(server, scene, telegram, smtp=None, channels=("telegram",)):
    return server.run_script(
        FAMILIES,
        school=scene["school"],
        channels=channels,
        token=TOKEN,
        telegram=telegram.url,
        smtp=smtp.port if smtp else 0,
    )


class Door:
    """A controller that tells what has just happened, over its own protocol."""

    def __init__(self, server, scene, number=0):
        self.server = server
        self.controller = scene["controllers"][number]
        self.count = 0

    def tap(self, cards, seconds_ago=0):
        """Report entries of cards in one packet; the server must take them all."""
        moment = datetime.now(ZoneInfo("Europe/Moscow")) - timedelta(
            seconds=seconds_ago
        )
        self.count += 1
        events = [
            {
                "event": PASS_IN,
                "card": card,
                "time": f"{moment:%Y-%m-%d %H:%M:%S}",
                "flag": 0,
            }
            for card in cards
        ]
        message = {"id": self.count, "operation": "events", "events": events}
        answer = self._call({"messages": [message]})
        [taken] = [
            one["events_success"]
            for one in answer["messages"]
            if one.get("operation") == "events"
        ]
        assert taken == len(cards), answer

    def _call(self, body):
        body = {"type": "Z5RWEB", "sn": self.controller["serial"], **body}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.server.port}{self.controller['path']}",
            json.dumps(body).encode(),
            {
                "Content-Type": "application/json",
                "X-Odoo-Database": self.server.database,
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


def states(server):
    """Return {state: number} of the outbox."""
    return dict(
        server.query("SELECT state, count(*) FROM access_notice GROUP BY state")
    )


def wait_for(condition, seconds=60):
    """Wait until a condition holds; what it returns."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found
