import base64
import json
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..domain import roster_code
from .common import MONDAY
from .issue_common import IssueCase

NOW = datetime(2026, 11, 16, 7, 0)
#: The smallest picture there is.
IMAGE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestServingApi(IssueCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.tablet._issue_token()

    def _call(self, path, payload=None, token=None, raw=None, **headers):
        return self.url_open(
            f"/school_meal/v1/serve/{path}",
            data=raw if raw is not None else json.dumps(payload),
            headers={
                "Authorization": f"Device {token or self.token}",
                "Content-Type": "application/json",
                **headers,
            },
        )

    def test_events_are_recorded_and_repeated(self):
        self._order(self.student)
        events = [self._event(student=self.student.id), self._event(2), {}]
        for expected in ("created", "exists"):
            answers = self._call("events", events).json()["events"]
            self.assertEqual(
                [answer["status"] for answer in answers],
                [expected, expected, "rejected"],
            )
        found = self.env["meal.issue.event"].search(
            [("school_id", "=", self.school.id)]
        )
        self.assertEqual(len(found), 2)
        self.assertEqual(found.device_id, self.tablet)

    def test_a_tap_is_one_query(self):
        """What a tap needs to know of its tablet is remembered from the first one."""
        self._card(self.student, "04AABBCC")
        self._call("events", [self._event(1, card="04AABBCC")])
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            self._call("events", [self._event(2, card="04AABBCC")])
        queries = [line for line in log.output if "] query: " in line]
        # core asks which databases there are when the request names none
        queries = [line for line in queries if "pg_database" not in line]
        self.assertEqual(len(queries), 1, queries)
        self.assertIn("meal_issue_record", queries[0])

    def test_a_conflict_becomes_an_incident(self):
        self._call("events", [self._event()])
        answer = self._call("events", [self._event(action="refused")]).json()
        self.assertEqual(answer["events"][0]["status"], "conflict")
        incident = self.env["meal.incident"].search([("kind", "=", "issue_conflict")])
        self.assertEqual(incident.company_id, self.city)
        self.assertIn("Tablet", incident.summary)

    def test_two_thousand_events_and_no_more(self):
        events = [self._event(n + 1) for n in range(2_000)]
        answers = self._call("events", events).json()["events"]
        self.assertEqual({answer["status"] for answer in answers}, {"created"})
        response = self._call("events", [*events, self._event(2_001)])
        self.assertEqual(response.status_code, 413)
        self.assertIn("2000", response.json()["message"])

    def test_nonsense_is_refused_and_records_nothing(self):
        for raw in (b"{", b"7", b'{"a": 1}', b"\xff\xfe", b"[" * 9_000):
            response = self._call("events", raw=raw)
            self.assertEqual(response.status_code, 400, raw)
            self.assertTrue(response.json()["message"])
        self.assertEqual(self._call("events", raw=b" " * 1_100_000).status_code, 413)
        with self.assertNoLogs("odoo.http", "WARNING"):
            response = self._call(
                "events",
                raw=json.dumps([self._event(card="BCD14264")]),
                **{"Content-Type": "application/x-www-form-urlencoded"},
            )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(
            self.env["meal.issue.event"].search([("device_id", "=", self.tablet.id)])
        )

    def test_only_a_serving_tablet_with_a_valid_token_records(self):
        till = self._tablet("Vending")
        till.kind = "vending"
        response = self._call("events", [self._event()], token=till._issue_token())
        self.assertEqual(response.status_code, 403)
        self.assertEqual(self._call("events", [], token="x").status_code, 401)
        self.tablet.action_revoke()
        self.assertEqual(self._call("events", [self._event()]).status_code, 401)
        self.assertFalse(
            self.env["meal.issue.event"].search([("school_id", "=", self.school.id)])
        )

    def test_a_student_of_another_municipality_is_unknown(self):
        answers = self._call("events", [self._event(student=self.stranger.id)]).json()
        self.assertEqual(answers["events"][0]["error"], "student")

    # === THE DAY === #

    def _day(self, **asked):
        return self._call("day", asked).json()

    def _menu(self, allergens):
        dish = self.env["product.template"].create(
            {"name": "Cake", "is_dish": True, "allergen_ids": allergens.ids}
        )
        line = Command.create({"meal_type_id": self.breakfast.id, "dish_id": dish.id})
        return self.env["meal.menu"].create(
            {
                "school_id": self.school.id,
                "date": MONDAY,
                "age_group_id": self.older.id,
                "line_ids": [line],
            }
        )

    def test_the_day_has_what_the_hatch_needs(self):
        self._order(self.student)
        self._order(self.classmate, state="freed")
        self._card(self.student, "BCD14264")
        self._card(self.classmate, "24548AAC", state="lost")
        self._record(self._event(student=self.student.id), device=self._tablet("B"))
        self._record(self._event(student=self.classmate.id))
        day = self._day()
        self.assertEqual(day["date"], str(MONDAY))
        self.assertEqual(day["next_date"], "2026-11-17")
        self.assertEqual(day["next_sequence"], 2)
        rows = {row[0]: row for row in day["students"]}
        self.assertEqual(
            set(rows), set((self.student + self.classmate + self.sibling).ids)
        )
        salt = day["base"]["salt"]
        digest = roster_code.salted(salt, "uid", "BCD14264")
        self.assertIn([0, digest], [card[:2] for card in rows[self.student.id][4]])
        digest = roster_code.salted(salt, "uid", "24548AAC")
        self.assertIn([1, digest], [card[:2] for card in rows[self.classmate.id][4]])
        meal = self.breakfast.id
        self.assertEqual(
            sorted(day["orders"]["orders"]),
            sorted(
                [
                    [self.student.id, meal, 0, "live"],
                    [self.classmate.id, meal, 0, "freed"],
                ]
            ),
        )
        # what this tablet gave out itself, it knows
        self.assertEqual([row[0] for row in day["issued"]], [self.student.id])

    def test_no_card_number_no_health_no_benefit_leaves_the_server(self):
        nuts = self.env["school.allergen"].create({"name": "Test nuts", "code": "TN"})
        milk = self.env["school.allergen"].create({"name": "Test milk", "code": "TM"})
        self.student.sudo().write(
            {"allergen_ids": (nuts + milk).ids, "medical_diet": "table 5"}
        )
        self._card(self.student, "BCD14264")
        self._menu(nuts)
        self._order(self.student, is_entitled=True)
        text = self._call("day", {}).text
        for secret in ("BCD14264", "188,", "table 5", "entitled", "balance"):
            self.assertNotIn(secret, text)
        stops = self._day()["orders"]["stops"]
        self.assertEqual(stops, [[self.student.id, self.breakfast.id, nuts.ids]])

    def test_a_salt_is_of_one_tablet(self):
        other = self._tablet("B")
        salts = {
            self._call("day", {}, token=token).json()["base"]["salt"]
            for token in (self.token, other._issue_token())
        }
        self.assertEqual(len(salts), 2)

    def test_what_the_tablet_has_is_not_sent_again(self):
        self._order(self.student)
        known = self._day()["digests"]
        day = self._day(known=known)
        self.assertFalse({"base", "students", "orders", "issued"} & set(day))
        self._order(self.classmate)
        day = self._day(known=known)
        self.assertEqual(
            {"base", "students", "orders", "issued"} & set(day), {"orders"}
        )
        self.assertNotIn("students", self._day(parts=["orders"]))

    def test_another_day_and_nonsense(self):
        self._order(self.student, date=MONDAY + timedelta(days=1))
        day = self._day(date="2026-11-17")
        self.assertEqual(len(day["orders"]["orders"]), 1)
        for raw in (b"[]", b"7", b"{", b'{"date": 5}', b'{"date": "x"}', b" " * 9_000):
            self.assertEqual(self._call("day", raw=raw).status_code, 400)
        for card in (None, "", "x" * 99, "A\x00", 5):
            self.assertEqual(self._call("find", {"card": card}).status_code, 400)
        self.assertEqual(self._day(known=5, parts={})["date"], str(MONDAY))

    def test_only_the_own_school(self):
        day = self._day()
        self.assertNotIn(self.stranger.id, [row[0] for row in day["students"]])
        till = self._tablet("Till")
        till.kind = "till"
        token = till._issue_token()
        for path in ("day", "find"):
            self.assertEqual(self._call(path, {}, token=token).status_code, 403)

    def test_a_card_of_another_school_is_named(self):
        mate = self._new_student(
            self._new_class(self.second_school, 5, "А"), "Alien", "Alla"
        )
        self._card(mate, "77242CF0")
        answer = self._call("find", {"card": "77242cf0"}).json()
        self.assertEqual(answer["student"][:3], [mate.id, "Alien Alla", "5А"])
        self.assertEqual(answer["school"], "School 25")
        self.assertFalse(answer["is_own"])
        self._card(self.stranger, "24548AAC")  # of another municipality
        answer = self._call("find", {"card": "24548AAC"}).json()
        self.assertEqual(answer, {"student": None})

    def test_photos_of_another_school_only_of_who_was_here(self):
        mate = self._new_student(
            self._new_class(self.second_school, 5, "А"), "Alien", "Alla"
        )
        mate.sudo().image_1920 = base64.b64encode(IMAGE)
        self._card(mate, "77242CF0")

        def status(version, token=self.token):
            return self.url_open(
                f"/school_meal/v1/serve/photo/{mate.id}?v={version}",
                headers={"Authorization": f"Device {token}"},
            ).status_code

        self.assertEqual(status("x"), 404)
        version = self._call("find", {"card": "77242CF0"}).json()["student"][3]
        self.assertEqual(status(version), 200)
        self.assertEqual(status(version[:-1]), 404)
        self.assertEqual(status(version, self._tablet("B")._issue_token()), 404)
        self._order(mate, school_id=self.school.id)
        self.assertEqual(status("x"), 200)

    def test_the_page_speaks_the_language_of_the_municipality(self):
        for code in ("ru_RU", "en_US"):
            self.env["res.lang"]._activate_lang(code)
        words = self.env["meal.serving.words"]
        public = self.env.ref("base.public_user")
        self.assertEqual(words.with_user(public)._get_language(), "ru_RU")
        self.city.partner_id.lang = "en_US"
        user = self._new_user("hatch", "group_canteen", self.school, lang="ru_RU")
        self.assertEqual(words.with_user(user)._get_language(), "en_US")

    def test_photos_of_the_own_municipality(self):
        image = base64.b64encode(IMAGE)
        (self.student + self.stranger).sudo().write({"image_1920": image})
        for student, status in (
            (self.student, 200),
            (self.classmate, 404),
            (self.stranger, 404),
        ):
            response = self.url_open(
                f"/school_meal/v1/serve/photo/{student.id}",
                headers={"Authorization": f"Device {self.token}"},
            )
            self.assertEqual(response.status_code, status)
        url = f"/school_meal/v1/serve/photo/{self.student.id}"
        self.assertEqual(self.url_open(url).status_code, 401)
        response = self.url_open(
            "/school_meal/v1/serve/photo/99999999999",
            headers={"Authorization": f"Device {self.token}"},
        )
        self.assertEqual(response.status_code, 404)
