from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import COOKED, FREED, LIVE_STATES, PASSED_ON
from .meal_order_write import Change


class MealOrder(models.Model):
    """A freed portion goes to the next child, and only where it does no harm."""

    _inherit = "meal.order"

    # === ACTIONS OF PEOPLE === #

    def _get_candidates(self):
        """Return the students a freed portion may be offered to, the first first:
        fed by a budget before paying, the same age and class before others."""
        self.ensure_one()
        order = self.sudo()  # sudo: the caller has checked the order
        fitting = self._get_fitting()
        # sudo: candidates are looked for by the code, not shown as records
        students = self.env["school.student"].sudo().browse(fitting)
        entitled = self.sudo()._get_entitled_meals(order.school_id, order.date, fitting)
        ages = self.env["meal.age.group"]._by_grade()
        cooked_for = order._get_cooked_age()

        def rank(student):
            info = fitting[student.id]
            return (
                order.meal_type_id.id not in entitled[student.id],
                ages[info.grade] != cooked_for,
                info.school_class != order.class_id.id,
                info.grade,
                student.last_name,
                student.first_name,
                student.id,
            )

        return students.sorted(rank).with_env(self.env)

    def _pass_on(self, student, *, note=None):
        """Give a freed portion to another student; return the student's order.

        :param note: why the person responsible for meals sets the check of allergens
            and diets aside; without it an unsafe portion is refused
        """
        self.ensure_one()
        # sudo: orders are written here only; the caller has checked both
        freed, student = self.sudo(), student.sudo()
        freed._check_days_are_open()
        freed._close_ordering()
        freed._check_passing(student, note)
        row = self._find_order(student, freed.date, freed.meal_type_id)
        change = freed._prepare_passing(student, row, note)
        freed._set_state(PASSED_ON, "passed_on")
        if row:
            return self._update_orders([change])
        return self._insert_orders(freed.date, freed.company_id, [change])

    def _check_passing(self, student, note):
        _ = self.env._
        self._check_state(
            FREED, _("This portion is not free: choose one that is marked as freed.")
        )
        if self.search_count([("passed_from_id", "=", self.id)]):
            raise UserError(_("This freed portion already went to another student."))
        if self._get_issued():
            raise UserError(
                _("The portion was given out to its own student all the same.")
            )
        row = self._find_order(student, self.date, self.meal_type_id)
        if row.state in LIVE_STATES:
            raise UserError(
                _("%s already has a portion of this meal.", student.display_name)
            )
        if row.state == FREED:
            raise UserError(
                _("The portion is the student's own: order it again instead.")
            )
        enrolled = self._read_students(self.school_id, self.date, student)
        if not enrolled:
            raise UserError(
                _("%s is not a student of this school.", student.display_name)
            )
        if student.id in self._get_away(self.school_id, self.date):
            raise UserError(_("%s is reported absent.", student.display_name))
        if student in self._get_givers():
            raise UserError(
                _(
                    "This portion came from %s, who gave it away: choose another"
                    " student.",
                    student.display_name,
                )
            )
        self._check_safe(student, note)

    def _get_givers(self):
        """Return the students through whose hands the portion has gone."""
        chain = order = self
        while order := order.passed_from_id - chain:
            chain |= order
        return (chain - self).student_id

    def _check_safe(self, student, note):
        if not self._get_unsafe_for(student):
            return
        if not note:
            raise UserError(
                self.env._(
                    "This portion does not suit %s for health reasons, or nobody can"
                    " tell. Choose another student.",
                    student.display_name,
                )
            )
        if not self._may_be_late():
            raise UserError(
                self.env._(
                    "Only the person responsible for meals may set the health check"
                    " aside."
                )
            )

    def _prepare_passing(self, student, row, note):
        info = self._read_students(self.school_id, self.date, student)[0]
        entitled = self._get_entitled_meals(self.school_id, self.date, {info.id: info})
        ages = self.env["meal.age.group"]._by_grade()
        return Change(
            order=row.id or None,
            state=COOKED,
            reason="passed_on",
            student=student.id,
            meal=self.meal_type_id.id,
            school=self.school_id.id,
            school_class=info.school_class,
            age_group=ages[info.grade].id,
            variant=self.variant_id.id or None,
            origin="passed_on",
            is_entitled=self.meal_type_id.id in entitled[info.id],
            passed_from=self.id,
            cooked_age=self._get_cooked_age().id,
            note=note,
            is_late=self.school_id._is_after_cutoff(self.date),
        )

    # === WHO AND WHAT === #

    @api.model
    def _find_order(self, student, date, meal):
        return self.search(
            [
                ("student_id", "=", student.id),
                ("date", "=", date),
                ("meal_type_id", "=", meal.id),
            ]
        )

    @api.model
    def _get_fed(self, school, date, meal):
        """Return who has a portion, gave one away, or does not want one today."""
        # sudo: whether there is an order is a fact
        orders = self.sudo().search(
            [
                ("school_id", "=", school.id),
                ("date", "=", date),
                ("meal_type_id", "=", meal.id),
            ]
        )
        return set(
            orders.filtered(
                lambda order: (
                    order.state != "cancelled"
                    or order.change_ids[-1:].reason == "changed_mind"
                )
            ).student_id.ids
        )

    @api.model
    def _get_away(self, school, date):
        """Return the ids of students known not to be at school."""
        presence = school._get_presence(date)
        return {student for student, kind in presence.items() if kind == "absent"}

    # === HEALTH === #

    def _get_unsafe_for(self, students):
        """Return {student id: code} of whom this very portion might harm."""
        return self._get_unsafe(
            students,
            self.school_id,
            self.date,
            self.meal_type_id,
            dict.fromkeys(students.ids, self.variant_id.id or None),
            self._get_cooked_age(),
        )

    @api.model
    def _get_unsafe(self, students, school, date, meal, variants, age_group=None):
        """Return {student id: code} of students who should not have a portion.

        ``allergen``: the day's menu has one of the student's allergens; ``diet``: the
        student has a diet and the portion is another set; ``unknown``: there is no menu
        to tell.

        :param variants: {student id: id of the set, None is the usual one}
        :param age_group: whose menu the portion is of; None: the student's own
        """
        # sudo: health data stay here, callers get a code
        students = students.sudo()
        portions = [(id_, meal.id, variants[id_]) for id_ in students.ids]
        dangers = self._read_dangers(school, date, portions, age_group)
        result = {}
        for student in students:
            code = dangers.get((student.id, meal.id))
            if code != "allergen" and self._is_other_diet(student, variants):
                code = "diet"
            if code:
                result[student.id] = code
        return result

    @api.model
    def _is_other_diet(self, student, variants):
        if student.diet_variant_id:
            return student.diet_variant_id.id != variants[student.id]
        return bool(student.medical_diet)

    @api.model
    def _read_dangers(self, school, date, portions, age_group=None):
        """Return {(student id, meal id): ``allergen`` or ``unknown``} by the rule that
        the serving hatch follows too (``sql/issue.sql``).

        :param portions: [(student id, meal id, id of the set or None), …]
        """
        if not portions:
            return {}
        self.env.flush_all()
        students, meals, variants = map(list, zip(*portions, strict=True))
        self.env.cr.execute(
            SQL(
                """
                WITH careful AS MATERIALIZED (
                    SELECT p.student, p.meal, p.variant
                      FROM unnest(%s::int[], %s::int[], %s::int[])
                           AS p (student, meal, variant)
                     WHERE EXISTS (
                           SELECT FROM school_allergen_school_student_rel own
                            WHERE own.school_student_id = p.student)
                )
                SELECT student, meal,
                       meal_portion_danger(student, %s, %s, meal, variant, %s)
                  FROM careful
                """,
                students,
                meals,
                variants,
                school.id,
                date,
                age_group.id if age_group else None,
            )
        )
        return {(student, meal): code for student, meal, code in self.env.cr.fetchall()}
