from datetime import UTC, date, datetime
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests.common import SchoolMealCase
from odoo.addons.school_meal_demo import benefits, clock, const

IN_TERM = date(2026, 11, 27)
#: Every history of the first municipality, but for money: there is no ledger here.
CAST = [
    (code, len(benefits.FATES.get(code, ())) + 1, 1)
    for code, *_numbers in benefits.CAST["prirechensk"]
    if code not in ("disability_home", "disability_remote")
]
GRADES = {1: 2, 6: 75, 9: 2}


@tagged("post_install", "-at_install")
class TestDemoBenefits(SchoolMealCase):
    """Two schools without ledger: no money is paid and no meal cooked."""

    def _begin(self, day):
        """Stop the clock of the demo on a day; make schools with children and staff."""
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        patcher = patch.object(clock, "_now", lambda: now)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.enterContext(clock.story())
        self.city = self._new_company(const.CITIES[0]["name"])
        self.env.user.company_ids += self.city
        self.demo = self.env["meal.demo"].with_context(
            allowed_company_ids=self.city.ids, no_reset_password=True
        )
        self.schools = self.env["school.school"].union(
            *(
                self._new_school(self.city, code, name).with_env(self.demo.env)
                for code, name in (("024", "School A"), ("025", "School B"))
            )
        )
        with self.demo._at_year_begin(self.city):
            for school in self.schools:
                for grade, count in GRADES.items():
                    self._fill_class(self._new_class(school, grade, "Я"), count)
        self.demo._create_staff(self.city)
        self.demo._create_funding(self.city, self.demo._get_year_begin(self.city))
        self.demo._create_benefits(self.city)

    def _fill_class(self, school_class, count):
        number = school_class.id * 1000
        students = self.env["school.student"].create(
            [
                {
                    "last_name": const.LAST_NAMES[place % len(const.LAST_NAMES)],
                    "first_name": const.BOYS[place % len(const.BOYS)],
                    "middle_name": "Павлович",
                    "school_id": school_class.school_id.id,
                    "class_id": school_class.id,
                    "birth_date": date(2014, 5, 20),
                    "gender": "male",
                    "snils": self.demo._make_snils(200_000_000 + number + place),
                }
                for place in range(count)
            ]
        )
        mothers = self.env["res.partner"].create(
            [{"name": f"{student.last_name}а Анна"} for student in students]
        )
        self.env["school.guardian"].create(
            [
                {"student_id": student.id, "partner_id": mother.id}
                for student, mother in zip(students, mothers, strict=True)
            ]
        )

    def _play(self):
        with patch.dict(benefits.CAST, prirechensk=CAST):
            agenda = self.demo._plan_benefits(self.city)
        today = self.env["school.calendar"]._local_date(self.schools[0])
        self.demo._play_benefits(agenda, self.schools[0], today)
        self.demo._prepare_benefits_today(self.schools)

    def _count(self, model, *domain):
        return self.env[model].search_count(
            [("company_id", "=", self.city.id), *domain]
        )

    def test_every_child_of_the_cast_is_somebody_else(self):
        self._begin(IN_TERM)
        with patch.dict(benefits.CAST, prirechensk=CAST):
            plain, fates = self.demo._cast(self.schools[0], True)
            again = self.demo._cast(self.schools[0], True)
        self.assertEqual((plain, fates), again)
        members = [one for students in plain.values() for one in students]
        members += [student for student, _code, _fate in fates]
        self.assertEqual(len(members), len(set(members)))
        self.assertEqual(len(members), sum(shown for _code, shown, _other in CAST))
        told = [fate for code, *_ in CAST for fate in benefits.FATES.get(code, ())]
        self.assertEqual([fate for _student, _code, fate in fates], told)

    def test_every_history_comes_about(self):
        self._begin(IN_TERM)
        self._play()
        ends = self.env["benefit.entitlement.end"].search(
            [("company_id", "=", self.city.id)]
        )
        self.assertLessEqual(
            {"left", "ground_lost", "service_ended", "replaced", "withdrawn"},
            set(ends.mapped("ground")),
        )
        self.assertEqual(set(ends.mapped("is_late")), {True, False})
        self.assertEqual(
            set(
                self.env["benefit.application"]
                .search([("company_id", "=", self.city.id)])
                .mapped("state")
            ),
            {"draft", "registered", "granted", "refused", "withdrawn"},
        )
        self.assertTrue(self._count("benefit.decision", ("supersedes_id", "!=", False)))
        self.assertTrue(self._count("benefit.notice", ("sent_on", "=", False)))
        self.assertTrue(self._count("benefit.notice", ("is_late", "=", True)))
        self.assertTrue(self._count("benefit.request", ("state", "=", "negative")))
        self.assertTrue(self._count("benefit.order", ("state", "=", "draft")))
        self.assertTrue(self._count("egisso.package", ("state", "=", "partly")))
        self.assertTrue(self._count("egisso.package", ("state", "=", "sent")))
        self.assertTrue(self._count("benefit.campaign", ("state", "=", "done")))

    def test_nobody_in_grades_1_to_4_eats_free_without_a_decision(self):
        self._begin(IN_TERM)
        begin = self.demo._get_year_begin(self.city)
        young = self.schools.student_ids.filtered(lambda one: one.class_id.grade == 1)
        self.assertFalse(young._get_meal_categories(begin))
        self._play()
        self.assertEqual(len(young._get_meal_categories(begin)), len(young))

    def _start(self, day):
        """Play the demo of a day: nothing may have happened after it."""
        self._begin(day)
        self._play()
        self.assertTrue(self._count("benefit.application"))
        self.assertFalse(self._count("benefit.decision", ("date", ">", day)))

    def test_started_on_the_first_day_of_a_school_year(self):
        self._start(date(2026, 9, 1))

    def test_started_after_the_winter_holidays(self):
        self._start(date(2027, 1, 12))

    def test_started_in_summer(self):
        self._start(date(2027, 7, 15))
