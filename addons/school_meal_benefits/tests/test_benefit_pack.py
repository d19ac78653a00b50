import hashlib
import io
import zipfile
from datetime import date

import openpyxl
from PyPDF2 import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .audit_common import ACCOUNT, APPLICANT, SNILS, AuditCase

FIRST, LAST = date(2026, 9, 1), date(2026, 12, 31)


class PackCase(AuditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.application, cls.decision, cls.entitlement = cls._grant(
            cls.student, cls.ovz, bank_account=ACCOUNT
        )
        paper = cls.application.document_ids[:1]
        paper.attachment_ids = cls.env["ir.attachment"].create(
            {
                "name": "скан паспорта.pdf",
                "raw": b"scan of a passport",
                "res_model": paper._name,
                "res_id": paper.id,
            }
        )
        cls._grant(cls.sibling, cls.hot)
        cls._eat(cls.student, rule=cls.ovz_rule)
        cls._eat(cls.sibling)

    @classmethod
    def _pack(cls, role=None, **vals):
        packs = cls.env["benefit.pack"]
        if role:
            user = cls.roles[role]
            packs = packs.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
        pack = packs.create(
            {
                "company_id": cls.city.id,
                "school_id": cls.school.id,
                "date_from": FIRST,
                "date_to": LAST,
                "seed": 7,
                **vals,
            }
        )
        pack.action_make()
        return pack

    @classmethod
    def _text(cls, pack):
        reader = PdfReader(io.BytesIO(pack._render_pdf()))
        return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@tagged("post_install", "-at_install")
class TestBenefitPack(PackCase):
    def test_a_sample_can_be_drawn_again(self):
        more = [
            self._new_student(self.class_1b, f"Child{chr(97 + at)}", "Test")
            for at in range(20)
        ]
        for student in more:
            self._grant(student, self.hot)
        first, second = self._pack(sample_size=5), self._pack(sample_size=5)
        self.assertEqual(first.population, 22)
        self.assertEqual(len(first.student_ids), 5)
        self.assertEqual(first.student_ids, second.student_ids)
        self.assertEqual(first.population_digest, second.population_digest)
        other = self._pack(sample_size=5, seed=8)
        self.assertNotEqual(other.student_ids, first.student_ids)

    def test_only_recipients_of_the_category_and_period_are_drawn(self):
        pack = self._pack(category_id=self.ovz.id)
        self.assertEqual(pack.student_ids, self.student)
        with self._refused(UserError, "Nobody receives"):
            self._pack(date_from=date(2026, 9, 1), date_to=date(2026, 11, 12))
        with self._refused(UserError, "Nobody receives"):
            self._pack(school_id=self.second_school.id)

    def test_a_pack_tells_the_whole_history(self):
        pack = self._pack(way="child", student_ids=[Command.set(self.student.ids)])
        text = self._text(pack)
        for words in (
            "Ivanov Ivan",
            "Application No. 1 of 12.11.2026: ovz",
            "No. 1 for 2026/2027, 12.11.2026 12:00",
            "Ivanova Maria",
            "t_pmpk",
            "IV-AI 555777",
            "Checklist as it was on the day of the decision",
            "13.11.2026",
            "No. 1-p of 13.11.2026",
            "From the date of the decision.",
            "16.11.2026",
            "Issued",
            "85.30",
            "town 85.30",
        ):
            self.assertIn(words, text)
        self.assertNotIn("Petrov", text)

    def test_the_contents_name_pages_and_bookmarks(self):
        pack = self._pack(
            way="child", student_ids=[Command.set((self.student + self.sibling).ids)]
        )
        reader = PdfReader(io.BytesIO(pack._render_pdf()))
        children = [each for each in reader.outline if not isinstance(each, list)]
        self.assertEqual(
            [each.title for each in children], ["1. Ivanov Ivan", "2. Ivanova Anna"]
        )
        contents, *rest = [page.extract_text() for page in reader.pages]
        page = next(at for at, text in enumerate(rest, 1) if "2. Ivanova Anna" in text)
        self.assertIn("Contents", contents)
        self.assertIn(str(page + 1), contents)
        self.assertIn(f"1 / {len(reader.pages)}", contents)

    def test_numbers_are_hidden_from_who_may_not_see_them(self):
        students = [Command.set(self.student.ids)]
        for role, sees in (("department", False), ("manager", True)):
            text = self._text(self._pack(role, way="child", student_ids=students))
            with self.subTest(role):
                self.assertEqual("112-233-445 95" in text, sees)
                self.assertIn("95", text)
                for secret in (SNILS, APPLICANT, ACCOUNT):
                    self.assertNotIn(secret, text)

    def test_the_archive_proves_itself(self):
        pack = self._pack(
            way="child", student_ids=[Command.set((self.student + self.sibling).ids)]
        )
        archive = zipfile.ZipFile(io.BytesIO(pack._render_zip()))
        names = archive.namelist()
        manifest = archive.read("MANIFEST.sha256").decode()
        for line in manifest.splitlines():
            digest, name = line.split("  ")
            self.assertEqual(hashlib.sha256(archive.read(name)).hexdigest(), digest)
        self.assertEqual(len(manifest.splitlines()), len(names) - 1)
        [scan] = [name for name in names if name.startswith("scans/001/")]
        self.assertEqual(archive.read(scan), b"scan of a passport")
        table = archive.read("meals.csv").decode("utf-8-sig").splitlines()
        self.assertEqual(len(table), 3)
        self.assertIn("Ivanov Ivan", table[1])
        book = openpyxl.load_workbook(io.BytesIO(archive.read("meals.xlsx")))
        self.assertEqual(book.active.max_row, 3)

    def test_who_may_make_a_pack(self):
        mine = {"way": "child", "student_ids": [Command.set(self.student.ids)]}
        for role in ("head", "department", "accountant", "manager"):
            self.assertEqual(self._pack(role, **mine).sudo().user_id, self.roles[role])
        for role in ("operator", "teacher", "canteen", "cashier", "portal"):
            with self.subTest(role), self._refused(AccessError, ""):
                self._pack(role, **mine)
        away = self._new_student(
            self._new_class(self.second_school, 3, "А"), "Orlov", "Oleg"
        )
        foreign = {"way": "child", "student_ids": [Command.set(away.ids)]}
        with self._refused(AccessError, ""):
            self._pack("head", **foreign)
        with self._refused(AccessError, ""):
            self._pack("head", school_id=self.second_school.id)
        with self._refused(AccessError, ""):
            self._pack("department", way="child",
                       student_ids=[Command.set(self.stranger.ids)])  # fmt: skip

    def test_a_pack_stays_as_it_was_made(self):
        pack = self._pack("department")
        with self._refused(UserError, "stays as it is"):
            pack.seed = 9
        with self._refused(UserError, "stays on record"):
            pack.unlink()
        with self._refused(UserError, "stays as it is"):
            pack.action_make()
        self.assertEqual(pack.seed, 7)

    def test_a_made_pack_is_not_created(self):
        """A sample has been drawn, and drawn by whom it says."""
        packs = self._as("department", self.env["benefit.pack"])
        vals = {"company_id": self.city.id, "date_from": FIRST, "date_to": LAST}
        for forged in (
            {"state": "done"},
            {"user_id": self.roles["head"].id},
            {"population": 100},
        ):
            with self._refused(AccessError, "by the button only"):
                packs.create(vals | forged)
            name, value = next(iter(forged.items()))
            with self._refused(AccessError, "by the button only"):
                packs.with_context(**{f"default_{name}": value}).create(vals)
            draft = packs.create(vals)
            with self._refused(AccessError, "by the button only"):
                draft.write(forged)
            draft.unlink()
        self.assertFalse(packs.search([]))

    def test_there_are_no_files_before_a_pack_is_made(self):
        """A draft can be deleted: nothing would say what was taken."""
        pack = self._pack(
            "head", way="child", student_ids=[Command.set(self.student.ids)]
        )
        draft = pack.copy(
            {"way": "child", "student_ids": [Command.set(self.student.ids)]}
        )
        for render in (draft._render_pdf, draft._render_zip):
            with self._refused(UserError, "Press “Make the pack” first"):
                render()
        self.assertTrue(pack._render_pdf())

    def test_a_pack_of_children_who_moved_is_closed_to_their_former_head(self):
        pack = self._pack(
            "head", way="child", student_ids=[Command.set(self.student.ids)]
        )
        self.assertTrue(pack._render_pdf())
        new_class = self._new_class(self.second_school, 5, "А")
        self.student.write(
            {"school_id": self.second_school.id, "class_id": new_class.id}
        )
        with self._refused(AccessError, "of your own school"):
            pack._render_pdf()
        self.assertTrue(self._as("department", pack)._render_pdf())

    def test_sections_of_other_models_join_in(self):
        sections = self.env["benefit.pack.sections"]
        titles = [title for title, _draw in sections._get_pack_sections()]
        self.assertIn("EGISSO", titles)
        self.assertIn("Money compensation", titles)

    def test_thirty_children_are_read_in_batches(self):
        def queries(count):
            students = [
                self._new_student(self.class_1b, f"Kid{chr(97 + at)}", "Test")
                for at in range(count)
            ]
            for student in students:
                self._grant(student, self.hot)
            pack = self._pack(
                way="child",
                student_ids=[Command.set([one.id for one in students])],
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pack._get_data()
            return self.env.cr.sql_log_count - before

        few, many = queries(2), queries(12)
        self.assertLess(many - few, 10 * 4)


@tagged("post_install", "-at_install")
class TestBenefitPackDownload(PackCase, HttpCase):
    def test_every_download_is_logged(self):
        pack = self._pack(
            "department", way="child", student_ids=[Command.set(self.student.ids)]
        )
        self.authenticate("test_department", "test_department")
        answer = self.url_open(f"/school_meal/audit/pack/{pack.id}.zip")
        self.assertTrue(answer.content.startswith(b"PK"))
        lines = self.env["school.access.log"].search([("kind", "=", "pack")])
        self.assertEqual(lines.student_id, self.student)
        self.assertEqual(lines.user_id, self.roles["department"])
        self.assertIn("ZIP", pack.sudo().message_ids[0].body)
        self.authenticate("test_teacher", "test_teacher")
        answer = self.url_open(f"/school_meal/audit/pack/{pack.id}.pdf")
        self.assertIn(answer.status_code, (403, 404))
