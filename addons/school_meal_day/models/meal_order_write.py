from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class Change(NamedTuple):
    """A row to write: `order` is None for a new order.

    None in `school` to `is_entitled` leaves the order's own value.
    """

    order: int | None
    state: str
    reason: str
    student: int | None = None
    meal: int | None = None
    school: int | None = None
    school_class: int | None = None
    age_group: int | None = None
    variant: int | None = None
    origin: str | None = None
    is_entitled: bool | None = None
    absence: int | None = None
    passed_from: int | None = None
    cooked_age: int | None = None
    note: str | None = None
    is_late: bool = False


INTS, TEXTS, FLAGS = SQL("int[]"), SQL("text[]"), SQL("bool[]")
TYPES = (
    *(INTS, TEXTS, TEXTS, INTS, INTS, INTS, INTS, INTS, INTS, TEXTS),
    *(FLAGS, INTS, INTS, INTS, TEXTS, FLAGS),
)
#: Columns of :class:`Change` in SQL.
COLUMNS = SQL(
    "id, state, reason, student, meal, school, class, age, variant, origin, entitled,"
    " absence, passed_from, cooked_age, note, is_late"
)


class MealOrder(models.Model):
    """The only writer of orders: each statement writes the history too."""

    _inherit = "meal.order"

    # === BUSINESS METHODS === #

    @api.model
    def _insert_orders(self, date, company, changes):
        """Make new orders; those that somebody else has just made are left out."""
        if not changes:
            return self.browse()
        self.env.cr.execute(
            SQL(
                """
                WITH step AS (%(step)s),
                made AS (
                    INSERT INTO meal_order (student_id, date, meal_type_id, school_id,
                                class_id, company_id, age_group_id, variant_id,
                                state, origin, is_entitled, passed_from_id,
                                cooked_age_group_id)
                    SELECT student, %(date)s, meal, school, class, %(company)s, age,
                           variant, state, origin, entitled, passed_from, cooked_age
                      FROM step
                    ON CONFLICT (student_id, date, meal_type_id) DO NOTHING
                    RETURNING id, student_id, meal_type_id
                ),
                note AS (
                    INSERT INTO meal_order_change (order_id, school_id, class_id, date,
                                to_state, variant_id, reason, absence_id, note,
                                is_late, at, user_id)
                    SELECT made.id, step.school, step.class, %(date)s, step.state,
                           step.variant, step.reason, step.absence, step.note,
                           step.is_late, %(now)s, %(user)s
                      FROM made
                      JOIN step ON step.student = made.student_id
                       AND step.meal = made.meal_type_id
                )
                SELECT id FROM made
                """,
                step=self._as_step(changes),
                date=date,
                company=company.id,
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        return self.browse(id_ for (id_,) in self.env.cr.fetchall())

    @api.model
    def _update_orders(self, changes):
        """Change orders, each at most once per call."""
        if not changes:
            return self.browse()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH step AS (%(step)s),
                done AS (
                    UPDATE meal_order o
                       SET state = step.state,
                           school_id = coalesce(step.school, o.school_id),
                           class_id = coalesce(step.class, o.class_id),
                           age_group_id = coalesce(step.age, o.age_group_id),
                           variant_id = step.variant,
                           origin = coalesce(step.origin, o.origin),
                           is_entitled = coalesce(step.entitled, o.is_entitled),
                           -- Whose portion it was and for which age: as long as it
                           -- is the same portion.
                           passed_from_id = CASE
                               WHEN step.passed_from IS NOT NULL THEN step.passed_from
                               WHEN step.state = 'cancelled' OR step.state = 'cooked'
                                    AND old.state NOT IN ('cooked', 'freed') THEN NULL
                               ELSE o.passed_from_id END,
                           cooked_age_group_id = CASE
                               WHEN step.cooked_age IS NOT NULL THEN step.cooked_age
                               WHEN old.state IN ('cooked', 'freed')
                                    AND step.state IN ('cooked', 'freed', 'written_off')
                                    THEN o.cooked_age_group_id END
                      FROM step
                      JOIN meal_order old ON old.id = step.id
                     WHERE o.id = step.id
                    RETURNING o.id, o.school_id, o.class_id, o.date, o.variant_id,
                              old.state AS from_state
                )
                INSERT INTO meal_order_change (order_id, school_id, class_id, date,
                            from_state, to_state, variant_id, reason, absence_id,
                            note, is_late, at, user_id)
                SELECT done.id, done.school_id, done.class_id, done.date,
                       done.from_state, step.state, done.variant_id, step.reason,
                       step.absence, step.note, step.is_late, %(now)s, %(user)s
                  FROM done JOIN step USING (id)
                """,
                step=self._as_step(changes),
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        orders = self.browse(change.order for change in changes)
        orders.invalidate_recordset()
        return orders

    @api.model
    def _as_step(self, changes):
        columns = [list(column) for column in zip(*changes, strict=True)]
        return SQL(
            "SELECT * FROM unnest(%s) AS step(%s)",
            SQL(", ").join(
                SQL("%s::%s", column, kind)
                for column, kind in zip(columns, TYPES, strict=True)
            ),
            COLUMNS,
        )

    def _prepare_change(self, state, reason, **values):
        """Return the :class:`Change` of one order to another state."""
        self.ensure_one()
        late = self.school_id._is_after_cutoff(self.date)
        values.setdefault("variant", self.variant_id.id or None)
        return Change(self.id, state, reason, **{"is_late": late, **values})

    def _set_state(self, state, reason, **values):
        # sudo: orders are changed here only, nobody has the right
        return self._update_orders(
            [order._prepare_change(state, reason, **values) for order in self.sudo()]
        )

    def _note_written(self, before, reason):
        """Write the history of orders that were changed beside the methods."""
        self.flush_recordset()
        # sudo: as above
        self.env["meal.order.change"].sudo().create(
            [
                {
                    "order_id": order.id,
                    "school_id": order.school_id.id,
                    "class_id": order.class_id.id,
                    "date": order.date,
                    "from_state": before.get(order.id),
                    "to_state": order.state,
                    "variant_id": order.variant_id.id,
                    "reason": reason,
                    "is_late": order.school_id._is_after_cutoff(order.date),
                    "at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
                for order in self
            ]
        )

    # === CLOSED DAYS === #

    def _without_closed_days(self):
        """Return the orders whose day may still be changed."""
        # sudo: whether a day is closed is a fact
        closed = set(
            self.env["meal.day"]
            .sudo()
            .search(
                [
                    ("school_id", "in", self.school_id.ids),
                    ("date", "in", list(set(self.mapped("date")))),
                    ("state", "=", "closed"),
                ]
            )
            .mapped(lambda day: (day.school_id.id, day.date))
        )
        return self.filtered(
            lambda order: (order.school_id.id, order.date) not in closed
        )

    def _check_days_are_open(self):
        closed = self - self._without_closed_days()
        if closed:
            raise UserError(
                self.env._(
                    "The day %(date)s is closed: what it says changes by a correction"
                    " only.",
                    date=fields.Date.to_string(closed[0].date),
                )
            )

    def _close_ordering(self):
        """Let the cut-offs that have passed come first."""
        for school, orders in self.grouped("school_id").items():
            for date in set(orders.mapped("date")):
                school._close_ordering(date)
