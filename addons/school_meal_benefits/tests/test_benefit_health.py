from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .audit_common import DECIDED, MEAL_DAY, AuditCase


@tagged("post_install", "-at_install")
class TestBenefitHealth(AuditCase):
    """The department sees health grounds in numbers, an accountant no diagnoses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ill = cls._make_case(cls.student, cls.ovz)
        cls.well = cls._make_case(cls.sibling, cls.hot)
        cls.env.flush_all()

    @classmethod
    def _make_case(cls, student, category):
        """Return {name: record} of all that is about a benefit of a category."""
        application, decision, entitlement = cls._grant(student, category)
        application.document_ids[:1].note = "Changed"
        request = cls.env["benefit.request"].create(
            {"application_id": application.id, "body": "Clinic"}
        )
        end = entitlement._end("withdrawn", date(2026, 12, 1))
        notice = cls.env["benefit.notice"].create(
            {
                "kind": "end",
                "end_id": end.id,
                "school_id": student.school_id.id,
                "student_id": student.id,
                "date": DECIDED,
                "due_on": DECIDED,
            }
        )
        request.body = "Another clinic"
        notice.address = "Lenin street"
        decision.order_id.note = "Further"
        application.note = "Changed"
        return {
            "application": application,
            "documents": application.document_ids,
            "request": request,
            "decision": decision,
            "order": decision.order_id,
            "notice": notice,
            "entitlement": entitlement,
            "end": end,
        }

    def _sees(self, role, records):
        model = self._as(role, records.browse())
        return len(model.search([("id", "in", records.ids)])) == len(records)

    def _let_read_health(self, role):
        self.roles[role].group_ids += self.env.ref(
            "school_meal_base.group_sensitive_data"
        )

    def test_papers_of_a_health_ground_are_not_the_departments(self):
        for name, records in self.ill.items():
            with self.subTest(name):
                self.assertFalse(
                    self._as("department", records.browse()).search(
                        [("id", "in", records.ids)]
                    )
                )
                for record in records:
                    with self._refused(AccessError, ""):
                        self._as("department", record).read(["display_name"])
                self.assertTrue(self._sees("department", self.well[name]))
                self.assertTrue(self._sees("head", records))
        self._let_read_health("department")
        for name, records in self.ill.items():
            with self.subTest(name):
                self.assertTrue(self._sees("department", records))

    def test_history_of_a_health_ground(self):
        def changes(case):
            found = self.env["benefit.change"]
            for records in case.values():
                found |= found.search(
                    [("model", "=", records._name), ("res_id", "in", records.ids)]
                )
            return found

        ill, well = changes(self.ill), changes(self.well)
        kinds = {"benefit.application", "benefit.application.document"}
        kinds |= {"benefit.request", "benefit.notice", "benefit.order"}
        for found, is_health in ((ill, True), (well, False)):
            self.assertLessEqual(kinds, set(found.mapped("model")))
            self.assertEqual(set(found.mapped("is_health")), {is_health})
        seen = self._as("department", self.env["benefit.change"]).search([])
        self.assertFalse(seen.sudo() & ill)
        self.assertLessEqual(well, seen.sudo())

    def test_home_and_hospital(self):
        periods = self.env["benefit.study.period"].create(
            [
                {
                    "student_id": student.id,
                    "form": form,
                    "date_from": date(2027, 1, 11),
                    "basis": "1",
                }
                for student, form in ((self.student, "home"), (self.sibling, "remote"))
            ]
        )
        stays = self.env["benefit.stay"].create(
            [
                {
                    "student_id": self.student.id,
                    "kind": kind,
                    "date_from": day,
                    "date_to": day,
                    "basis": "1",
                }
                for kind, day in (
                    ("hospital", date(2026, 11, 2)),
                    ("recreation", date(2026, 11, 3)),
                )
            ]
        )
        for records in (periods, stays):
            seen = [self._sees("department", record) for record in records]
            self.assertEqual(sorted(seen), [False, True])
            self.assertTrue(self._sees("head", records))
        self._let_read_health("department")
        self.assertTrue(self._sees("department", periods))
        self.assertTrue(self._sees("department", stays))

    def test_violations_are_counted_but_not_shown(self):
        for case in (self.ill, self.well):
            case["application"].registered_at = datetime(2026, 11, 20, 9)
        run = self.env["benefit.audit.run"].create(
            {
                "company_id": self.city.id,
                "date_from": date(2026, 9, 1),
                "date_to": date(2026, 12, 31),
            }
        )
        run.action_run()
        late = run.finding_ids.filtered(
            lambda one: one.check_code == "registered_late"
        ).sorted("student_id")
        self.assertEqual(late.student_id, self.student + self.sibling)
        self.assertEqual(late.mapped("is_health"), [True, False])
        found = len(run.finding_ids)
        self.env.invalidate_all()
        mine = self._as("department", run)
        seen = mine.finding_ids.filtered(lambda one: one.id in late.ids)
        self.assertEqual(seen.ids, late[1].ids)
        self.assertEqual(mine.new_count, found)

    def test_the_department_keeps_numbers_and_terms(self):
        counts = self._as("department", self.env["benefit.recipient"])
        rows = counts._read_group(
            [("school_id", "=", self.school.id)], ["category_id"], ["__count"]
        )
        self.assertIn((self.ovz.id, 1), [(one.id, count) for one, count in rows])
        waiting = self._apply(self.classmate, self.ovz)
        self.env.flush_all()
        terms = self._as("department", self.env["benefit.deadline"]).search(
            [("application_id", "=", waiting.id)]
        )
        self.assertTrue(terms)
        self.assertNotIn("ovz", str(terms.read()))

    def test_a_timesheet_of_a_health_ground(self):
        self._eat(self.student, rule=self.ovz_rule)
        vals = {
            "school_id": self.school.id,
            "month": MEAL_DAY.replace(day=1),
            "class_ids": [Command.set(self.student.class_id.ids)],
        }
        for role, may in (("department", False), ("head", True), ("operator", True)):
            wizards = self._as(role, self.env["benefit.timesheet"])
            wizard = wizards.create(vals | {"category_id": self.ovz.id})
            with self.subTest(role):
                if may:
                    self.assertTrue(wizard._render("pdf"))
                else:
                    with self._refused(AccessError, "in numbers only"):
                        wizard._render("pdf")
                    with self._refused(AccessError, "in numbers only"):
                        wizard.action_zip()
        self._let_read_health("department")
        wizards = self._as("department", self.env["benefit.timesheet"])
        wizard = wizards.create(vals | {"category_id": self.ovz.id})
        self.assertTrue(wizard._render("pdf"))

    def test_an_accountant_needs_no_diagnosis(self):
        paper = self.ill["documents"][:1]
        paper.document_type_id.is_health = True
        self.env.flush_all()
        self.assertFalse(self._sees("accountant", paper))
        self.assertTrue(self._sees("accountant", self.ill["entitlement"]))
        decision = self._as("accountant", self.ill["decision"])
        for name in ("checklist", "papers"):
            with self._refused(AccessError, ""):
                decision.read([name])
        self.assertTrue(decision.read(["result"]))
        self.assertTrue(self._as("head", self.ill["decision"]).checklist)
        self._let_read_health("accountant")
        self.assertTrue(self._sees("accountant", paper))
