import base64
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.school_meal_base.domain import roster_fields, roster_table
from odoo.addons.school_meal_base.models.roster_writer import RosterWriter

from .common import SchoolMealCase

HEADERS = ["Класс", "ФИО", "Дата рождения", "СНИЛС", "ФИО матери", "Телефон матери"]
BORN = date(2015, 3, 8)
WATCHED = (
    "school_student",
    "school_enrolment",
    "school_guardian",
    "school_class",
    "res_partner",
    "meal_account",
    "school_card",
)


@tagged("post_install", "-at_install")
class TestRosterImport(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.city.ids)
        )
        cls.operator = cls._new_user("roster_op", "group_operator", cls.school)
        cls.officer = cls._new_user(
            "roster_dep", "group_department", cls.school + cls.second_school
        )

    def make(self, rows, headers=None, user=None, **vals):
        data = roster_table.write_xlsx(headers or HEADERS, rows)
        values = {
            "company_id": self.city.id,
            "school_id": self.school.id,
            "file": base64.b64encode(data),
            "file_name": "list.xlsx",
            **vals,
        }
        imports = self.env["meal.roster.import"].with_user(user or self.operator)
        return imports.create(values)

    def preview(self, rows, *args, **vals):
        roster = self.make(rows, *args, **vals)
        roster.action_preview()
        return roster

    def do_import(self, rows, *args, **vals):
        roster = self.preview(rows, *args, **vals)
        roster.action_apply()
        self.assertEqual(roster.state, "done")
        return roster

    def find(self, last_name, school=None):
        return self.env["school.student"].search(
            [
                ("last_name", "=", last_name),
                ("school_id", "=", (school or self.school).id),
            ]
        )

    def snapshot(self):
        """Where every row lies: a write of any kind gives it another place (ctid)."""
        self.env.flush_all()
        result = {}
        for table in WATCHED:
            rows = self.env.execute_query(
                SQL("SELECT id, write_date, ctid::text FROM %s", SQL.identifier(table))
            )
            result[table] = sorted(rows)
        return result

    LIST = [
        [
            "6В",
            "Ким Анна Сергеевна",
            BORN,
            "112-233-445 95",
            "Ким Ольга",
            "89001234567",
        ],
        ["6В", "Ким Ян Сергеевич", BORN, "05686067192", "Ким Ольга", "89001234567"],
        ["5А", "Цой Пётр", "9 марта 2015", "", "", ""],
    ]

    def test_the_preview_writes_no_student(self):
        before = self.snapshot()
        roster = self.preview(self.LIST)
        self.assertEqual((roster.create_count, roster.row_count), (3, 3))
        self.assertEqual(self.snapshot(), before)

    def test_a_list_of_august_does_not_fill_classes_that_still_rise(self):
        self.class_1b.school_year_start = 2025
        with freeze_time("2026-08-20"):
            self.do_import([["1Б", "Ким Ян", BORN, "", "", ""]])
        made = self.find("Ким").class_id
        self.assertEqual((made.name, made.school_year_start), ("1Б", 2026))
        self.assertNotEqual(made, self.class_1b)

    def test_a_list_makes_students_classes_and_shared_parents(self):
        roster = self.do_import(self.LIST)
        self.assertEqual((roster.done_count, roster.failed_count), (3, 0))
        kims = self.find("Ким")
        self.assertEqual(kims.class_id.mapped("name"), ["6В"])
        self.assertEqual(kims.mapped("birth_date"), [BORN, BORN])
        self.assertEqual(
            sorted(kims.sudo().mapped("snils")), ["05686067192", "11223344595"]
        )
        mother = kims.guardian_ids.partner_id
        self.assertEqual(len(mother), 1)
        self.assertEqual((mother.name, mother.phone), ("Ким Ольга", "+79001234567"))
        self.assertEqual(kims.guardian_ids.mapped("relation"), ["mother", "mother"])
        self.assertEqual(kims[0].sibling_ids, kims[1])
        self.assertEqual(self.find("Цой").class_id, self.class_5a)
        self.assertEqual(len(kims.enrolment_ids), 2)
        self.assertEqual(
            roster.line_ids.student_id, kims + self.find("Цой"), "lines lead to them"
        )

    def test_the_same_list_again_writes_nothing(self):
        self.do_import(self.LIST)
        before = self.snapshot()
        roster = self.do_import(self.LIST)
        self.assertEqual((roster.unchanged_count, roster.done_count), (3, 0))
        self.assertFalse(roster.line_ids)
        self.assertEqual(self.snapshot(), before)

    def test_changes_and_moves_touch_only_their_students(self):
        self.do_import(self.LIST)
        before = self.snapshot()
        new = [list(row) for row in self.LIST]
        new[0][0] = "6Г"  # moves
        new[1][1] = "Ли Ян Сергеевич"  # another last name, the same СНИЛС
        roster = self.do_import(new)
        self.assertEqual((roster.move_count, roster.change_count), (1, 1))
        anna, yan = self.find("Ким"), self.find("Ли")
        self.assertEqual(anna.class_id.name, "6Г")
        self.assertEqual(yan.partner_id.name, "Ли Ян Сергеевич")
        self.assertIn("Ким → Ли", roster.change_line_ids.summary)
        after = self.snapshot()
        changed = {
            i for i, *_ in set(after["school_student"]) - set(before["school_student"])
        }
        self.assertEqual(changed, set((anna + yan).ids))
        self.assertEqual(after["school_guardian"], before["school_guardian"])

    def test_a_new_phone_of_a_parent_is_written_unless_the_parent_has_a_login(self):
        self.do_import(self.LIST)
        mother = self.find("Ким").guardian_ids.partner_id
        new = [list(row) for row in self.LIST]
        new[0][5] = new[1][5] = "+7 900 765-43-21"
        self.do_import(new)
        self.assertEqual(mother.phone, "+79007654321")
        self.env["res.users"].create(
            {
                "login": "olga",
                "partner_id": mother.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        roster = self.do_import(self.LIST)
        self.assertEqual((mother.phone, roster.unchanged_count), ("+79007654321", 3))

    def test_a_removed_parent_does_not_come_back_with_the_list(self):
        self.do_import(self.LIST)
        anna = self.find("Ким")[0]
        anna.guardian_ids.active = False
        roster = self.do_import(self.LIST)
        self.assertEqual(roster.unchanged_count, 3)
        self.assertFalse(anna.guardian_ids)

    def test_bad_rows_come_back_as_a_file_and_good_rows_go_in(self):
        rows = [
            *self.LIST,
            ["99", "Бек Ян", BORN, "", "", ""],
            ["5А", "Бек Анна", "вчера", "112-233-445 96", "", ""],
            ["5А", "Рау Анна", "", "", "", ""],
        ]
        roster = self.do_import(rows)
        self.assertEqual((roster.done_count, roster.error_count), (3, 3))
        self.assertFalse(self.find("Бек") + self.find("Рау"))
        table = roster_table.read_table(
            base64.b64decode(roster.error_file), roster_fields.count_known
        )
        self.assertEqual(table.headers, [*HEADERS, "Ошибка импорта"])
        self.assertEqual(
            [cells[:2] for _n, cells in table.rows], [r[:2] for r in rows[3:]]
        )
        self.assertTrue(all(cells[-1] for _n, cells in table.rows))
        # corrected and uploaded again as it is
        fixed = [list(cells) for _n, cells in table.rows]
        fixed[0][0], fixed[1][2], fixed[1][3], fixed[2][2] = "5А", BORN, None, BORN
        roster = self.do_import(fixed, headers=table.headers)
        self.assertEqual((roster.done_count, roster.error_count), (3, 0))
        self.assertFalse(roster.error_file)

    def test_a_row_that_the_database_refuses_does_not_stop_the_others(self):
        self.classmate.snils = "87759460892"
        roster = self.preview(self.LIST)
        prepare = RosterWriter._prepare_student

        def prepare_taken(writer, row):
            # as if somebody recorded the number while the import was running
            taken = {"snils": "87759460892"} if row.last == "Цой" else {}
            return prepare(writer, row) | taken

        self.patch(RosterWriter, "_prepare_student", prepare_taken)
        roster.action_apply()
        self.assertEqual((roster.done_count, roster.failed_count), (2, 1))
        self.assertIn("SNILS", roster.error_line_ids.reason)
        self.assertTrue(roster.error_file)
        self.assertEqual(len(self.find("Ким")), 2)

    def test_only_a_full_list_makes_leavers_and_money_keeps_them(self):
        self._top_up(self.student.account_id, 5000)
        roster = self.do_import(self.LIST)
        self.assertEqual(roster.left_count, 0)
        roster = self.preview(self.LIST, is_full_list=True)
        self.assertEqual(
            roster.left_line_ids.student_id,
            self.student + self.sibling + self.classmate,
        )
        roster.action_apply()
        self.assertEqual((roster.done_count, roster.failed_count), (2, 1))
        self.assertEqual(
            self.student.state, "enrolled", "there is money on the account"
        )
        self.assertEqual(self.sibling.state, "left")
        self.assertFalse(self.sibling.enrolment_ids.filtered(lambda e: not e.date_to))
        self.assertEqual(self.stranger.state, "enrolled", "another municipality")
        self.assertEqual(roster.error_line_ids.student_id, self.student)

    def test_who_left_comes_back_with_account_and_history(self):
        self.do_import(self.LIST)
        anna = self.find("Ким")[0]
        self.do_import(self.LIST[1:], is_full_list=True)
        self.assertEqual(anna.state, "left")
        roster = self.do_import(self.LIST)
        self.assertEqual((anna.state, anna.class_id.name), ("enrolled", "6В"))
        self.assertEqual(roster.move_count, 1)

    def test_ambiguities_wait_for_a_decision(self):
        row = ["5А", "Petrov Petr", date(2015, 5, 20), "05686067192", "", ""]
        self.classmate.snils = "11223344595"
        roster = self.preview([row])
        self.assertEqual((roster.ambiguous_count, roster.create_count), (1, 0))
        line = roster.ambiguous_line_ids
        self.assertEqual(line.candidate_ids, self.classmate)
        line.decision = "new"
        roster.action_preview()
        self.assertEqual((roster.ambiguous_count, roster.create_count), (0, 1))
        roster.action_apply()
        self.assertEqual(len(self.find("Petrov")), 2)

    def test_an_ambiguous_row_can_be_declared_the_student_on_record(self):
        row = ["5А", "Petrov Petr", date(2015, 5, 20), "05686067192", "", ""]
        self.classmate.snils = "11223344595"
        roster = self.preview([row])
        roster.ambiguous_line_ids.write(
            {"decision": "existing", "chosen_student_id": self.classmate.id}
        )
        roster.action_apply()
        self.assertEqual(self.classmate.snils, "05686067192")
        self.assertEqual(len(self.find("Petrov")), 1)

    def test_what_changed_since_the_preview_is_reported_not_written(self):
        self.classmate.snils = "87759460892"
        roster = self.preview([["6В", *self.LIST[2][1:]], self.LIST[0]])
        self._new_student(self.class_5a, "Цой", "Пётр", birth_date=date(2015, 3, 9))
        roster.action_apply()
        self.assertEqual((roster.done_count, roster.failed_count), (1, 1))
        self.assertEqual(self.find("Цой").class_id, self.class_5a)
        self.assertIn("since the preview", roster.error_line_ids.reason)
        self.assertTrue(roster.error_file)

    def test_who_was_admitted_after_the_preview_has_not_left(self):
        roster = self.preview(self.LIST, is_full_list=True)
        newcomer = self._new_student(self.class_5a, "Novikov", "Nikita")
        roster.action_apply()
        self.assertEqual(newcomer.state, "enrolled")
        self.assertEqual(self.classmate.state, "left")
        reported = roster.error_line_ids
        self.assertEqual((reported.student_id, reported.kind), (newcomer, "left"))
        self.assertIn("since the preview", reported.reason)

    def test_what_somebody_did_meanwhile_is_not_done_twice(self):
        roster = self.preview(self.LIST)
        self.do_import(self.LIST[:1])
        roster.action_apply()
        self.assertEqual((roster.done_count, roster.failed_count), (3, 0))
        self.assertEqual(len(self.find("Ким")), 2)

    def test_a_typing_error_in_the_middle_name_makes_no_second_child(self):
        self.do_import(self.LIST)
        row = [*self.LIST[0]]
        row[1], row[3] = "Ким Анна Сергеевнна", ""
        roster = self.do_import([row, *self.LIST[1:]], is_full_list=True)
        self.assertEqual((roster.ambiguous_count, roster.create_count), (1, 0))
        self.assertEqual(len(self.find("Ким")), 2)
        self.assertEqual(set(self.find("Ким").mapped("state")), {"enrolled"})

    def test_a_child_who_left_another_school_is_offered_by_name_and_school(self):
        pupil = self._new_student(
            self._new_class(self.second_school, 6, "В"),
            "Цой",
            "Пётр",
            birth_date=date(2015, 3, 9),
        )
        roster = self.preview(self.LIST[2:])
        self.assertIn("education department", roster.error_line_ids.reason)
        pupil._leave(self._today(), "left", None, uuid="leave")
        roster = self.preview(self.LIST[2:])
        line = roster.ambiguous_line_ids
        line.invalidate_recordset()
        self.assertEqual(line.candidates, "Цой Пётр, left, School 25")
        self.assertFalse(line.candidate_ids, "the record itself stays hidden")
        line.decision = "existing"
        roster.action_apply()
        self.assertEqual((roster.done_count, roster.failed_count), (1, 0))
        self.assertEqual((pupil.school_id, pupil.state), (self.school, "enrolled"))

    def test_only_what_can_be_meant_can_be_decided(self):
        self.classmate.snils = "11223344595"
        row = ["5А", "Petrov Petr", date(2015, 5, 20), "05686067192", "", ""]
        twin = ["5А", "Ким Анна", BORN, "112-233-445 95", "", ""]
        roster = self.preview([row, twin])
        namesake, owned = roster.ambiguous_line_ids
        with self.assertRaisesRegex(UserError, "Choose one"):
            namesake.write(
                {"decision": "existing", "chosen_student_id": self.student.id}
            )
        with self.assertRaisesRegex(UserError, "SNILS"):
            owned.decision = "new"
        good = self.preview(self.LIST[2:]).line_ids
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            good.decision = "new"

    def test_decisions_are_forgotten_with_their_file(self):
        row = ["5А", "Petrov Petr", date(2015, 5, 20), "05686067192", "", ""]
        self.classmate.snils = "11223344595"
        roster = self.preview([row])
        roster.ambiguous_line_ids.decision = "new"
        self.assertTrue(roster.decisions)
        data = roster_table.write_xlsx(HEADERS, self.LIST)
        roster.file = base64.b64encode(data)
        self.assertFalse(roster.decisions)

    def test_a_row_without_a_class_needs_one_only_when_it_is_new(self):
        self.do_import(self.LIST)
        rows = [["", *row[1:]] for row in self.LIST]
        rows.append(["", "Бек Ян", BORN, "", "", ""])
        roster = self.do_import(rows)
        self.assertEqual((roster.unchanged_count, roster.error_count), (3, 1))
        self.assertIn("class", roster.error_line_ids.reason)

    def test_a_list_does_not_say_who_represents_a_child(self):
        self.do_import(self.LIST)
        mother = self.find("Ким").guardian_ids[0]
        mother.is_legal = False
        headers = [*HEADERS, "Родство"]
        headers[4:6] = ["Представитель", "Телефон"]
        self.do_import([[*row, "опекун"] for row in self.LIST[:1]], headers)
        self.assertEqual((mother.relation, mother.is_legal), ("guardian", False))
        mother.write({"relation": "mother", "is_legal": True})
        self.do_import([[*row, "бабушка"] for row in self.LIST[:1]], headers)
        self.assertEqual((mother.relation, mother.is_legal), ("grandmother", False))

    def test_a_list_shows_snils_to_its_uploader_and_to_who_may_see_them(self):
        rows = [*self.LIST, ["5А", "Бек Ян", "вчера", "112-233-445 96", "", ""]]
        roster = self.preview(rows)
        roster.action_back()
        self.assertEqual(roster.column_ids[3].sample, "•••4595 · •••7192 · •••4596")
        roster.action_preview()
        reasons = " ".join(roster.line_ids.filtered("reason").mapped("reason"))
        self.assertIn("4596", reasons)
        self.assertNotIn("233-445", reasons)
        self.assertTrue(roster.file and roster.error_file)
        (shown,) = roster.with_context(bin_size=True).read(["file", "has_file"])
        self.assertTrue(shown["has_file"] and "Kb" in str(shown["file"]))
        theirs = roster.with_user(self.officer)
        self.assertFalse(theirs.file or theirs.error_file)
        with self.assertRaises(AccessError):
            theirs.read(["file_data"])
        stored = self.env["ir.attachment"].search(
            [("res_model", "=", roster._name), ("res_field", "!=", False)]
        )
        self.assertEqual(len(stored), 2)
        for attachment in stored:
            with self.assertRaises(AccessError):
                attachment.with_user(self.officer).read(["datas"])
        with self.assertRaisesRegex(UserError, "uploaded"):
            theirs.action_download_errors()
        theirs.action_preview()
        self.assertEqual(theirs.create_count, 3, "but works with it")
        mine = self.preview(rows, user=self.officer)
        self.assertTrue(mine.file and mine.error_file)

    def test_corrected_columns_are_remembered(self):
        headers = [
            "Группа обучения",
            "Кто",
            "Дата рождения",
            "СНИЛС",
            "Кружок",
            "Класс",
        ]
        rows = [["6В", "Ким Анна", BORN, "112-233-445 95", "хор", ""]]
        roster = self.make(rows, headers)
        roster.action_read()
        columns = roster.column_ids
        self.assertEqual(columns[5].field, "class")
        self.assertEqual(columns[1].sample, "Ким Анна")
        with self.assertRaisesRegex(UserError, "name"):
            roster.action_preview()
        columns[0].field, columns[1].field, columns[5].field = (
            "class",
            "full_name",
            False,
        )
        roster.action_preview()
        self.assertEqual(roster.create_count, 1)
        again = self.make(rows, headers)
        again.action_read()
        self.assertEqual(
            again.column_ids.mapped("field"),
            ["class", "full_name", "birth_date", "snils", False, "ignore"],
        )

    def test_a_city_list_needs_schools_it_knows(self):
        headers = ["Школа", *HEADERS]
        rows = [
            ["School 24", *self.LIST[0]],
            ["025", *self.LIST[1]],
            ["School 99", *self.LIST[2]],
            ["School 1", *self.LIST[2]],
        ]
        roster = self.do_import(rows, headers, user=self.officer, school_id=False)
        self.assertEqual((roster.done_count, roster.error_count), (2, 2))
        self.assertEqual(len(self.find("Ким", self.second_school)), 1)

    def test_an_operator_imports_own_schools_only(self):
        headers = ["Школа", *HEADERS]
        rows = [["School 24", *self.LIST[0]], ["School 25", *self.LIST[1]]]
        roster = self.do_import(rows, headers, school_id=False)
        self.assertEqual((roster.done_count, roster.error_count), (1, 1))
        self.assertFalse(self.find("Ким", self.second_school))
        with self.assertRaises(AccessError):
            self.make(self.LIST, school_id=self.second_school.id).action_preview()

    def test_an_operator_does_not_take_a_student_from_another_school(self):
        pupil = self._new_student(
            self._new_class(self.second_school, 6, "В"),
            "Ким",
            "Анна",
            birth_date=BORN,
            snils="11223344595",
        )
        roster = self.do_import(self.LIST[:1])
        self.assertEqual((roster.error_count, roster.done_count), (1, 0))
        self.assertFalse(roster.error_line_ids.student_id, "nor sees the record")
        self.assertEqual(pupil.school_id, self.second_school)
        roster = self.do_import(self.LIST[:1], user=self.officer)
        self.assertEqual((roster.move_count, pupil.school_id), (1, self.school))

    def test_other_roles_cannot_import(self):
        teacher = self._new_user("roster_teacher", "group_teacher", self.school)
        cashier = self._new_user("roster_cashier", "group_cashier", self.school)
        head = self._new_user("roster_head", "group_head", self.school)
        for user in (teacher, cashier, head):
            with self.assertRaises(AccessError):
                self.make(self.LIST, user=user)
        roster = self.preview(self.LIST)
        colleague = self._new_user("roster_op2", "group_operator", self.second_school)
        with self.assertRaises(AccessError):
            roster.with_user(colleague).read(["file_name"])
        with self.assertRaises(AccessError):
            roster.line_ids.with_user(colleague).read(["name"])

    def test_nobody_runs_an_import_as_somebody_else(self):
        roster = self.preview(self.LIST)
        for vals in ({"applied_by_id": 1}, {"state": "running"}, {"decisions": {}}):
            with self.assertRaises(UserError):
                roster.write(vals)
            with self.assertRaises(UserError):
                self.make(self.LIST, **vals)
        with self.assertRaises(UserError):
            roster.line_ids[0].kind = "left"

    def test_an_import_stays_on_record_with_the_hash_of_its_file(self):
        roster = self.do_import(self.LIST)
        self.assertEqual(len(roster.file_hash), 64)
        self.assertEqual(roster.applied_by_id, self.operator)
        self.assertTrue(roster.applied_at)
        with self.assertRaises(UserError):
            roster.unlink()
        with self.assertRaises(UserError):
            roster.action_preview()
        with self.assertRaises(UserError):
            roster.school_id = False

    def test_personal_data_of_old_imports_is_deleted_the_record_stays(self):
        roster = self.do_import(self.LIST)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE meal_roster_import SET create_date = '2020-01-01' WHERE id = %s",
            [roster.id],
        )
        roster.invalidate_recordset()
        self.env["meal.roster.import"]._gc_personal_data()
        self.assertFalse(roster.file or roster.line_ids or roster.column_ids)
        self.assertFalse(roster.error_file or roster.unchanged_ids)
        self.assertTrue(roster.file_hash and roster.done_count)

    def test_a_changed_file_makes_the_preview_void(self):
        roster = self.preview(self.LIST)
        other = base64.b64encode(roster_table.write_xlsx(HEADERS, self.LIST[:1]))
        roster.file = other
        self.assertEqual(roster.state, "draft")
        with self.assertRaises(UserError):
            roster.action_apply()

    def test_an_interrupted_import_goes_on(self):
        self.do_import(self.LIST[:1])
        roster = self.preview(self.LIST)
        roster._set({"state": "running", "applied_by_id": self.operator.id})
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["meal.roster.import"]._cron_import()
        self.assertEqual((roster.state, roster.done_count), ("done", 2))
        self.assertEqual(self.find("Цой").create_uid, self.operator)

    def _run_cron(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["meal.roster.import"]._cron_import()

    def _start(self, roster, user):
        roster._set({"state": "running", "applied_by_id": user.id})

    def test_an_import_that_fails_does_not_stop_the_next(self):
        leaver = self._new_user("roster_gone", "group_operator", self.school)
        first, second = self.preview(self.LIST), self.preview(self.LIST)
        self._start(first, leaver)
        self._start(second, self.operator)
        self.school.user_ids -= leaver
        with self.assertLogs("odoo.addons.school_meal_base", "WARNING"):
            self._run_cron()
        self.assertEqual((first.state, second.state), ("failed", "done"))
        self.assertIn(leaver.name, first.failure)
        # somebody else goes on
        first.action_preview()
        self.assertFalse(first.failure)
        first.action_apply()
        self.assertEqual((first.state, first.applied_by_id), ("done", self.operator))

    def test_an_unexpected_error_is_told_in_a_sentence(self):
        roster = self.preview(self.LIST)
        self.operator.lang = "en_US"
        self._start(roster, self.operator)
        self.patch(RosterWriter, "write", lambda *_: 1 / 0)
        with self.assertLogs("odoo.addons.school_meal_base", "WARNING"):
            self._run_cron()
        self.assertIn("log of the server", roster.failure)

    def test_who_waits_for_a_long_import_is_told_its_end(self):
        roster = self.preview(self.LIST)
        self.operator.lang = "en_US"
        self._start(roster, self.operator)
        self._reset_bus()
        self._run_cron()
        self.env.cr.precommit.run()  # the bus writes its messages there
        messages = self.env["bus.bus"].sudo().search([]).mapped("message")
        self.assertIn("3 rows went in", " ".join(messages))

    def _reset_bus(self):
        self.env.cr.precommit.run()
        self.env["bus.bus"].sudo().search([]).unlink()

    def test_two_imports_do_not_run_at_once(self):
        first, second = self.preview(self.LIST), self.preview(self.LIST)
        first._set({"state": "running"})
        with self.assertRaisesRegex(UserError, "Another list"):
            second.action_apply()

    def test_accounts_are_issued_for_the_students_of_the_list(self):
        outsider = self._new_student(self.class_5a, "Novikov", "Nikita")
        roster = self.do_import(self.LIST)
        roster.action_issue_accounts()
        self.assertFalse(outsider.account_id or outsider.card_ids)
        self.assertEqual(len(self.find("Ким").account_id), 2)
        outsider.birth_date = BORN
        again = self.do_import([["5А", "Novikov Nikita", BORN, "", "", ""]])
        again.action_issue_accounts()
        self.assertTrue(outsider.account_id, "unchanged, but on the list")

    def test_accounts_and_card_jobs_are_issued_once(self):
        roster = self.do_import(self.LIST)
        roster.action_issue_accounts()
        kims = self.find("Ким")
        self.assertEqual(len(kims.account_id), 2)
        self.assertEqual(kims.card_ids.mapped("stage"), ["ordered", "ordered"])
        school = self.env["school.school"].browse(self.school.id)
        school.with_user(self.operator).action_issue_accounts()
        before = self.snapshot()
        school.with_user(self.operator).action_issue_accounts()
        self.assertEqual(self.snapshot(), before)


@tagged("post_install", "-at_install")
class TestRosterExport(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.city.ids)
        )
        cls.student.write({"snils": "05686067192", "gender": "male"})
        cls.mother.phone = "8 (900) 123-45-67"
        cls.operator = cls._new_user("roster_op", "group_operator", cls.school)

    def export(self, file_format, user=None, **vals):
        wizard = (
            self.env["meal.roster.export"]
            .with_user(user or self.operator)
            .create({"file_format": file_format, **vals})
        )
        action = wizard.action_export()
        self.assertIn("/file", action["url"])
        return wizard.file

    def test_whatever_people_wrote_comes_back_unchanged(self):
        self.second_school.short_name = self.school.short_name
        self.sibling.class_id = False
        self.mother.write({"phone": "дом. 2-34-56", "email": "Спросить в школе"})
        for number in range(5):
            self.env["school.guardian"].create(
                {
                    "student_id": self.student.id,
                    "relation": "other",
                    "name": f"Тётя {'абвгд'[number]}",
                    "phone": f"8 900 000-00-0{number}, вечером",
                }
            )
        self.classmate.write({"external_ref": "дело  № 5", "middle_name": "Гасан оглы"})
        data = self.export("xlsx", student_ids=self.student.ids)
        table = roster_table.read_table(
            base64.b64decode(data), roster_fields.count_known
        )
        cells = {cell for _number, row in table.rows for cell in row}
        self.assertIn("Тётя д", cells)
        self.test_an_exported_school_imports_without_a_change()

    def test_an_exported_school_imports_without_a_change(self):
        for file_format in ("xlsx", "csv"):
            data = self.export(file_format, school_ids=self.school.ids)
            roster = (
                self.env["meal.roster.import"]
                .with_user(self.operator)
                .create(
                    {
                        "company_id": self.city.id,
                        "school_id": self.school.id,
                        "is_full_list": True,
                        "file": data,
                        "file_name": f"list.{file_format}",
                    }
                )
            )
            roster.action_preview()
            self.assertEqual((roster.unchanged_count, roster.row_count), (3, 3))
            self.assertFalse(roster.line_ids)

    def test_a_selection_is_exported(self):
        data = self.export("csv", student_ids=self.student.ids)
        text = base64.b64decode(data).decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 2)
        self.assertIn(self.student.account_id.number, text)

    def test_snils_is_for_those_who_may_see_it(self):
        accountant = self._new_user("roster_acc", "group_accountant", self.school)
        data = self.export("csv", user=accountant, student_ids=self.student.ids)
        self.assertNotIn("05686067192", base64.b64decode(data).decode())
        data = self.export("csv", student_ids=self.student.ids)
        self.assertIn("05686067192", base64.b64decode(data).decode())

    def test_another_school_is_not_exported(self):
        outsider = self._new_user("roster_out", "group_operator", self.second_school)
        with self.assertRaises(AccessError):
            self.export("csv", user=outsider, student_ids=self.student.ids)
