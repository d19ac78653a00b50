from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SchoolMealCase

FAMILY = {"father", "student", "second_father", "second"}


@tagged("post_install", "-at_install")
class TestContactsAccess(SchoolMealCase):
    """Contacts of families, past the screens: what `search_read` gives to each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        second_class = cls._new_class(cls.second_school, 5, "А")
        second = cls._new_student(second_class, "Orlov", "Oleg")
        first_father, second_father = (
            cls.env["school.guardian"]
            .create({"student_id": child.id, "name": "Father", "phone": "+7 900"})
            .partner_id
            for child in (cls.classmate, second)
        )
        cls.people = {
            "student": cls.classmate.partner_id,
            "father": first_father,
            "second": second.partner_id,
            "second_father": second_father,
        }
        cls.company_contact = cls.env["res.partner"].create({"name": "Supplier"})
        cls.second = second

    def _seen(self, role):
        partners = self._as(role, self.env["res.partner"])
        found = {row["id"] for row in partners.search_read([], ["name", "phone"])}
        return {name for name, person in self.people.items() if person.id in found}

    def test_each_role_reads_the_families_of_its_reach(self):
        own = {"student", "father"}
        for role, expected in {
            "teacher": own,
            "canteen": {"student"},
            "cashier": {"student"},
            "operator": own,
            "head": own,
            "department": FAMILY,
            "accountant": FAMILY,
            "manager": FAMILY,
            "nobody": set(),
        }.items():
            with self.subTest(role=role):
                self.assertEqual(self._seen(role), expected)

    def test_a_teacher_of_another_class_reads_nobody_of_this_one(self):
        self.class_5a.teacher_id = False
        self.class_1b.teacher_id = self.roles["teacher"]
        self.assertFalse(self._seen("teacher"))

    def test_contacts_are_not_found_by_name_or_number_either(self):
        partners = self._as("cashier", self.env["res.partner"])
        self.assertFalse(partners.name_search("Father"))
        self.assertFalse(partners.search([("phone", "like", "900")]))
        with self.assertRaises(AccessError):
            partners.browse(self.people["second_father"].id).read(["phone"])

    def test_suppliers_and_colleagues_stay_visible(self):
        colleague = self.roles["head"].partner_id
        for role in ("teacher", "cashier", "nobody"):
            for contact in self.company_contact + colleague:
                self._as(role, contact).read(["name", "email"])

    def test_a_colleague_who_is_a_parent_stays_visible(self):
        colleague = self.roles["head"]
        self.env["school.guardian"].create(
            {"student_id": self.second.id, "partner_id": colleague.partner_id.id}
        )
        self.assertTrue(colleague.partner_id.meal_is_family)
        self.assertEqual(self._as("cashier", colleague).name, colleague.name)

    def test_who_was_a_relative_once_is_still_no_ordinary_contact(self):
        guardian = self.people["second_father"].meal_guardian_ids
        guardian.active = False
        self.assertNotIn("second_father", self._seen("teacher"))
        guardian.unlink()
        self.assertFalse(self.people["second_father"].meal_is_family)

    def test_logins_of_families_are_read_by_administrators_only(self):
        user = self.roles["portal"]
        for role in set(self.roles) - {"portal", "public"}:
            users = self._as(role, self.env["res.users"])
            found = users.search([("login", "=", user.login)])
            self.assertEqual(bool(found), role == "manager", role)
