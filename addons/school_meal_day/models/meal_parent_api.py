from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import LIVE_STATES
from ..domain import parent_input


class MealParentApi(models.AbstractModel):
    """Meals of a child for its parents: what is served and ordered, and the changes.

    Everything is private; routes and the pages of other add-ons call it for the user
    who has signed in, a parent of the portal or a colleague with a child at a school.
    A child is reached by a row of ``school.guardian`` and by nothing else. This file
    reads, ``meal_parent_orders.py`` and ``meal_parent_absences.py`` write.
    """

    _name = "meal.parent.api"
    _description = "Parents' Interface"

    # === CHILDREN === #

    @api.model
    def _get_guardians(self):
        """Return the rows, in sudo, that make the user a guardian who is shown meals:
        who is only told of news is not."""
        # sudo: one's own contact
        domain = Domain("partner_id", "=", self.env.user.sudo().partner_id.id)
        domain &= Domain("active", "=", True)
        domain &= Domain("student_id.state", "=", "enrolled")
        domain &= Domain.OR(
            Domain(right, "=", True) for right in ("is_legal", "may_order", "may_pay")
        )
        # sudo: these rows are the right itself
        return self.env["school.guardian"].sudo().search(domain)

    @api.model
    def _get_children(self):
        """Return the children of the user, ready for JSON."""
        return [
            {
                "id": row.student_id.id,
                "name": row.student_id.name,
                "class": row.student_id.class_id.name or "",
                "school": row.student_id.school_id.short_name,
                "may_order": row.is_legal or row.may_order,
            }
            for row in self._get_guardians()
        ]

    @api.model
    def _get_child(self, student_id, to_order=False):
        """Return a child of the user, in sudo.

        :param to_order: the user wants to change something
        :raises AccessError: it is not, or they may not; the same sentence for a child
            of others and for a number that nobody has
        """
        rows = self._get_guardians().filtered(
            lambda row: type(student_id) is int and row.student_id.id == student_id
        )
        if not rows:
            raise AccessError(
                self.env._(
                    "This child is not in your list. Ask the person responsible for"
                    " meals at the school to add you."
                )
            )
        if to_order and not (rows.is_legal or rows.may_order):
            raise AccessError(
                self.env._(
                    "You may see the meals of this child, not change them. A parent can"
                    " give you this right."
                )
            )
        return rows.student_id

    # === DAYS === #

    @api.model
    def _get_days(self, student_id, date_from, date_to):
        """Return the meals of a child for a period of at most 62 days."""
        student = self._get_child(student_id)
        days = self._understood(parent_input.read_period, date_from, date_to)
        return self._prepare_days(student, days)

    @api.model
    def _prepare_days(self, student, days):
        taught = set(self._get_school_days(student, days))
        facts = self._read_facts(student, days)
        now = fields.Datetime.now()
        return [
            self._prepare_day(student, day, day in taught, facts, now) for day in days
        ]

    @api.model
    def _prepare_day(self, student, day, is_taught, facts, now):
        cutoff = student.school_id._get_correction_cutoff(day)
        absence = self._get_absence(facts, day)
        return {
            "date": str(day),
            "is_school_day": is_taught,
            "cutoff": fields.Datetime.to_string(cutoff),
            "may_change": is_taught and now < cutoff,
            "absence": absence and self._prepare_absence(absence),
            "meals": self._prepare_meals(student, day, facts) if is_taught else [],
        }

    @api.model
    def _prepare_meals(self, student, day, facts):
        prices = facts["prices"][day]
        categories = facts["categories"][day]
        group, shift = facts["age_group"], student.class_id.shift

        def is_automatic(meal):
            key = prices, meal.id, frozenset(categories), shift, group.id
            return self.env["meal.order"]._is_automatic(*key)

        meals = []
        for meal in facts["meals"]:
            order = facts["orders"].get((day, meal))
            variant = order.variant_id if order else facts["diet"]
            price = prices.get_price(meal.id, group.id, variant.id, categories, shift)
            if not price and not order:
                continue
            parts = dict(price.parts) if price else {}
            meals.append(
                {
                    "id": meal.id,
                    "name": meal.name,
                    "state": order.state if order else "",
                    "is_ordered": bool(order) and order.state in LIVE_STATES,
                    "set": variant.name or "",
                    "price": price.price if price else None,
                    "own_part": parts.get(prices.parent_source, 0) if price else None,
                    "dishes": facts["dishes"].get((day, meal), []),
                    "health": self._prepare_health(
                        student, day, meal, facts, is_automatic(meal)
                    ),
                }
            )
        return meals

    # === FACTS === #

    @api.model
    def _read_facts(self, student, days):
        # sudo: ages and meals are the same for everybody
        groups = self.env["meal.age.group"].sudo()._by_grade()
        none = self.env["meal.age.group"]
        group = groups.get(student.class_id.grade, none) if student.class_id else none
        orders = self._read_orders(student, days)
        # sudo: as above
        meals = self.env["meal.type"].sudo().search([("active", "=", True)])
        return {
            "age_group": group,
            "diet": student.diet_variant_id,
            "meals": meals,
            "orders": orders,
            "health": self._read_health_facts(student, days, orders, meals),
            "absences": self._read_absences(student, days),
            "prices": self._read_prices(student.school_id, days),
            "categories": self._read_categories(student, days),
            "dishes": self._read_dishes(student, group, days, orders),
        }

    @api.model
    def _read_orders(self, student, days):
        # sudo: of a child that was checked, here and below
        orders = (
            self.env["meal.order"]
            .sudo()
            .search([("student_id", "=", student.id), ("date", "in", days)])
        )
        return {(order.date, order.meal_type_id): order for order in orders}

    @api.model
    def _read_absences(self, student, days):
        return (
            self.env["meal.absence"]
            .sudo()  # sudo: of the child that was checked
            .search(
                [
                    ("student_id", "=", student.id),
                    ("withdrawn_at", "=", False),
                    ("date_from", "<=", days[-1]),
                    ("date_to", ">=", days[0]),
                ]
            )
        )

    @api.model
    def _get_absence(self, facts, day):
        return next(
            (a for a in facts["absences"] if a.date_from <= day <= a.date_to), None
        )

    @api.model
    def _read_categories(self, student, days):
        """Return {day: codes}, see `school.student._get_meal_categories`."""
        return self._read_stretches(
            days,
            student._get_category_borders(days[0], days[-1]),
            lambda day: student._get_meal_categories(day).get(student.id, set()),
        )

    @api.model
    def _read_prices(self, school, days):
        """Return {day: PriceList}; one list for all days between two changes."""
        return self._read_stretches(
            days,
            self._get_price_borders(school, days),
            lambda day: self.env["meal.pricing"]._get_price_list(school, day),
        )

    @api.model
    def _read_stretches(self, days, borders, read):
        """Return {day: what `read(day)` gives}, read once between two borders."""
        found, stretches = {}, {}
        for day in days:
            # the last border on or before the day names the stretch
            stretch = max((border for border in borders if border <= day), default=None)
            if stretch not in stretches:
                stretches[stretch] = read(day)
            found[day] = stretches[stretch]
        return found

    @api.model
    def _get_price_borders(self, school, days):
        """Return the days of a period on which a price or a rule begins, or has ended
        the day before."""
        borders = set()
        for model in ("meal.tariff", "meal.funding.rule"):
            # sudo: a price is a fact
            rows = (
                self.env[model]
                .sudo()
                .search_fetch(
                    [("company_id", "=", school.company_id.id)],
                    ["date_from", "date_to"],
                )
            )
            borders.update(rows.mapped("date_from"))
            ends = filter(None, rows.mapped("date_to"))
            borders.update(fields.Date.add(end, days=1) for end in ends)
        return sorted(border for border in borders if days[0] < border <= days[-1])

    @api.model
    def _read_dishes(self, student, group, days, orders):
        """Return {(day, meal): dishes} of approved menus: the child's shift, and the
        set of the order or the diet, before the general one."""
        diet = student.diet_variant_id
        sets = diet.union(*(order.variant_id for order in orders.values()))
        lines = (
            self.env["meal.menu.line"]
            .sudo()  # sudo: menus are public
            .search(
                [
                    ("menu_id.school_id", "=", student.school_id.id),
                    ("menu_id.date", "in", days),
                    ("menu_id.state", "=", "approved"),
                    ("menu_id.age_group_id", "=", group.id),
                    ("menu_id.shift", "in", [False, student.class_id.shift]),
                    ("menu_id.variant_id", "in", [False, *sets.ids]),
                ]
            )
        )
        served = lines.grouped(lambda line: (line.menu_id, line.meal_type_id))
        dishes = {}
        for menu, meal in sorted(
            served, key=lambda key: (bool(key[0].variant_id), bool(key[0].shift))
        ):
            order = orders.get((menu.date, meal))
            wanted = order.variant_id if order else diet
            if menu.variant_id in (wanted, wanted.browse()):
                # the most particular one is the last
                names = served[menu, meal].mapped("dish_id.name")
                dishes[menu.date, meal] = names
        return dishes

    # === HELPERS === #

    @api.model
    def _get_school_days(self, student, days):
        return self.env["school.calendar"]._school_days(
            days[0], days[-1], student.school_id, student.class_id
        )

    @api.model
    def _understood(self, read, *values):
        """Return what a function of ``domain/parent_input.py`` reads from a request."""
        try:
            return read(*values)
        except parent_input.InputError as error:
            raise UserError(self._get_input_message(error.code)) from None

    @api.model
    def _get_input_message(self, code):
        _ = self.env._
        return {
            "date": _(
                "A date is missing or cannot be read. Choose it in the calendar."
            ),
            "period": _("The period ends before it begins. Choose the dates again."),
            "too_long": _(
                "Choose no more than %(count)s days at once.",
                count=parent_input.MAX_DAYS,
            ),
            "weekdays": _("Choose the days of the week from Monday to Sunday."),
        }[code]

    @api.model
    def _find_meal(self, meal_id):
        # sudo: the list of meals is no secret
        meals = self.env["meal.type"].sudo().search([("active", "=", True)])
        meal = meals.filtered(lambda each: each.id == meal_id)
        if not meal:
            raise UserError(self.env._("There is no such meal. Open the page again."))
        return meal

    @api.model
    def _find_variant(self, student, variant_id):
        """Return a set that parents may choose; none is the usual one."""
        # sudo: sets of the child's municipality
        variants = self.env["meal.variant"].sudo()
        if not variant_id:
            return variants
        if student.diet_variant_id:
            raise UserError(
                self.env._(
                    "The child has a diet by a doctor's note, it replaces any set. Ask"
                    " the person responsible for meals to change it."
                )
            )
        variant = variants.search(
            [("company_id", "=", student.company_id.id), ("is_diet", "=", False)]
        ).filtered(lambda each: each.id == variant_id)
        if not variant:
            raise UserError(
                self.env._(
                    "This set cannot be chosen. Diets are given by the school, by a"
                    " doctor's note."
                )
            )
        return variant
