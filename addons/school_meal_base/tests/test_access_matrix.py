from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import OUTSIDERS, ROLES, SchoolMealCase

OUR_MODULES = ("school_meal_", "school_access")
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
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
        cls.rows, cls.samples, cls.creates = cls._load_tables()

    @classmethod
    def _place(cls, student):
        return Place(student, student.class_id, student.school_id, student.company_id)

    @classmethod
    def _load_tables(cls):
        """Read the tables of this and the dependent add-ons that are installed."""
        rows, samples, creates = {}, {}, {}
        modules = cls.env["ir.module.module"].search([("state", "=", "installed")])
        names = sorted(
            (name for name in modules.mapped("name") if name.startswith(OUR_MODULES)),
            key=lambda name: name != "school_meal_base",
        )
        for name in names:
            for file in ("access_matrix", "access_matrix_core"):
                path = f"odoo.addons.{name}.tests.{file}"
                if find_spec(f"odoo.addons.{name}.tests") and find_spec(path):
                    table = import_module(path)
                    rows.update({row.model: row for row in parse_table(table.TABLE)})
                    samples.update(table.SAMPLES)
                    creates.update(getattr(table, "CREATES", {}))
        return rows, samples, creates

    def _our_models(self):
        return {
            name
            for name, model in self.env.registry.models.items()
            if (model._original_module or "").startswith(OUR_MODULES)
            and not model._abstract
        }

    @staticmethod
    def _kind_of(role):
        if role in OUTSIDERS:
            return "outsider"
        if role in COMPANY_ROLES:
            return "company"
        return "teacher" if role == "teacher" else "school staff"

    def test_every_model_of_the_add_ons_has_a_row(self):
        missing = self._our_models() - self.rows.keys()
        self.assertFalse(
            missing, "Add these models to tests/access_matrix.py of their add-on"
        )

    def test_no_row_is_about_a_model_that_is_gone(self):
        self.assertFalse(self.rows.keys() - self.env.registry.models.keys())

    def test_rights_of_every_role_are_those_of_the_table(self):
        wrong = []
        for row in self.rows.values():
            for role in (*ROLES, "nobody", "public"):
                model = self._as(role, self.env[row.model])
                has = {key for key, op in OPERATIONS.items() if model.has_access(op)}
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
        for name in sorted(self.samples):
            row = self.rows[name]
            for place_name, place in self.places.items():
                record = self.samples[name](self, place)
                self.env.flush_all()
                for role in (*ROLES, *OUTSIDERS):
                    wrong += self._compare(row, role, place_name, record)
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def _compare(self, row, role, place_name, record):
        expected = row.rights[role] if self._reaches(row, role, place_name) else set()
        record = self._as(role, record)
        has = {key for key, op in OPERATIONS.items() if record.has_access(op)}
        if has == expected:
            return []
        return [
            f"{row.model} of {place_name} for {role}: has {self._cell(has)},"
            f" expected {self._cell(expected)}"
        ]

    def _reaches(self, row, role, place_name):
        return place_name in REACH[row.scope].get(self._kind_of(role), ())

    def test_nobody_creates_anything_beyond_the_own_reach(self):
        wrong = []
        for name in sorted(self.creates):
            row = self.rows[name]
            for place_name, place in self.places.items():
                vals = self.creates[name](self, place)
                for role in (*ROLES, *OUTSIDERS):
                    allowed = "c" in row.rights[role]
                    allowed = allowed and self._reaches(row, role, place_name)
                    if self._creates(self._as(role, self.env[name]), vals) != allowed:
                        verb = "cannot create" if allowed else "creates"
                        wrong.append(f"{role} {verb} {name} of {place_name}")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def _creates(self, model, vals):
        """Tell whether a record can be made; it is undone at once."""
        try:
            with self.env.cr.savepoint() as savepoint:
                model.create(vals)
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return False
        finally:
            self.env.invalidate_all()
        return True

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
