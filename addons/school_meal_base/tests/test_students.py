from datetime import date

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestStudents(SchoolMealCase):
    def test_the_name_follows_its_parts(self):
        self.student.write({"last_name": "  Петров -  Водкин ", "middle_name": "Ильич"})
        self.assertEqual(self.student.name, "Петров-Водкин Ivan Ильич")
        self.assertEqual(self.student.partner_id.name, self.student.name)

    def test_a_digit_in_a_name_is_refused(self):
        with self._refused(ValidationError, "letters"):
            self.student.last_name = "Иван0в"

    def test_snils_is_kept_as_eleven_digits(self):
        self.student.snils = "112-233-445 95"
        self.assertEqual(self.student.snils, "11223344595")

    def test_a_wrong_snils_says_what_is_wrong(self):
        for text, sentence in (
            ("112-233-445 96", "check digits"),
            ("112-233-445", "eleven digits"),
            ("112-233-445 9x", "only digits"),
        ):
            with self._refused(ValidationError, sentence):
                self.student.snils = text

    def test_one_snils_belongs_to_one_student_of_a_municipality(self):
        self.student.snils = "11223344595"
        self.stranger.snils = "11223344595"
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.classmate.snils = "11223344595"
            self.env.flush_all()

    def test_an_implausible_birth_date_is_refused(self):
        today = date.today()
        for born in (today, today - relativedelta(years=60), date(2205, 5, 20)):
            with self.assertRaises(ValidationError):
                self.student.birth_date = born

    def test_a_class_of_another_school_is_refused(self):
        foreign = self._new_class(self.second_school, 5, "А")
        with self._refused(ValidationError, "not a class of"):
            self.student.class_id = foreign

    def test_siblings_share_a_parent(self):
        self.assertEqual(self.student.sibling_ids, self.sibling)
        self.assertFalse(self.classmate.sibling_ids)

    def test_a_common_grandmother_makes_no_siblings(self):
        grandmother = self.env["res.partner"].create({"name": "Ivanova Olga"})
        for child in self.student + self.classmate:
            self.env["school.guardian"].create(
                {
                    "student_id": child.id,
                    "partner_id": grandmother.id,
                    "relation": "grandmother",
                }
            )
        self.assertEqual(self.student.sibling_ids, self.sibling)
        self.assertEqual(self.student._get_siblings(), self.sibling)
        self.classmate.guardian_ids.is_legal = (
            True  # she became the guardian of one of the cousins
        )
        self.assertEqual(self.student._get_siblings(), self.sibling)
        self.assertFalse(self.classmate._get_siblings())

    def test_money_never_goes_to_a_child_in_another_municipality(self):
        self.env["school.guardian"].create(
            {"student_id": self.stranger.id, "partner_id": self.mother.id}
        )
        self.assertEqual(self.student._get_siblings(), self.sibling)

    def test_a_student_is_found_by_account_number(self):
        number = self.student.account_id.number
        found = self.env["school.student"].name_search(number)
        self.assertEqual([found[0][0]], self.student.ids)

    def test_a_class_is_named_by_grade_and_letter(self):
        names = {
            self._new_class(self.school, grade, letter).name
            for grade, letter in ((7, "б"), (10, "инженерный"), (9, False))
        }
        self.assertEqual(names, {"7Б", "10 инженерный", "9"})

    def test_a_class_is_one_in_latin_and_in_cyrillic(self):
        self.assertEqual(self._new_class(self.school, 6, "a").letter, "А")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._new_class(self.school, 5, "A")
        self._new_class(self.school, 7, "ИТ-2")
        with self._refused(ValidationError, "already has this class"):
            self._new_class(self.school, 7, "ит2")

    def test_a_class_with_students_cannot_be_archived(self):
        with self._refused(ValidationError, "Transfer them"):
            self.class_5a.active = False

    def test_the_code_of_a_school_with_accounts_is_fixed(self):
        with self._refused(ValidationError, "account numbers"):
            self.school.code = "099"
        self._new_school(self.city, "077", "School 77").code = "078"

    def test_a_school_code_has_three_digits(self):
        with self._refused(ValidationError, "three digits"):
            self._new_school(self.city, "7", "School 7")

    def test_officers_of_a_school_are_its_staff(self):
        user = self._new_user("test_officer", "group_head", self.second_school)
        self.school.head_id = user
        self.assertIn(user, self.school.user_ids)


