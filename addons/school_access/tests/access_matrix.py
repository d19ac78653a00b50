# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

from datetime import datetime
from uuid import uuid4

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
access.site           | school  | r       | -       | -       | ru       | r    | r          | -          | crud    | -
access.zone           | school  | -       | -       | -       | cru      | r    | r          | -          | crud    | -
access.point          | school  | -       | -       | -       | cru      | r    | r          | -          | crud    | -
access.controller     | school  | -       | -       | -       | ru       | r    | r          | -          | crud    | -
access.reader         | school  | -       | -       | -       | cru      | r    | r          | -          | crud    | -
access.rule           | school  | -       | -       | -       | crud     | r    | r          | -          | crud    | -
access.group          | school  | -       | -       | -       | crud     | r    | r          | -          | crud    | -
access.person         | class   | r       | -       | -       | cru      | r    | r          | -          | crud    | -
access.pass           | school  | -       | -       | -       | cru      | r    | -          | -          | crud    | -
access.permission     | class   | cru     | -       | -       | cru      | cru  | r          | -          | cru     | -
access.entry          | school  | -       | -       | -       | r        | -    | -          | -          | r       | -
access.profile        | global  | -       | -       | -       | r        | -    | -          | -          | r       | -
access.guest.pass     | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
access.reader.learn   | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
access.edge.journal   | company | -       | -       | -       | -        | -    | -          | -          | r       | -
access.edge.incident  | company | -       | -       | -       | -        | -    | -          | -          | r       | -
access.subscription   | school  | -       | -       | -       | r        | -    | -          | -          | r       | -
access.notice         | school  | -       | -       | -       | r        | -    | -          | -          | r       | -
access.command        | school  | -       | -       | -       | r        | r    | -          | -          | r       | -
access.alarm          | school  | -       | -       | -       | ru       | ru   | r          | -          | ru      | -
access.verification   | school  | -       | -       | -       | r        | r    | r          | -          | r       | -
access.shift          | school  | -       | -       | -       | r        | r    | r          | -          | r       | -
access.shift.line     | school  | -       | -       | -       | r        | r    | r          | -          | r       | -
access.webhook        | company | -       | -       | -       | -        | -    | -          | -          | crud    | -
access.webhook.nonce  | company | -       | -       | -       | -        | -    | -          | -          | r       | -
access.event          | class   | r       | -       | -       | r        | r    | -          | -          | r       | -
access.presence       | class   | r       | -       | -       | r        | r    | -          | -          | r       | -
access.presence.count | class   | r       | -       | -       | r        | r    | r          | -          | r       | -
access.presence.correction | owner | -     | -       | -       | crud     | crud | -          | -          | crud    | -
access.address        | global  | -       | -       | -       | -        | -    | -          | -          | -       | -
"""


def _subscription(case, place):
    return case.env["access.subscription"].create(
        {
            "partner_id": case.env["res.partner"].create({"name": "A parent"}).id,
            "student_id": place.student.id,
            "channel": "email",
        }
    )


def _notice(case, place):
    choice = _subscription(case, place)
    return case.env["access.notice"].create(
        {
            "subscription_id": choice.id,
            "partner_id": choice.partner_id.id,
            "student_id": choice.student_id.id,
            "school_id": place.school.id,
            "company_id": place.company.id,
            "channel": "email",
            "kind": "arrival",
            "occurred_at": "2026-11-17 05:10:00",
            "state": "queued",
        }
    )


def _command(case, place):
    return _controller_of(case, place)._queue("set_mode", {"mode": "normal"})


def _site(case, place):
    sites = case.env["access.site"]
    name = f"Site of {place.school_class.name}"
    return sites.search(
        [("name", "=", name), ("school_id", "=", place.school.id)]
    ) or sites.create({"name": name, "school_id": place.school.id})


def _zone(case, place):
    values = _zone_vals(case, place)
    return case.env["access.zone"].create({**values, "name": "A zone"})


def _zone_vals(case, place):
    return {"name": "New", "site_id": _site(case, place).id}


def _point(case, place):
    site = _site(case, place)
    return site.point_ids or case.env["access.point"].create(
        {"name": "A door", "site_id": site.id}
    )


def _controller_of(case, place):
    point = _point(case, place)
    return point.controller_ids or case.env["access.controller"].create(
        {
            "name": "A turnstile",
            "point_id": point.id,
            "serial": f"8{place.student.id}",
        }
    )


def _reader(case, place):
    return case.env["access.reader"].create(
        {"controller_id": _controller_of(case, place).id, "number": 3}
    )


def _rule(case, place):
    return case.env["access.rule"].create(_zone_vals(case, place))


def _group_vals(case, place):
    return {"name": f"Club {place.student.id}", "school_id": place.school.id}


def _group(case, place):
    return case.env["access.group"].create(_group_vals(case, place))


def _person_of(case, place):
    return case.env["access.person"].search([("student_id", "=", place.student.id)])


def _guest_vals(case, place):
    return {"kind": "guest", "name": "A guest", "school_id": place.school.id}


def _pass_vals(case, place):
    guest = case.env["access.person"].create(_guest_vals(case, place))
    return {"person_id": guest.id}


def _pass(case, place):
    return case.env["access.pass"].create(_pass_vals(case, place))


def _permission_vals(case, place):
    return {
        "person_id": _person_of(case, place).id,
        "site_id": _site(case, place).id,
        "direction": "in",
        "valid_from": "2026-11-17 05:00:00",
        "valid_to": "2026-11-17 06:00:00",
        "reason": "Forgot the card",
    }


def _permission(case, place):
    return case.env["access.permission"].create(_permission_vals(case, place))


def _entry(case, place):
    return case.env["access.entry"].create(
        {
            "controller_id": _controller_of(case, place).id,
            "person_id": _person_of(case, place).id,
            "code": "0000009DCB43",
        }
    )


def _new_site(case, place):
    return case.env["access.site"].create(
        {"name": uuid4().hex, "school_id": place.school.id}
    )


def _alarm(case, place):
    return case.env["access.alarm"]._raise_alarm(
        "fire", uuid4().hex, site_id=_new_site(case, place).id
    )


def _verification(case, place):
    site = _new_site(case, place)
    point = case.env["access.point"].create({"name": "Gate", "site_id": site.id})
    return case.env["access.verification"].create(
        {
            "uuid": uuid4().hex,
            "point_id": point.id,
            "site_id": site.id,
            "school_id": place.school.id,
            "company_id": place.company.id,
            "asked_at": "2026-11-17 05:10:00",
            "expires_at": "2026-11-17 05:11:00",
        }
    )


def _shift(case, place):
    return case.env["access.shift"]._begin(_new_site(case, place))


def _shift_line(case, place):
    return _shift(case, place).line_ids


def _webhook(case, place):
    return case.env["access.webhook"].create(
        {"name": "Faces", "school_id": place.school.id}
    )


def _person(case, place):
    people = case.env["access.person"]
    found = people.search([("student_id", "=", place.student.id)])
    return found or people.create({"kind": "student", "student_id": place.student.id})


def _event(case, place):
    controller = _command(case, place).controller_id
    [answer] = case.env["access.event"]._record(
        [
            {
                "controller": controller.id,
                "key": str(uuid4()),
                "occurred_at": datetime(2026, 11, 17, 5, 10),
                "kind": "pass",
                "direction": "in",
                "person": _person(case, place).id,
                "verdict": "granted",
            }
        ]
    )
    return case.env["access.event"].browse(answer["id"])


def _presence(case, place):
    person = _event(case, place).person_id
    return case.env["access.presence"].search([("person_id", "=", person.id)])


def _presence_count(case, place):
    presence = _presence(case, place)
    presence.flush_recordset()
    return case.env["access.presence.count"].search(
        [("class_id", "=", presence.class_id.id), ("state", "=", presence.state)],
        limit=1,
    )


def _gateway(case, place):
    return case.env["school.device"].create(
        {"name": "Gateway", "kind": "edge", "school_id": place.school.id}
    )


def _edge_journal(case, place):
    return case.env["access.edge.journal"].create(
        {"device_id": _gateway(case, place).id, "store": str(uuid4())}
    )


def _edge_incident(case, place):
    return case.env["access.edge.incident"].create(
        {
            "device_id": _gateway(case, place).id,
            "school_id": place.school.id,
            "store": str(uuid4()),
            "sequence": 1,
            "reason": "bad_time",
        }
    )


SAMPLES = {
    "access.site": _site,
    "access.zone": _zone,
    "access.point": _point,
    "access.controller": _controller_of,
    "access.reader": _reader,
    "access.rule": _rule,
    "access.group": _group,
    "access.person": _person_of,
    "access.pass": _pass,
    "access.permission": _permission,
    "access.entry": _entry,
    "access.event": _event,
    "access.presence": _presence,
    "access.presence.count": _presence_count,
    "access.command": _command,
    "access.edge.journal": _edge_journal,
    "access.edge.incident": _edge_incident,
    "access.subscription": _subscription,
    "access.notice": _notice,
    "access.alarm": _alarm,
    "access.verification": _verification,
    "access.shift": _shift,
    "access.shift.line": _shift_line,
    "access.webhook": _webhook,
}

CREATES = {
    "access.zone": _zone_vals,
    "access.point": _zone_vals,
    "access.rule": _zone_vals,
    "access.group": _group_vals,
    "access.pass": _pass_vals,
    "access.permission": _permission_vals,
}
