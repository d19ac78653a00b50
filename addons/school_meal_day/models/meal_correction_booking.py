from types import SimpleNamespace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.school_meal_base.const import REASON_CORRECTION, SINGLE

#: Who pays for a portion of an outcome.
PAYERS = {"issued": "rules", "charged_unclaimed": "parent"}


class MealCorrection(models.Model):
    """Booking: the old portions are given back, the new ones frozen, dated today."""

    _inherit = "meal.correction"

    def _book(self):
        """Book the document once; booked already, nothing happens."""
        self.ensure_one()
        self._lock()
        if self.state == "done":
            return
        # sudo: frozen portions and money are written by methods only, the callers
        # check the rights or are the add-ons' own
        correction = self.sudo()
        if not correction.line_ids:
            raise UserError(self.env._("Say which portions should be otherwise."))
        old_lines = correction.line_ids.day_line_id
        correction.line_ids.exception_id._check_undecided()
        correction._check_current(old_lines)
        rows = correction._prepare_rows()
        today = self.env["school.calendar"]._local_date(correction.school_id)
        correction._supersede(old_lines)
        self.env["meal.day.line"]._freeze(
            correction.day_id, rows, today, correction._prepare_reversals(today)
        )
        correction._finish(today)

    def _check_current(self, old_lines):
        """Lock the portions; refuse what another correction has replaced."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM meal_day_line WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                old_lines.ids,
            )
        )
        old_lines.invalidate_recordset(["is_current"])
        for line in old_lines.filtered(lambda ln: not ln.is_current):
            raise UserError(
                self.env._(
                    "The portion of %(student)s was corrected meanwhile. Remove it and"
                    " choose it again.",
                    student=line.student_id.name,
                )
            )

    # === PORTIONS === #

    def _prepare_rows(self):
        day = self.day_id
        pricing = day._get_pricing(set(self.line_ids.student_id.ids))
        added, fed = {}, self._get_fed()
        return [self._prepare_row(line, pricing, added, fed) for line in self.line_ids]

    def _prepare_row(self, line, pricing, added, fed):
        """Return the row of the portion as it should be; see `meal.day.line._freeze`.

        :param added: {(student id, meal id): portions added by lines before}
        :param fed: {(student id, meal id)} issued already, this line's is added
        """
        old = line.day_line_id
        portion = self._get_portion(line)
        payer, charge = self._get_charge(line, portion, pricing, fed)
        tariff, rule, price, parts = charge
        if old and (line.outcome, price, parts) == self._get_state(old):
            raise UserError(
                self.env._(
                    "%(student)s: the day says the same already. Remove the portion.",
                    student=line.student_id.name,
                )
            )
        number, revision = old.portion, old.revision + 1
        if not old:
            key = line.student_id.id, line.meal_type_id.id
            added[key] = added.get(key) or self._get_last_number(line)
            added[key] += 1
            number, revision = added[key], 0
        return {
            "student_id": line.student_id.id,
            "class_id": portion.class_id,
            "meal_type_id": line.meal_type_id.id,
            "age_group_id": pricing.get_age_group(portion),
            "variant_id": portion.variant_id,
            "portion": number,
            "revision": revision,
            "order_id": old.order_id.id or None,
            "event_id": self._get_event(line).id or None,
            "correction_id": self.id,
            "presence": "present"
            if line.outcome == "issued"
            else old.presence or "unknown",
            "outcome": line.outcome,
            "payer": payer,
            "rule_id": rule,
            "tariff_id": tariff,
            "price": price,
            "parts": parts,
        }

    @api.model
    def _get_portion(self, line):
        """Return what is priced: the frozen class and age, else today's."""
        old = line.day_line_id
        return SimpleNamespace(
            student_id=line.student_id.id,
            meal_type_id=line.meal_type_id.id,
            class_id=(old.class_id or line.student_id.class_id).id or None,
            age_group_id=old.age_group_id.id or None,
            variant_id=old.variant_id.id or None,
        )

    @api.model
    def _get_payer(self, old, outcome):
        """Return who pays: as decided before, unless the outcome is another one."""
        return (old.outcome == outcome and old.payer) or PAYERS.get(outcome)

    def _get_charge(self, line, portion, pricing, fed):
        """Return (payer, charge) of the portion as it should be."""
        payer = self._get_payer(line.day_line_id, line.outcome)
        if payer:
            self._check_taught(line, portion, pricing)
        if line.outcome == "charged_unclaimed":
            self._check_unclaimed(line, portion, pricing)
        if payer == "rules":
            key = line.student_id.id, line.meal_type_id.id
            if key in fed:
                payer = "parent"  # a budget pays for a meal of a student once
            fed.add(key)
        charge = pricing.get_charge(portion, payer)
        if charge is None:
            raise UserError(
                self.env._(
                    "There was no price for %(meal)s on %(day)s. Enter it first.",
                    meal=line.meal_type_id.name,
                    day=f"{self.day_date:%d.%m.%Y}",
                )
            )
        return payer, charge

    def _check_unclaimed(self, line, portion, pricing):
        """Parents pay for a portion left standing if it was theirs to pay, once."""
        order, price = line.day_line_id.order_id, pricing.get_price(portion)
        sources = {source for source, _amount in price.parts} if price else set()
        is_free = sources and pricing.prices.parent_source not in sources
        if order.is_entitled or (not order and is_free):
            raise UserError(
                self.env._(
                    "%s eats free: nobody pays for a portion that was not claimed.",
                    line.student_id.name,
                )
            )
        if not line.day_line_id and self._is_charged(line):
            raise UserError(
                self.env._(
                    "%(student)s: %(meal)s is charged already. Choose that portion"
                    " instead of adding one.",
                    student=line.student_id.name,
                    meal=line.meal_type_id.name,
                )
            )

    def _is_charged(self, line):
        """Whether another portion of the student's meal is paid for."""
        beside = (self.line_ids - line).filtered(
            lambda other: (
                other.student_id == line.student_id
                and other.meal_type_id == line.meal_type_id
                and other.outcome in PAYERS
            )
        )
        return beside or self.env["meal.day.line"].search_count(
            [
                ("student_id", "=", line.student_id.id),
                ("date", "=", self.day_date),
                ("meal_type_id", "=", line.meal_type_id.id),
                ("is_current", "=", True),
                ("outcome", "in", list(PAYERS)),
                ("id", "not in", self.line_ids.day_line_id.ids),
            ],
            limit=1,
        )

    def _check_taught(self, line, portion, pricing):
        school_class = pricing.get_class(portion)
        if not self.env["school.calendar"]._is_school_day(
            self.day_date, self.school_id, school_class or None
        ):
            raise UserError(
                self.env._(
                    "%(student)s had no lessons on %(day)s: nobody can be charged.",
                    student=line.student_id.name,
                    day=f"{self.day_date:%d.%m.%Y}",
                )
            )

    def _get_fed(self):
        """Return {(student id, meal id)} issued by portions that stay as they are."""
        lines = self.env["meal.day.line"].search(
            [
                ("student_id", "in", self.line_ids.student_id.ids),
                ("date", "=", self.day_date),
                ("is_current", "=", True),
                ("outcome", "=", "issued"),
                ("id", "not in", self.line_ids.day_line_id.ids),
            ]
        )
        return {(line.student_id.id, line.meal_type_id.id) for line in lines}

    def _get_last_number(self, line):
        numbers = self.env["meal.day.line"].search(
            [
                ("student_id", "=", line.student_id.id),
                ("date", "=", self.day_date),
                ("meal_type_id", "=", line.meal_type_id.id),
            ]
        )
        return max(numbers.mapped("portion"), default=0)

    @api.model
    def _get_event(self, line):
        event = line.exception_id.event_id
        if event.action == "given":
            return event
        return line.day_line_id.event_id if not event else event.browse()

    @api.model
    def _get_state(self, line):
        """Return (outcome, kopecks, parts) of a frozen portion."""
        parts = {part.source_id.id: round(part.amount * 100) for part in line.part_ids}
        return line.outcome, round(line.price * 100), tuple(parts.items())

    @api.model
    def _filter_changed(self, day, lines, outcome):
        """Return the portions that the rules of today would freeze otherwise."""
        lines = lines.sudo()  # sudo: called by add-ons after a decision of theirs
        pricing = day.sudo()._get_pricing(set(lines.student_id.ids))
        changed = lines.browse()
        for line in lines:
            portion = SimpleNamespace(
                student_id=line.student_id.id,
                meal_type_id=line.meal_type_id.id,
                class_id=line.class_id.id,
                age_group_id=line.age_group_id.id,
                variant_id=line.variant_id.id,
            )
            new = outcome or line.outcome
            charge = pricing.get_charge(portion, self._get_payer(line, new))
            if charge is None or (new, *charge[2:]) != self._get_state(line):
                changed |= line
        return changed.with_env(self.env)

    # === MONEY === #

    @api.model
    def _supersede(self, lines):
        self.env["meal.day.line"].flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE meal_day_line SET is_current = false WHERE id = ANY(%s)"
                " RETURNING id",
                lines.ids,
            )
        )

    def _prepare_reversals(self, today):
        return [
            {
                "phase": SINGLE,
                "uuid": f"{part.transfer_uuid}:back",
                "kind": "meal" if part.source_id.level == "parent" else "subsidy",
                "ref": part.transfer_uuid,
                "amount": round(part.amount * 100),
                "forced": True,
                "reason": REASON_CORRECTION,
                "business_date": today,
                "school": self.school_id.id,
                "source": ("meal.day.line", part.line_id.id),
            }
            for part in self.line_ids.day_line_id.part_ids
        ]

    def _finish(self, today):
        self.line_ids.exception_id.write(
            {
                "outcome": "pay",
                "note": self.reason,
                "resolved_at": self.env.cr.now(),
                "resolved_by_id": self.env.uid,
            }
        )
        self.write(
            {
                "state": "done",
                "date": today,
                "name": self.env["ir.sequence"].next_by_code("meal.correction"),
            }
        )
