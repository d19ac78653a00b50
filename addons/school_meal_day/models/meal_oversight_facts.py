from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.school_meal_base.domain import school_days

from ..domain import funding


class MealOversight(models.AbstractModel):
    """Facts of the board that need the rules: calendar, menus, prices."""

    _inherit = "meal.oversight"

    # === CALENDAR === #

    @api.model
    def _add_classes(self, facts, schools, days):
        """Count the classes that are taught today and those nobody has confirmed."""
        confirmed = {row["class_id"] for row in self._query_confirmed(days)}
        # sudo: numbers of whole schools; names of classes are not secret
        classes = self.env["school.class"].sudo().search(
            [("school_id", "in", schools.ids)]
        )  # fmt: skip
        by_school = classes.grouped("school_id")
        kinds = self._get_kinds(schools.sudo(), by_school, days)
        for school in schools.sudo():
            of_school = by_school.get(school, classes.browse())
            taught = of_school.filtered(lambda c, s=school: kinds[s.id, c.id])
            missing = taught.filtered(lambda c: c.id not in confirmed)
            facts[school.id].update(
                is_school_day=bool(taught) if of_school else kinds[school.id, None],
                is_closed=facts[school.id].get("is_closed", False),
                classes=len(taught),
                confirmed=len(taught) - len(missing),
                unconfirmed=len(missing),
                unconfirmed_names=missing.mapped("name"),
                taught=taught,
            )

    @api.model
    def _add_meal_days(self, facts, days):
        """Tell which schools serve meals today.

        Many schools with a six-day week teach on Saturdays and feed nobody then: one
        that has no orders today and had none on the last Saturdays is not late.
        """
        saturdays = {
            school: day
            for school, day in days.items()
            if day.weekday() == school_days.SATURDAY
        }
        fed = {row["school_id"] for row in self._query_weekly(saturdays)}
        for school in days:
            of_school = facts[school]
            of_school["is_meal_day"] = of_school["is_school_day"] and bool(
                school not in saturdays
                or school in fed
                or of_school["ordered"]
                or of_school["issued"]
            )

    @api.model
    def _get_kinds(self, schools, by_school, days):
        """Return {(school id, class id or None): whether it is taught today}, with one
        query for all calendars."""
        if not schools:
            return {}
        # sudo: the calendar is the same for everybody
        periods = self.env["school.calendar.period"].sudo().search(
            [
                ("company_id", "in", schools.company_id.ids),
                ("date_from", "<=", max(days.values())),
                ("date_to", ">=", min(days.values())),
            ]
        )  # fmt: skip
        taught = {}
        for school in schools:
            own = periods.filtered(
                lambda p, s=school: (
                    p.company_id == s.company_id
                    and (not p.school_ids or s in p.school_ids)
                )
            )
            for school_class in [None, *by_school.get(school, ())]:
                rules = [
                    own_rule for p in own if (own_rule := p._as_rule(school_class))
                ]
                kind = school_days.day_kind(
                    days[school.id], int(school.week_days), rules
                )
                key = school.id, school_class and school_class.id
                taught[key] = kind in school_days.SCHOOL_KINDS
        return taught

    # === MENUS === #

    @api.model
    def _add_menus(self, facts, schools, days):
        """Count the age groups that are taught and have no approved menu today."""
        approved = {
            (row["school_id"], row["age_group_id"]) for row in self._query_menus(days)
        }
        by_grade = self.env["meal.age.group"]._by_grade()
        for school in schools:
            taught = facts[school.id].pop("taught")
            groups = {by_grade[c.grade].id for c in taught if c.grade in by_grade}
            missing = [g for g in groups if (school.id, g) not in approved]
            facts[school.id]["menus_missing"] = len(missing)

    # === MONEY === #

    @api.model
    def _get_money(self, schools, days, facts):
        """Return {school id: {name of the source: kopecks}}: what closed days say, and
        the forecast of the price list for orders of the others."""
        closed = {s: day for s, day in days.items() if facts[s]["is_closed"]}
        still_open = {s: day for s, day in days.items() if s not in closed}
        sums = defaultdict(lambda: defaultdict(int))
        for row in self._query_paid(closed):
            sums[row["school_id"]][row["source_id"]] += row["amount"]
        counted = self._query_forecast(still_open)
        prices = self._get_price_lists(schools, days) if counted else {}
        for row in counted:
            for source, amount in self._forecast(prices[row["school_id"]], row):
                sums[row["school_id"]][source] += amount
        # sudo: names of sources beside their sums
        sources = self.env["meal.funding.source"].sudo()
        named = defaultdict(lambda: defaultdict(int))
        for school, by_source in sums.items():
            for source, amount in by_source.items():
                named[school][sources.browse(source).name] += amount
        return named

    @api.model
    def _forecast(self, prices, row):
        """Return [(source, kopecks)] of counted orders.

        The board does not ask for the category of every child: an order paid for by a
        budget is taken to have the first rule that orders its meal by itself.
        """
        categories = ()
        if row["is_entitled"]:
            categories = {
                rule.category
                for rule in prices.rules
                if rule.category and rule.is_automatic
            }
        price = prices.get_price(
            row["meal_type_id"],
            row["age_group_id"],
            row["variant_id"],
            categories,
            row["shift"],
        )
        parts = price.parts if price else ()
        return [(source, amount * row["portions"]) for source, amount in parts]

    @api.model
    def _get_price_lists(self, schools, days):
        """Return {school id: PriceList}, read for the whole municipality at once."""
        pricing = self.env["meal.pricing"].sudo()  # sudo: prices are facts
        lists = {}
        for company, of_company in schools.sudo().grouped("company_id").items():
            day = days[of_company[0].id]
            valid = Domain("company_id", "=", company.id)
            valid &= Domain("date_from", "<=", day)
            valid &= Domain("date_to", "=", False) | Domain("date_to", ">=", day)
            tariffs = pricing.env["meal.tariff"].search(valid)
            rules = pricing.env["meal.funding.rule"].search(valid)
            of_parents = pricing._get_parent_source(of_company[0]).id
            made = [(t.school_id, pricing._as_tariff(t)) for t in tariffs]
            ruled = [(r.school_ids, pricing._as_rule(r)) for r in rules]
            for school in of_company:
                lists[school.id] = funding.PriceList(
                    [tariff for place, tariff in made if not place or place == school],
                    [rule for places, rule in ruled if not places or school in places],
                    of_parents,
                )
        return lists