@tagged("post_install", "-at_install")
class TestRelatives(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guardians = cls.env["school.guardian"]

    def _add(self, student=None, by=None, **details):
        values = {"relation": "grandmother", "name": "Ivanova Olga", **details}
        return self.guardians._add_relative(
            by or self.mother, student or self.student, **values
        )

    def test_a_parent_adds_a_grandparent_with_chosen_rights(self):
        row = self._add(email="olga@example.com", may_order=True)
        self.assertFalse(row.is_legal)
        self.assertEqual((row.may_order, row.may_pay, row.is_notified), (1, 0, 0))
        self.assertEqual(row.partner_id.company_id, self.city)

    def test_a_relative_who_is_not_legal_adds_nobody(self):
        grandmother = self._add().partner_id
        with self.assertRaises(AccessError):
            self._add(by=grandmother, name="Somebody", relation="other")

    def test_a_parent_of_another_child_adds_nobody(self):
        with self.assertRaises(AccessError):
            self._add(student=self.classmate)

    def test_a_parent_on_the_portal_asks_in_their_own_name_only(self):
        user = new_test_user(self.env, "test_father", groups="base.group_portal")
        by_father = self.guardians.with_user(user)._add_relative
        student = self.student.with_user(user)
        with self.assertRaises(AccessError):
            by_father(self.mother, student, "grandmother", "Ivanova Olga")
        self.guardians.create(
            {"student_id": self.student.id, "partner_id": user.partner_id.id}
        )
        by_father(user.partner_id, student, "grandmother", "Ivanova Olga")
        self.assertIn("Ivanova Olga", self.student.guardian_ids.mapped("name"))

    def test_a_removed_parent_adds_nobody(self):
        self.student.guardian_ids.active = False
        with self.assertRaises(AccessError):
            self._add()

    def test_parents_are_recorded_by_the_school_only(self):
        with self._refused(ValidationError, "by the school"):
            self._add(relation="father")

    def test_the_same_grandmother_of_a_sibling_is_the_same_person(self):
        first = self._add(email="olga@example.com")
        second = self._add(student=self.sibling, email="OLGA@example.com")
        self.assertEqual(first.partner_id, second.partner_id)

    def test_a_strangers_address_gives_no_access_to_the_stranger(self):
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "email": "stranger@example.com"}
        )
        row = self._add(email="stranger@example.com")
        self.assertNotEqual(row.partner_id, stranger)

    def test_a_parent_cannot_demote_the_other_parent(self):
        father = self.guardians.create(
            {
                "student_id": self.student.id,
                "name": "Ivanov Petr",
                "email": "petr@example.com",
                "relation": "father",
            }
        )
        with self._refused(ValidationError, "already on record"):
            self._add(email="petr@example.com")
        father.active = False
        with self._refused(ValidationError, "already on record"):
            self._add(email="petr@example.com")
        self.assertTrue(father.is_legal)

    def test_too_many_relatives_are_refused(self):
        for number in range(9):
            self._add(email=f"a{number}@example.com")
        with self._refused(ValidationError, "10 relatives"):
            self._add(email="last@example.com")

    def test_a_name_is_needed(self):
        with self._refused(ValidationError, "name"):
            self._add(name="  ")

    def test_the_legal_default_follows_the_relation(self):
        rows = {
            relation: self.guardians.create(
                {
                    "student_id": self.classmate.id,
                    "name": "Somebody",
                    "relation": relation,
                }
            ).is_legal
            for relation in ("father", "guardian", "grandfather", "other")
        }
        self.assertEqual(list(rows.values()), [True, True, False, False])

    def test_a_student_is_not_their_own_guardian(self):
        with self.assertRaises(UserError):
            self.guardians.create(
                {
                    "student_id": self.student.id,
                    "partner_id": self.student.partner_id.id,
                }
            )
