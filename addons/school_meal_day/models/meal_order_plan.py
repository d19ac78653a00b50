from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..const import ORDERED
from ..domain import order_plan
from ..domain.order_plan import Place, Row, Wish
from .meal_order_write import Change


class Student(NamedTuple):
    """A student as enrolled on a day."""

    id: int
    school_class: int
    grade: int
    shift: str
    diet: int | None


class Choice(NamedTuple):
    """What a family has decided about a meal of a day."""

    day: date
    student: int
    meal: int
    mode: str
    variant: int | None
    id: int


class MealOrder(models.Model):
    """Orders that come by themselves, and those that have to go by themselves.

    One school and day costs the same few queries, however many students or days there
    are; what to do is decided in ``domain/order_plan.py``.
    """

    _inherit = "meal.order"

    # === BUSINESS METHODS === #

    @api.model
    def _generate(self, schools, date):
        """Make the orders of a day right, as often as one likes before the cut-off.

        :return: number of new orders
        """
        # sudo: orders come by the rules, whoever or whatever starts this
        self = self.sudo()
        count = 0
        for school in schools.sudo():
            if school._is_after_cutoff(date):
                continue
            school._lock_orders()
            count += self._sync(school, date)
        return count

    @api.model
    def _sync(self, school, date, students=None):
        """Make the orders of a school, or of some students, right.

        :return: number of new orders
        """
        if self.env["meal.snapshot"]._find(school, date, "order"):
            return 0
        self.env.flush_all()
        is_late = school._is_after_cutoff(date)
        absences = self.env["meal.absence"]._get_by_student(school, date)
        rounds, new = [[], []], []
        for key, row, steps in self._make_plan(school, date, students, absences):
            for step, todo in zip(steps, rounds, strict=False):
                change = self._as_change(key, row, step, is_late, absences)
                (todo if row else new).append(change)
        for changes in rounds:  # who moves is taken off first, then ordered for again
            self._update_orders(changes)
        company = school.company_id
        # what an allergen forbids is written down, but nothing is ordered by it
        self._insert_orders(date, company, [c for c in new if c.state != ORDERED])
        ordered = [change for change in new if change.state == ORDERED]
        return len(self._insert_orders(date, company, ordered))

    @api.model
    def _as_change(self, key, row, step, is_late, absences):
        student, meal = key
        is_absence = (step.state, step.reason) == ("cancelled", "absence")
        return Change(
            order=row.id if row else None,
            state=step.state,
            reason=step.reason,
            student=student,
            meal=meal,
            school=step.place.school,
            school_class=step.place.school_class,
            age_group=step.place.age_group,
            variant=step.variant,
            origin=step.origin,
            is_entitled=step.is_entitled,
            absence=absences.get(student) if is_absence else None,
            is_late=is_late,
        )

    @api.model
    def _make_plan(self, school, date, students, absences):
        """Yield ((student, meal), order or None, steps) of all that is not right."""
        enrolled = {row.id: row for row in self._read_students(school, date, students)}
        orders = self._read_orders(school, date, enrolled, students)
        wishes, declined = self._get_wishes(school, date, enrolled)
        reasons = dict.fromkeys(declined, "choice")
        unsafe = self._drop_unsafe(school, date, wishes, enrolled)
        reasons.update(dict.fromkeys(unsafe, "allergen"))
        taught = set(self.env["school.calendar"]._get_taught_classes(school, date).ids)
        ages = {
            grade: group.id
            for grade, group in self.env["meal.age.group"]._by_grade().items()
        }
        gone = {student for student, _meal in orders} - enrolled.keys()
        elsewhere = self._read_enrolled_ids(gone, date)
        for key in sorted(orders.keys() | wishes.keys() | unsafe):
            student = enrolled.get(key[0])
            place = None
            obstacle = "class_moved" if key[0] in elsewhere else "left"
            if student:
                place = Place(school.id, student.school_class, ages[student.grade])
                obstacle = self._get_obstacle(student, taught, absences)
            steps = order_plan.decide(
                orders.get(key),
                place,
                wishes.get(key),
                obstacle,
                student.diet if student else None,
                reasons.get(key, "not_entitled"),
            )
            if steps:
                yield key, orders.get(key), steps

    @api.model
    def _get_obstacle(self, student, taught, absences):
        if student.school_class not in taught:
            return "no_school_day"
        return "absence" if student.id in absences else None

    # === WHAT IS WANTED === #

    @api.model
    def _get_wishes(self, school, date, enrolled):
        """Return what rules and families order, and what families decline.

        :param dict enrolled: {id: :class:`Student`}
        :return: ({(student id, meal id): :class:`Wish`}, set of (student id, meal id))
        """
        entitled = self._get_entitled_meals(school, date, enrolled)
        wishes = {
            (student, meal): Wish("entitled", is_entitled=True)
            for student, meals in entitled.items()
            for meal in meals
        }
        ended = set()
        for choice in self._read_choices([date], enrolled):
            key = choice.student, choice.meal
            wish = order_plan.choose(wishes.pop(key, None), choice.mode, choice.variant)
            if wish:
                wishes[key] = wish
            else:
                ended.add(key)
        return wishes, ended

    @api.model
    def _drop_unsafe(self, school, date, wishes, enrolled):
        """Take out of the wishes what families chose and an allergen forbids.

        A free meal stays, of the usual set: if that does not suit either, the order
        says so, and a replacement is cooked.

        :return: keys of what is not ordered any more
        """
        portions = [
            (student, meal, enrolled[student].diet or wish.variant)
            for (student, meal), wish in wishes.items()
            if order_plan.is_chosen(wish)
        ]
        dropped = set()
        for key, code in self._read_dangers(school, date, portions).items():
            if code != order_plan.ALLERGEN:
                continue
            wishes[key] = order_plan.make_safe(wishes[key])
            if not wishes[key]:
                del wishes[key]
                dropped.add(key)
        return dropped

    @api.model
    def _get_entitled_meals(self, school, date, enrolled):
        """Return {student id: meals that are ordered without anybody asking}."""
        prices = self.env["meal.pricing"]._get_price_list(school, date)
        students = self.env["school.student"].browse(enrolled)
        categories = students._get_meal_categories(date)
        ages = self.env["meal.age.group"]._by_grade()
        meals = self.env["meal.type"].search([("active", "=", True)]).ids
        known = {}
        result = defaultdict(list)
        for student in enrolled.values():
            key = (
                frozenset(categories.get(student.id, ())),
                student.shift,
                ages[student.grade].id,
            )
            if key not in known:
                known[key] = [
                    meal for meal in meals if self._is_automatic(prices, meal, *key)
                ]
            result[student.id] = known[key]
        return result

    @api.model
    def _is_automatic(self, prices, meal, categories, shift, age):
        """A rule that names no meal is about those that have a price."""
        rule = prices.get_rule(meal, categories, shift)
        if not rule or not rule.is_automatic:
            return False
        return meal in rule.meals or bool(prices.get_tariff(meal, age))

    # === READING === #

    @api.model
    def _read_students(self, school, date, students=None):
        """Return the :class:`Student` of a school on a day, by their enrolments."""
        self.env.cr.execute(
            SQL(
                """
                SELECT s.id, c.id, c.grade, c.shift, s.diet_variant_id
                  FROM school_enrolment e
                  JOIN school_student s ON s.id = e.student_id AND s.active
                  JOIN school_class c ON c.id = e.class_id
                 WHERE e.school_id = %s
                   AND e.date_from <= %s
                   AND (e.date_to IS NULL OR e.date_to >= %s)
                   AND %s
                """,
                school.id,
                date,
                date,
                SQL("s.id = ANY(%s)", students.ids)
                if students is not None
                else SQL("true"),
            )
        )
        return [Student(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _read_enrolled_ids(self, ids, date):
        """Return which students are in a class of any school on a day."""
        if not ids:
            return set()
        self.env.cr.execute(
            SQL(
                """
                SELECT student_id FROM school_enrolment
                 WHERE student_id = ANY(%s) AND class_id IS NOT NULL
                   AND date_from <= %s AND (date_to IS NULL OR date_to >= %s)
                """,
                list(ids),
                date,
                date,
            )
        )
        return {id_ for (id_,) in self.env.cr.fetchall()}

    @api.model
    def _read_orders(self, school, date, enrolled, students=None):
        """Return {(student id, meal id): :class:`Row`} of the school, and of its
        students where they were before."""
        self.env.cr.execute(
            SQL(
                """
                SELECT o.student_id, o.meal_type_id, o.id, o.state, o.origin,
                       o.school_id, o.class_id, o.age_group_id, o.variant_id,
                       o.is_entitled, last.reason, last.absence_id
                  FROM (SELECT * FROM meal_order
                         WHERE school_id = %(school)s AND date = %(date)s AND %(some)s
                         UNION ALL
                        SELECT o.* FROM unnest(%(ids)s::int[]) AS ids (student)
                          JOIN meal_order o ON o.student_id = ids.student
                         WHERE o.date = %(date)s AND o.school_id <> %(school)s) o
                  LEFT JOIN LATERAL (
                        SELECT reason, absence_id FROM meal_order_change
                         WHERE order_id = o.id ORDER BY id DESC LIMIT 1
                       ) last ON o.state = 'cancelled'
                """,
                school=school.id,
                date=date,
                ids=list(enrolled),
                some=SQL("student_id = ANY(%s)", students.ids)
                if students is not None
                else SQL("true"),
            )
        )
        return {
            (student, meal): Row(
                order, state, origin, Place(*place), variant, entitled, reason, absence
            )
            for (
                student,
                meal,
                order,
                state,
                origin,
                *place,
                variant,
                entitled,
                reason,
                absence,
            ) in self.env.cr.fetchall()
        }

    @api.model
    def _read_choices(self, days, students):
        """Return the :class:`Choice` that holds on each of some days, for each of some
        students and meals: the latest one counts."""
        self.env["meal.choice"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (asked.day, student_id, meal_type_id)
                       asked.day, student_id, meal_type_id, mode, variant_id, id
                  FROM meal_choice
                  JOIN unnest(%s::date[]) AS asked (day)
                    ON date_from <= asked.day
                   AND (date_to IS NULL OR date_to >= asked.day)
                   AND (weekdays IS NULL
                        OR strpos(weekdays, extract(isodow FROM asked.day)::text) > 0)
                 WHERE student_id = ANY(%s)
                 ORDER BY asked.day, student_id, meal_type_id,
                          date_from DESC, id DESC
                """,
                list(days),
                list(students),
            )
        )
        return [Choice(*row) for row in self.env.cr.fetchall()]
