from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tests import tagged

from .common import OUTSIDERS, ROLES, SchoolMealCase

OUR_MODULES = ("school_meal_", "school_access")
OPERATIONS = {"r": "read", "u": "write", "d": "unlink"}
COMPANY_ROLES = ("department", "accountant", "manager")

OWN_CLASS, OWN_SCHOOL = "own_class", "own_school"
OTHER_SCHOOL, OTHER_COMPANY = "other_school", "other_company"
REACH = {
    "class": {
        "teacher": {OWN_CLASS},
        "school staff": {OWN_CLASS, OWN_SCHOOL},
        "company": {OWN_CLASS, OWN_SCHOOL, OTHER_SCHOOL},
    },
    "school": {
        "teacher": {OWN_CLASS, OWN_SCHOOL},
        "school staff": {OWN_CLASS, OWN_SCHOOL},
        "company": {OWN_CLASS, OWN_SCHOOL, OTHER_SCHOOL},
    },
    "company": dict.fromkeys(
        ("teacher", "school staff", "company"), {OWN_CLASS, OWN_SCHOOL, OTHER_SCHOOL}
    ),
    "global": dict.fromkeys(
        ("teacher", "school staff", "company"),
        {OWN_CLASS, OWN_SCHOOL, OTHER_SCHOOL, OTHER_COMPANY},
    ),
}


class Row(NamedTuple):
    model: str
    scope: str
    rights: dict


class Place(NamedTuple):
    student: object
    school_class: object
    school: object
    company: object


def parse_table(text):
    """Yield a :class:`Row` for every line of a table of `access_matrix`."""
    header, *lines = [line for line in text.strip().splitlines() if line.strip()]
    roles = [cell.strip() for cell in header.split("|")][2:]
    for line in lines:
        model, scope, *cells = [cell.strip() for cell in line.split("|")]
        rights = dict(zip(roles, cells, strict=True))
        for role in OUTSIDERS:
            rights.setdefault(role, rights["outsider"])
        yield Row(model, scope, {role: set(rights[role]) - {"-"} for role in rights})


@tagged("post_install", "-at_install")
class TestAccessMatrix(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.class_second = cls._new_class(cls.second_school, 5, "А")
        second = cls._new_student(cls.class_second, "Orlov", "Oleg")
        cls.env["meal.account"]._issue(second)
        cls.places = {
            OWN_CLASS: cls._place(cls.student),
            OWN_SCHOOL: cls._place(cls.sibling),
            OTHER_SCHOOL: cls._place(second),
            OTHER_COMPANY: cls._place(cls.stranger),
        }
        cls.rows, cls.samples = cls._load_tables()

    @classmethod
    def _place(cls, student):
        return Place(student, student.class_id, student.school_id, student.company_id)

    @classmethod
    def _load_tables(cls):
        """Read the tables of this and the dependent add-ons that are installed."""
        rows, samples = {}, {}
        modules = cls.env["ir.module.module"].search([("state", "=", "installed")])
        names = sorted(
            (name for name in modules.mapped("name") if name.startswith(OUR_MODULES)),
            key=lambda name: name != "school_meal_base",
        )
        for name in names:
            path = f"odoo.addons.{name}.tests.access_matrix"
            if find_spec(f"odoo.addons.{name}.tests") and find_spec(path):
                table = import_module(path)
                rows.update({row.model: row for row in parse_table(table.TABLE)})
                samples.update(table.SAMPLES)
        return rows, samples

    def _our_models(self):
        return {
            name
            for name, model in self.env.registry.models.items()
            if (model._original_module or "").startswith(OUR_MODULES)
            and not model._abstract
        }

    @staticmethod
    def _kind_of(role):
        if role in COMPANY_ROLES:
            return "company"
        return "teacher" if role == "teacher" else "school staff"

    def test_every_model_of_the_add_ons_has_a_row(self):
        missing = self._our_models() - self.rows.keys()
        self.assertFalse(
            missing, "Add these models to tests/access_matrix.py of their add-on"
        )

    def test_no_row_is_about_a_model_that_is_gone(self):
        self.assertFalse(self.rows.keys() - self._our_models())

    def test_rights_of_every_role_are_those_of_the_table(self):
        operations = {"c": "create", **OPERATIONS}
        wrong = []
        for row in self.rows.values():
            for role in (*ROLES, "nobody", "public"):
                model = self._as(role, self.env[row.model])
                has = {key for key, op in operations.items() if model.has_access(op)}
                if has != row.rights[role]:
                    wrong.append(
                        f"{row.model} for {role}: has {self._cell(has)},"
                        f" the table says {self._cell(row.rights[role])}"
                    )
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    @staticmethod
    def _cell(rights):
        return "".join(key for key in "crud" if key in rights) or "-"

    def test_reach_of_every_role_is_that_of_the_scope(self):
        wrong = []
        for name in self.samples.keys() & self._our_models():
            row = self.rows[name]
            for place_name, place in self.places.items():
                record = self.samples[name](self, place)
                self.env.flush_all()
                for role in (*ROLES, *OUTSIDERS):
                    wrong += self._compare(row, role, place_name, record)
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def _compare(self, row, role, place_name, record):
        reach = REACH[row.scope][self._kind_of(role)]
        expected = row.rights[role] if place_name in reach else set()
        record = self._as(role, record)
        has = {key for key, op in OPERATIONS.items() if record.has_access(op)}
        if has == expected - {"c"}:
            return []
        return [
            f"{row.model} of {place_name} for {role}: has {self._cell(has)},"
            f" expected {self._cell(expected - {'c'})}"
        ]

    def test_a_model_with_a_narrow_scope_has_record_rules_for_every_reader(self):
        wrong = []
        for row in self.rows.values():
            if row.scope in ("global", "owner") or self.env[row.model]._transient:
                continue
            for role in ROLES:
                if "r" not in row.rights[role]:
                    continue
                rules = self._as(role, self.env["ir.rule"])
                if Domain(rules._compute_domain(row.model, "read")).is_true():
                    wrong.append(f"{row.model} for {role}: no record rule")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_a_search_finds_only_what_the_scope_gives(self):
        for role in ROLES:
            students = self._as(role, self.env["school.student"]).search([])
            reach = REACH["class"][self._kind_of(role)]
            for place_name, place in self.places.items():
                self.assertEqual(
                    place.student in students.with_env(self.env),
                    place_name in reach,
                    f"{role}, {place_name}",
                )
