import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_day.tests.parent_common import PASSWORD, ParentCase

from .application_common import PARENT_SNILS, ApplicationCase

PDF = base64.b64encode(b"%PDF-1.4 scan").decode()


@tagged("post_install", "-at_install")
class TestBenefitParentApi(ApplicationCase, HttpCase):
    """Parents apply for their child and see what became of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mother_user = ParentCase._portal_user.__func__(cls, "mother", cls.mother)
        father = cls.env["res.partner"].create({"name": "Petrov Pavel"})
        cls.env["school.guardian"].create(
            {"student_id": cls.classmate.id, "partner_id": father.id}
        )
        cls.father_user = ParentCase._portal_user.__func__(cls, "father", father)
        cls.ovz_papers = cls.ovz.requirement_ids

    def _api(self, user=None):
        return (
            self.env["meal.parent.api"]
            .with_user(user or self.mother_user)
            .with_context(lang="en_US")
        )

    def _apply(self, documents=(), user=None, snils=PARENT_SNILS, category=None):
        return self._api(user)._create_benefit_application(
            self.student.id, (category or self.ovz).id, snils, list(documents)
        )

    def _scan(self, requirement, content=PDF, **vals):
        return {
            "id": requirement.id,
            "scans": [{"name": "../../x.exe", "content": content}],
            **vals,
        }

    def test_categories_that_fit_with_their_documents(self):
        found = self._api()._get_benefit_categories(self.student.id)
        self.assertEqual([one["name"] for one in found], ["ovz", "poor"])
        self.assertEqual(
            [one["name"] for one in found[0]["documents"]],
            ["t_identity", "t_birth", "t_pmpk"],
        )
        income = found[1]["documents"][-1]
        self.assertFalse(income["from_parent"])

    def test_a_parent_applies_and_the_clerk_registers(self):
        made = self._apply([self._scan(one) for one in self.ovz_papers])
        application = self.env["benefit.application"].browse(made["id"])
        self.assertEqual((application.origin, application.state), ("parent", "draft"))
        self.assertEqual(application.applicant_id, self.guardian)
        self.assertEqual(application.applicant_snils, PARENT_SNILS)
        self.assertTrue(application.is_settled)
        scan = self._row(application, self.pmpk).attachment_ids
        self.assertEqual(
            (scan.name, scan.mimetype, scan.res_id),
            (
                "t_pmpk-1.pdf",
                "application/pdf",
                self._row(application, self.pmpk).id,
            ),
        )
        self._clerk(application).action_register()
        [state] = self._api()._get_benefit_applications(self.student.id)
        self.assertEqual((state["number"], state["state"]), (1, "registered"))
        self.assertNotIn(PARENT_SNILS, str(state))

    def test_only_a_legal_representative(self):
        calls = (
            lambda user: self._api(user)._get_benefit_categories(self.student.id),
            lambda user: self._api(user)._get_benefit_applications(self.student.id),
            lambda user: self._apply(user=user),
        )
        for call in calls:
            with self._refused(AccessError, "not in your list"):
                call(self.father_user)
        self.guardian.is_legal = False
        for call in calls:
            with self._refused(AccessError, "legal representative"):
                call(self.mother_user)
        self.assertFalse(self.student.benefit_application_ids)

    def test_an_application_of_the_other_parent_is_not_shown(self):
        self._draft(applicant_id=False)
        self.assertFalse(self._api()._get_benefit_applications(self.student.id))

    def test_a_benefit_that_does_not_fit_is_refused(self):
        for category in (self.hot, self.money, self.hot.browse(10**9)):
            with self._refused(UserError, "not meant for the child"):
                self._apply(category=category)
        with self._refused(UserError, "not meant for the child"):
            self._api()._create_benefit_application(self.student.id, "1", "", [])

    def test_files_are_looked_at(self):
        paper = self.ovz_papers[0]
        script = base64.b64encode(b"<script>alert(1)</script>").decode()
        large = base64.b64encode(b"%PDF-" + b"0" * (10 * 1024 * 1024)).decode()
        for content in (script, large, "not base64!", None, 5, ""):
            with self._refused(UserError, "PDF, JPEG or PNG"):
                self._apply([self._scan(paper, content)])
        with self._refused(UserError, "at most 20 files"):
            self._apply([{"id": paper.id, "scans": [{"content": PDF}] * 21}])
        for nonsense in ("x", {"id": 1}, {"id": paper.id, "scans": "x"}, None):
            with self._refused(UserError, "not asked for"):
                self._apply([nonsense])
        self.assertFalse(self.student.benefit_application_ids)

    def test_a_wrong_snils_is_refused(self):
        for wrong in ("", None, "112-233-445 96", 5):
            with self._refused(UserError, "SNILS"):
                self._apply(snils=wrong)

    def test_there_is_a_limit(self):
        for __ in range(5):
            self._apply()
        with self._refused(UserError, "several applications already"):
            self._apply()
        self.student.benefit_application_ids.unlink()
        self.assertTrue(self._apply())

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_parent_reads_no_record(self):
        made = self._apply([self._scan(one) for one in self.ovz_papers])
        scans = self.env["benefit.application"].browse(made["id"])
        scans = scans.document_ids.attachment_ids
        for model in ("benefit.application", "benefit.decision", "benefit.order"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.mother_user).search([])
        with self.assertRaises(AccessError):
            scans.with_user(self.mother_user).read(["datas"])

    def _call(self, path, **params):
        return self.make_jsonrpc_request(f"/school_meal/parent/benefits/{path}", params)

    def test_the_routes(self):
        self.authenticate("mother", PASSWORD)
        found = self._call("categories", student_id=self.student.id)
        self.assertEqual(len(found), 2)
        made = self._call(
            "apply",
            student_id=self.student.id,
            category_id=self.ovz.id,
            snils=PARENT_SNILS,
            documents=[],
        )
        [mine] = self._call("applications", student_id=self.student.id)
        self.assertEqual(mine["id"], made["id"])
