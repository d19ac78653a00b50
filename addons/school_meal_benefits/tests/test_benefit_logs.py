from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from .audit_common import ACCOUNT, APPLICANT, AuditCase

FORM = {"student_id": {}, "category_id": {}, "applicant_snils": {}, "bank_account": {}}


@tagged("post_install", "-at_install")
class TestBenefitReadings(AuditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.application, cls.decision, cls.entitlement = cls._grant(
            cls.student, cls.ovz, bank_account=ACCOUNT
        )
        cls.plain = cls._apply(cls.sibling, cls.hot)

    def _lines(self):
        rows = self.env["school.access.log"].search([("student_id", "!=", False)])
        return sorted((row.user_id.login, row.student_id.id, row.kind) for row in rows)

    def _kinds(self):
        return [kind for _login, _student, kind in self._lines()]

    def test_opening_an_application_says_what_was_shown(self):
        self._as("operator", self.application).web_read(FORM)
        self.assertEqual(
            self._lines(),
            [
                ("test_operator", self.student.id, kind)
                for kind in ("bank", "health", "snils")
            ],
        )

    def test_a_list_is_one_insert_and_a_line_for_each_child_whose_ground_it_shows(self):
        applications = self._as("operator", self.application + self.plain)
        mine = [("id", "in", applications.ids)]
        spec = {"number": {}, "student_id": {}, "state": {}}
        applications.web_search_read(mine, spec)
        self.assertFalse(self._lines())
        with self.assertQueryCount(40):
            applications.web_search_read(mine, {**spec, "category_id": {}})
        self.assertEqual(
            {(student, kind) for _login, student, kind in self._lines()},
            {(self.student.id, "health"), (self.sibling.id, "benefit")},
        )

    def test_a_search_that_reads_leaves_a_line_too(self):
        applications = self._as("operator", self.env["benefit.application"])
        mine = [("id", "=", self.application.id)]
        applications.search_read(mine, ["applicant_name", "bank_account"])
        self.assertEqual(self._kinds(), ["bank"])

    def test_papers_decisions_and_entitlements(self):
        documents = self._as("head", self.application.document_ids[:1])
        documents.web_read({"number": {}, "state": {}})
        self._as("head", self.decision).web_read({"checklist": {}})
        self.assertEqual(self._kinds(), ["document", "document"])
        self._as("accountant", self.entitlement).web_read({"category_id": {}})
        self.assertEqual(sorted(self._kinds()), ["document", "document", "health"])
        self._as("accountant", self.entitlement).web_read({"date_from": {}})
        self.assertEqual(len(self._kinds()), 3)

    def test_who_may_not_see_the_account_leaves_no_line_of_it(self):
        self._as("department", self.plain).read()
        self.assertEqual(self._kinds(), ["benefit"])

    def test_what_code_reads_is_shown_to_nobody(self):
        self.application.read()
        self._as("operator", self.application).sudo().read()
        self.assertFalse(self._lines())

    def test_the_log_is_read_by_the_head_of_the_own_school_and_the_department(self):
        other = self._new_user("second_head", "group_head", self.second_school)
        self._as("operator", self.application).web_read({"category_id": {}})
        log = self.env["school.access.log"]
        mine = [("student_id", "=", self.student.id)]
        self.assertEqual(self._as("head", log).search_count(mine), 1)
        self.assertEqual(self._as("department", log).search_count(mine), 1)
        stranger = log.with_user(other).with_context(allowed_company_ids=self.city.ids)
        self.assertEqual(stranger.search_count(mine), 0)

    def test_a_file_is_logged_along_its_paths(self):
        student = self._as("operator", self.student)
        paths = ("category_id/name", "document_ids/number", "applicant_snils")
        student.export_data([f"benefit_application_ids/{path}" for path in paths])
        self.assertEqual(sorted(self._kinds()), ["document", "health", "snils"])
        school = self._as("operator", self.school)
        school.export_data(["name", "class_ids/name"])
        self.assertEqual(len(self._lines()), 3)

    def test_groups_are_logged_along_their_paths(self):
        documents = self._as("operator", self.env["benefit.application.document"])
        mine = [("application_id", "=", self.application.id)]
        documents.formatted_read_group(mine, ["state"], ["__count"])
        self.assertFalse(self._lines())
        documents.formatted_read_group(
            mine, ["application_id.category_id"], ["__count"]
        )
        self.assertEqual(self._kinds(), ["health"])

    def test_other_ways_to_a_ground(self):
        self._as("operator", self.application).web_read({"student_snils": {}})
        self.assertEqual(self._kinds(), ["snils"])
        self.application.note = "Changed"
        self.env.flush_all()
        change = self.env["benefit.change"].search(
            [("student_id", "=", self.student.id)], limit=1
        )
        self._as("head", change).web_read({"summary": {}})
        self.assertEqual(sorted(self._kinds()), ["health", "snils"])
        forms = self._as("head", self.env["benefit.forms"])
        forms._draw_order(self._as("head", self.decision.order_id))
        self.assertEqual(sorted(self._kinds()), ["health", "health", "snils"])

    def test_every_model_of_a_ground_is_logged(self):
        """A new model that shows a category of a child says so in the log."""
        not_shown = {"benefit.journal"}
        self.assertIn("reason", self.env["compensation.day"]._get_restricted_names())
        for name, model in self.env.items():
            if model._abstract or model._transient or name in not_shown:
                continue
            is_ours = name.startswith("benefit.") or name.startswith("compensation.")
            has_ground = {"student_id", "category_id"} <= model._fields.keys()
            if is_ours and has_ground:
                with self.subTest(name):
                    self.assertIn("category_id", model._get_restricted_names())


@tagged("post_install", "-at_install")
class TestBenefitChanges(AuditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.application = cls._apply(cls.student, cls.ovz, bank_account=ACCOUNT)
        cls.env.flush_all()

    def _changes(self, record):
        self.env.flush_all()
        return self.env["benefit.change"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)]
        )

    def test_a_change_says_who_from_what_to_what(self):
        self._as("operator", self.application).write({"note": "Call"})
        [change] = self._changes(self.application)
        self.assertEqual(change.user_id, self.roles["operator"])
        self.assertEqual(change.student_id, self.student)
        self.assertEqual(change.school_id, self.school)
        self.assertEqual(change.changes, {"note": [None, "Call"]})
        self.assertIn("— → Call", change.summary)

    def test_two_users_of_a_transaction_are_told_apart(self):
        self._as("operator", self.application).note = "Call"
        self._as("manager", self.application).note = "Write"
        changes = self._changes(self.application).sorted("id")
        self.assertEqual(
            [(change.user_id, change.changes["note"]) for change in changes],
            [
                (self.roles["operator"], [None, "Call"]),
                (self.roles["manager"], ["Call", "Write"]),
            ],
        )
        order = self.env["benefit.order"].create({"school_id": self.school.id})
        self.env.flush_all()
        self._as("operator", order).note = "One"
        self._as("manager", order).note = "Two"
        users = self._changes(order).sorted("id").user_id
        self.assertEqual(users, self.roles["operator"] + self.roles["manager"])

    def test_what_is_new_or_the_same_has_no_row(self):
        self.application.grade = 5
        self.assertFalse(self._changes(self.application))
        self.assertFalse(self._changes(self.application.document_ids))

    def test_raw_sql_leaves_its_row(self):
        self.env.execute_query(
            SQL(
                "UPDATE benefit_application SET grade = 9 WHERE id = %s RETURNING id",
                self.application.id,
            )
        )
        self.assertEqual(self._changes(self.application).changes, {"grade": [5, 9]})

    def test_restricted_values_are_never_copied(self):
        self.application.write(
            {"bank_account": "40817810099910009999", "applicant_snils": "08765430300"}
        )
        self.application.document_ids[:1].write({"number": "999888"})
        [change] = self._changes(self.application)
        self.assertEqual(change.changes["bank_account"], ["…4312", "…9999"])
        self.assertEqual(change.changes["applicant_snils"], ["…", "…"])
        paper = self._changes(self.application.document_ids)
        self.assertEqual(paper.changes, {"number": ["…", "…"]})
        text = str((change + paper).mapped("changes"))
        for secret in (APPLICANT, ACCOUNT, "999888", "555777"):
            self.assertNotIn(secret, text)

    def test_a_deleted_paper_keeps_its_trace_with_the_name_of_who_deleted(self):
        draft = self._apply(self.student, self.ovz, state="draft", number=0)
        paper = self._as("operator", draft.document_ids[-1:])
        row = paper.sudo()
        row.unlink()  # by code only: the user stays who pressed the button
        [change] = self._changes(row)
        self.assertEqual(change.action, "unlink")
        self.assertEqual(change.user_id, self.roles["operator"])
        self.assertEqual(change.student_id, self.student)
        self.assertEqual(change.changes["state"], ["provided", None])

    def test_scans_are_history(self):
        paper = self._as("operator", self.application.document_ids[:1])
        scan = self.env["ir.attachment"].create(
            {
                "name": "scan.pdf",
                "raw": b"x",
                "res_model": paper._name,
                "res_id": paper.id,
            }
        )
        paper.write({"attachment_ids": [Command.link(scan.id)]})
        [change] = self._changes(paper.sudo())
        self.assertEqual(change.changes, {"attachment_ids": [[], scan.ids]})
        self.assertEqual(change.user_id, self.roles["operator"])

    def test_nobody_changes_history(self):
        self.application.grade = 6
        [change] = self._changes(self.application)
        with self._refused(UserError, "never changed or deleted"):
            change.action = "unlink"
        with self._refused(UserError, "never changed or deleted"):
            change.unlink()
        self.enterContext(mute_logger("odoo.sql_db"))
        with self._refused(ValidationError, "never changed or deleted"):
            self._run("UPDATE benefit_change SET action = 'unlink'")
        with self._refused(ValidationError, "never changed or deleted"):
            self._run("DELETE FROM benefit_change")
        self.assertEqual(change.action, "write")

    def _run(self, code):
        """Run as RPC does: what the database refuses is a sentence for people."""
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(code)
        except IntegrityError as error:
            raise ValidationError(str(error)) from None

    def test_three_hundred_changes_are_one_statement(self):
        applications = self.env["benefit.application"].create(
            [
                {
                    "student_id": self.student.id,
                    "school_id": self.school.id,
                    "school_year_start": 2026,
                    "submitted_on": date(2026, 11, 17),
                    "category_id": self.ovz.id,
                }
                for _ in range(300)
            ]
        )
        self.env.flush_all()
        with self.assertQueryCount(6):
            applications.write({"note": "x"})
            self.env.flush_all()
        self.assertEqual(len(self._changes(applications)), 300)


