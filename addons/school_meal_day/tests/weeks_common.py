"""What people and devices do in a week of two schools, for random weeks."""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from odoo import Command, fields
from odoo.exceptions import UserError

from odoo.addons.school_meal_day.const import FREED_PORTION, LIVE_STATES
from odoo.addons.school_meal_day.domain import day_closing

from .closing_common import ClosingCase
from .order_common import MONDAY, OrderCase

WEEK = [MONDAY + timedelta(days=count) for count in range(7)]
#: Moscow is three hours ahead of UTC.
ZONE = timedelta(hours=3)
#: Where it is told that a portion could not be handed over for a defect.
FREED_LOGGER = "odoo.addons.school_meal_day.models.meal_serving_freed"
#: Kopecks of a portion by source, by the meal and whether the grade is 1 to 4.
PARTS = {
    ("breakfast", True): {"region": 5971, "town": 2559},
    ("breakfast", False): {"parent": 9810},
    ("lunch", True): {"town": 4011, "parent": 6989},
    ("lunch", False): {"town": 4011, "parent": 8639},
}


class WeekCase(ClosingCase):
    """School 24: free breakfasts in 1Б, 5А and 9А pay for breakfast, all for a part of
    lunch. Ivanov has a standing choice and 150 roubles, Petrov 5000, nobody else has
    money. A pupil of school 25 eats here too, and the other way round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_9a = cls._new_class(cls.school, 9, "А")
        cls.class_3a = cls._new_class(cls.second_school, 3, "А")
        newcomers = cls.env["school.student"].browse()
        newcomers += cls._new_student(cls.class_1b, "Novikov", "Nikita")
        newcomers += cls._new_student(cls.class_9a, "Belov", "Boris")
        newcomers += cls._new_student(cls.class_3a, "Gostev", "Gleb")
        newcomers.enrolment_ids.write({"date_from": "2026-09-01"})
        cls.students = cls.student + cls.sibling + cls.classmate + newcomers
        cls.classes = cls.students.class_id
        cls.schools = cls.school + cls.second_school
        cls.env["meal.account"]._issue(cls.students)
        cls._add_lunch_rule()
        cls.env["meal.choice"].create(
            {
                "student_id": cls.student.id,
                "mode": "order",
                "meal_type_id": cls.lunch.id,
                "date_from": "2026-09-01",
            }
        )
        cls.top_ups = {cls.student: 15_000, cls.classmate: 500_000}
        cls.cards = {}
        for number, student in enumerate(cls.students):
            cls.cards[student] = f"04{number}1B2{number}C"
            # One of them blocked: it opens nothing, the portion is given all the same.
            state = "blocked" if student == cls.sibling else "active"
            cls.env["school.card"]._make(
                [
                    {
                        "student_id": student.id,
                        "uid": cls.cards[student],
                        "state": state,
                    }
                ]
            )
        cls.tablets = [
            cls.env["school.device"].create(
                {"name": school.name, "kind": "serving", "school_id": school.id}
            )
            for school in cls.schools
        ]

    @classmethod
    def _add_lunch_rule(cls):
        cls.free_rule.copy(
            {
                "name": "Lunch of everybody",
                "category_id": False,
                "meal_type_ids": [Command.set(cls.lunch.ids)],
                "is_ordered_automatically": False,
                "line_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "source_id": cls.municipal.id,
                            "mode": "amount",
                            "amount": 40.11,
                        }
                    ),
                ],
            }
        )

    def setUp(self):
        super(OrderCase, self).setUp()  # nothing is ordered yet
        self._at(datetime.combine(MONDAY, time(9)) - timedelta(days=1))
        for student, kopecks in self.top_ups.items():
            self._top_up(student.account_id, kopecks, uuid=f"topup-{student.id}")

    def _begin(self, seed):
        """Forget what the last example has left in Python."""
        self.random = Random(seed)
        self.off = {(each, day) for each in self.classes for day in WEEK[5:]}
        self.sequences = defaultdict(int)
        self.queues = defaultdict(list)  # of tablets: recorded, not sent
        self.sent = defaultdict(list)

    def _go(self, day, hour):
        """Set the clock to a local hour of a day of the week."""
        self.today = WEEK[day] if day < 7 else WEEK[6] + timedelta(days=1)
        self._at(datetime.combine(self.today, time()) + timedelta(hours=hour) - ZONE)

    def _pick(self, which, meal):
        return self.students[which], self.lunch if meal else self.breakfast

    # === ORDERS AND PRESENCE === #

    def _do_clock(self):
        for school in self.schools:
            school._generate_coming()
            school._pass_due_cutoffs()

    def _do_order(self, which, meal, ahead):
        student, meal_type = self._pick(which, meal)
        day = self.today + timedelta(days=ahead)
        orders, _refusals = self._place(student, day, meal_type=meal_type)
        if (student.class_id, day) in self.off:
            self.assertFalse(orders)

    def _do_take_off(self, which, meal, ahead):
        student, meal_type = self._pick(which, meal)
        day = self.today + timedelta(days=ahead)
        self._orders(student, day, meal_type)._take_off("changed_mind")

    def _do_report(self, which, ahead, length):
        day = self.today + timedelta(days=ahead)
        self._report(self.students[which], day, day + timedelta(days=length))

    def _do_withdraw(self, which):
        domain = [("student_id", "=", self.students[which].id)]
        self.env["meal.absence"].search(domain)[:1]._withdraw()

    def _do_pass_on(self, which):
        freed = self._get_freed()
        if freed:
            freed._pass_on(self.students[which])

    def _do_write_off(self):
        self._get_freed()._write_off("spoiled")

    def _get_freed(self):
        domain = [("date", "=", self.today), ("state", "=", "freed")]
        domain.append(("school_id", "in", self.schools.ids))
        return self.order_model.search(domain, limit=1)

    def _do_confirm(self, which):
        self.env["meal.attendance"]._confirm(self.students[which].class_id, self.today)

    def _do_no_lessons(self, which, kind, ahead):
        school_class = self.students[which].class_id
        day = self.today + timedelta(days=ahead)
        self._period(kind, day, classes=school_class)
        self.off.add((school_class, day))

    # === THE SERVING HATCH === #

    def _do_tap(self, which, meal, how, place, online):
        """A portion is handed out; the tablet tells it at once, or later."""
        student, meal_type = self._pick(which, meal)
        vals = {
            "card": {"source": "tap", "card": self.cards[student]},
            "search": {"source": "search", "student": student.id},
            "unknown": {"source": "tap", "card": "04FFEEDD"},
            "guest": {"source": "search", "verdict": "guest"},
        }[how]
        self._queue(place, {"action": "given", "meal": meal_type.code, **vals})
        if online:
            self._do_send(place, 0)

    def _do_hand(self, which, meal, place, is_known, online, is_mistake):
        """Somebody has left, and the tablet gives the portion to another child: to one
        it is offered for, or to one that the tablet believes it is."""
        school = self.schools[place]
        student, meal_type = self._pick(which, meal)
        if not self._get_offered(school, meal_type):
            domain = [("school_id", "=", school.id), ("date", "=", self.today)]
            domain.append(("meal_type_id", "=", meal_type.id))
            orders = self.order_model.search(domain)
            orders.filtered(lambda each: each.state in LIVE_STATES)[:1]._take_off(
                "left"
            )
        offered = self._get_offered(school, meal_type)
        if is_known and offered:
            student = offered[which % len(offered)]
        event = {
            "action": "given",
            "meal": meal_type.code,
            "source": "search",
            "student": student.id,
            "verdict": "not_ordered",
            "reason": FREED_PORTION,
        }
        self._queue(place, event)
        if online:
            self._do_send(place, 0)
        if is_mistake:
            self._do_take_back(place, 0, online)

    def _get_offered(self, school, meal_type):
        """Return the students whom a freed portion may be offered to."""
        for meal, _count, students in self.order_model._get_offers(school, self.today):
            if meal == meal_type.id:
                return self.students.browse(students)
        return self.students.browse()

    def _do_take_back(self, place, back, online):
        """The tablet undoes one of the last portions that it gave out."""
        given = [
            event
            for event in self.sent[place] + self.queues[place]
            if event["action"] == "given"
        ]
        if len(given) <= back:
            return
        event = given[-1 - back]
        undone = {each.get("undoes") for each in self.sent[place] + self.queues[place]}
        if event["sequence"] in undone:
            return
        copied = ("date", "meal", "card", "student", "source")
        again = {name: event[name] for name in copied if name in event}
        self._queue(place, {**again, "action": "undone", "undoes": event["sequence"]})
        if online:
            self._do_send(place, 0)

    def _queue(self, place, event):
        self.sequences[place] += 1
        self.queues[place].append(
            {
                "sequence": self.sequences[place],
                "date": str(self.today),
                "occurred_at": f"{fields.Datetime.now().isoformat()}Z",
                **event,
            }
        )

    def _do_send(self, place, repeated):
        """Send the queue in any order and in two batches, with some of what the server
        has already; what it cannot take yet stays."""
        sent = self.sent[place]
        events = self.queues[place] + sent[len(sent) - repeated :][:repeated]
        self.random.shuffle(events)
        half = self.random.randint(0, len(events))
        for batch in (events[:half], events[half:]):
            self._send(place, batch)

    def _send(self, place, batch):
        """Take a delivery in as `meal.serving.api` does, in one transaction."""
        tablet, api = self.tablets[place], self.env["meal.serving.api"]
        with self.assertNoLogs(FREED_LOGGER, "ERROR"):
            api._hand_over(tablet, batch)
            answers = self.env["meal.issue.event"]._record(
                self.schools[place], batch, device=tablet
            )
            api._free_handed(answers)
        for event, answer in zip(batch, answers, strict=True):
            if answer.get("error") == "undoes":
                continue  # overtook what it takes back
            self.assertIn(answer["status"], ("created", "exists"), answer)
            if event in self.queues[place]:
                self.queues[place].remove(event)
                self.sent[place].append(event)

    def _do_serve(self, which):
        """The teacher confirms the trays of a class: all that is ordered."""
        school_class = self.students[which].class_id
        orders = self.order_model.search(
            [
                ("class_id", "=", school_class.id),
                ("date", "=", self.today),
                ("state", "in", ("ordered", "cooked")),
            ]
        )
        self.env["meal.class.screen"]._run(
            school_class,
            [
                {
                    "uuid": str(UUID(int=self.random.getrandbits(128))),
                    "kind": "served",
                    "date": str(order.date),
                    "student": order.student_id.id,
                    "meal": order.meal_type_id.id,
                    "value": True,
                    "seen": "",
                }
                for order in orders
            ],
        )

    # === THE OFFICE === #

    def _get_days(self, *states):
        domain = [("school_id", "in", self.schools.ids), ("state", "in", states)]
        return self.env["meal.day"].search(domain, order="date, school_id")

    def _decide_all(self, day):
        """Look through the list of exceptions, each decided by chance."""
        day.action_check()
        while undecided := day.exception_ids.filtered(lambda each: not each.outcome):
            exception = undecided[0]
            if exception.kind == "unknown_card" and self.random.random() < 0.5:
                exception._name_student(self.random.choice(self.students))
            else:
                self._decide(exception)
            day.action_check()

    def _decide(self, exception):
        outcomes = list(day_closing.ALLOWED[exception.kind])
        is_free = exception.order_id.is_entitled and not exception.event_id
        if is_free and "charge_parent" in outcomes:
            outcomes.remove("charge_parent")
        exception._decide(self.random.choice(outcomes), "By chance")

    def _do_correct(self, which, meal, outcome, is_added):
        """Correct a portion of a closed day, or add one that the day does not know."""
        student, meal_type = self._pick(which, meal)
        days = self._get_days("closed")
        if not days:
            return
        day = self.random.choice(days)
        line = day.line_ids.filtered(
            lambda each: each.student_id == student and each.meal_type_id == meal_type
        )[:1]
        line = line.browse() if is_added else line
        correction = self.env["meal.correction"].create(
            {
                "day_id": day.id,
                "reason": "By chance",
                "line_ids": [
                    Command.create(
                        {
                            "day_line_id": line.id,
                            "student_id": student.id,
                            "meal_type_id": meal_type.id,
                            "outcome": outcome,
                        }
                    )
                ],
            }
        )
        correction.action_book()
        self._check_not_billed(correction.new_line_ids)

    def _check_not_billed(self, lines):
        for line in lines:
            if (line.class_id, line.date) in self.off:
                self.assertFalse(line.price)

    def _do_look(self):
        """Decide what has arrived after closing: correct it, or say why not."""
        for exception in self._get_late():
            with suppress(UserError), self.env.cr.savepoint():
                if self.random.random() < 0.7:
                    correction_id = exception.action_correct()["res_id"]
                    correction = self.env["meal.correction"].browse(correction_id)
                    correction.action_book()
                    self._check_not_billed(correction.new_line_ids)
                    continue
            if not exception.outcome:
                exception._decide("no_charge", "By chance")

    def _get_late(self):
        domain = [("kind", "=", "late_event"), ("outcome", "=", False)]
        domain.append(("school_id", "in", self.schools.ids))
        return self.env["meal.day.exception"].search(domain, order="id")
