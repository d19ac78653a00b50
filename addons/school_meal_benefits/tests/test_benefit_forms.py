import io
from datetime import date

from openpyxl import load_workbook
from PyPDF2 import PdfReader

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .application_common import CHILD_SNILS, ApplicationCase


@tagged("post_install", "-at_install")
class TestBenefitForms(ApplicationCase, HttpCase):
    """What is printed, and who may print it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._redrafted():
            cls.ovz.name = "ОСНОВАНИЕ"
        for user in cls.roles.values():
            user.password = user.login

    def _text(self, pdf):
        reader = PdfReader(io.BytesIO(pdf))
        text = " ".join(page.extract_text() for page in reader.pages)
        return " ".join(text.split())

    def _forms(self, role="operator"):
        return self._as(role, self.env["benefit.forms"]).with_context(lang="ru_RU")

    def test_the_order_names_children_grounds_and_dates(self):
        order = self._granted().order_id
        text = self._text(self._forms()._draw_order(order))
        for words in ("ПРИКАЗ", "№ 1-П", "Ivanov Ivan", "ОСНОВАНИЕ", "ПРИКАЗЫВАЮ"):
            self.assertIn(words, text)
        self.assertIn("«17» ноября 2026 г.", text)
        self.assertIn("с 17.11.2026", text)
        self.assertNotIn("ПРОЕКТ", text)

    def test_the_extract_tells_no_grounds(self):
        order = self._granted().order_id
        text = self._text(self._forms()._draw_order(order, extract=True))
        self.assertIn("ВЫПИСКА", text)
        self.assertIn("Ivanov Ivan", text)
        self.assertNotIn("ОСНОВАНИЕ", text)

    def test_grounds_of_health_on_paper_are_logged(self):
        with self._redrafted():
            self.ovz.is_health = True
        order = self._granted().order_id
        log = self.env["school.access.log"]
        mine = [("student_id", "=", self.student.id), ("kind", "=", "health")]
        before = log.search_count(mine)
        self._forms("head")._draw_order(self._head(order), extract=True)
        self.assertEqual(log.search_count(mine), before)
        self._forms("head")._draw_order(self._head(order))
        self.assertEqual(log.search_count(mine), before + 1)

    def test_a_draft_is_marked(self):
        order = self._order(self._registered())
        self.assertIn("ПРОЕКТ", self._text(self._forms()._draw_order(order)))

    def test_a_supersession_prints_its_order(self):
        application = self._refused_one()
        self.env.cr.execute(
            "UPDATE benefit_application_document SET state = 'provided'"
            " WHERE application_id = %s",
            [application.id],
        )
        self.env.invalidate_all()
        decision = self._head(application)._decide_anew(
            application.decision_ids, "granted", "Found"
        )
        text = self._text(self._forms()._draw_order(decision.order_id))
        self.assertIn("Ivanov Ivan", text)

    def test_the_refusal_says_why(self):
        notice = self._refused_one().decision_ids.notice_ids
        text = self._text(self._forms()._draw_notice(notice))
        for words in ("УВЕДОМЛЕНИЕ", "Ivanova Maria", "1) t_pmpk.", "№ 1-У"):
            self.assertIn(words, text)

    def test_the_request_gives_the_numbers_to_who_may_see_them(self):
        application = self._registered(self.poor, skipped=[self.income])
        application.action_make_requests()
        request = application.request_ids
        request.action_send()
        number = "112-233-445 95"
        self.assertIn(number, self._text(self._forms()._draw_request(request)))
        forms = self._forms("head")
        self.assertNotIn(number, self._text(forms._draw_request(self._head(request))))

    def test_the_sheet_says_where_papers_are_kept(self):
        application = self._draft()
        self._provide(application)
        self._row(application, self.birth).write(
            {"state": "held", "held_place": "Личное дело № 12"}
        )
        application.action_register()
        text = self._text(self._forms()._draw_sheet(application))
        self.assertIn("место хранения: Личное дело № 12", text)
        self.assertIn("17.11.2026 12:00", text)
        self.assertNotIn(CHILD_SNILS, text)

    def test_the_journal_lists_the_registered(self):
        self._granted()
        self._draft(self.poor)
        day = date(2026, 11, 17)
        text = self._text(self._forms()._draw_journal(self.school, day, day, "pdf"))
        self.assertIn("Всего заявлений: 1", text)
        book = self._forms()._draw_journal(self.school, day, day, "xlsx")
        rows = list(load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
        self.assertEqual(rows[4][1:4], ("1", "17.11.2026 12:00", "17.11.2026"))
        self.assertIn("приказ от 17.11.2026 №\N{NO-BREAK SPACE}1-П", rows[4][9])
        later = date(2026, 11, 18)
        text = self._text(self._forms()._draw_journal(self.school, later, later, "pdf"))
        self.assertIn("Всего заявлений: 0", text)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_who_may_print(self):
        application = self._granted()
        paths = (
            f"order/{application.order_id.id}.pdf",
            f"extract/{application.order_id.id}.pdf",
            f"sheet/{application.id}.pdf",
            f"journal/{self.school.id}/2026-11-01_2026-11-30.pdf",
            f"journal/{self.school.id}/2026-11-01_2026-11-30.xlsx",
        )
        may = {"operator", "head", "department", "accountant", "manager"}
        for role in (*may, "teacher", "canteen", "cashier", "nobody"):
            self.authenticate(self.roles[role].login, self.roles[role].login)
            for path in paths:
                response = self.url_open(f"/school_meal/benefit/{path}")
                # the application is for a health ground
                is_closed = role == "department" and not path.startswith("journal")
                opens = role in may and not is_closed
                with self.subTest(role=role, path=path):
                    self.assertEqual(response.status_code, 200 if opens else 403)

    @mute_logger("odoo.http")
    def test_no_such_paper(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        for path in (
            "order/999999999.pdf",
            f"journal/{self.school.id}/2026-11-01_nonsense.pdf",
            "journal/999999999/2026-11-01_2026-11-30.pdf",
        ):
            response = self.url_open(f"/school_meal/benefit/{path}")
            self.assertEqual(response.status_code, 404, path)
