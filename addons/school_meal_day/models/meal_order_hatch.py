import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..const import CANCELLED, COOKED, FREED, PASSED_ON

_logger = logging.getLogger(__name__)


class MealOrder(models.Model):
    """A freed portion is offered at the serving hatch to who has none.

    Only the usual set, and to students of the age it was cooked for: what else may go
    to whom (a diet, another age) is decided by a person in the list of orders.
    """

    _inherit = "meal.order"

    # === BUSINESS METHODS === #

    @api.model
    def _get_offers(self, school, date):
        """Return rows ``[meal, number of portions, [students]]`` of the portions that
        a tablet may offer, and whom to."""
        rows = []
        for (meal, age), portions in self._get_free_portions(school, date).items():
            fitting = portions[0]._get_fitting(age_group=age)
            if fitting:
                rows.append([meal.id, len(portions), sorted(fitting)])
        return rows

    @api.model
    def _hand_over(self, school, date, meal, student, event_key=None):
        """Pass a freed portion on that a student has got at the hatch.

        :param event_key: of the event that tells it, for the log
        :return: the student's order; none where nothing was free for the student, or
            the day is closed: the event says then what has happened
        """
        for (each, age), portions in self._get_free_portions(school, date).items():
            if each == meal and portions[0]._get_fitting(student, age_group=age):
                for portion in portions:
                    try:
                        with self.env.cr.savepoint():
                            return portion._pass_on(student)
                    except UserError:
                        # The sentence may name a child: it stays out of the log.
                        _logger.info(
                            "Freed portion of order %s is not passed on by event %s",
                            portion.id,
                            event_key,
                        )
        return self.browse()

    def _take_back(self):
        """Undo that portions were handed over: they are free again where they were, and
        who got them by mistake has no order.

        Where the former student has got another portion meanwhile, this one is free
        where it is.
        """
        # sudo: the caller has looked at the events
        orders = self.sudo()._without_closed_days()
        orders = orders.filtered(
            lambda order: order.state == COOKED and order.passed_from_id
        )
        orders -= orders._get_issued()
        back = orders.filtered(lambda order: order.passed_from_id.state == PASSED_ON)
        changes = []
        for order in back:
            changes += [
                order.passed_from_id._prepare_change(
                    FREED, "correction", cooked_age=order._get_cooked_age().id
                ),
                order._prepare_change(CANCELLED, "correction"),
            ]
        self._update_orders(changes)
        (orders - back)._take_off("correction")
        return orders

    # === WHAT IS FREE === #

    @api.model
    def _get_free_portions(self, school, date):
        """Return {(meal, age group): orders} of freed portions of the usual set that
        their own student has not collected all the same, the oldest first."""
        # sudo: what was cooked and is free is a fact
        freed = self.sudo().search(
            [
                ("school_id", "=", school.id),
                ("date", "=", date),
                ("state", "=", FREED),
                ("variant_id", "=", False),
            ],
            order="id",
        )
        freed -= freed._get_issued()
        # sudo: as above; whose own portion went before has another's here, not to give
        freed -= (
            self.sudo().search([("passed_from_id", "in", freed.ids)]).passed_from_id
        )
        return freed.grouped(
            lambda order: (order.meal_type_id, order._get_cooked_age())
        )

    def _get_cooked_age(self):
        """Return the age group that the portion was cooked for: it may have gone from
        hand to hand."""
        return self.cooked_age_group_id or self.age_group_id

    # === WHOM FOR === #

    def _get_fitting(self, students=None, age_group=None):
        """Return {id: student as enrolled} of whom the portion may be offered to.

        :param students: only of these; None: of the whole school
        :param age_group: only who is of this age
        """
        self.ensure_one()
        order = self.sudo()  # sudo: the caller has checked the order
        school, date, meal = order.school_id, order.date, order.meal_type_id
        self.env.flush_all()
        enrolled = {row.id: row for row in self._read_students(school, date, students)}
        taught = set(self.env["school.calendar"]._get_taught_classes(school, date).ids)
        out = self._get_fed(school, date, meal) | self._get_away(school, date)
        out |= {
            choice.student
            for choice in self._read_choices([date], enrolled)
            if choice.meal == meal.id and choice.mode == "decline"
        }
        ages = self.env["meal.age.group"]._by_grade()
        found = {
            id_: row
            for id_, row in enrolled.items()
            if row.school_class in taught
            and id_ not in out
            and (age_group is None or ages[row.grade] == age_group)
        }
        # sudo: looked at by the code, not shown as records
        looked_at = self.env["school.student"].sudo().browse(found)
        for id_ in order._get_unsafe_for(looked_at):
            del found[id_]
        return found
