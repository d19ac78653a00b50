"""What tests of the guard post share."""

from uuid import uuid4

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import AccessCase


class GuardCase(AccessCase):
    """`cls.guard` works at `cls.school`, `cls.other_guard` at `cls.second_school`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # texts are read in it, whatever languages the database has
        cls.env["res.lang"]._activate_lang("en_US")
        cls.guard = cls._new_guard("test_guard", cls.school)
        cls.other_guard = cls._new_guard("test_other_guard", cls.second_school)
        cls.controller.state = "online"
        cls.env["res.partner"].flush_model()

    @classmethod
    def _new_guard(cls, login, school):
        return new_test_user(
            cls.env,
            login,
            groups="school_access.group_guard",
            company_id=school.company_id.id,
            company_ids=[Command.set(school.company_id.ids)],
            school_ids=[Command.set(school.ids)],
            lang="en_US",
        )

    def _as_user(self, user, record):
        return record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def _post(self, user=None):
        return self._as_user(user or self.guard, self.env["access.post"])

    def _feed(self, after=0, user=None, **options):
        post = self._post(user)
        return post._get_feed(post._get_site(self.site.id), after, **options)

    def _do(self, work, user=None, **values):
        post = self._post(user)
        return post._do(post._get_site(self.site.id), work, values)["status"]

    def _happened(self, kind, **values):
        """Record an event of the turnstile; return its number."""
        event = {
            "controller": self.controller.id,
            "key": str(uuid4()),
            "occurred_at": fields.Datetime.now(),
            "kind": kind,
            "direction": "in",
            **values,
        }
        return self.env["access.event"]._record([event])[0]["id"]

    def _watch(self):
        """A page of the post is open."""
        self.site.post_seen_at = fields.Datetime.now()

    def _ask(self, direction="in", key=None, person=None):
        """The turnstile asks about a person; return its answer."""
        return self.point._ask_verification(
            self.controller, person or self.person, direction, key
        )

    def _asked(self):
        domain = [("site_id", "=", self.site.id)]
        return self.env["access.verification"].search(domain, limit=1)

    def _orders(self):
        """What the controller was told to open: directions."""
        commands = self.env["access.command"].search(
            [("controller_id", "=", self.controller.id), ("name", "=", "open_door")],
            order="id",
        )
        return [command.payload["direction"] for command in commands]

    def _journal(self):
        lines = self.env["access.shift.line"].search([("site_id", "=", self.site.id)])
        return [line.kind for line in lines]
