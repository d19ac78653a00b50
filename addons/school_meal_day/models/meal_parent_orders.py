from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import LIVE_STATES, ORDERED
from ..domain import parent_input
from ..domain.order_plan import AUTOMATIC_ORIGINS

MODES = ("order", "decline")


class MealParentApi(models.AbstractModel):
    """Orders of parents, for days and for a while."""

    _inherit = "meal.parent.api"

    # === DAYS === #

    @api.model
    def _change_meal(
        self,
        student_id,
        meal_id,
        wanted,
        dates=None,
        date_from=None,
        date_to=None,
        variant_id=None,
    ):
        """Order a meal, or take it off, for days of a list or of a period.

        :param bool wanted: order it; ordered already, the set is changed
        :return: [{date, status, code, message}]; status is done, same or refused, the
            code says why it is refused. Days of a period that are not taught are left
            out.
        """
        student = self._get_child(student_id, to_order=True)
        meal = self._find_meal(meal_id)
        variant = self._find_variant(student, variant_id)
        if dates is None:
            days = self._understood(parent_input.read_period, date_from, date_to)
            days = self._get_school_days(student, days)
        else:
            days = self._understood(parent_input.read_dates, dates)
        return self._change_days(student, meal, days, wanted is True, variant)

    @api.model
    def _change_days(self, student, meal, days, wanted, variant):
        if not days:
            return []
        taught = set(self._get_school_days(student, days))
        orders = self._read_orders(student, days)
        answers = []
        for day in days:
            code, message = self._get_day_problem(student, day, day in taught)
            order = orders.get((day, meal), self.env["meal.order"])
            status = "refused"
            if not code and wanted:
                status, code, message = self._place_day(
                    student, meal, day, variant, order
                )
            elif not code:
                status = self._take_off_day(order)
            answers.append(
                {"date": str(day), "status": status, "code": code, "message": message}
            )
        return answers

    @api.model
    def _get_day_problem(self, student, day, is_taught):
        """Return (code, sentence) of why a parent cannot change a day, or no texts."""
        shown = day.strftime("%d.%m.%Y")
        if not is_taught:
            message = self.env._("%(date)s is not a school day.", date=shown)
            return "no_school_day", message
        if student.school_id._is_after_cutoff(day):
            message = self.env._(
                "The meals of %(date)s are being cooked already: changes were possible"
                " until %(time)s. Call the class teacher.",
                date=shown,
                time=self._get_cutoff_clock(student.school_id, day),
            )
            return "cut_off", message
        return "", ""

    @api.model
    def _get_cutoff_clock(self, school, day):
        cutoff = school._get_correction_cutoff(day)
        local = self.env["school.calendar"]._local_datetime(school, cutoff)
        return f"{local.hour}:{local.minute:02}"

    @api.model
    def _place_day(self, student, meal, day, variant, order):
        # sudo: a family has the child's set from this API only, not from the order
        is_same_set = student.diet_variant_id or order.sudo().variant_id == variant
        if order.state in LIVE_STATES and is_same_set:
            return "same", "", ""
        orders = self.env["meal.order"]
        __, refusals = orders._place(
            student, day, meal, origin="parent", variant=variant
        )
        if refusals:
            [(__, code)] = refusals
            allergens = None
            if code == "allergen":
                allergens = self._get_meal_allergens(student, meal, day, variant)
            return "refused", code, orders._get_refusal_message(code, allergens)
        return "done", "", ""

    @api.model
    def _take_off_day(self, order):
        if order.state != ORDERED:
            return "same"
        order._take_off("changed_mind")
        return "done"

    # === STANDING CHOICES === #

    @api.model
    def _get_choices(self, student_id):
        """Return the standing choices of a child that count today or later, each with
        the days of the next two weeks that an allergen keeps from being ordered."""
        student = self._get_child(student_id)
        choices = self._find_choices(student, self._get_first_day(student))
        withheld = self._get_withheld_days(student, choices)
        return [
            {
                "id": choice.id,
                "meal": choice.meal_type_id.id,
                "mode": choice.mode,
                "set": choice.variant_id.name or "",
                "weekdays": choice.weekdays or "",
                "date_from": str(choice.date_from),
                "date_to": str(choice.date_to) if choice.date_to else None,
                "withheld": withheld.get(choice, []),
            }
            for choice in choices
        ]

    @api.model
    def _find_choices(self, student, day, meal=None):
        """Return the choices that hold on a day or later."""
        domain = [("student_id", "=", student.id)]
        domain += ["|", ("date_to", "=", False), ("date_to", ">=", day)]
        if meal:
            domain.append(("meal_type_id", "=", meal.id))
        # sudo: of a child that was checked; parents have no rights over the model
        return self.env["meal.choice"].sudo().search(domain)

    @api.model
    def _get_first_day(self, student):
        """Return the first day that a parent can still change."""
        school = student.school_id
        today = self.env["school.calendar"]._local_date(school)
        is_late = school._is_after_cutoff(today)
        return fields.Date.add(today, days=1) if is_late else today

    @api.model
    def _set_choice(
        self,
        student_id,
        meal_id,
        mode,
        weekdays=None,
        variant_id=None,
        date_from=None,
        date_to=None,
    ):
        """Order a meal, or decline a free one, until further notice or a date.

        It replaces what was chosen for the same meal from its first day on, and counts
        for the days ahead that are ordered already.

        :return: id of the choice
        """
        student = self._get_child(student_id, to_order=True)
        meal = self._find_meal(meal_id)
        variant = self._find_variant(student, variant_id)
        digits = self._understood(parent_input.read_weekdays, weekdays)
        first, last = self._read_span(student, date_from, date_to)
        self._check_mode(mode)
        self._end_choices(self._find_choices(student, first, meal), first)
        choices = self.env["meal.choice"].sudo()  # sudo: as in _find_choices
        choice = choices.create(
            {
                "student_id": student.id,
                "mode": mode,
                "meal_type_id": meal.id,
                "variant_id": variant.id if mode == "order" else False,
                "weekdays": digits or False,
                "date_from": first,
                "date_to": last,
                "origin": "parent",
            }
        )
        self._apply_choice(choice)
        return choice.id

    @api.model
    def _check_mode(self, mode):
        if mode not in MODES:
            raise UserError(
                self.env._("Choose whether to order the meal or to decline it.")
            )

    @api.model
    def _read_span(self, student, date_from, date_to):
        first = self._get_first_day(student)
        if date_from:
            first = max(first, self._understood(parent_input.read_date, date_from))
        last = date_to and self._understood(parent_input.read_date, date_to)
        if last and last < first:
            raise UserError(self._get_input_message("period"))
        return first, last or False

    @api.model
    def _end_choices(self, choices, day):
        """End choices the day before a day; those that have not begun never count."""
        begun = choices.filtered(lambda choice: choice.date_from < day)
        begun.write({"date_to": fields.Date.subtract(day, days=1)})
        (choices - begun).unlink()

    @api.model
    def _apply_choice(self, choice):
        """Make the orders that are there already, or due now, follow the choice.

        Who declines a meal wants none of those that were ordered for single days.
        """
        student, meal = choice.student_id, choice.meal_type_id
        days = self._get_days_ahead(student, choice.date_from)
        if choice.mode == "decline":
            last = choice.date_to or days[-1:] and days[-1]
            declined = [
                day
                for day in days
                if day <= last and parent_input.is_chosen(day, choice.weekdays)
            ]
            orders = self._read_orders(student, declined)
            for day in declined:
                order = orders.get((day, meal))
                if order and order.origin not in AUTOMATIC_ORIGINS:
                    self._take_off_day(order)
        self._sync_days(student, days)

    @api.model
    def _sync_days(self, student, days):
        """Make the orders of a child follow rules and choices; those that people have
        placed or taken off for a day stay as they are."""
        # sudo: of a child that was checked; orders come by the rules
        orders, school = self.env["meal.order"].sudo(), student.sudo().school_id
        for day in days:
            if not school._is_after_cutoff(day):
                school._close_ordering(day)
                school._lock_orders()
                orders._sync(school, day, student.sudo())

    @api.model
    def _get_days_ahead(self, student, first):
        """Return the days from ``first`` on whose orders are made by now: the next
        school day, and whatever lies ordered after it."""
        orders = (
            self.env["meal.order"]
            .sudo()  # sudo: of the child that was checked
            .search_fetch(
                [("student_id", "=", student.id), ("date", ">=", first)], ["date"]
            )
        )
        calendar, school = self.env["school.calendar"], student.school_id
        today = calendar._local_date(school)
        upcoming = calendar._next_school_day(today, school, student.class_id)
        days = {today, upcoming, *orders.mapped("date")} - {None}
        ahead = sorted(day for day in days if first <= day)
        taught = self._get_school_days(student, ahead) if ahead else []
        return [day for day in ahead if day in taught]

    @api.model
    def _end_choice(self, student_id, choice_id):
        """Take a standing choice back from the first day that can be changed."""
        student = self._get_child(student_id, to_order=True)
        first = self._get_first_day(student)
        choices = self._find_choices(student, first)
        choice = choices.filtered(lambda each: each.id == choice_id)
        if not choice:
            raise UserError(
                self.env._("This choice has ended already. Open the page again.")
            )
        first = max(first, choice.date_from)
        self._end_choices(choice, first)
        self._sync_days(student, self._get_days_ahead(student, first))
        return True
