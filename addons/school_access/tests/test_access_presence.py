import io
from datetime import datetime

from freezegun import freeze_time
from PyPDF2 import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.school_access.report import evacuation_list

from .common import MORNING
from .events_common import EventsCase


class PresenceCase(EventsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guard = new_test_user(
            cls.env,
            "test_post_guard",
            groups="school_access.group_guard",
            company_id=cls.city.id,
            company_ids=[Command.set(cls.city.ids)],
            school_ids=[Command.set(cls.school.ids)],
        )
        cls._make_roles()
        cls.other = cls._person_of(cls.sibling)

    def _as(self, user, records):
        return records.with_user(user).with_context(
            allowed_company_ids=self.city.ids, lang="en_US"
        )

    def _correct(self, user, presence, **values):
        wizard = self._as(user, self.env["access.presence.correction"]).create(
            {"presence_ids": presence.ids, **values}
        )
        wizard.action_save()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestPresence(PresenceCase):
    def test_whoever_never_passed_is_not_known(self):
        self.env["access.presence"]._add_missing()
        presence = self._presence()
        self.assertEqual((presence.state, presence.since), ("unknown", False))
        self.assertEqual(presence.class_id, self.class_5a)
        self._taps(self._event())
        self.assertEqual(self._state(), ("inside", MORNING))

    def test_at_the_hour_of_the_site_nobody_is_inside_for_sure(self):
        self._taps(self._event())
        self._record(self._event(person=self.other.id, direction="out"))
        forget = self.env["access.presence"]._forget_those_inside
        with freeze_time("2026-11-17 18:59:00"):  # 21:59 in Moscow
            forget()
        self.assertEqual(self._state(), ("inside", MORNING))
        with freeze_time("2026-11-17 19:00:00"):
            forget()
        self.assertEqual(self._state(), ("unknown", MORNING))
        self.assertEqual(self._state(self.other)[0], "outside")
        events = self.env["access.event"].search([("person_id", "=", self.person.id)])
        self.assertEqual(len(events), 1)

    def test_the_hour_is_that_of_the_school(self):
        self.school.tz = "Asia/Novokuznetsk"  # seven hours ahead of UTC
        self._taps(self._event())
        with freeze_time("2026-11-17 15:00:00"):
            self.env["access.presence"]._forget_those_inside()
        self.assertEqual(self._state()[0], "unknown")

    def test_a_late_exit_is_believed_after_the_night(self):
        self._taps(self._event())
        with freeze_time("2026-11-17 20:00:00"):
            self.env["access.presence"]._forget_those_inside()
        self._taps(self._event(self.at(hours=8), "out"))
        self.assertEqual(self._state()[0], "outside")

    def test_a_move_to_another_class_is_followed(self):
        self._taps(self._event())
        new_class = self._new_class(self.school, 5, "В")
        self.student.class_id = new_class
        self.assertEqual(self._presence().class_id, new_class)

    # === CORRECTION === #

    def test_a_correction_is_an_event_with_a_user_and_a_reason(self):
        self._taps(self._event())
        self._correct(self.guard, self._presence(), reason="other_door")
        self.assertEqual(self._state(), ("outside", self.at(minutes=10)))
        events = self.env["access.event"].search([("person_id", "=", self.person.id)])
        correction, passage = events
        self.assertEqual(
            (correction.kind, correction.user_id, correction.reason),
            ("correction", self.guard, "other_door"),
        )
        self.assertFalse(correction.anomaly)
        self.assertEqual((passage.kind, passage.direction), ("pass", "in"))

    def test_the_site_of_somebody_never_seen_is_that_of_the_school(self):
        self.env["access.presence"]._add_missing()
        self._correct(self.guard, self._presence(), direction="in", reason="seen")
        self.assertEqual(self._presence().site_id, self.site)
        self.assertEqual(self._state()[0], "inside")

    def test_who_only_reads_does_not_correct(self):
        self._taps(self._event())
        for role in ("teacher", "department", "canteen"):
            with self.assertRaises(AccessError):
                self._as(self.roles[role], self._presence()).action_correct()
            with self.assertRaises(AccessError):
                self._correct(self.roles[role], self._presence())

    def test_nobody_writes_presence_or_corrects_at_another_school(self):
        self._taps(self._event())
        presence = self._presence()
        for user in (self.guard, self.roles["head"], self.roles["manager"]):
            with self.assertRaises(AccessError):
                self._as(user, presence).write({"site_id": False})
        self.guard.school_ids = self.second_school
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._correct(self.guard, presence)

    # === WHO SEES WHOM === #

    def test_names_are_for_the_school_and_numbers_for_the_department(self):
        self._taps(self._event())
        self._record(self._event(person=self.other.id))
        for model in ("access.presence", "access.event"):
            for role, count in (("teacher", 1), ("operator", 2), ("head", 2)):
                records = self._as(self.roles[role], self.env[model])
                found = records.search([("site_id", "=", self.site.id)])
                self.assertEqual(len(found), count, (model, role))
            for role in ("department", "accountant", "canteen", "portal", "public"):
                with self.assertRaises(AccessError):
                    self._as(self.roles[role], self.env[model]).search([])
        counts = self._as(self.roles["department"], self.env["access.presence.count"])
        groups = counts._read_group(
            [("site_id", "=", self.site.id)], ["state"], ["people:sum"]
        )
        self.assertEqual(groups, [("inside", 2)])
        site = self._as(self.roles["department"], self.site)
        self.assertEqual((site.inside_count, site.unknown_count), (2, 0))
        self.assertEqual(site.class_counts, [["1Б", 1], ["5А", 1]])

    def test_card_numbers_are_for_the_operator(self):
        event = self._taps(self._event(card="00000042D1BC"))
        self.assertEqual(self._as(self.roles["operator"], event).card, "00000042D1BC")
        for user in (self.guard, self.roles["head"], self.roles["teacher"]):
            with self.assertRaises(AccessError):
                self._as(user, event).card  # noqa: B018 - reading it is the test

    def test_a_site_opens_names_or_numbers(self):
        for role, model in (
            ("head", "access.presence"),
            ("department", "access.presence.count"),
        ):
            action = self._as(self.roles[role], self.site).action_open_presence()
            self.assertEqual(action["res_model"], model)

    def test_a_student_s_passages_open_for_those_who_see_the_student(self):
        action = self._as(self.roles["teacher"], self.student).action_open_passes()
        self.assertEqual(action["domain"], [("person_id", "in", self.person.ids)])
        with self.assertRaises(AccessError):
            self._as(self.roles["teacher"], self.sibling).action_open_passes()

    # === SETTINGS === #

    def test_how_long_passages_are_kept_is_a_setting(self):
        settings = self.env["meal.settings"].create({"company_id": self.city.id})
        self.assertEqual(settings.event_months, 36)
        settings.event_months = 12
        settings.action_save()
        self.assertEqual(self.env["access.event"]._months_kept(), 12)
        settings.event_months = 2
        with self.assertRaises(ValidationError):
            settings.action_save()


@tagged("post_install", "-at_install")
class TestEvacuation(PresenceCase, HttpCase):
    def _groups(self):
        return dict(self.site._get_evacuation()["groups"])

    def test_those_inside_are_listed_by_class_those_outside_are_not(self):
        gone = self._person_of(self.classmate)
        guest = self.env["access.person"].create(
            {"kind": "guest", "name": "Guest G.", "school_id": self.school.id}
        )
        self.env["access.presence"]._add_missing()
        self._record(
            self._event(person=self.person.id),
            self._event(person=guest.id),
            self._event(person=gone.id, direction="out"),
        )
        groups = self._groups()
        self.assertEqual(
            groups["5А"], [(self.person.name, "Main building", "08:10", False)]
        )
        self.assertEqual(groups["1Б"], [(self.other.name, "", "", True)])
        self.assertEqual(groups["Guests"][0][0], "Guest G.")
        self.assertEqual(list(groups), ["1Б", "5А", "Guests"])

    def test_somebody_of_another_school_who_is_inside_is_listed(self):
        pupil = self._new_student(
            self._new_class(self.second_school, 3, "А"), "Orlov", "Oleg"
        )
        self._record(self._event(person=self._person_of(pupil).id))
        self.assertIn("3А", self._groups())

    def test_whoever_has_no_line_of_presence_is_looked_for(self):
        self.env["access.presence"].search([]).unlink()
        self.assertTrue(all(p[3] for p in self._groups()["5А"]))

    def test_it_is_printed_at_the_time_of_the_school(self):
        with freeze_time(datetime(2026, 11, 17, 9, 30)):
            self.assertEqual(self.site._get_evacuation()["printed"], "17.11.2026 12:30")

    def test_the_paper_has_the_names(self):
        self._taps(self._event())
        reader = PdfReader(io.BytesIO(self.site._evacuation_pdf()))
        text = "".join(page.extract_text() for page in reader.pages)
        self.assertIn("Ivanov", text)
        self.assertIn("5А: ", text)

    def test_fifteen_hundred_people_fit(self):
        content = {
            "school": "S", "site": "S", "printed": "now", "inside": 1500,
            "unknown": 0,
            "groups": [
                (f"{n}", [(f"Surname{i} Name Patronymic" * (i % 9 or 1), "", "08:00",
                           i % 7 == 0) for i in range(31)])
                for n in range(49)
            ],
        }  # fmt: skip
        labels = self.site._evacuation_labels()
        reader = PdfReader(io.BytesIO(evacuation_list.draw(content, labels)))
        self.assertLess(len(reader.pages), 40)

    @mute_logger("odoo.http")
    def test_the_address_serves_those_who_may(self):
        url = f"/school_access/evacuation/{self.site.id}.pdf"
        for user, status in (
            (self.guard, 200),
            (self.roles["head"], 200),
            (self.roles["operator"], 200),
            (self.roles["teacher"], 403),
            (self.roles["department"], 403),
        ):
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open(url).status_code, status, user.login)
        self.guard.school_ids = self.second_school
        self.authenticate(self.guard.login, self.guard.login)
        self.assertEqual(self.url_open(url).status_code, 403)
        self.assertEqual(
            self.url_open("/school_access/evacuation/999999999.pdf").status_code, 404
        )
