from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .list_common import EIGHT, NOON, ListCase


@tagged("post_install", "-at_install")
class TestAccessPeople(ListCase):
    """Students by themselves, passes of staff and guests, permissions."""

    def test_every_new_student_is_a_person_at_once(self):
        students = self.env["school.student"].create(
            [
                {
                    "last_name": "Newton",
                    "first_name": name,
                    "school_id": self.school.id,
                    "class_id": self.class_5a.id,
                }
                for name in ("Anna", "Boris")
            ]
        )
        people = students.access_person_ids
        self.assertEqual(people.mapped("kind"), ["student", "student"])
        self.assertEqual(set(people.mapped("name")), set(students.mapped("name")))
        self.assertEqual(people.school_id, self.school)

    def test_students_written_by_sql_get_their_persons_with_the_lists(self):
        self.env.cr.execute(
            "DELETE FROM access_person WHERE student_id = %s", [self.classmate.id]
        )
        self.env.invalidate_all()
        self._compile()
        self.assertEqual(len(self.classmate.access_person_ids), 1)

    def test_the_person_follows_a_student_to_another_school(self):
        self._compile()
        target = self._new_class(self.second_school, 5, "Б")
        self.student.write({"school_id": self.second_school.id, "class_id": target.id})
        self.assertEqual(self.person.school_id, self.second_school)
        self.assertEqual(self._verdict(), "blocked_card")
        self._compile()
        self.assertFalse(self._entry())

    def test_a_leaver_stays_a_person_and_passes_no_more(self):
        self._compile()
        self.student.write({"state": "left", "class_id": False})
        self.assertTrue(self.person.exists())
        self.assertEqual(self._verdict(), "blocked_card")

    # === PASSES === #

    def test_staff_pass_by_the_rule_of_a_new_site(self):
        cook = self._new_staff()
        self._compile()
        decision = self.env["access.entry"]._decide(
            self.controller.id, "0000002C2477", "in", EIGHT
        )
        self.assertEqual((decision.verdict, decision.person_id), ("granted", cook.id))

    def test_a_blocked_pass_opens_nothing_at_once(self):
        cook = self._new_staff()
        self._compile()
        cook.pass_ids.action_block()
        self.assertEqual(self._verdict("0000002C2477"), "blocked_card")
        self.assertFalse(self._entry("0000002C2477").is_wanted)
        cook.pass_ids.action_unblock()
        self._compile()
        self.assertEqual(self._verdict("0000002C2477"), "granted")

    def test_an_archived_person_passes_no_more_at_once(self):
        cook = self._new_staff()
        self._compile()
        cook.active = False
        self.assertEqual(self._verdict("0000002C2477"), "blocked_card")

    def test_another_number_of_a_pass_stops_the_former_card(self):
        cook = self._new_staff()
        self._compile()
        cook.pass_ids.uid = "24548AAC"
        self.assertEqual(self._verdict("0000002C2477"), "blocked_card")
        self._compile()
        self.assertEqual(self._verdict("0000002C2477"), "unknown_card")
        self.assertEqual(self._verdict("0000008A5424"), "granted")

    def test_a_guest_passes_until_the_pass_ends(self):
        self._new_staff(
            "Guest", kind="guest", valid_from=EIGHT, valid_to=EIGHT + timedelta(hours=1)
        )
        code = "0000002C2477"
        self._compile(EIGHT - timedelta(minutes=1))
        self.assertEqual(self._verdict(code, now=EIGHT - timedelta(1)), "wrong_time")
        self.assertEqual(self._entry(code).zones, 0)
        # the server knows the moment without another compilation
        self.assertEqual(self._verdict(code), "granted")
        self.assertEqual(self._verdict(code, now=NOON), "expired_pass")
        self.assertEqual(self.site.compile_again_at, EIGHT)
        self._compile(NOON)
        self.assertEqual(self._entry(code).refusal, "expired_pass")
        self.assertFalse(self._entry(code).is_wanted)

    def test_a_number_is_the_pass_of_one_person_only(self):
        self._new_staff()
        with self._refused(ValidationError, "pass of somebody already"):
            self._new_staff("Guard", "77242CF0")
        with self._refused(ValidationError, "bound to a student"):
            self._new_staff("Guard", "BCD14264")
        with self._refused(ValidationError, "same short number"):
            self._new_staff("Guard", "BCD142FF")
        with self._refused(ValidationError, "new number at each tap"):
            self._new_staff("Guard", "08A1B2C3")

    def test_a_returned_card_is_free_for_somebody_else(self):
        cook = self._new_staff()
        cook.pass_ids.action_return()
        self.assertTrue(self._new_staff("Guard", "77242CF0"))

    def test_a_pass_is_no_card_of_a_student(self):
        self._new_staff()
        job = self.env["school.card"]._make([{"student_id": self.classmate.id}])
        with self._refused(UserError, "pass of somebody"):
            job._bind("77242CF0")

    def test_a_number_is_kept_as_cards_keep_it(self):
        cook = self._new_staff(uid="77:24:2c:f0")
        self.assertEqual(cook.pass_ids.uid, "77242CF0")
        self.assertEqual(cook.pass_ids.key_z5r, "0000002C2477")
        with self._refused(UserError, "not a card number"):
            cook.pass_ids.uid = "hello"

    def test_students_have_no_passes(self):
        with self._refused(ValidationError, "Students have cards"):
            self.env["access.pass"].create({"person_id": self.person.id})

    def test_guests_whose_passes_ended_are_put_away(self):
        with freeze_time(EIGHT):
            old = self._new_staff("Old", kind="guest", valid_to=EIGHT + timedelta(1))
            new = self._new_staff("New", "24548AAC", "guest")
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE access_person SET create_date = %s WHERE id = ANY(%s)",
                [EIGHT, (old + new).ids],
            )
        with freeze_time(EIGHT + timedelta(3)):
            self.env["access.person"]._archive_guests()
        self.assertFalse(old.active)
        self.assertTrue(new.active)

    # === THE DIALOG OF A GUEST === #

    def test_a_guest_gets_a_pass_in_one_dialog(self):
        guard = self._new_user("guard_1", "group_teacher", self.school)
        guard.group_ids = self.env.ref("school_access.group_guard")
        dialog = self.env["access.guest.pass"].with_user(guard)
        dialog = dialog.with_context(allowed_company_ids=self.city.ids)
        with freeze_time(EIGHT):
            dialog.create(
                {
                    "school_id": self.school.id,
                    "name": " Petrov P. ",
                    "note": "The head",
                    "valid_to": NOON,
                    "card_text": "Mifare[77242CF0] 1K (0004,08) 044,09335",
                }
            ).action_issue()
        guest = self.env["access.person"].search([("name", "=", "Petrov P.")])
        self.assertEqual((guest.kind, guest.note), ("guest", "The head"))
        self.assertEqual(guest.pass_ids.valid_to, NOON)
        self._compile(EIGHT)
        self.assertEqual(self._verdict("0000002C2477"), "granted")
        self.assertEqual(self._verdict("0000002C2477", now=NOON), "expired_pass")

    def test_the_dialog_says_what_is_missing(self):
        dialog = self.env["access.guest.pass"].create(
            {
                "school_id": self.school.id,
                "name": "Petrov",
                "note": "The head",
                "valid_to": NOON,
            }
        )
        with freeze_time(EIGHT), self._refused(UserError, "Tap the card"):
            dialog.action_issue()
        with freeze_time(NOON), self._refused(UserError, "over already"):
            dialog.action_issue()

    # === PERMISSIONS === #

    def _permit(self, **values):
        return self.env["access.permission"].create(
            {
                "person_id": self.person.id,
                "guardian_id": self.student.guardian_ids[0].id,
                "reason": "Dentist",
                "valid_from": EIGHT,
                "valid_to": EIGHT + timedelta(hours=2),
                **values,
            }
        )

    def test_leaving_early_needs_a_permission(self):
        self._rules(
            {"direction": "out", "effect": "deny", "time_to": 12},
            {"person_kind": "student"},
        )
        self._compile()
        self.assertEqual(self._verdict(), "granted")
        self.assertEqual(self._verdict(direction="out"), "no_permission")
        permission = self._permit()
        self.assertEqual(permission.site_id, self.site)
        self.assertEqual(self._verdict(direction="out"), "granted")
        permission.action_revoke()
        self.assertEqual(self._verdict(direction="out"), "no_permission")
        self.assertEqual(self._verdict(direction="out", now=NOON), "granted")

    def test_a_permission_is_for_one_passage(self):
        self._rules({"person_kind": "student", "time_from": 15})
        self._compile()
        later = self._permit(
            valid_from=EIGHT + timedelta(hours=2), valid_to=EIGHT + timedelta(hours=3)
        )
        permission = self._permit(direction="both")
        self.assertEqual(self._verdict(direction="out"), "granted")
        self._pass(self.person, "out", EIGHT)
        self.assertEqual((permission.used_at, permission.state), (EIGHT, "used"))
        self.assertEqual(self._verdict(direction="out"), "no_permission")
        self.assertFalse(later.used_at)

    def _open_annex(self):
        """Add a second site to the school, with a controller of its own."""
        annex = self.env["access.site"].create(
            {"name": "Annex", "school_id": self.school.id}
        )
        point = self.env["access.point"].create({"name": "Door", "site_id": annex.id})
        return annex, self._new_controller(point, "55201")

    def test_a_permission_is_for_all_sites_and_used_up_at_one(self):
        annex, controller = self._open_annex()
        sites = self.site | annex
        times = {"weekdays": "1111111", "time_from": 15, "time_to": 16}
        self.env["access.rule"].search([("site_id", "in", sites.ids)]).unlink()
        for site in sites:
            self.env["access.rule"].create(
                {"name": "Late", "site_id": site.id, **times}
            )
        self._compile(site=sites)
        permission = self._permit()
        self.assertFalse(permission.site_id)
        self._compile(site=sites)
        entries = self.env["access.entry"].search([("person_id", "=", self.person.id)])
        self.assertEqual(entries.controller_id, self.controller | controller)
        self.assertEqual(set(entries.mapped("zones")), {255})
        self.assertEqual(
            {site.compile_again_at for site in sites}, {EIGHT + timedelta(hours=2)}
        )
        for each in (self.controller, controller):
            verdict = self._verdict(direction="out", controller=each)
            self.assertEqual(verdict, "granted")
        with freeze_time(EIGHT):
            rows = self.env["access.edge.config"]._get_permissions(sites)
        self.assertEqual({row[2] for row in rows}, set(sites.ids))
        self._pass(self.person, "out", EIGHT, controller)
        self.assertEqual((permission.used_at, permission.state), (EIGHT, "used"))
        self.assertEqual(self._verdict(direction="out"), "no_permission")
        self._compile(site=sites)
        self.assertEqual(set(entries.mapped("zones")), {1})

    def test_a_permission_opens_no_door_of_another_school(self):
        self._rules({"person_kind": "student", "time_from": 15})
        self._compile()
        permission = self._permit()
        permission.site_id = False
        self.assertEqual(self._verdict(direction="out"), "granted")
        self.site.school_id = self.second_school
        self.env.flush_all()
        self.assertNotEqual(self._verdict(direction="out"), "granted")

    def test_a_permission_opens_the_door_also_without_the_server(self):
        self._rules({"person_kind": "student", "time_from": 15, "time_to": 16})
        self._compile()
        self.assertEqual(self._entry().zones, 1)
        self._permit()
        self._compile()
        self.assertEqual(self._entry().zones, 255)
        self.assertEqual(self.site.compile_again_at, EIGHT + timedelta(hours=2))
        self._compile(EIGHT + timedelta(hours=2))
        self.assertEqual(self._entry().zones, 1)

    def _for_staff(self, record):
        """Return the record as an operator and as a manager of the school see it."""
        users = (
            self._new_user(f"{role}_{record._table}", f"group_{role}", self.school)
            for role in ("operator", "manager")
        )
        context = {"allowed_company_ids": self.city.ids}
        return [record.with_user(user).with_context(**context) for user in users]

    def test_what_has_happened_to_a_permission_is_not_written_by_hand(self):
        permission = self._permit()
        permission.action_revoke()
        for mine in self._for_staff(permission):
            for name in ("used_at", "revoked_at"):
                for value in (False, EIGHT):
                    with self._refused(AccessError, "by hand"):
                        mine.write({name: value})
                with self._refused(AccessError, "by hand"):
                    mine.copy({name: EIGHT})
            forger = mine.with_context(default_used_at=EIGHT)
            self.assertFalse(forger.copy().used_at)
            another = mine.copy()
            another.action_revoke()
            self.assertTrue(another.revoked_at)

    def test_a_revoked_controller_stays_revoked(self):
        self.controller.action_revoke()
        operators, managers = self._for_staff(self.controller)
        for mine in (operators, managers):
            for values in (
                {"state": "new"},
                {"is_activated": True},
                {"last_seen": EIGHT},
            ):
                with self._refused(AccessError, "by hand"):
                    mine.write(values)
        for values in ({"serial": "1"}, {"device_id": False}, {"driver": "json_http"}):
            with self._refused(AccessError, "connects devices"):
                operators.write(values)
        operators.write({"name": "Turnstile"})
        managers.write({"serial": "55300"})
        managers.action_issue_secret()
        self.assertEqual(self.controller.state, "new")
        managers.action_revoke()
        self.assertEqual(self.controller.state, "revoked")

    def test_the_family_agrees_to_leaving_early(self):
        with self._refused(ValidationError, "consent of a parent"):
            self._permit(guardian_id=False)
        mother = self.student.guardian_ids
        other = self.env["school.guardian"].create(
            {"student_id": self.classmate.id, "name": "Other", "relation": "father"}
        )
        with self._refused(ValidationError, "relative of this student"):
            self._permit(guardian_id=other.id)
        aunt = self.env["school.guardian"].create(
            {"student_id": self.student.id, "name": "Aunt", "relation": "other"}
        )
        with self._refused(ValidationError, "Only a parent"):
            self._permit(guardian_id=aunt.id)
        self.assertTrue(self._permit(guardian_id=mother.id))

    def test_the_form_of_a_student_has_both_buttons(self):
        operator = self._new_user("form_operator", "group_operator", self.school)
        view = self.env["school.student"].with_user(operator).get_view(view_type="form")
        for name in ("action_permit", "action_open_passes"):
            self.assertIn(f'name="{name}"', view["arch"])

    @mute_logger("odoo.sql_db")
    def test_times_are_in_order(self):
        with self._refused(CheckViolation, "access_permission_times_order"):
            self._permit(valid_to=EIGHT)
        with self._refused(CheckViolation, "access_pass_times_order"):
            self._new_staff(valid_from=NOON, valid_to=EIGHT)
