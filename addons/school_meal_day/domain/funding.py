"""What a set meal costs and who pays which part of it, exact to the kopeck.

A :class:`PriceList` is all prices and rules of one school on one day; it answers for
any portion without the database. Amounts are integer kopecks, shares hundredths of a
percent.
"""

from typing import NamedTuple


class Tariff(NamedTuple):
    """A price; None in a place means that it fits every school, age or set."""

    id: int
    price: int
    meal: int
    school: int | None = None
    age_group: int | None = None
    variant: int | None = None
    date_from: str = ""


class Part(NamedTuple):
    """One step of a waterfall. `value` is kopecks for "amount", hundredths of a percent
    for "percent" and nothing for "rest"."""

    source: int
    mode: str
    value: int = 0


class Rule(NamedTuple):
    """A funding rule; empty or None in a place means that it fits all."""

    id: int
    parts: tuple
    category: str | None = None
    meals: frozenset = frozenset()
    shift: str | None = None
    is_automatic: bool = False


class Price(NamedTuple):
    """What one portion costs: `parts` is ((source, kopecks), …), their sum `price`."""

    price: int
    tariff: int
    rule: int | None
    parts: tuple


def split(price, parts, rest_source):
    """Return ((source, kopecks), …) of a price; the parts always sum up to it.

    Sources pay in the order of the waterfall until nothing is left; what no step took
    is `rest_source`'s (the parents'). A source named twice has one part.

    >>> split(8530, [Part(1, "amount", 6000), Part(2, "rest")], 9)
    ((1, 6000), (2, 2530))
    >>> split(8530, [Part(1, "percent", 7000), Part(2, "percent", 3000)], 9)
    ((1, 5971), (2, 2559))
    >>> split(4961, [Part(1, "amount", 6000)], 9)
    ((1, 4961),)
    >>> split(4961, [], 9)
    ((9, 4961),)
    >>> split(101, [Part(1, "percent", 5000), Part(2, "percent", 5000)], 9)
    ((1, 51), (2, 50))
    """
    left, shares = price, {}
    for part in (*parts, Part(rest_source, "rest")):
        wanted = {
            "amount": part.value,
            "percent": (price * part.value + 5000) // 10000,  # half up
            "rest": left,
        }[part.mode]
        taken = min(wanted, left)
        if taken:
            shares[part.source] = shares.get(part.source, 0) + taken
            left -= taken
    return tuple(shares.items())


class PriceList:
    """Prices and rules of one school on one day.

    :param tariffs: those valid on the day, of the school or of all schools
    :param rules: those valid on the day, in the order in which they go before others
    :param parent_source: the source that pays what no rule gives to another

    >>> lunch, young, adult = 3, 1, 2
    >>> prices = PriceList(
    ...     [Tariff(1, 8000, lunch), Tariff(2, 7000, lunch, age_group=young)],
    ...     [Rule(5, (Part(1, "rest"),), category="grades_1_4", is_automatic=True)],
    ...     parent_source=9,
    ... )
    >>> prices.get_price(lunch, young, categories={"grades_1_4"})
    Price(price=7000, tariff=2, rule=5, parts=((1, 7000),))
    >>> prices.get_price(lunch, adult)
    Price(price=8000, tariff=1, rule=None, parts=((9, 8000),))
    >>> prices.get_price(1, adult) is None
    True
    >>> prices.is_automatic(lunch, {"grades_1_4"}), prices.is_automatic(lunch, set())
    (True, False)
    """

    def __init__(self, tariffs, rules, parent_source):
        self.tariffs = list(tariffs)
        self.rules = list(rules)
        self.parent_source = parent_source
        self._prices = {}

    def get_price(self, meal, age_group, variant=None, categories=(), shift=None):
        """Return the :class:`Price` of a portion, None when it has no tariff."""
        key = meal, age_group, variant, frozenset(categories), shift
        if key not in self._prices:
            self._prices[key] = self._work_out(*key)
        return self._prices[key]

    def get_tariff(self, meal, age_group, variant=None):
        """Return the most particular tariff: a school's own before a set's before an
        age's before a general one, then the one that began last."""
        fitting = [
            tariff
            for tariff in self.tariffs
            if tariff.meal == meal
            and tariff.age_group in (None, age_group)
            and tariff.variant in (None, variant)
        ]
        return max(fitting, key=self._rank, default=None)

    def get_rule(self, meal, categories=(), shift=None):
        """Return the rule that counts for a student's meal, None: the parents pay.

        :param categories: codes, or pairs (code, meal) of a category that a student has
            for this meal only

        >>> free = Rule(5, (), category="bused")
        >>> prices = PriceList([], [free], parent_source=9)
        >>> lunch_only = {("bused", 3)}
        >>> prices.get_rule(3, lunch_only) == free, prices.get_rule(1, lunch_only)
        (True, None)
        """
        for rule in self.rules:
            if (
                self._covers(rule.category, meal, categories)
                and (not rule.meals or meal in rule.meals)
                and rule.shift in (None, shift)
            ):
                return rule
        return None

    @staticmethod
    def _covers(category, meal, categories):
        return (
            category is None or category in categories or (category, meal) in categories
        )

    def is_automatic(self, meal, categories=(), shift=None):
        """Return whether the meal is ordered without anybody asking for it."""
        rule = self.get_rule(meal, categories, shift)
        return bool(rule and rule.is_automatic)

    def _work_out(self, meal, age_group, variant, categories, shift):
        tariff = self.get_tariff(meal, age_group, variant)
        if tariff is None:
            return None
        rule = self.get_rule(meal, categories, shift)
        parts = split(tariff.price, rule.parts if rule else (), self.parent_source)
        return Price(tariff.price, tariff.id, rule.id if rule else None, parts)

    @staticmethod
    def _rank(tariff):
        return (
            tariff.school is not None,
            tariff.variant is not None,
            tariff.age_group is not None,
            tariff.date_from,
            tariff.id,
        )
