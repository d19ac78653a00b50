import json

from odoo.tests import tagged

from .common import OpenTillCase

COLUMNS = (
    "id", "name", "class", "photo", "state", "available", "cap", "day_left",
    "limit_day", "sitting_left", "limit_sitting",
    "banned_products", "banned_categories", "allergens", "cards",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestRoster(OpenTillCase):
    def _rows(self, **options):
        answer = self.pos_session.school_roster(**options)
        self.assertTrue(json.dumps(answer))
        return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in answer["rows"]}

    def test_the_till_knows_its_school_and_nobody_else(self):
        rows = self._rows()
        self.assertEqual(
            set(rows), set((self.student + self.sibling + self.classmate).ids)
        )
        row = rows[self.student.id]
        self.assertEqual(row["name"], "Ivanov Ivan")
        self.assertEqual(row["class"], "5А")
        self.assertEqual(row["available"], 50_000)
        self.assertEqual(row["cap"], 30_000)
        self.assertEqual(
            row["cards"],
            [[self.card.id, "active", "BCD14264", self.card.qr_token]],
        )

    def test_the_till_reads_texts_as_its_reader_is_set(self):
        self.assertEqual(self.pos_session.school_roster()["reader"], {})
        self.till.school_reader_id = self.env["school.card.reader"].create(
            {"name": "Counter", "school_id": self.school.id, "digits": "decimal"}
        )
        self.assertEqual(
            self.pos_session.school_roster()["reader"],
            {"byte_order": "direct", "bits": 0, "digits": "decimal"},
        )

    def test_a_manager_sets_a_schools_first_till_up_with_one_click(self):
        action = self.second_school.with_env(self.env).action_open_tills()
        till = self.second_school.with_env(self.env).pos_config_ids
        self.assertEqual(action["domain"], [("school_id", "=", self.second_school.id)])
        self.assertEqual(till.payment_method_ids, self.account_method)
        self.second_school.with_env(self.env).action_open_tills()
        self.assertEqual(len(self.second_school.with_env(self.env).pos_config_ids), 1)

    def test_a_debt_is_shown_as_zero(self):
        self.ledger._charge(
            self.account, 60_000, uuid="debt", forced=True, reason="served"
        )
        self.assertEqual(self._rows()[self.student.id]["available"], 0)

    def test_no_partner_data_travels(self):
        self.student.partner_id.write(
            {"phone": "+79990001122", "email": "secret@example.com"}
        )
        text = json.dumps(self.pos_session.school_roster())
        self.assertNotIn("9990001122", text)
        self.assertNotIn("secret@", text)
        self.assertNotIn("2015", text)

    def test_core_loads_no_partner_but_the_cashier(self):
        data = self.pos_session.load_data(["res.partner"])
        self.assertEqual(
            [row["id"] for row in data["res.partner"]], self.cashier.partner_id.ids
        )
        found = (
            self.env["res.partner"]
            .with_user(self.cashier)
            .get_new_partner(self.till.id, [("name", "ilike", "Ivanov")], 0)
        )
        self.assertFalse(found["res.partner"])

    def test_bans_allergens_and_the_days_limit_are_in_the_row(self):
        self.env["meal.ban"].create(
            {"account_id": self.account.id, "product_id": self.juice.id}
        )
        self.student.allergen_ids = self.gluten
        self.account.limit_day = 200
        self.account.limit_sitting = 150
        self._sell([(self.lunch, 1)], 120)
        row = self._rows()[self.student.id]
        self.assertEqual(row["banned_products"], self.juice.ids)
        self.assertEqual(row["allergens"], self.gluten.ids)
        self.assertEqual((row["day_left"], row["limit_day"]), (8_000, 20_000))
        self.assertEqual((row["sitting_left"], row["limit_sitting"]), (3_000, 15_000))

    def test_only_what_changed_is_read_again(self):
        version = self.pos_session.school_roster()["version"]
        self.env.cr.execute(
            "UPDATE school_student SET write_date = write_date - interval '1 hour';"
            "UPDATE meal_account SET write_date = write_date - interval '1 hour';"
            "UPDATE school_card SET write_date = write_date - interval '1 hour'"
        )
        self.assertFalse(self._rows(since=version))
        self.ledger._top_up(
            self.sibling.account_id, 1_000, uuid="more", debit=self.transit
        )
        self.assertEqual(list(self._rows(since=version)), self.sibling.ids)

    def _age(self):
        """Everything was written an hour ago; return the version of now."""
        version = self.pos_session.school_roster()["version"]
        self.env.cr.execute(
            "UPDATE school_student SET write_date = write_date - interval '1 hour';"
            "UPDATE meal_account SET write_date = write_date - interval '1 hour';"
            "UPDATE school_card SET write_date = write_date - interval '1 hour';"
            "UPDATE meal_ban SET write_date = write_date - interval '1 hour'"
        )
        self.env.invalidate_all()
        self.assertFalse(self._rows(since=version))
        return version

    def test_a_ban_that_was_lifted_reaches_the_till_with_the_next_refresh(self):
        ban = self.env["meal.ban"].create(
            {"account_id": self.account.id, "product_id": self.juice.id}
        )
        version = self._age()
        ban.unlink()
        row = self._rows(since=version)[self.student.id]
        self.assertIsNone(row["banned_products"])

    def test_an_allergy_that_comes_or_goes_reaches_the_till(self):
        version = self._age()
        self.student.allergen_ids = self.gluten
        row = self._rows(since=version)[self.student.id]
        self.assertEqual(row["allergens"], self.gluten.ids)
        version = self._age()
        self.student.allergen_ids = False
        row = self._rows(since=version)[self.student.id]
        self.assertIsNone(row["allergens"])

    def test_core_loads_nothing_of_a_student_into_the_till(self):
        """Core sends every field of a model that names none: nobody may slip in."""
        self.student.partner_id.write(
            {"phone": "+79990001122", "email": "secret@example.com"}
        )
        self._sell([(self.lunch, 1)], 120)
        data = self.pos_session.load_data([])
        texts = {model: json.dumps(rows, default=str) for model, rows in data.items()}
        for secret in ("Ivanov Ivan", "9990001122", "secret@", self.card.uid, "5А"):
            found = [model for model, text in texts.items() if secret in text]
            self.assertEqual(found, [], secret)
        self.assertFalse([model for model in data if model.startswith("school.")])
        self.assertFalse([model for model in data if model.startswith("meal.")])

    def test_a_student_who_leaves_is_forgotten(self):
        version = self.pos_session.school_roster()["version"]
        self.classmate.write({"state": "left"})
        self.env.flush_all()
        answer = self.pos_session.school_roster(version)
        self.assertIn(self.classmate.id, answer["gone"])
        self.assertNotIn(self.classmate.id, self._rows())

    def test_a_new_card_is_found_by_any_number_its_reader_gives(self):
        card = self._new_card(self.classmate, "04A2B3C4D5E680")
        for uid, keys in (
            (card.uid, {}),
            (None, {"w26": card.key_w26}),
            (None, {"dec10": card.key_dec10}),
            (None, {"qr": card.qr_token}),
        ):
            answer = self.pos_session.school_find_card(uid, keys)
            self.assertEqual([row[0] for row in answer["rows"]], self.classmate.ids)
        self.assertFalse(self.pos_session.school_find_card(None, {})["rows"])

    def test_a_card_of_another_school_is_not_found(self):
        self._new_card(self.stranger, "11223344")
        answer = self.pos_session.school_find_card("11223344", {})
        self.assertFalse(answer["rows"])

    def test_a_blocked_card_is_pushed_to_the_tills_of_its_school(self):
        self.env["bus.bus"].search([]).unlink()
        self.card._block()
        self.env.cr.precommit.run()
        messages = [json.loads(row.message) for row in self.env["bus.bus"].search([])]
        news = [m["payload"] for m in messages if "SCHOOL_ROSTER" in m["type"]]
        self.assertIn([self.card.id, "blocked"], news[-1]["cards"])

    def test_the_number_of_queries_does_not_grow_with_the_school(self):
        session = self.pos_session
        session.school_roster()
        with self.assertQueryCount(6):
            session.school_roster()
