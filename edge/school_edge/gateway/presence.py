"""Where people are, as the server means it: `access.presence`, and the rules of its SQL
functions `access_event_record` and `access_tap`."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

INSIDE, OUTSIDE, UNKNOWN = "inside", "outside", "unknown"


class Place(NamedTuple):
    """
    :ivar since: of the last passage, UTC, ISO 8601; "" for never
    """

    state: str
    site: int | None
    zone: int | None
    since: str


NOWHERE = Place(UNKNOWN, None, None, "")


def after(controller, direction, since):
    """Return the place of who has passed, None if that is not known.

    A door between two zones leads from inside to inside, whichever way.

    >>> gym = {"site": 2, "zone": 8, "zone_from": 7}
    >>> after(gym, "out", "2026-11-17T05:10:00")
    Place(state='inside', site=2, zone=7, since='2026-11-17T05:10:00')
    >>> after({"site": 2, "zone": 7, "zone_from": None}, "out", "").state
    'outside'
    >>> after(gym, None, "")
    """
    if direction not in ("in", "out"):
        return None
    zone = controller.get("zone" if direction == "in" else "zone_from")
    is_inner = controller.get("zone_from") is not None
    state = INSIDE if is_inner or direction == "in" else OUTSIDE
    return Place(state, controller["site"], zone, since)


def is_behind(place, controller):
    """Tell whether somebody is where the way in of a point leads (anti-passback).

    >>> hall = Place("inside", 2, 7, "2026-11-17T05:10:00")
    >>> is_behind(hall, {"site": 2, "zone": 7}), is_behind(hall, {"site": 2, "zone": 8})
    (True, False)
    """
    here = (INSIDE, controller["site"], controller.get("zone"))
    return (place.state, place.site, place.zone) == here


def last_end(now, hour, timezone):
    """Return when nobody was inside for sure, the last time, as `Place.since`.

    :param datetime now: naive UTC
    :param float hour: local time of the school

    >>> last_end(datetime(2026, 11, 17, 5, 0), 22.0, "Europe/Moscow")
    '2026-11-16T19:00:00'
    >>> last_end(datetime(2026, 11, 17, 19, 0), 22.0, "Europe/Moscow")
    '2026-11-17T19:00:00'
    """
    zone = ZoneInfo(timezone)
    local = now.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    end = datetime.combine(local, datetime.min.time()) + timedelta(hours=hour)
    if end > local:
        end -= timedelta(days=1)
    moment = end.replace(tzinfo=zone).astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat()
