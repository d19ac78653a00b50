from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.school_student import ACCOUNT_GROUPS, SENSITIVE_GROUP
from .common import OUTSIDERS, SchoolMealCase


@tagged("post_install", "-at_install")
class TestPeopleAccess(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.student.write({"snils": "112-233-445 95", "medical_diet": "No milk"})

    def test_only_holders_of_the_group_read_snils_and_health(self):
        for field in ("snils", "medical_diet", "allergen_ids"):
            self.assertEqual(self.student._fields[field].groups, SENSITIVE_GROUP)
            self._as("operator", self.student).read([field])
            for role in ("teacher", "canteen", "cashier", "head", "department"):
                with self.assertRaises(AccessError, msg=f"{role} reads {field}"):
                    self._as(role, self.student).read([field])

    def test_teachers_and_the_kitchen_see_no_account_and_no_cards(self):
        for field in ("account_id", "account_number", "balance", "card_ids"):
            self.assertEqual(self.student._fields[field].groups, ACCOUNT_GROUPS)
            for role in ("teacher", "canteen"):
                with self.assertRaises(AccessError, msg=f"{role} reads {field}"):
                    self._as(role, self.student).read([field])

    def test_the_form_opens_for_every_role_that_reads_students(self):
        for role in set(self.roles) - set(OUTSIDERS):
            student = self._as(role, self.student)
            for view in ("form", "list", "kanban"):
                arch = student.get_view(view_type=view)
                fields = student.get_views([(False, view)])["models"]
                names = [
                    name
                    for name in fields["school.student"]["fields"]
                    if f'name="{name}"' in arch["arch"]
                ]
                student.read(names)

    def test_outsiders_see_no_student(self):
        for role in OUTSIDERS:
            with self.assertRaises(AccessError, msg=role):
                self._as(role, self.student).read(["last_name"])

    def test_an_operator_adds_and_renames_a_student_without_rights_over_partners(self):
        operator = self.roles["operator"]
        self.assertFalse(operator.has_group("base.group_partner_manager"))
        student = self._as("operator", self.env["school.student"]).create(
            {
                "last_name": "Kim",
                "first_name": "Yan",
                "school_id": self.school.id,
                "class_id": self.class_5a.id,
                "phone": "+7 900 000-00-00",
            }
        )
        student.write({"first_name": "Yana", "email": "yana@example.com"})
        self.assertEqual(student.partner_id.name, "Kim Yana")
        self.assertEqual(student.partner_id.company_id, self.city)

    def test_an_operator_opens_the_account_of_an_own_student_only(self):
        student = self._new_student(self.class_5a, "Orlov", "Oleg")
        self._as("operator", student).action_issue_accounts()
        self.assertEqual(len(student.account_id.number), 10)
        stranger = self._new_student(self.class_other, "Orlov", "Oleg")
        for role, record in (("operator", stranger), ("head", student)):
            with self.assertRaises(AccessError):
                self._as(role, record).action_issue_accounts()

    def test_an_operator_cannot_take_over_an_existing_person(self):
        admin = self.env.ref("base.partner_admin")
        vals = {
            "last_name": "Root",
            "first_name": "Admin",
            "school_id": self.school.id,
            "partner_id": admin.id,
        }
        # without values of the person, core asks for no rights over the partner
        for values in (vals, {**vals, "email": "thief@example.com"}):
            with self._refused(AccessError, "new person"):
                self._as("operator", self.env["school.student"]).create(values)

    def test_an_operator_changes_nobody_who_works_in_the_system(self):
        self.env["res.users"].create(
            {"login": "graduate", "partner_id": self.student.partner_id.id}
        )
        for values in ({"email": "thief@example.com"}, {"last_name": "Thief"}):
            with self._refused(AccessError, "works in the system"):
                self._as("operator", self.student).write(values)

    def test_an_operator_makes_no_outsider_a_relative(self):
        supplier = self.env["res.partner"].create({"name": "Dairy", "is_company": True})
        second = self._new_student(
            self._new_class(self.second_school, 5, "А"), "Orlov", "Oleg"
        )
        parent = self.env["school.guardian"].create(
            {"student_id": second.id, "name": "Orlova Vera", "email": "v@example.com"}
        )
        rows = self._as("operator", self.env["school.guardian"])
        for person in supplier + parent.partner_id + self.env.user.partner_id:
            with self._refused(AccessError, "relative of one of your students"):
                rows.create({"student_id": self.student.id, "partner_id": person.id})
        mine = self._as("operator", self.student.guardian_ids)
        for values in ({"partner_id": supplier.id}, {"student_id": second.id}):
            with self._refused(UserError, "cannot be replaced"):
                mine.write(values)
        rows.create({"student_id": self.classmate.id, "partner_id": self.mother.id})

    def test_nobody_types_the_status_of_a_student(self):
        for role in ("operator", "manager"):
            with self._refused(UserError, "Leave school"):
                self._as(role, self.student).write({"state": "left"})
            with self._refused(UserError, "Leave school"):
                self._as(role, self.student).with_context(
                    school_student_move=True
                ).write({"state": "left"})

    def test_an_operator_keeps_contacts_of_the_school_and_nothing_else(self):
        school = self._as("operator", self.school)
        school.write({"phone": "+7", "email": "s24@example.com", "week_days": "6"})
        for name, value in (
            ("user_ids", [(4, self.env.uid)]),
            ("offline_cap", 100000),
            ("head_id", self.env.uid),
            ("tz", "Asia/Novokuznetsk"),
            ("school_year_start", 2030),
        ):
            with self.assertRaises(AccessError, msg=name):
                school.write({name: value})
            self.assertTrue(school.fields_get([name])[name]["readonly"])
        self._as("manager", self.school).offline_cap = 100

    def test_an_operator_gives_no_class_to_a_foreign_school(self):
        building = self.env["school.building"].create(
            {"name": "Old wing", "school_id": self.school.id}
        )
        empty = self._new_class(self.school, 9, "Б")
        for record in (building, empty):
            with self.assertRaises(AccessError):
                self._as("operator", record).write({"school_id": self.second_school.id})

    def test_an_operator_cannot_put_a_student_into_a_foreign_school(self):
        class_second = self._new_class(self.second_school, 5, "А")
        with self.assertRaises(AccessError):
            self._as("operator", self.student).write(
                {"school_id": self.second_school.id, "class_id": class_second.id}
            )
        with self.assertRaises(AccessError):
            self._as("operator", self.env["school.student"]).create(
                {
                    "last_name": "Kim",
                    "first_name": "Yan",
                    "school_id": self.second_school.id,
                }
            )

    def test_an_operator_cannot_set_a_period_for_a_foreign_school(self):
        periods = self._as("operator", self.env["school.calendar.period"])
        vals = {
            "kind": "day_off",
            "company_id": self.city.id,
            "date_from": "2026-12-01",
        }
        mine = {"school_ids": [(6, 0, self.school.ids)]}
        both = {"school_ids": [(6, 0, (self.school + self.second_school).ids)]}
        periods.create({**vals, **mine})
        for places in ({}, both):
            with self.assertRaises(AccessError):
                periods.create({**vals, **places})

    def test_a_new_staff_member_sees_the_school_at_once(self):
        head = self.roles["head"]
        schools = self._as("head", self.env["school.school"])
        self.assertEqual(schools.search([]).ids, self.school.ids)
        self.second_school.user_ids += head
        self.assertEqual(
            set(schools.search([]).ids), set((self.school + self.second_school).ids)
        )

    def test_contacts_of_a_parent_who_signs_in_are_the_parents_own(self):
        portal = self.roles["portal"]
        guardian = self.env["school.guardian"].create(
            {"student_id": self.student.id, "partner_id": portal.partner_id.id}
        )
        with self._refused(Exception, "only they can change"):
            self._as("operator", guardian).write({"email": "thief@example.com"})

    def test_settings_of_the_municipality_are_for_its_manager(self):
        vals = {"meal_card_fee": 40.0, "company_id": self.city.id}
        wizard = self._as("manager", self.env["meal.settings"]).create(vals)
        wizard.action_save()
        self.assertEqual(self.city.meal_card_fee, 40.0)
        with self.assertRaises(AccessError):
            self._as("accountant", self.env["meal.settings"]).create(vals)

    def test_settings_of_another_municipality_are_refused(self):
        vals = {"meal_card_fee": 40.0, "company_id": self.other_city.id}
        wizard = self._as("manager", self.env["meal.settings"]).create(vals)
        with self._refused(AccessError, "do not work for Other City"):
            wizard.action_save()
