# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
access.edge.journal   | company | -       | -       | -       | -        | -    | -          | -          | r       | -
access.edge.incident  | company | -       | -       | -       | -        | -    | -          | -          | r       | -
access.subscription   | school  | -       | -       | -       | r        | -    | -          | -          | r       | -
access.notice         | school  | -       | -       | -       | r        | -    | -          | -          | r       | -
access.command        | school  | -       | -       | -       | r        | r    | -          | -          | r       | -
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


SAMPLES = {
    "access.command": _command,
    "access.subscription": _subscription,
    "access.notice": _notice,
}
