import contextlib
import inspect

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.tests import mute_logger, tagged
from odoo.tools import SQL

from odoo.addons.school_meal_base.tests.access_matrix import SAMPLES
from odoo.addons.school_meal_base.tests.test_access_matrix import Place

from .common import PortalCase

#: Models whose rows people of the portal may read, through the rules tested here.
READABLE = {
    "meal.account",
    "meal.ban",
    "school.card",
    "school.class",
    "school.guardian",
    "school.school",
    "school.student",
}
SECRETS = {
    "school.student": ("snils", "birth_date", "medical_diet", "allergen_ids",
                       "external_ref", "enrolment_ids"),
    "school.card": ("uid", "key_w26", "key_z5r", "key_dec10", "printed_number"),
    "school.school": ("student_ids", "user_ids", "meals_responsible_id", "head_id"),
    "school.class": ("student_ids", "teacher_id"),
    "meal.account": ("overdraft", "gl_account_id"),
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestRpc(PortalCase):
    """What a portal user reaches past the pages: through RPC, on every model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = (
            cls.mother_user
            + cls.father_user
            + cls.notified_user
            + cls.student_user
            + cls.supplier_user
        )
        cls.card = cls.env["school.card"].create({"student_id": cls.student.id})
        cls.neighbour = cls._new_student(cls.class_1b, "Orlov", "Oleg")
        cls.env["meal.account"]._issue(cls.neighbour)
        cls.env["meal.ban"].create(
            {
                "account_id": cls.account.id,
                "category_id": cls.env["product.category"]
                .create({"name": "Sweets"})
                .id,
            }
        )

    def _our_models(self):
        """Models defined by our add-ons, those of later add-ons included."""
        for name, model in self.env.items():
            if model._original_module.startswith(("school_", "meal_")):
                yield name, model

    def _ids(self, user, model):
        return set(self._as(user, model).search([]).ids)

    # === ROWS === #

    def test_only_listed_models_can_be_read_and_none_written(self):
        for user in self.people:
            for name, model in self._our_models():
                rights = self._as(user, name)
                if model._abstract:
                    continue
                with self.subTest(model=name, user=user.login):
                    self.assertEqual(rights.has_access("read"), name in READABLE)
                    for operation in ("create", "write", "unlink"):
                        self.assertFalse(rights.has_access(operation))

    def test_rows_are_those_of_the_own_children(self):
        both = self.student + self.sibling
        expected = {
            self.mother_user: both,
            self.father_user: self.classmate,
            self.notified_user: self.student,
            self.student_user: self.student,
            self.supplier_user: self.env["school.student"],
        }
        for user, students in expected.items():
            with self.subTest(user=user.login):
                self.assertEqual(self._ids(user, "school.student"), set(students.ids))
                self.assertEqual(
                    self._ids(user, "school.class"), set(students.class_id.ids)
                )
                self.assertEqual(
                    self._ids(user, "school.school"), set(students.school_id.ids)
                )
                money = students if user != self.notified_user else self.supplier
                money = money if money._name == "school.student" else students.browse()
                self.assertEqual(
                    self._ids(user, "meal.account"), set(money.account_id.ids)
                )
                self.assertEqual(
                    self._ids(user, "school.card"), set(money.card_ids.ids)
                )

    def test_guardians_see_their_own_row_only(self):
        for user in self.people:
            rows = self._as(user, "school.guardian").search([])
            self.assertLessEqual(set(rows.sudo().partner_id), {user.partner_id})

    def test_bans_are_for_representatives(self):
        for user in self.people:
            self.assertEqual(
                bool(self._ids(user, "meal.ban")), user == self.mother_user, user.login
            )

    def test_contacts_are_the_own_children_and_oneself(self):
        family = self.mother + (self.student + self.sibling).partner_id
        self.assertEqual(self._ids(self.mother_user, "res.partner"), set(family.ids))
        self.assertEqual(
            self._ids(self.supplier_user, "res.partner"), set(self.supplier.ids)
        )

    # === COLUMNS === #

    def test_secret_columns_are_closed_for_reading_and_for_searching(self):
        for user in self.people:
            for name, columns in SECRETS.items():
                model = self._as(user, name)
                records = model.search([])
                for column in columns:
                    with self.subTest(user=user.login, model=name, column=column):
                        with self.assertRaises(AccessError):
                            records.read([column])
                        with self.assertRaises(AccessError):
                            model.search([(column, "!=", False)])
                        with self.assertRaises(AccessError):
                            model.search([], order=f"{column} desc")

    def test_everything_at_once_gives_the_open_columns_only(self):
        for name in READABLE - {"meal.ban"}:
            model = self._as(self.mother_user, name)
            for row in model.search_read([]):
                self.assertLessEqual(set(row), model._get_portal_fields())

    def test_a_pupil_cannot_find_out_a_debt_that_is_hidden(self):
        accounts = self._as(self.student_user, "meal.account")
        self.assertEqual(accounts.search([]).read(["posted"])[0]["posted"], 450.39)
        self.city.meal_hide_debt = True
        self.env.invalidate_all()
        accounts = self._as(self.student_user, "meal.account")
        own = accounts.search([])
        self.assertEqual(own.sudo(), self.account)
        for column in ("posted", "available", "held", "overdraft", "credit_limit"):
            with self.assertRaises(AccessError):
                own.read([column])
            if accounts._fields[column].store:
                with self.assertRaises(AccessError):
                    accounts.search([(column, "<", 0)])
        mine = self._as(self.mother_user, "meal.account").browse(own.id)
        self.assertEqual(mine.read(["posted"])[0]["posted"], 450.39)

    def test_numbers_of_others_are_refused_by_id(self):
        for name, record in (
            ("school.student", self.classmate),
            ("meal.account", self.classmate.account_id),
            ("res.partner", self.classmate.partner_id),
            ("meal.transfer", self.env["meal.transfer"].search([], limit=1)),
        ):
            with self.assertRaises(AccessError):
                record = self._as(self.mother_user, name).browse(record.id)
                record.read(["display_name"])

    # === METHODS === #

    def test_public_methods_are_the_listed_ones(self):
        """A method without an underscore is open to every login by RPC: each new one
        is looked at and listed in `PUBLIC_METHODS`."""
        found = set()
        for name, model in self.env.items():
            found |= {f"{name}.{method}" for method in self._own_methods(model)}
        unknown = {method for method in found if not is_guarded(method)}
        self.assertFalse(unknown, "Give it a leading underscore, or check and list it.")

    def _own_methods(self, model):
        """Public methods that our add-ons add (not those core's classes define)."""
        core = {
            name
            for cls in type(model).mro()
            if not cls.__module__.startswith("odoo.addons.school_")
            for name in vars(cls)
        } | set(dir(BaseModel))
        for cls in type(model).mro():
            if cls.__module__.startswith("odoo.addons.school_"):
                for name, value in vars(cls).items():
                    is_open = not name.startswith("_") and inspect.isfunction(value)
                    if is_open and name not in core and not is_private(value):
                        yield name

    @mute_logger("odoo.sql_db")  # senseless values are refused there too
    def test_actions_do_nothing_for_the_portal(self):
        """Every public method, called on real records: of the own child, of another
        family and of another municipality, by everybody the portal knows."""
        records = {name: self._get_records(name) for name, __ in self._our_models()}
        before = self._fingerprint()
        for name, model in self._our_models():
            methods = sorted(set(self._own_methods(model)))
            if not methods:
                continue
            for user in (self.mother_user, self.student_user, self.supplier_user):
                for record in records[name] or [model.browse()]:
                    for method in methods:
                        self._try(user, record, method)
                with self.subTest(model=name, user=user.login):
                    self.assertEqual(self._fingerprint(), before, methods)

    def _get_records(self, name):
        """Records of a model at several places; of a dialog, one somebody opened."""
        model = self.env[name]
        if model._transient:
            with contextlib.suppress(Exception), self.env.cr.savepoint():
                return [model.create({})]
            return []
        if name not in SAMPLES or name not in self.env:
            return []
        return [
            SAMPLES[name](
                self, Place(each, each.class_id, each.school_id, each.company_id)
            )
            for each in (self.student, self.neighbour, self.stranger)
        ]

    def _fingerprint(self):
        """Contents of every table that a remote call could change."""
        self.env.flush_all()
        names = [name for name, model in self._our_models() if self._is_kept(model)]
        names += ["res.partner", "res.users", "res.company"]
        # workers of their own for so many small tables take longer than the tables
        self.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        tables = [self._table_hash(self.env[name]._table) for name in names]
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(tables)))

    def _is_kept(self, model):
        return model._auto and not (model._abstract or model._transient)

    def _table_hash(self, table):
        return SQL(
            "SELECT %s, md5(string_agg(t::text, '|' ORDER BY t.id)) FROM %s t",
            table,
            SQL.identifier(table),
        )

    def _try(self, user, record, method):
        record = self._as(user, record._name).browse(record.ids)
        function = getattr(record, method)
        required = [
            parameter
            for parameter in inspect.signature(function).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind == parameter.POSITIONAL_OR_KEYWORD
        ]
        for value in (False, self.student.id, {}, "1") if required else (False,):
            try:
                with self.env.cr.savepoint():
                    function(*[value] * len(required))
                    self.env.flush_all()
            except Exception:  # noqa: BLE001 - any refusal is right, a change is not
                self.env.invalidate_all()

    # === OVER HTTP === #

    def _call_kw(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        payload = {"jsonrpc": "2.0", "method": "call", "params": params}
        with mute_logger("odoo.http"):
            return self.url_open("/web/dataset/call_kw", json=payload).json()

    def test_call_kw_obeys_the_same_rules(self):
        self._sign_in(self.mother_user)
        answer = self._call_kw("school.student", "search_read", [], ["name"])
        self.assertEqual(
            {row["id"] for row in answer["result"]},
            set((self.student + self.sibling).ids),
        )
        for model, method, *args in (
            ("school.student", "read", [self.classmate.id], ["name"]),
            ("school.student", "read", [self.student.id], ["snils"]),
            ("school.student", "write", [self.student.id], {"first_name": "X"}),
            ("meal.account", "write", [self.account.id], {"state": "open"}),
            ("meal.transfer", "search_read", []),
            ("meal.ledger", "_charge", self.account.id, 1),
            ("meal.statement", "_get_statement", self.account.id, False, False),
            ("school.student", "_issue_temporary_password", [self.student.id]),
            ("meal.login.failure", "search_read", []),
            ("meal.terms.acceptance", "create", {"terms_id": 1}),
        ):
            with self.subTest(model=model, method=method):
                self.assertIn("error", self._call_kw(model, method, *args))

    @mute_logger("odoo.http")
    def test_json_2_obeys_the_same_rules(self):
        keys = self._as(self.mother_user, "res.users.apikeys")
        key = keys.sudo()._generate("rpc", "test", None)
        headers = {"Authorization": f"Bearer {key}"}

        def call(path, **body):
            return self.url_open(f"/json/2/{path}", json=body, headers=headers)

        rows = call("school.student/search_read", domain=[], fields=["name"])
        self.assertEqual(len(rows.json()), 2)
        for path, body in (
            ("school.student/read", {"ids": self.classmate.ids, "fields": ["name"]}),
            ("school.student/write", {"ids": self.student.ids, "vals": {"color": 1}}),
            ("meal.transfer/search_read", {"domain": []}),
            ("meal.ledger/_charge", {}),
        ):
            self.assertGreaterEqual(call(path, **body).status_code, 400, path)


#: Public methods of our add-ons, each seen to check the caller's rights: window
#: actions and wizard buttons run with the caller's own rights under the ACL.
GUARDED_PREFIXES = ("action_", "button_")
PUBLIC_METHODS = {
    # Enrolment of cards at the desk: the operator's group is checked first.
    "school.card.enrol_choices",
    "school.card.enrol_queue",
    "school.card.enrol_scan",
    "school.card.enrol_undo",
    # The overview: head, operator or department, then the schools they may read.
    "meal.oversight.get_board",
    "meal.oversight.get_trend",
    "meal.oversight.open_rows",
    # The till: the cashier of the session's school is checked first.
    "pos.session.school_authorise",
    "pos.session.school_card_activate",
    "pos.session.school_card_balance",
    "pos.session.school_card_block",
    "pos.session.school_card_issue",
    "pos.session.school_card_look",
    "pos.session.school_card_password",
    "pos.session.school_find_card",
    "pos.session.school_refund_check",
    "pos.session.school_roster",
    "pos.session.school_void",
}


def is_guarded(method):
    name = method.rpartition(".")[2]
    return method in PUBLIC_METHODS or name.startswith(GUARDED_PREFIXES)


def is_private(function):
    return getattr(function, "_api_private", False)
