from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import CANCELLED, COOKED, FREED, LIVE_STATES, ORDERED, WRITTEN_OFF
from ..domain.order_plan import Place
from .issue_sql import given
from .meal_order_write import Change


class MealOrder(models.Model):
    """What people do with orders. Callers check that the students are the user's."""

    _inherit = "meal.order"

    # === PLACING === #

    @api.model
    def _place(
        self, students, date, meal_type, *, origin, variant=None, reason="entered"
    ):
        """Order a meal for students, or another set of one that is ordered.

        :param variant: the set; no record is the usual one, None leaves an order that
            stands its own

        Codes of refusals: ``not_enrolled``, ``no_school_day``, ``absent``,
        ``cut_off``, ``day_closed``, ``no_price``, ``diet_variant`` (a diet is given on
        medical grounds), ``allergen`` and ``other_school``.

        :return: (orders, [(student, code), …])
        """
        # sudo: orders are written here only, nobody has the right
        self = self.sudo()
        orders, refusals = self.browse(), []
        for school, members in students.sudo().grouped("school_id").items():
            school._close_ordering(date)
            school._lock_orders()
            placing = self._get_placing(school, date, meal_type, origin, variant)
            placing["reason"] = reason
            placed, refused = self._place_at(school, members, placing)
            orders |= placed
            refusals += refused
        return orders, [(one.with_env(students.env), code) for one, code in refusals]

    @api.model
    def _get_placing(self, school, date, meal_type, origin, variant):
        """Return what is the same for all students of a school."""
        calendar = self.env["school.calendar"]
        return {
            "date": date,
            "meal": meal_type,
            "origin": origin,
            "variant": variant,
            "is_late": school._is_after_cutoff(date),
            "taught": calendar._get_taught_classes(school, date),
            "absent": self.env["meal.absence"]._absent_ids(school, date),
            "prices": self.env["meal.pricing"]._get_price_list(school, date),
            "ages": self.env["meal.age.group"]._by_grade(),
            "is_closed": self._is_closed(school, date),
        }

    @api.model
    def _place_at(self, school, students, placing):
        date, meal = placing["date"], placing["meal"]
        self.env.flush_all()
        enrolled = {row.id: row for row in self._read_students(school, date, students)}
        orders = self._read_orders(school, date, enrolled, students)
        entitled = self._get_entitled_meals(school, date, enrolled)
        variants = {
            id_: self._get_placed_variant(info, orders.get((id_, meal.id)), placing)
            for id_, info in enrolled.items()
        }
        known = students.filtered(lambda student: student.id in enrolled)
        unsafe = self._get_unsafe(known, school, date, meal, variants)
        new, changed, kept, refusals = [], [], self.browse(), []
        for student in students:
            row = orders.get((student.id, meal.id))
            info = enrolled.get(student.id)
            code = self._why_not(info, row, unsafe.get(student.id), placing)
            if code:
                refusals.append((student, code))
                continue
            is_entitled = meal.id in entitled[student.id]
            change = self._prepare_placing(school, info, row, is_entitled, placing)
            if not row:
                new.append(change)
            elif row.state in LIVE_STATES and row.variant == change.variant:
                kept |= self.browse(row.id)
            else:
                changed.append(change)
        placed = self._update_orders(changed)
        placed |= self._insert_orders(date, school.company_id, new)
        return placed | kept, refusals

    @api.model
    def _why_not(self, info, row, unsafe, placing):
        """Return the code of the refusal, None when the meal can be ordered."""
        if placing["is_closed"]:
            return "day_closed"
        if not info:
            return "not_enrolled"
        if placing["is_late"] and not self._may_be_late():
            return "cut_off"
        if info.school_class not in placing["taught"].ids:
            return "no_school_day"
        if info.id in placing["absent"]:
            return "absent"
        if not placing["prices"].get_tariff(
            placing["meal"].id, placing["ages"][info.grade].id
        ):
            return "no_price"
        if (
            row
            and row.place.school != placing["taught"].school_id.id
            and row.state not in (CANCELLED, ORDERED)
        ):
            return "other_school"
        return self._why_not_safe(info, unsafe, placing)

    @api.model
    def _why_not_safe(self, info, unsafe, placing):
        if placing["origin"] not in ("teacher", "parent"):
            return None  # the person responsible for meals knows why
        # sudo: the code of a refusal is told, whatever the user knows of diets
        variant = (placing["variant"] or self.env["meal.variant"]).sudo()
        if variant and variant.is_diet and info.diet != variant.id:
            return "diet_variant"
        return "allergen" if unsafe == "allergen" else None

    @api.model
    def _may_be_late(self):
        """Tell whether the user may order after the cut-off, whatever sudo says."""
        user = self.env.user
        return user._is_superuser() or any(
            user.has_group(f"school_meal_base.group_{role}")
            for role in ("operator", "manager")
        )

    @api.model
    def _prepare_placing(self, school, info, row, is_entitled, placing):
        place = Place(school.id, info.school_class, placing["ages"][info.grade].id)
        return Change(
            order=row.id if row else None,
            state=COOKED if placing["is_late"] else ORDERED,
            reason=placing["reason"],
            student=info.id,
            meal=placing["meal"].id,
            school=place.school,
            school_class=place.school_class,
            age_group=place.age_group,
            variant=self._get_placed_variant(info, row, placing),
            origin=placing["origin"],
            is_entitled=is_entitled,
            is_late=placing["is_late"],
        )

    @api.model
    def _get_placed_variant(self, info, row, placing):
        """Return the id of the set that the portion will be of; None: the usual one."""
        variant = placing["variant"]
        is_kept = variant is None and row and row.state in LIVE_STATES
        return info.diet or (row.variant if is_kept else variant and variant.id) or None

    # === TAKING OFF === #

    def _take_off(self, reason, *, absences=None, note=None):
        """Take portions off; what is cooked already is freed for somebody else.

        Portions that were issued stay as they are.

        :param absences: `meal.absence` they are taken off for, one of a student
        :return: the orders that were changed
        """
        # sudo: orders are written here only, nobody has the right
        orders = self.sudo()
        orders._check_days_are_open()
        orders._close_ordering()
        live = orders.filtered(lambda order: order.state in LIVE_STATES)
        live -= live._get_issued()
        causes = {absence.student_id: absence.id for absence in absences or ()}
        live._update_orders(
            [
                order._prepare_change(
                    CANCELLED if order.state == ORDERED else FREED,
                    reason,
                    absence=causes.get(order.student_id),
                    note=note,
                )
                for order in live
            ]
        )
        return live.with_env(self.env)

    def _write_off(self, reason, *, note=None):
        """Give up portions that nobody took; return those that were written off."""
        # sudo: as above
        orders = self.sudo()
        orders._check_days_are_open()
        orders._close_ordering()
        lost = orders.filtered(lambda order: order.state in (COOKED, FREED))
        lost -= lost._get_issued()
        lost._set_state(WRITTEN_OFF, reason, note=note)
        return lost.with_env(self.env)

    def _restore(self):
        """Order again what an absence took off, where nothing else forbids it."""
        self._close_ordering()
        for (school, date), orders in self.grouped(
            lambda order: (order.school_id, order.date)
        ).items():
            if not school._is_after_cutoff(date):
                self._sync(school, date, orders.student_id)
                continue
            absent = self.env["meal.absence"]._absent_ids(school, date)
            orders.filtered(
                lambda order, absent=absent: (
                    order.state == FREED and order.student_id.id not in absent
                )
            )._set_state(COOKED, "absence")

    def _follow_students(self):
        """Follow students who are in another class now, or in none."""
        self.env.flush_all()
        for date, orders in self.grouped("date").items():
            students = orders.student_id
            # the new school first: it takes the order over from the former one
            for school in students.school_id | orders.school_id:
                if not school._is_after_cutoff(date):
                    self._sync(school, date, students)
        cooked = self.filtered(lambda order: order.state == COOKED)
        cooked._without_closed_days()._free_moved()

    def _free_moved(self):
        """Free cooked portions of students who are not at the school any more."""
        for (school, date), orders in self.grouped(
            lambda order: (order.school_id, order.date)
        ).items():
            rows = self._read_students(school, date, orders.student_id)
            here = {row.id for row in rows}
            gone = orders.filtered(
                lambda order, here=here: order.student_id.id not in here
            )
            left = gone.filtered(lambda order: order.student_id.state == "left")
            left._take_off("left")
            (gone - left)._take_off("class_moved")

    def _cook(self):
        """The cut-off has passed: the portions are in the pots."""
        self._set_state(COOKED, "cut_off", is_late=False)

    # === FACTS === #

    @api.model
    def _is_closed(self, school, date):
        domain = [("school_id", "=", school.id), ("date", "=", date)]
        return bool(
            self.env["meal.day"].search_count([*domain, ("state", "=", "closed")])
        )

    def _get_issued(self):
        """Return the orders whose portion was given and not taken back."""
        if not self:
            return self
        self.env["meal.issue.event"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT event.order_id FROM meal_issue_event event
                 WHERE event.order_id = ANY(%s) AND %s
                """,
                self.ids,
                given(),
            )
        )
        return self.browse({id_ for (id_,) in self.env.cr.fetchall()})

    def _check_state(self, state, sentence):
        if self.state != state:
            raise UserError(sentence)
