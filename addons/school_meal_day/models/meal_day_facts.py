from types import SimpleNamespace

from odoo import api, models
from odoo.tools import SQL

from ..domain import day_closing
from .issue_sql import given


class MealDay(models.Model):
    """Reads the facts of a school's day for ``domain/day_closing.py``."""

    _inherit = "meal.day"

    def _read_facts(self):
        """Return all that closing the day needs, read with a few queries.

        :return: namespace of `orders` and `events` ({id: row}), `absent` (student ids),
            `presence` ({student id: "present" | "absent"}), `taught` ({class id:
            whether it had lessons}), `pricing` and `day`, the facts as
            :class:`~..domain.day_closing.Day`
        """
        self.ensure_one()
        self.env.flush_all()
        orders, events = self._read_orders(), self._read_events()
        presence = self._get_presence()
        pricing = self._get_pricing(
            {row.student_id for row in (*orders.values(), *events.values())}
        )
        taught = self._get_taught({*orders.values(), *events.values()})
        return SimpleNamespace(
            orders=orders,
            events=events,
            presence=presence,
            taught=taught,
            pricing=pricing,
            day=self._make_plain_day(orders, events, presence, taught, pricing),
        )

    def _make_plain_day(self, orders, events, presence, taught, pricing):
        """Return the facts as :class:`~..domain.day_closing.Day`."""
        by_key = {(row.student_id, row.meal_type_id): row for row in orders.values()}

        def is_unpriced(fact):
            row = by_key.get((fact.student, fact.meal)) or events[fact.id]
            return pricing.get_price(row) is None

        return day_closing.Day(
            [
                day_closing.Order(
                    row.id,
                    row.student_id,
                    row.meal_type_id,
                    row.state,
                    taught[row.class_id],
                )
                for row in orders.values()
            ],
            [
                day_closing.Event(
                    row.id,
                    row.student_id,
                    row.meal_type_id,
                    row.verdict,
                    taught[row.class_id],
                    row.home_school_id not in (None, self.school_id.id),
                )
                for row in events.values()
            ],
            absent=[each for each, state in presence.items() if state == "absent"],
            fed_elsewhere=self._get_fed_elsewhere(),
            unpriced=is_unpriced,
        )

    def _read_orders(self):
        return self._read_rows(
            SQL(
                """
                SELECT o.id, o.student_id, o.meal_type_id, o.state, o.class_id,
                       o.age_group_id, o.variant_id, o.is_entitled
                  FROM meal_order o
                 WHERE o.school_id = %s AND o.date = %s
                 ORDER BY o.class_id, o.id
                """,
                self.school_id.id,
                self.date,
            )
        )

    def _read_events(self):
        """Portions given and not taken back, in the order of time."""
        return self._read_rows(
            SQL(
                """
                SELECT e.id, e.student_id, e.meal_type_id, e.verdict,
                       coalesce(e.class_id, s.class_id) AS class_id,
                       s.school_id AS home_school_id, NULL::integer AS age_group_id,
                       NULL::integer AS variant_id
                  FROM meal_issue_event e
                  LEFT JOIN school_student s ON s.id = e.student_id
                 WHERE e.school_id = %s AND e.date = %s AND %s
                 ORDER BY e.occurred_at, e.id
                """,
                self.school_id.id,
                self.date,
                given("e"),
            )
        )

    def _read_rows(self, query):
        self.env.cr.execute(query)
        return {row["id"]: _Row(**row) for row in self.env.cr.dictfetchall()}

    def _get_taught(self, rows):
        """Return {class id (or None): whether it had lessons on the day}."""
        # sudo: a guest may be of a class that the caller does not see
        classes = self.env["school.class"].sudo()
        calendar = self.env["school.calendar"]
        taught = {None: calendar._is_school_day(self.date, self.school_id)}
        asked = classes.browse({row.class_id for row in rows} - {None})
        for school, members in asked.grouped("school_id").items():
            on_the_spot = calendar._get_taught_classes(school, self.date)
            for school_class in members:
                taught[school_class.id] = school_class in on_the_spot or (
                    # Archived since: not among the school's classes any more.
                    not school_class.active
                    and calendar._is_school_day(self.date, school, school_class)
                )
        return taught

    def _get_fed_elsewhere(self):
        """Return {(student id, meal id)} that another school has frozen as issued."""
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT l.student_id, l.meal_type_id
                      FROM meal_day_line l
                     WHERE l.date = %(date)s AND l.is_current
                       AND l.outcome = 'issued' AND l.day_id <> %(day)s
                       AND l.student_id IN (
                           SELECT e.student_id FROM meal_issue_event e
                            WHERE e.school_id = %(school)s AND e.date = %(date)s)
                    """,
                    date=self.date,
                    day=self.id,
                    school=self.school_id.id,
                )
            )
        )

    @api.model
    def _get_portion_pricing(self, school, date, student_ids):
        """Return an object that prices portions; see :class:`_Pricing`."""
        return _Pricing(self.env, school, date, student_ids)

    def _get_pricing(self, student_ids):
        return self._get_portion_pricing(
            self.school_id, self.date, student_ids - {None}
        )


class _Row(SimpleNamespace):
    """A row of the database; compared by identity."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


class _Pricing:
    """Prices of the portions of a school's day.

    A portion is an object with `student_id`, `meal_type_id`, `class_id`,
    `age_group_id` and `variant_id`.
    """

    def __init__(self, env, school, date, student_ids):
        # sudo: what a portion costs and who pays does not depend on the reader
        env = env(su=True)
        self.prices = env["meal.pricing"]._get_price_list(school, date)
        students = env["school.student"].browse(student_ids)
        own = students.filtered(lambda s: s.company_id == school.company_id)
        self.categories = own._get_meal_categories(date)
        self.students = {student.id: student for student in students}
        self.env = env
        groups = env["meal.age.group"].search([])
        self.by_grade = env["meal.age.group"]._by_grade()
        self.any_group = groups[-1:].id

    def get_class(self, portion):
        return self.env["school.class"].browse(
            portion.class_id or self.students[portion.student_id].class_id.id
        )

    def get_age_group(self, portion):
        if portion.age_group_id:
            return portion.age_group_id
        group = self.by_grade.get(self.get_class(portion).grade)
        return group.id if group else self.any_group

    def get_price(self, portion):
        """Return the :class:`~..domain.funding.Price`, None when there is none."""
        return self.prices.get_price(
            portion.meal_type_id,
            self.get_age_group(portion),
            variant=portion.variant_id or None,
            categories=frozenset(self.categories.get(portion.student_id, ())),
            shift=self.get_class(portion).shift or None,
        )

    def get_charge(self, portion, payer):
        """Return (tariff, rule, price, parts) of a portion in kopecks.

        :param payer: "rules", "parent" (who then pays the whole price) or None
        """
        price = self.get_price(portion)
        tariff = price.tariff if price else None
        if payer is None:
            return tariff, None, 0, ()
        if price is None:
            return None
        if payer == "parent":
            parts = ((self.prices.parent_source, price.price),)
            return tariff, None, price.price, parts
        return tariff, price.rule, price.price, price.parts
