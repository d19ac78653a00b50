# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

from uuid import uuid4

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
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
    site = case.env["access.site"].create(
        {"name": "A site", "school_id": place.school.id}
    )
    point = case.env["access.point"].create({"name": "A door", "site_id": site.id})
    controller = case.env["access.controller"].create(
        {"name": "A controller", "point_id": point.id, "serial": f"9{place.school.id}"}
    )
    return controller._queue("set_mode", {"mode": "normal"})


def _site(case, place):
    return case.env["access.site"].create(
        {"name": "Site", "school_id": place.school.id}
    )


def _alarm(case, place):
    return case.env["access.alarm"]._raise_alarm(
        "fire", uuid4().hex, site_id=_site(case, place).id
    )


def _verification(case, place):
    site = _site(case, place)
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
    return case.env["access.shift"]._begin(_site(case, place))


def _shift_line(case, place):
    return _shift(case, place).line_ids


def _webhook(case, place):
    return case.env["access.webhook"].create(
        {"name": "Faces", "school_id": place.school.id}
    )


SAMPLES = {
    "access.command": _command,
    "access.subscription": _subscription,
    "access.notice": _notice,
    "access.alarm": _alarm,
    "access.verification": _verification,
    "access.shift": _shift,
    "access.shift.line": _shift_line,
    "access.webhook": _webhook,
}
