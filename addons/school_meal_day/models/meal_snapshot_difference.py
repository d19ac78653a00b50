from collections import Counter, defaultdict

from odoo import api, models
from odoo.tools import SQL

from .meal_snapshot import COUNTED, FREE


class MealSnapshot(models.Model):
    """What changed since the snapshot before, and why."""

    _inherit = "meal.snapshot"

    # === BUSINESS METHODS === #

    def _get_difference(self):
        """Return what changed since the previous snapshot, as plain data.

        :return: dict of

            * ``before``, ``after``, ``free``: portions, and how many of them are free
            * ``lines``: per meal, age group, class and set: ids and names (``meal``,
              ``age_group``, ``class``, ``variant``), ``is_diet``, ``before``,
              ``after``, ``change``, ``free``
            * ``totals``: the same per meal and age group
            * ``reasons``: per meal and reason code: ``label``, ``is_late``, ``added``,
              ``removed`` and ``freed`` portions
        """
        self.ensure_one()
        # sudo: names of classes and sets; no student is named
        snapshot = self.sudo()
        lines = snapshot._compare_lines()
        return {
            "before": snapshot.previous_id.portion_count,
            "after": snapshot.portion_count,
            "free": snapshot.free_count,
            "lines": lines,
            "totals": self._sum_lines(lines),
            "reasons": snapshot._get_reasons(),
        }

    def _compare_lines(self):
        before, after = (
            {
                (
                    line.meal_type_id,
                    line.age_group_id,
                    line.class_id,
                    line.variant_id,
                ): line
                for line in snapshot.line_ids
            }
            for snapshot in (self.previous_id, self)
        )
        none = self.env["meal.snapshot.line"]

        def rank(key):
            meal, age, school_class, variant = key
            return (
                (meal.sequence, meal.id, age.grade_from, school_class.grade),
                (school_class.letter or "", variant.sequence, variant.id),
            )

        return [
            self._compare(key, before.get(key, none), after.get(key, none))
            for key in sorted(before.keys() | after.keys(), key=rank)
        ]

    @api.model
    def _compare(self, key, before, after):
        meal, age, school_class, variant = key
        return {
            "meal_id": meal.id,
            "meal": meal.name,
            "age_group_id": age.id,
            "age_group": age.name,
            "class_id": school_class.id,
            "class": school_class.name or "",
            "variant_id": variant.id,
            "variant": variant.name or "",
            "is_diet": variant.is_diet,
            "before": before.quantity,
            "after": after.quantity,
            "change": after.quantity - before.quantity,
            "free": after.free_quantity,
        }

    @api.model
    def _sum_lines(self, lines):
        totals = {}
        for line in lines:
            total = totals.setdefault(
                (line["meal_id"], line["age_group_id"]),
                {
                    **{
                        key: line[key]
                        for key in ("meal_id", "meal", "age_group_id", "age_group")
                    },
                    **dict.fromkeys(("before", "after", "change", "free", "diet"), 0),
                },
            )
            for key in ("before", "after", "change", "free"):
                total[key] += line[key]
            total["diet"] += line["after"] if line["is_diet"] else 0
        return list(totals.values())

    def _get_reasons(self):
        """Return counts per meal and reason of the changes since the last snapshot."""
        counts = defaultdict(Counter)
        since = self.previous_id.last_change_id.id or 0
        place, free = {}, {}
        for row in self._read_changes():
            order = row["order_id"]
            counted = row["school_id"] == self.school_id.id and row["state"] in COUNTED
            now = (row["class_id"], row["variant_id"]) if counted else None
            is_free = counted and row["state"] in FREE
            was, was_free = place.get(order), free.get(order, False)
            place[order], free[order] = now, is_free
            if row["id"] <= since:
                continue
            count = counts[row["meal_id"], row["reason"], row["is_late"]]
            count["added"] += bool(now) and now != was
            count["removed"] += bool(was) and now != was
            count["freed"] += is_free - was_free
        labels = dict(
            self.env["meal.order.change"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        meals = self.env["meal.type"].browse({key[0] for key in counts})
        names = {meal.id: (meal.sequence, meal.name) for meal in meals}
        return [
            {
                "meal_id": meal,
                "meal": names[meal][1],
                "reason": reason,
                "label": labels[reason],
                "is_late": is_late,
                **{key: count[key] for key in ("added", "removed", "freed")},
            }
            for (meal, reason, is_late), count in sorted(
                counts.items(), key=lambda item: (names[item[0][0]], item[0][1:])
            )
            if any(count.values())
        ]

    def _read_changes(self):
        """Return the history of all orders that were ever this school's on the day."""
        self.env["meal.order.change"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT c.id, c.order_id, o.meal_type_id AS meal_id, c.school_id,
                       c.class_id, c.variant_id, c.to_state AS state, c.reason,
                       coalesce(c.is_late, false) AS is_late
                  FROM meal_order_change c
                  JOIN meal_order o ON o.id = c.order_id
                 WHERE c.order_id IN (SELECT order_id FROM meal_order_change
                                       WHERE school_id = %s AND date = %s)
                   AND c.id <= %s
                 ORDER BY c.id
                """,
                self.school_id.id,
                self.date,
                self.last_change_id.id or 0,
            )
        )
        return self.env.cr.dictfetchall()
