from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .application_common import ApplicationCase

KINDS = ("register", "decide", "order", "notice", "request")


@tagged("post_install", "-at_install")
class TestBenefitDeadlines(ApplicationCase):
    """Items 6, 10-12: terms are listed, and reach the clerk and the head."""

    def _rows(self, role="operator", **where):
        self.env["benefit.deadline"].invalidate_model()
        domain = [("school_id", "=", self.school.id)]
        domain += [(name, "=", value) for name, value in where.items()]
        return self._as(role, self.env["benefit.deadline"]).search(domain)

    def _reminders(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def _remind(self):
        self.env["benefit.deadline"]._cron_remind()

    def test_open_terms_are_on_the_list_and_closed_ones_are_not(self):
        draft = self._draft()
        self.assertEqual(self._rows().mapped("kind"), ["register"])
        self._provide(draft).action_register()
        self.assertEqual(set(self._rows().mapped("kind")), {"decide", "order"})
        self._head(self._order(draft)).action_sign()
        self.assertFalse(self._rows())
        notice = self._refused_one(student=self.student).decision_ids.notice_ids
        self.assertEqual(self._rows().notice_id, notice)
        self.assertEqual(self._rows().application_id, draft.search([], limit=1))

    def test_how_urgent_a_term_is(self):
        application = self._registered(skipped=[self.pmpk])
        row = self._rows(kind="decide")
        for moment, urgency, left in (
            ("2026-11-17 09:00:00", "soon", 1),
            ("2026-11-18 09:00:00", "today", 0),
            ("2026-11-19 09:00:00", "overdue", -1),
        ):
            with freeze_time(moment):
                row.invalidate_recordset()
                self.assertEqual((row.urgency, row.days_left), (urgency, left))
        self.assertEqual(row.action_open()["res_id"], application.id)

    def test_who_sees_the_list(self):
        self._draft()
        for role in ("operator", "head", "department", "accountant", "manager"):
            self.assertEqual(len(self._rows(role)), 1, role)
        for role in ("teacher", "canteen", "cashier", "portal", "nobody"):
            with self.assertRaises(AccessError):
                self._rows(role)
        other = self._new_user("other_clerk", "group_operator", self.second_school)
        rows = self.env["benefit.deadline"].with_user(other)
        rows = rows.with_context(allowed_company_ids=self.city.ids)
        self.assertFalse(rows.search([]))

    def test_reminders_come_once_to_both(self):
        application = self._registered(skipped=[self.pmpk])
        self._remind()
        reminders = self._reminders(application)
        self.assertEqual(reminders.user_id, self.clerk + self.head)
        # the decision is due in a day, the order in two
        self.assertEqual(len(reminders), 4)
        self._remind()
        self.assertEqual(self._reminders(application), reminders)
        with freeze_time("2026-11-23 09:00:00"):
            self._remind()
            self._remind()
        self.assertEqual(self._reminders(application), reminders)

    def test_reminders_come_two_working_days_ahead(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        request = application.request_ids
        request.action_send()
        self.assertEqual(request.due_on, fields.Date.to_date("2026-11-24"))
        for day, count in (("2026-11-19", 0), ("2026-11-20", 2)):
            with self.subTest(day), freeze_time(f"{day} 09:00:00"):
                self._remind()
                self.assertEqual(len(self._reminders(request)), count)

    def test_a_reminder_follows_the_term_that_moved(self):
        application = self._registered(skipped=[self.pmpk])
        self._remind()
        with freeze_time("2026-11-20 09:00:00"):
            self._row(application, self.pmpk).state = "provided"
            self._remind()
        decide = self.env.ref("school_meal_benefits.activity_decide")
        reminders = self._reminders(application).filtered(
            lambda one: one.activity_type_id == decide
        )
        self.assertEqual(
            reminders.mapped("date_deadline"), [fields.Date.to_date("2026-11-23")] * 2
        )

    def test_reminders_end_with_the_step(self):
        draft = self._draft()
        self._remind()
        self.assertEqual(len(self._reminders(draft)), 2)
        self._provide(draft).action_register()
        self.assertFalse(self._reminders(draft))
        self._remind()
        self._head(self._order(draft)).action_sign()
        self.assertFalse(self._reminders(draft))

    def test_requests_and_letters_are_reminded_of(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        request = application.request_ids
        request.action_send()
        notice = self._refused_one().decision_ids.notice_ids
        with freeze_time("2026-11-24 09:00:00"):
            self._remind()
            self.assertEqual(len(self._reminders(request)), 2)
            self.assertEqual(len(self._reminders(notice)), 2)
            notice.address = "Plast"
            self._clerk(notice).action_dispatch()
            request.answer = "5"
            request.action_confirm()
        self.assertFalse(self._reminders(request) + self._reminders(notice))

    def test_a_reminder_is_in_the_language_of_its_reader(self):
        application = self._registered(skipped=[self.pmpk])
        self.env["res.lang"]._activate_lang("ru_RU")
        decide = self.env.ref("school_meal_benefits.activity_decide")
        decide.with_context(lang="ru_RU").name = "Решить"
        self._remind()
        [reminder] = self._reminders(application).filtered(
            lambda one: one.activity_type_id == decide and one.user_id == self.head
        )
        self.assertFalse(reminder.summary)
        for lang, name in (("ru_RU", "Решить"), ("en_US", decide.name)):
            reminder.invalidate_recordset()
            self.assertEqual(reminder.with_context(lang=lang).display_name, name)

    def test_a_reminder_names_no_child_and_no_ground(self):
        application = self._registered(skipped=[self.pmpk])
        with self._redrafted():
            self.ovz.name = "SECRET GROUND"
        self._remind()
        for reminder in self._reminders(application):
            words = f"{reminder.display_name} {reminder.res_name}"
            self.assertNotIn("Ivanov", reminder.display_name)
            self.assertNotIn("SECRET", words)

    def test_what_the_campaign_prepared_is_not_due(self):
        self.env["benefit.application"].create(
            {
                "student_id": self.student.id,
                "category_id": self.ovz.id,
                "origin": "campaign",
            }
        )
        self.assertFalse(self._rows())

    def test_terms_of_every_kind_have_their_reminder(self):
        for kind in KINDS:
            self.assertTrue(self.env.ref(f"school_meal_benefits.activity_{kind}"))
