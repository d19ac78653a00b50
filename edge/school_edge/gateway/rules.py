"""The rules of the server as the gateway holds them: who may pass where and when."""

from datetime import datetime
from typing import NamedTuple

from school_edge.protocol import windows
from school_edge.protocol.web_json import FLAG_BLOCKING

from . import presence

BLOCKED = "blocked_card"
DIRECTIONS = {1: "in", 2: "out"}


class Entry(NamedTuple):
    """A card at a controller. `profile`: 0 opens at no time, None is a card nobody has;
    `refusal` is why it may not pass; `is_listed`: the controller should hold it."""

    person: int | None
    profile: int | None
    refusal: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    flags: int
    zones: int
    is_listed: bool


class Rules:
    """One configuration, indexed; `Rules(None)` knows nobody.

    :param dict config: see `access.edge.config` at the server
    """

    def __init__(self, config):
        config = config or {}
        school = config.get("school", {})
        self.version = config.get("version")
        self.school = school.get("name", "")
        self.timezone = school.get("timezone") or "Europe/Moscow"
        self.controllers = {item["id"]: item for item in config.get("controllers", [])}
        self.by_serial = {
            item["serial"].strip().lstrip("0"): item
            for item in self.controllers.values()
        }
        self.profiles = {
            int(number): value for number, value in config.get("profiles", {}).items()
        }
        #: site -> hour, local time, after which nobody is inside for sure
        self.presence_ends = dict(config.get("sites", []))
        self.people = {row[0]: row[1:] for row in config.get("people", [])}
        self.entries = {number: {} for number in self.controllers}
        for number, code, *values in config.get("entries", []):
            self.entries.setdefault(number, {})[code] = _entry(values)
        self.permissions = {}
        for _number, person, site, direction, begin, end in config.get(
            "permissions", []
        ):
            self.permissions.setdefault((person, site), []).append(
                (direction, datetime.fromisoformat(begin), datetime.fromisoformat(end))
            )

    def direction(self, controller, reader):
        """Return "in" or "out" for a reader's number, None without one."""
        for item in controller["readers"]:
            if item["number"] == reader:
                return item["direction"]
        return DIRECTIONS.get(reader)

    def person(self, controller, code):
        """Return the id of who has a card, None for nobody's."""
        entry = self.entries[controller["id"]].get(code)
        return entry and entry.person

    def sites(self):
        """Return the ids of the sites that have a door here."""
        return {controller["site"] for controller in self.controllers.values()}

    def last_end(self, site, now):
        """Return when nobody was inside a site for sure, None if that is not known."""
        hour = self.presence_ends.get(site)
        return None if hour is None else presence.last_end(now, hour, self.timezone)

    def decide(self, controller, direction, code, now, inside, mode):
        """Return the verdict of a tap.

        :param dict controller: of `controllers`
        :param datetime now: naive UTC
        :param bool inside: the person is where the controller's way in leads
        """
        entry = self.entries[controller["id"]].get(code)
        if entry is None:
            entry = _NOBODY
        opens = None
        if entry.profile is not None:
            opens = self.profiles.get(entry.profile, ())
        return windows.decide(
            opens,
            direction,
            now,
            self.timezone,
            refusal=entry.refusal or (BLOCKED if entry.flags & FLAG_BLOCKING else None),
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            permissions=self.permissions.get((entry.person, controller["site"]), ()),
            inside=inside,
            antipassback=controller["antipassback"],
            mode=mode,
        )

    def is_asked(self, controller, mode):
        """Tell whether whom the rules let through still needs somebody's yes."""
        return controller["verification"] != "none" and mode != "free"

    def wanted(self, number):
        """Return {code: (flags, zones)} of what a controller's memory should hold."""
        return {
            code: (entry.flags, entry.zones)
            for code, entry in self.entries.get(number, {}).items()
            if entry.is_listed
        }


_NOBODY = Entry(None, None, None, None, None, 0, 0, False)


def _entry(values):
    person, profile, refusal, begin, end, flags, zones, is_listed = values
    return Entry(
        person,
        profile,
        refusal,
        datetime.fromisoformat(begin) if begin else None,
        datetime.fromisoformat(end) if end else None,
        flags,
        zones,
        bool(is_listed),
    )
