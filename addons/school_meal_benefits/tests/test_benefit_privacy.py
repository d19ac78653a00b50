import json
import logging

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .audit_common import ACCOUNT, APPLICANT, MEAL_DAY, SNILS, AuditCase

#: What nobody outside the office may find anywhere: ground, papers, numbers.
SECRETS = ("ovz", "OVZ", "pmpk", "555777", "IV-AI", SNILS, APPLICANT, ACCOUNT)
#: Who serves, teaches and sells, and parents.
OUTSIDE = ("teacher", "canteen", "cashier", "nobody", "portal", "public")


@freeze_time("2026-11-16 06:00:00")
@tagged("post_install", "-at_install")
class TestBenefitPrivacy(AuditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.application, cls.decision, cls.entitlement = cls._grant(
            cls.student, cls.ovz, bank_account=ACCOUNT
        )
        cls.tablet = cls.env["school.device"].create(
            {"name": "Tablet", "kind": "serving", "school_id": cls.school.id}
        )

    def _assert_silent(self, payload):
        text = json.dumps(payload, default=str, ensure_ascii=False)
        self.assertIn("Ivanov", text)  # the payload is about the child at all
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def test_the_tablet_at_the_hatch(self):
        day = self.env["meal.serving.day"]._get(self.tablet, MEAL_DAY, None, None)
        self._assert_silent(day)

    def test_the_screen_of_the_teacher(self):
        screen = self._as("teacher", self.env["meal.class.screen"])
        self._assert_silent(screen._get_screen(self.class_5a))

    def test_the_board_of_the_kitchen(self):
        board = self._as("canteen", self.env["meal.kitchen.board"])
        text = str(board._prepare_page(self.school.id)["days"])
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def test_timesheets_as_a_teacher_sees_them(self):
        sheets = (
            self.env["meal.timesheet"]
            ._generate(self.school, MEAL_DAY.replace(day=1))
            .filtered(lambda sheet: sheet.class_id == self.class_5a)
        )
        for sheet in self._as("teacher", sheets):
            self._assert_silent(sheet._get_content())

    def test_nobody_outside_the_office_reads_a_model_of_the_benefits(self):
        ours = [
            name
            for name, model in self.env.items()
            if name.split(".")[0] in ("benefit", "compensation", "egisso")
            and not model._abstract
        ]
        self.assertGreater(len(ours), 25)
        for role in OUTSIDE:
            for name in ours:
                with self.subTest(role=role, model=name):
                    self.assertFalse(self._as(role, self.env[name]).has_access("read"))

    def test_a_student_shows_no_benefit_to_them(self):
        fields = {
            name
            for name, field in self.env["school.student"]._fields.items()
            if "benefit" in (field.comodel_name or "") or "egisso" in name
        } | {"is_bused", "hours_at_school", "snils"}
        for role in ("teacher", "canteen", "cashier"):
            student = self._as(role, self.student)
            with self.subTest(role):
                shown = student.fields_get()
                self.assertFalse(fields & shown.keys())
                own = [
                    name
                    for name in shown
                    if student._fields[name].store
                    and not student._fields[name].inherited
                    and not student._fields[name].type.endswith("2many")
                ]
                self._assert_silent(student.read(own))
                for name in fields:
                    with self._refused(AccessError, ""):
                        student.read([name])

    def test_an_order_does_not_say_who_pays_to_them(self):
        order = self.env["meal.order"].search([("student_id", "=", self.student.id)])
        for role in ("teacher", "canteen", "cashier"):
            shown = self._as(role, order).fields_get()
            with self.subTest(role):
                self.assertFalse({"origin", "is_entitled"} & shown.keys())

    def test_a_till_loads_nothing_of_it(self):
        """Fields that the point of sale loads of any model, by any add-on."""
        config = self.env["pos.config"] if "pos.config" in self.env else None
        for name, model in self.env.items():
            if config is None or not hasattr(model, "_load_pos_data_fields"):
                continue
            for field_name in model._load_pos_data_fields(config) or ():
                field = model._fields.get(field_name)
                target = (field.comodel_name or "") if field else ""
                with self.subTest(model=name, field=field_name):
                    self.assertFalse(target.startswith(("benefit.", "compensation.")))

    def test_an_activity_by_mail_names_no_ground(self):
        head = self.roles["head"]
        head.write({"notification_type": "email", "email": "head@example.com"})
        application = self.application.with_context(
            tracking_disable=False, mail_notify_force_send=False
        )
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        application.activity_schedule(
            "mail.mail_activity_data_todo", user_id=head.id, summary="Decide"
        ).action_notify()
        messages = self.env["mail.message"].search([("id", ">", before)])
        text = " ".join(f"{one.subject} {one.body}" for one in messages)
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def test_logs_of_the_server_name_nobody(self):
        with self.assertLogs("odoo.addons", logging.INFO) as log:
            logging.getLogger("odoo.addons.school_meal_benefits").info("begin")
            self._eat(self.classmate, rule=self.ovz_rule)
            run = self.env["benefit.audit.run"]._run_nightly(self.school)
            self.assertTrue(run.finding_ids)
            self.env["benefit.report.form"]._cron_reports()
        text = "\n".join(log.output)
        for secret in (*SECRETS, "Ivanov", "Petrov"):
            self.assertNotIn(secret, text)
