import random
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from odoo import Command, api, fields, models

from odoo.addons.school_access.domain.access_code import card_code

from .. import const

#: A turnstile for those who come in at the front, one at the back of the house.
ENTRANCES = [("Главный вход", "Турникет у главного входа"), ("Двор", "Вход со двора")]
#: First number of the controllers, as on the plates of a maker.
SERIAL = 44_000
#: Names of staff who have a pass; teachers, kitchen, cleaning.
STAFF = 12
#: Of a thousand students on a day.
LATE = 40
LEFT_EARLY = 12
FORGOT_CARD = 8
#: Up to this grade children have four lessons.
YOUNGER = 4
#: Turnstiles tell what happened every few minutes of the story.
REPORT_MINUTES = 8
#: Cards of the living entrance: so many people of a school come and go there.
SHOWN = 120


class MealDemo(models.AbstractModel):
    """Turnstiles, who may pass, and who came and went on the days of the history."""

    _inherit = "meal.demo"

    # === PLACES AND PEOPLE === #

    @api.model
    def _create_entrances(self, company):
        schools = self.env["school.school"].search([("company_id", "=", company.id)])
        for school in schools:
            self._create_entrance(school)
            self._create_lesson_times(school)
            self._create_passes(school)
        self._create_guard(company, schools[:1])

    @api.model
    def _create_entrance(self, school):
        """A site with a building and two turnstiles; its rules come with it."""
        # in Russian, as whoever sets it up: the names of the first rules
        site = (
            self.env["access.site"]
            .with_context(lang="ru_RU")
            .create({"name": "Основная территория", "school_id": school.id})
        )
        zone = self.env["access.zone"].create(
            {"name": "Учебный корпус", "site_id": site.id}
        )
        for number, (name, controller) in enumerate(ENTRANCES, start=1):
            point = self.env["access.point"].create(
                {"name": name, "site_id": site.id, "zone_id": zone.id}
            )
            self.env["access.controller"].create(
                {
                    "name": controller,
                    "point_id": point.id,
                    "serial": str(SERIAL + school.id * 10 + number),
                    "reader_ids": [
                        Command.create({"number": 1, "direction": "in"}),
                        Command.create({"number": 2, "direction": "out"}),
                    ],
                }
            )

    @api.model
    def _create_lesson_times(self, school):
        """The younger ones go home before the others: they do not leave early."""
        classes = self.env["school.class"].search(
            [("school_id", "=", school.id), ("grade", "<=", YOUNGER)]
        )
        self.env["attendance.bell"].create(
            [
                {
                    "school_id": school.id,
                    "shift": one.shift,
                    "class_id": one.id,
                    "last_lesson": 12.0,
                }
                for one in classes
                if one.shift == "1"
            ]
        )

    @api.model
    def _create_passes(self, school):
        """Staff of the school, and a guest who is expected today."""
        chance = self._chance_of(school)
        names = [
            f"{chance.choice(const.LAST_NAMES)}а {chance.choice(const.MOTHERS)}"
            f" {chance.choice(const.FATHERS)}на"
            for _number in range(STAFF)
        ]
        people = self.env["access.person"].create(
            [{"kind": "staff", "name": name, "school_id": school.id} for name in names]
        )
        self.env["access.pass"].create(
            [
                {
                    "person_id": person.id,
                    "uid": f"{0xE00000 + school.id * 101 + number:06X}5A",
                }
                for number, person in enumerate(people)
            ]
        )

    @api.model
    def _create_guard(self, company, school):
        guard = self._create_user(
            company, f"guard{self._login_suffix(company)}", const.GUARD, "group_canteen"
        )
        guard.group_ids = self.env.ref("school_access.group_guard")
        guard.school_ids = school

    @api.model
    def _create_region_user(self, companies):
        """Somebody of the region compares the schools of both municipalities."""
        user = self._create_user(
            companies[0], "region", const.REGION, "group_department"
        )
        user.company_ids = companies

    # === PASSAGES === #

    @api.model
    def _play_passages(self, school, day, chance):
        """Everybody who was not absent came and went; some late, some early. The
        turnstiles tell it as it happens, then the day is counted."""
        controllers = self.env["access.controller"].search(
            [("school_id", "=", school.id)]
        )
        away = self.env["meal.absence"]._absent_ids(school, day)
        events = defaultdict(list)
        for student, code in self._get_codes(school).items():
            if student.id in away or chance.random() * 1000 < FORGOT_CARD:
                continue
            shift = 0 if student.class_id.shift == "1" else 5 * 60
            for direction, minute in self._get_way(student, chance):
                moment = self._get_moment(school, day, minute + shift, chance)
                controller = chance.choice(controllers)
                events[int(minute + shift) // REPORT_MINUTES] += self._get_events(
                    controller, code, direction, moment, chance
                )
        for report in sorted(events):
            hour, minute = divmod((report + 1) * REPORT_MINUTES, 60)
            with self._at(school, day, hour, minute):
                self._hear(controllers)
                self.env["access.event"]._record(events[report])
        with self._at(school, day, 20):
            self._hear(controllers)
            self.env["attendance.day"]._recount(school, day)

    @api.model
    def _hear(self, controllers):
        """The turnstiles have called just now."""
        controllers.write({"last_seen": fields.Datetime.now(), "state": "online"})

    @api.model
    def _get_codes(self, school):
        """Return {student: number of the card as the readers send it}."""
        # sudo: numbers of cards, as the turnstile reads them
        cards = (
            self.env["school.card"]
            .sudo()
            .search([("school_id", "=", school.id), ("state", "=", "active")])
        )
        return {card.student_id: card_code(card.uid, "26") for card in cards}

    @api.model
    def _get_way(self, student, chance):
        """Return [(direction, minute of the local day)] of a student's day."""
        come = chance.gauss(8 * 60 + 8, 7)
        if chance.random() * 1000 < LATE:
            come = chance.uniform(8 * 60 + 33, 9 * 60 + 20)
        lessons = 4 if student.class_id.grade <= YOUNGER else 6
        leave = 8 * 60 + 30 + lessons * 55 + chance.uniform(3, 40)
        if chance.random() * 1000 < LEFT_EARLY:
            leave = chance.uniform(10 * 60, 12 * 60)
        return [("in", min(come, leave - 60)), ("out", leave)]

    @api.model
    def _get_moment(self, school, day, minute, chance):
        """Return the naive UTC moment of a local minute of the day."""
        local = datetime.combine(day, time(), ZoneInfo(school.tz))
        local += timedelta(minutes=int(minute), seconds=chance.randrange(60))
        return local.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _get_events(self, controller, code, direction, moment, chance):
        """Return what the controller tells of one passage: opened, passed."""
        odd = int(direction == "out")
        return [
            {
                "controller": controller.id,
                "key": str(UUID(int=chance.getrandbits(128))),
                "occurred_at": moment + timedelta(seconds=seconds),
                "kind": kind,
                "card": code,
                "direction": direction,
                "verdict": "granted",
                "code": number + odd,
                "flag": 0,
            }
            for kind, number, seconds in (("opened", 4, 0), ("pass", 16, 1))
        ]

    @api.model
    def _chance_of(self, school, day=None):
        """Return a source of chance of its own: other parts of the story do not change
        with who comes and goes."""
        return random.Random(f"{const.SEED} {school.code} {day}")

    # === THE LIVING ENTRANCE === #

    @api.model
    def _get_entrance(self):
        """Return the cast of the simulator: the controllers of all schools with new
        secret addresses, and cards of the first one; nobody comes to the others.

        Shape: see `school_edge.simulate.plan`; ``path`` instead of ``url``.
        """
        school = self._get_first_school()
        controllers = self.env["access.controller"].search(
            [("driver", "=", "web_json")]
        )
        # sudo: numbers of cards, as the turnstile reads them
        lost = (
            self.env["school.card"]
            .sudo()
            .search([("school_id", "=", school.id), ("state", "=", "lost")], limit=5)
        )
        codes = list(self._get_codes(school).values())
        return {
            "timezone": school.tz,
            "controllers": [
                {
                    "serial": int(each.serial),
                    "path": each._issue_secret(),
                    "is_quiet": each.school_id != school,
                }
                for each in controllers
            ],
            "cards": codes[:SHOWN],
            "strangers": [card_code(card.uid, "26") for card in lost]
            + ["000000BADBAD"],
        }

    @api.model
    def _get_first_school(self):
        code = const.CITIES[0]["schools"][0][0]
        return self.env["school.school"].search(
            [("code", "=", code)], order="id", limit=1
        )

    # === TODAY === #

    @api.model
    def _prepare_access_today(self, cities):
        """What waits for whoever tries the demo: a guest, a child who leaves early, a
        forecast; and a door that is open to the first school on every day."""
        school = self._get_first_school()
        site = self.env["access.site"].search([("school_id", "=", school.id)])
        self.env["access.rule"].create(
            {
                "name": "Кружки и секции: каждый день",
                "site_id": site.id,
                "person_kind": "student",
                "weekdays": "1111111",
                "time_from": 0,
                "time_to": 24,
                "sequence": 1,
            }
        )
        self._create_guest(school)
        self._let_leave_early(school, site)
        schools = self.env["school.school"].search([("company_id", "in", cities.ids)])
        schools.site_ids._compile_lists()
        self.env["attendance.forecast"]._make(schools)

    @api.model
    def _create_guest(self, school):
        now = fields.Datetime.now()
        guest = self.env["access.person"].create(
            {
                "kind": "guest",
                "name": "Мастер по лифтам, ООО «Подъём»",
                "school_id": school.id,
            }
        )
        self.env["access.pass"].create(
            {
                "person_id": guest.id,
                "uid": "F00D2426",
                "valid_from": now,
                "valid_to": now + timedelta(hours=8),
            }
        )

    @api.model
    def _let_leave_early(self, school, site):
        """The parent of the demo has let a child go at noon of the next school day."""
        parent = self.env["res.users"].search(
            [("login", "=", "parent@demo.school-meal")]
        )
        guardian = parent.partner_id.meal_guardian_ids.filtered(
            lambda one: one.student_id.school_id == school
        )[:1]
        today = self.env["school.calendar"]._local_date(school)
        day = self.env["school.calendar"]._next_school_day(today, school)
        if not guardian or not day:
            return
        person = self.env["access.person"].search(
            [("student_id", "=", guardian.student_id.id)]
        )
        noon = datetime.combine(day, time(12), ZoneInfo(school.tz))
        begin = noon.astimezone(UTC).replace(tzinfo=None)
        self.env["access.permission"].create(
            {
                "person_id": person.id,
                "site_id": site.id,
                "direction": "out",
                "valid_from": begin,
                "valid_to": begin + timedelta(hours=1),
                "reason": "К врачу",
                "guardian_id": guardian.id,
            }
        )
