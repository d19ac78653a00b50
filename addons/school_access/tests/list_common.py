"""Cards, passes and lists for tests of rules."""

from datetime import datetime

from .common import AccessCase

#: Tuesday 17 November 2026 at the school (Moscow), as naive UTC.
EIGHT = datetime(2026, 11, 17, 5, 0)
NOON = datetime(2026, 11, 17, 9, 0)
NIGHT = datetime(2026, 11, 17, 20, 0)


class ListCase(AccessCase):
    """`cls.card` of `cls.student` is in use; `cls.code` is its code at the readers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._new_card(cls.student, "BCD14264")
        cls.code = "00000042D1BC"

    @classmethod
    def _new_card(cls, student, uid, state="active"):
        return cls.env["school.card"]._make(
            [{"student_id": student.id, "uid": uid, "state": state}]
        )

    @classmethod
    def _new_staff(cls, name="Cook", uid="77242CF0", kind="staff", **values):
        person = cls.env["access.person"].create(
            {"kind": kind, "name": name, "school_id": cls.school.id}
        )
        cls.env["access.pass"].create(
            {"person_id": person.id, "uid": uid, **values},
        )
        return person

    @classmethod
    def _rules(cls, *rules, keep=False):
        """Replace the rules of the site."""
        if not keep:
            cls.site.rule_ids.unlink()
        return cls.env["access.rule"].create(
            [
                {
                    "name": f"Rule {number}",
                    "sequence": number,
                    "site_id": cls.site.id,
                    "weekdays": "1111111",
                    **rule,
                }
                for number, rule in enumerate(rules)
            ]
        )

    def _compile(self, now=EIGHT, site=None):
        (site or self.site)._compile_lists(now)

    def _verdict(self, code=None, direction="in", now=EIGHT, controller=None):
        controller = controller or self.controller
        return (
            self.env["access.entry"]
            ._decide(controller.id, code or self.code, direction, now)
            .verdict
        )

    def _entry(self, code=None):
        return self.env["access.entry"].search(
            [
                ("controller_id", "=", self.controller.id),
                ("code", "=", code or self.code),
            ]
        )

    def _tell(self, held, limit=20):
        """Let a controller that holds `held` do all it is told."""
        for _call in range(50):
            changes = self.controller._get_list_changes(limit)
            if not changes:
                return
            self._do(held, changes)
            self.controller._confirm_list_changes(changes)
        self.fail("The list never comes to an end")

    @staticmethod
    def _do(held, changes):
        for kind, code, flags, zones in changes:
            if kind == "add":
                held[code] = (flags, zones)
            else:
                held.pop(code, None)

    def _wanted(self):
        """What the controller should hold, by the list itself."""
        entries = self.env["access.entry"].search(
            [
                ("controller_id", "=", self.controller.id),
                ("is_wanted", "=", True),
                ("zones", ">", 0),
            ]
        )
        return {entry.code: (entry.flags, entry.zones) for entry in entries}