@tagged("post_install", "-at_install")
class TestScanReadings(HttpCase):
    def test_opening_a_scan_is_logged(self):
        env = self.env
        city = env["res.company"].create({"name": "Scan City"})
        admin = env.ref("base.user_admin")
        admin.company_ids = [Command.link(city.id)]
        school = env["school.school"].create(
            {"name": "School 24", "code": "024", "company_id": city.id}
        )
        student = env["school.student"].create(
            {
                "last_name": "Kim",
                "first_name": "Yan",
                "school_id": school.id,
                "class_id": env["school.class"]
                .create({"school_id": school.id, "grade": 5, "letter": "А"})
                .id,
            }
        )
        kind = env["benefit.document.type"].create({"name": "Paper", "code": "t_scan"})
        regulation = env["benefit.regulation"].create(
            {
                "name": "Regulation",
                "number": "1",
                "date": "2026-08-01",
                "authority": "Town",
                "company_id": city.id,
                "date_from": "2026-09-01",
            }
        )
        category = env["benefit.category"].create(
            {
                "name": "Milk",
                "code": "milk",
                "kind": "milk",
                "regulation_id": regulation.id,
                "requirement_ids": [
                    Command.create(
                        {
                            "name": "Paper",
                            "code": "paper",
                            "document_type_ids": [Command.set(kind.ids)],
                        }
                    )
                ],
            }
        )
        regulation.state = "in_force"
        application = env["benefit.application"].create(
            {
                "submitted_on": date(2026, 11, 17),
                "student_id": student.id,
                "school_id": school.id,
                "school_year_start": 2026,
                "category_id": category.id,
                "document_ids": [
                    Command.create(
                        {
                            "requirement_id": category.requirement_ids.id,
                            "document_type_id": kind.id,
                        }
                    )
                ],
            }
        )
        paper = application.document_ids
        scan = env["ir.attachment"].create(
            {
                "name": "scan.txt",
                "raw": b"paper",
                "res_model": paper._name,
                "res_id": paper.id,
            }
        )
        paper.attachment_ids = scan
        self.authenticate("admin", "admin")
        with self.assertNoLogs("odoo.http", "WARNING"):
            answer = self.url_open(f"/web/content/{scan.id}")
        self.assertEqual(answer.content, b"paper")
        line = env["school.access.log"].search([("student_id", "=", student.id)])
        self.assertEqual((line.user_id, line.kind), (admin, "document"))
