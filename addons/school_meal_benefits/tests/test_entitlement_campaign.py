from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.school_meal_benefits.report import campaign_list

from .entitle_common import EntitlementCase

SEPTEMBER, AUGUST = date(2026, 9, 1), date(2027, 8, 31)


@tagged("post_install", "-at_install")
class TestEntitlementCampaign(EntitlementCase):
    """It is August 2027; `sibling` goes to grade 2, `student` and `classmate` to 6."""

    def setUp(self):
        super().setUp()
        for students, category in (
            (self.sibling, self.hot),
            (self.student + self.classmate, self.ovz),
        ):
            self._grant(students, category)
        self._at("2027-08-16 09:00:00")
        self.campaign = self.env["benefit.campaign"].create(
            {"company_id": self.city.id, "school_year_start": 2027}
        )

    def _line(self, student):
        return self.campaign.line_ids.filtered(lambda one: one.student_id == student)

    def _documents(self, student):
        rows = self._line(student).application_id.document_ids
        return {row.requirement_id.code: row for row in rows}

    def test_a_draft_for_everybody_whose_benefit_ends(self):
        self.campaign.action_start()
        self.assertEqual(self.campaign.state, "running")
        students = self.campaign.line_ids.student_id
        self.assertEqual(students, self.student + self.sibling + self.classmate)
        for line in self.campaign.line_ids:
            application = line.application_id
            former = line.entitlement_id.decision_id.application_id
            self.assertEqual(application.state, "draft")
            self.assertEqual(application.origin, "campaign")
            self.assertEqual(application.previous_id, former)
            self.assertEqual(application.school_year_start, 2027)
            self.assertEqual(application.category_id, line.category_id)
        self.assertEqual(self._line(self.sibling).grade, 2)
        self.assertEqual(self.campaign.waiting_count, 3)
        self.assertEqual(self.campaign.progress, 0)

    def test_started_twice_it_adds_nothing(self):
        self.campaign.action_start()
        applications = self.campaign.line_ids.application_id
        self.campaign.action_start()
        self.assertEqual(self.campaign.line_ids.application_id, applications)
        self.assertEqual(len(self.campaign.line_ids), 3)
        # a draft that somebody threw away is written again
        applications[:1].unlink()
        self.campaign.action_start()
        self.assertEqual(len(self.campaign.line_ids.application_id), 3)

    def test_documents_that_the_school_has(self):
        former = self.student.benefit_application_ids
        rows = {row.requirement_id.code: row for row in former.document_ids}
        rows["t_birth"].write({"state": "held", "held_place": "Room 5", "number": "77"})
        rows["t_pmpk"].valid_to = AUGUST  # not into the new year
        self._sql(
            "UPDATE benefit_requirement SET may_be_held = false WHERE id = %s"
            " RETURNING id",
            rows["t_identity"].requirement_id.id,
        )
        self.env.invalidate_all()
        self.campaign.action_start()
        found = self._documents(self.student)
        self.assertEqual(
            (
                found["t_birth"].state,
                found["t_birth"].held_place,
                found["t_birth"].number,
            ),
            ("held", "Room 5", "77"),
        )
        self.assertEqual(found["t_birth"].held_document_id, rows["t_birth"])
        self.assertEqual(found["t_pmpk"].state, "missing")
        self.assertEqual(found["t_identity"].state, "missing")
        self.assertEqual(self._line(self.student).to_bring, "t_identity\nt_pmpk")
        # the neighbour's paper lasts: it is held where the file of the year is
        other = self._documents(self.classmate)["t_pmpk"]
        self.assertEqual(other.state, "held")
        self.assertIn("2026/2027", other.held_place)

    def test_scans_stay_with_the_paper_of_last_year(self):
        old = self.student.benefit_application_ids.document_ids[1]
        scan = self.env["ir.attachment"].create({"name": "birth.pdf", "raw": b"%PDF"})
        old.attachment_ids = scan
        self.assertEqual(scan.res_id, old.id)
        self.campaign.action_start()
        row = self._documents(self.student)["t_birth"]
        self.assertEqual((row.state, row.held_document_id), ("held", old))
        self.assertFalse(row.attachment_ids)
        self.assertEqual((old.attachment_ids, scan.res_id), (scan, old.id))

    def test_who_does_not_go_on(self):
        fourth = self._new_class(self.school, 4, "В", school_year_start=2026)
        last = self._new_class(self.school, 11, "А", school_year_start=2026)
        ninth = self._new_class(self.school, 4, "Г", school_year_start=2026)
        self._at("2026-11-15 09:00:00")
        fourth_child = self._new_student(fourth, "Belov", "Boris")
        graduate = self._new_student(last, "Vasin", "Vasily")
        flagged = self._new_student(ninth, "Gusev", "Gleb")
        newcomers = fourth_child + graduate + flagged
        newcomers.enrolment_ids.date_from = SEPTEMBER
        self._grant(fourth_child, self.hot)
        self._grant(graduate + flagged, self.ovz)
        self.student._leave(date(2026, 11, 15), "left", None, uuid="leave-1")
        lost = self.classmate.benefit_entitlement_ids
        lost._end("ground_lost", date(2027, 6, 10))
        self._at("2027-08-16 09:00:00")
        self.campaign.action_start()
        self.assertEqual(self._line(fourth_child).skip, "stage")
        self.assertEqual(self._line(graduate).skip, "graduated")
        self.assertFalse(self._line(flagged).skip)
        self.assertTrue(self._line(flagged).is_stage_change)
        self.assertFalse(self._line(self.sibling).is_stage_change)
        self.assertFalse(self._line(self.student))  # left in November
        self.assertFalse(self._line(self.classmate))  # lost the ground
        self.assertFalse(self._line(fourth_child).application_id)
        self.assertEqual(self.campaign.draft_count, 2)

    def test_leavers_of_the_summer_are_told(self):
        self.student._leave(date(2027, 7, 10), "left", None, uuid="leave-1")
        self.campaign.action_start()
        self.assertEqual(self._line(self.student).skip, "left")

    def test_who_has_applied_already(self):
        [own] = self._apply_for(
            self.sibling, self.hot, date(2027, 8, 10), school_year_start=2027
        )
        self.campaign.action_start()
        line = self._line(self.sibling)
        self.assertEqual((line.application_id, line.state), (own, "answered"))
        self.assertEqual(self.campaign.answered_count, 1)
        self.assertEqual(round(self.campaign.progress), 33)
        self.assertFalse(own.previous_id)

    def test_many_are_written_in_portions(self):
        self.campaign._find_lines()
        self.assertEqual(self.campaign._write_drafts(2), 1)
        self.assertEqual(self.campaign._write_drafts(2), 0)
        self.assertEqual(len(self.campaign.line_ids.application_id), 3)

    def test_the_printed_list(self):
        self.campaign.action_start()
        self.assertTrue(campaign_list.make_pdf(self.campaign).startswith(b"%PDF"))

    def test_whose_campaign_it_is(self):
        self._make_roles()
        operator = self._as("operator", self.env["benefit.campaign"])
        mine = operator.create({"school_year_start": 2027, "company_id": self.city.id})
        self.assertEqual(mine.school_ids, self.school)
        for schools in (self.second_school, self.second_school.browse()):
            with self._refused(AccessError, "."):
                operator.create(
                    {
                        "school_year_start": 2027,
                        "company_id": self.city.id,
                        "school_ids": [Command.set(schools.ids)],
                    }
                )
        mine.action_start()
        self.assertEqual(mine.waiting_count, 3)
        with self._refused(AccessError, "button"):
            mine.state = "done"
        with self._refused(UserError, "begun"):
            mine.school_year_start = 2028
        mine.action_finish()
        self.assertEqual(mine.state, "done")
        with self._refused(AccessError, "."):
            self._as("head", mine).action_start()
        # a health ground is not for the department to see
        department = self._as("department", mine)
        self.assertEqual(department.line_ids.student_id, self.sibling)
