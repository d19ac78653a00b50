from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..const import OFFICE_GROUPS, SET_GROUPS
from .order_common import MONDAY, OrderCase

#: Who has no business with a field, whatever else they may read of the record.
OUTSIDE_OFFICE = ("teacher", "canteen", "cashier")
OUTSIDE_KITCHEN = ("teacher", "cashier", "department", "accountant")
HIDDEN = [
    ("meal.order", "origin", OUTSIDE_OFFICE),
    ("meal.order", "is_entitled", OUTSIDE_OFFICE),
    ("meal.order", "variant_id", OUTSIDE_KITCHEN),
    ("meal.order.change", "reason", ("teacher", "canteen")),
    ("meal.order.change", "variant_id", ("teacher", "department", "accountant")),
    (
        "meal.order.change",
        "note",
        ("teacher", "canteen", "head", "department", "accountant"),
    ),
    ("meal.variant", "is_diet", OUTSIDE_KITCHEN),
]


@tagged("post_install", "-at_install")
class TestOrderPrivacy(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.diet = cls.env["meal.variant"].create(
            {"name": "Without gluten", "company_id": cls.city.id, "is_diet": True}
        )

    def setUp(self):
        super().setUp()
        self.student.diet_variant_id = self.diet
        self._place(self.student, variant=self.diet)
        self.order = self._orders(self.student)

    def _record_of(self, model):
        return {
            "meal.order": self.order,
            "meal.order.change": self.order.change_ids[-1:],
            "meal.variant": self.diet,
        }[model]

    def _call(self, role, model, method, *args, **kwargs):
        return call_kw(self._as(role, self.env[model]), method, args, kwargs)

    def _get_ways(self, record, field):
        """Return the calls with which a browser could learn the field."""
        domain = [(field, "=", record[field] if field != "variant_id" else 1)]
        ways = [
            ("read", [record.ids, [field]], {}),
            ("search_read", [[("id", "=", record.id)], [field]], {}),
            ("web_search_read", [[("id", "=", record.id)], {field: {}}], {}),
            ("search", [domain], {}),
            ("search_count", [domain], {}),
        ]
        grouping = {"groupby": [field], "aggregates": ["__count"]}
        return [*ways, ("formatted_read_group", [[]], grouping)]

    def test_the_order_has_what_is_hidden(self):
        self.assertEqual(self.order.variant_id, self.diet)
        self.assertTrue(self.order.change_ids[-1:].reason)

    def test_no_way_to_a_hidden_field(self):
        for model, field, roles in HIDDEN:
            record = self._record_of(model)
            for role in roles:
                for method, args, kwargs in self._get_ways(record, field):
                    with (
                        self.subTest(model=model, field=field, role=role, way=method),
                        self._refused(AccessError, ""),
                    ):
                        self._call(role, model, method, *args, **kwargs)

    def test_those_who_need_it_read_it(self):
        expected = [
            ("meal.order", "origin", OFFICE_GROUPS),
            ("meal.order.change", "reason", OFFICE_GROUPS),
            ("meal.order", "variant_id", SET_GROUPS),
            ("meal.order.change", "variant_id", SET_GROUPS),
            ("meal.variant", "is_diet", SET_GROUPS),
        ]
        for model, field, groups in expected:
            record = self._record_of(model)
            for group in groups.split(","):
                role = group.removeprefix("school_meal_base.group_")
                if role != "sensitive_data":
                    with self.subTest(model=model, field=field, role=role):
                        (row,) = self._call(role, model, "read", record.ids, [field])
                        self.assertTrue(row[field])
        note = self.env["meal.order.change"]._fields["note"]
        self.assertEqual(note.groups, SENSITIVE_GROUP)

    def test_lists_and_forms_open_for_all(self):
        for role in (*OUTSIDE_OFFICE, "operator", "head", "department", "accountant"):
            orders = self._as(role, self.env["meal.order"])
            for kind in ("list", "form", "search", "pivot"):
                with self.subTest(role=role, view=kind):
                    arch = orders.get_view(view_type=kind)["arch"]
                    seen = 'name="origin"' in arch or "group_origin" in arch
                    if role in OUTSIDE_OFFICE:
                        self.assertFalse(seen)
                    if role in OUTSIDE_KITCHEN:
                        self.assertNotIn("variant_id", arch)

    # === HISTORY === #

    def test_a_teacher_reads_the_history_of_the_own_class(self):
        self._place(self.sibling)
        changes = self._as("teacher", self.env["meal.order.change"])
        seen = changes.search([("date", "=", MONDAY)])
        self.assertEqual(seen.sudo().order_id.student_id, self.student)
        other = self._orders(self.sibling).change_ids
        with self._refused(AccessError, ""):
            self._as("teacher", other).read(["to_state"])
