"""What is late at a school, by its own clock."""

#: By this hour of the evening a school has closed its day.
CLOSING_HOUR = 18
#: The number of portions is fixed by the server within minutes of the cut-off.
FIXING_HOURS = 0.5


def warnings(facts, hour, is_meal_day):
    """Return the codes of what a school has not done although it was time.

    :param facts: "unconfirmed" classes, "attendance_from" (hour from which they are
        late: the cut-off of orders), "ordered" portions, "is_fixed" (whether the
        kitchen has its number), "menus_missing", "is_closed" (today), "open_days"
        before today

    >>> facts = {"unconfirmed": 2, "attendance_from": 9.0, "menus_missing": 0,
    ...          "is_closed": False, "open_days": 0, "ordered": 5, "is_fixed": True}
    >>> warnings(facts, 8.9, True), warnings(facts, 9.0, True)
    ([], ['attendance'])
    >>> warnings({**facts, "unconfirmed": 0, "menus_missing": 1}, 18.5, True)
    ['menu', 'closing']
    >>> facts["unconfirmed"] = 0
    >>> [warnings({**facts, "ordered": 0}, hour, True) for hour in (8.9, 9.0)]
    [[], ['orders']]
    >>> [warnings({**facts, "is_fixed": False}, hour, True) for hour in (9.4, 9.5)]
    [[], ['orders']]
    >>> warnings({**facts, "open_days": 3}, 18.5, False)
    ['open_days']
    """
    late = []
    if is_meal_day:
        if facts["menus_missing"]:
            late.append("menu")
        if _is_order_missing(facts, hour - facts["attendance_from"]):
            late.append("orders")
        if facts["unconfirmed"] and hour >= facts["attendance_from"]:
            late.append("attendance")
        if not facts["is_closed"] and hour >= CLOSING_HOUR:
            late.append("closing")
    if facts["open_days"]:
        late.append("open_days")
    return late


def _is_order_missing(facts, hours_late):
    if facts["ordered"]:
        return not facts["is_fixed"] and hours_late >= FIXING_HOURS
    return hours_late >= 0


def percent(part, whole):
    """Return a whole percentage, None when there is nothing to share.

    >>> percent(2, 3), percent(0, 0)
    (67, None)
    """
    return round(100 * part / whole) if whole else None


def largest_first(by_source):
    """Return the rows of {name of a source: kopecks} in the order people read them.

    >>> largest_first({"town": 5, "region": 7, "parents": 5})
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'source': 'region', 'amount': 7}, {'source': 'parents', 'amount': 5},
     {'source': 'town', 'amount': 5}]
    """
    ordered = sorted(by_source.items(), key=lambda item: (-item[1], item[0]))
    return [{"source": source, "amount": amount} for source, amount in ordered]
