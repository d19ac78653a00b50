from datetime import UTC, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.json import scriptsafe

from ..const import ABSENCE_REASONS, CANCELLED

#: Roles that work with the class screen; the administrator is one of the operators.
TEACHER = "school_meal_base.group_teacher"
OFFICERS = ("school_meal_base.group_operator", "school_meal_base.group_head")
MANAGER = "school_meal_base.group_manager"

#: How far back the day before is looked for: the summer is longer than any vacation.
LOOK_BACK = 21


class MealClassScreen(models.AbstractModel):
    """The class teacher's screen: who is here and who eats, today and the next day.

    This file reads, ``meal_class_screen_commands.py`` writes. Everything is private:
    the controllers call it for the user who has signed in. What is not here is not
    shown: no money, no benefits, health only to those who may read it anyway.
    """

    _name = "meal.class.screen"
    _description = "Class Screen"

    # === ACCESS === #

    @api.model
    def _get_classes(self):
        """Return the classes whose screen the user may open, with the own rights.

        :raises AccessError: the page is not for the roles of the user
        """
        user = self.env.user
        if not any(map(user.has_group, (TEACHER, *OFFICERS, MANAGER))):
            raise AccessError(
                self.env._(
                    "This page is for class teachers, the person responsible for meals"
                    " and the head of the school."
                )
            )
        return self.env["school.class"].search(self._get_class_domain())

    @api.model
    def _get_class_domain(self):
        user = self.env.user
        if user.has_group(MANAGER):
            return Domain.TRUE
        domain = Domain.FALSE
        if user.has_group(TEACHER):
            domain |= Domain("teacher_id", "=", user.id)
        if any(map(user.has_group, OFFICERS)):
            domain |= Domain("school_id.user_ids", "=", user.id)
        return domain

    @api.model
    def _get_class(self, class_id):
        """Return one class of :meth:`_get_classes`.

        :raises AccessError: there is no such class for this user
        """
        domain = Domain("id", "=", class_id) & self._get_class_domain()
        school_class = self.env["school.class"].search(domain)
        if not school_class:
            raise AccessError(
                self.env._(
                    "This class is not yours. Ask the person responsible for meals who"
                    " its class teacher is."
                )
            )
        return school_class

    # === DATA === #

    @api.model
    def _get_screen(self, school_class):
        """Return all that the page shows of a class, ready for JSON.

        The caller got ``school_class`` from :meth:`_get_class`.
        """
        students = self._get_students(school_class)
        days = self._get_days(school_class)
        previous = {day: self._get_day_before(school_class, day) for day in days}
        facts = self._get_facts(students, {*days, *filter(None, previous.values())})
        meals = self._get_meals(school_class, days, facts)
        for day in days[:1]:
            self._read_stops(school_class, students, day, facts[day])
        for day in days:
            self._read_presence(school_class, day, facts[day])
        return {
            "user": self.env.uid,
            "class": {
                "id": school_class.id,
                "name": school_class.name,
                # sudo: the school of a class that was checked
                "school": school_class.sudo().school_id.short_name,
            },
            "server_time": self._as_iso(fields.Datetime.now()),
            "may_order_late": self.env["meal.order"]._may_be_late(),
            "days": [self._prepare_day(school_class, day, meals[day]) for day in days],
            "meals": self._prepare_meals(meals),
            "students": self._prepare_students(students),
            "cells": {str(day): facts[day] for day in days},
            "previous": {
                str(day): facts[before] for day, before in previous.items() if before
            },
        }

    @api.model
    def _get_students(self, school_class):
        # sudo: the class was checked; names are read with it in one query
        return (
            self.env["school.student"]
            .sudo()
            .search([("class_id", "=", school_class.id), ("state", "=", "enrolled")])
        )

    @api.model
    def _get_days(self, school_class):
        """Return today, if it is taught, and the next school day."""
        # sudo: the school of a class that was checked
        calendar, school = self.env["school.calendar"], school_class.sudo().school_id
        today = calendar._local_date(school)
        upcoming = calendar._next_school_day(today, school, school_class)
        is_taught = calendar._is_school_day(today, school, school_class)
        return [day for day in (is_taught and today, upcoming) if day]

    @api.model
    def _get_day_before(self, school_class, day):
        span = day - timedelta(days=LOOK_BACK), day - timedelta(days=1)
        # sudo: the school of a class that was checked
        school = school_class.sudo().school_id
        days = self.env["school.calendar"]._school_days(*span, school, school_class)
        return days[-1] if days else None

    # === FACTS === #

    @api.model
    def _get_facts(self, students, days):
        """Return {day: {student id: cell}}.

        A cell has `absent` (a reported reason or ""), `until` when and told `by` whom;
        `known`, "absent" or "present" where other sources know better; by meal
        `orders`, `withheld` (an allergen keeps it from being ordered), `sets`,
        `served`, `tapped` and `stops` (of today, for the tray).
        """
        facts = {
            day: {
                student.id: {
                    "absent": "",
                    "known": "",
                    "orders": {},
                    "withheld": {},
                    "sets": {},
                    "served": {},
                    "tapped": {},
                    "stops": {},
                }
                for student in students
            }
            for day in days
        }
        if students and days:
            self._read_absences(students, facts)
            self._read_orders(students, facts)
            self._read_served(students, facts)
        return facts

    @api.model
    def _read_absences(self, students, facts):
        # sudo: of the students of a class that was checked, here and below
        absences = (
            self.env["meal.absence"]
            .sudo()
            .search_fetch(
                [
                    ("student_id", "in", students.ids),
                    ("withdrawn_at", "=", False),
                    ("date_from", "<=", max(facts)),
                    ("date_to", ">=", min(facts)),
                ],
                ["student_id", "date_from", "date_to", "reason", "source"],
                order="id",
            )
        )
        for absence in absences:
            for day, cells in facts.items():
                if absence.date_from <= day <= absence.date_to:
                    cells[absence.student_id.id].update(
                        absent=absence.reason,
                        until=str(absence.date_to),
                        by=absence.source,
                    )

    @api.model
    def _read_presence(self, school_class, day, cells):
        """Note where the school's presence, whatever its source, is another than what
        was reported."""
        # sudo: the school of a class that was checked
        presence = school_class.sudo().school_id._get_presence(day)
        for student, cell in cells.items():
            known = presence.get(student, "")
            if known == ("present" if cell["absent"] else "absent"):
                cell["known"] = known

    @api.model
    def _read_orders(self, students, facts):
        orders = (
            self.env["meal.order"]
            .sudo()  # sudo: orders of the class that was checked
            .search_fetch(
                [("student_id", "in", students.ids), ("date", "in", list(facts))],
                ["student_id", "date", "meal_type_id", "state", "variant_id"],
            )
        )
        for order in orders:
            cell = facts[order.date][order.student_id.id]
            meal = order.meal_type_id.id
            cell["orders"][meal] = order.state
            if order.variant_id and self._is_set_shown(order.variant_id):
                cell["sets"][meal] = order.variant_id.name
        taken_off = orders.filtered(lambda order: order.state == CANCELLED)
        for order in taken_off._get_withheld():
            cell = facts[order.date][order.student_id.id]
            cell["withheld"][order.meal_type_id.id] = True

    @api.model
    def _read_served(self, students, facts):
        """Note the meals given out, and which of them a tablet has recorded."""
        for event in self._get_given(students, facts):
            cell = facts[event.date][event.student_id.id]
            cell["served"][event.meal_type_id.id] = True
            if event.device_id:
                cell["tapped"][event.meal_type_id.id] = True

    # === SHAPE === #

    @api.model
    def _get_meals(self, school_class, days, facts):
        """Return {day: meals} that the class can have, or has, on the day."""
        # sudo: ages and meals are the same for everybody
        groups = self.env["meal.age.group"].sudo()._by_grade()
        group = groups.get(school_class.grade, self.env["meal.age.group"])
        every = self.env["meal.type"].sudo().search([("active", "=", True)])
        meals = {}
        for day in days:
            prices = self.env["meal.pricing"]._get_price_list(
                # sudo: the school of a class that was checked
                school_class.sudo().school_id,
                day,
            )
            ordered = {meal for cell in facts[day].values() for meal in cell["orders"]}
            meals[day] = every.filtered(
                lambda meal, prices=prices, ordered=ordered: (
                    meal.id in ordered or prices.get_tariff(meal.id, group.id)
                )
            )
        return meals

    @api.model
    def _prepare_meals(self, meals):
        every = self.env["meal.type"].union(*meals.values())
        return [
            {"id": meal.id, "name": meal.name, "code": meal.code}
            for meal in every.sorted("sequence")
        ]

    @api.model
    def _prepare_day(self, school_class, day, meals):
        # sudo: the school of a class that was checked
        school = school_class.sudo().school_id
        cutoff = school._get_correction_cutoff(day)
        today = self.env["school.calendar"]._local_date(school)
        confirmed = (
            self.env["meal.attendance"]
            .sudo()  # sudo: confirmations of the class that was checked
            .search([("class_id", "=", school_class.id), ("date", "=", day)])
        )
        return {
            "date": str(day),
            "is_today": day == today,
            "cutoff": self._as_iso(cutoff),
            "cutoff_time": self._get_clock(school, cutoff),
            "is_late": cutoff <= fields.Datetime.now(),
            "is_closed": self._is_closed(school, day),
            "confirmed": self._prepare_confirmation(school, confirmed),
            "meals": meals.ids,
        }

    @api.model
    def _prepare_confirmation(self, school, attendance):
        return (
            {
                "at": self._get_clock(school, attendance.confirmed_at),
                "by": attendance.user_id.name or "",
            }
            if attendance
            else None
        )

    @api.model
    def _is_closed(self, school, day):
        # sudo: that a day is closed is told to whoever would change it
        domain = [
            ("school_id", "=", school.id),
            ("date", "=", day),
            ("state", "=", "closed"),
        ]
        return bool(self.env["meal.day"].sudo().search_count(domain, limit=1))

    @api.model
    def _prepare_students(self, students):
        health = self._get_health(students)
        names = students._get_short_names()
        return [
            {
                "id": student.id,
                "name": names[student],
                **({"health": health[student.id]} if health.get(student.id) else {}),
            }
            for student in students
        ]

    @api.model
    def _get_clock(self, school, moment):
        local = self.env["school.calendar"]._local_datetime(school, moment)
        return f"{local.hour}:{local.minute:02}"

    @api.model
    def _as_iso(self, moment):
        return moment.replace(tzinfo=UTC, microsecond=0).isoformat()

    @api.model
    def _get_reasons(self):
        labels = dict(
            self.env["meal.absence"]._fields["reason"]._description_selection(self.env)
        )
        return [{"code": code, "name": labels[code]} for code, __ in ABSENCE_REASONS]

    # === THE PAGE === #

    @api.model
    def _prepare_page(self, class_id=None):
        """Return the values of the page of a class; without one, of the first."""
        classes = self._get_classes()
        school_class = self._get_class(class_id) if class_id else classes[:1]
        content = school_class and {
            "screen": self._get_screen(school_class),
            "classes": self._prepare_classes(classes),
            "texts": self._get_texts(),
            "reasons": self._get_reasons(),
            "stopReasons": self._get_stop_reasons(),
            "locale": self._get_locale(),
        }
        return {
            "doctype": Markup("<!DOCTYPE html>"),
            "title": school_class.name or self.env._("My class"),
            "locale": self._get_locale(),
            # no "<" in it: safe inside of a script element
            "data": content and Markup(scriptsafe.dumps(content)),
        }

    @api.model
    def _prepare_classes(self, classes):
        # sudo: names of the schools of the user's own classes
        several = len(classes.sudo().school_id) > 1
        names = {
            school_class.id: school_class.display_name
            + (f", {school_class.school_id.short_name}" if several else "")
            for school_class in classes.sudo()
        }
        return [{"id": class_id, "name": name} for class_id, name in names.items()]

    @api.model
    def _get_locale(self):
        return (self.env.lang or "en_US").replace("_", "-")
