"""What goes into a portion: recipes of dishes, some of which are made of dishes.

A recipe is a list of (ingredient, gross grams); `outputs` says what a portion of a dish
weighs, which tells how much of a semi-finished dish is used up.
"""


def explode(dish, recipes, outputs):
    """Return {product from the store: gross grams} of one portion of a dish.

    >>> recipes = {"borscht": [("broth", 200), ("beetroot", 60)],
    ...            "broth": [("beef", 50), ("water", 250)]}
    >>> explode("borscht", recipes, {"borscht": 250, "broth": 250})
    {'beef': 40.0, 'water': 200.0, 'beetroot': 60.0}
    >>> explode("bread", recipes, {})  # bought as it is
    {}
    """
    needs = {}
    _add(dish, 1.0, recipes, outputs, needs, (dish,))
    return needs


def _add(dish, share, recipes, outputs, needs, path):
    for ingredient, grams in recipes.get(dish, ()):
        if recipes.get(ingredient) and ingredient not in path:
            whole = outputs.get(ingredient) or sum(g for _i, g in recipes[ingredient])
            part = share * grams / whole
            _add(ingredient, part, recipes, outputs, needs, (*path, ingredient))
        else:
            needs[ingredient] = needs.get(ingredient, 0.0) + share * grams


def find_cycle(start, parts):
    """Return the path of a dish that is made of itself, () when there is none.

    :param parts: {dish: ingredients}

    >>> find_cycle("a", {"a": ["b"], "b": ["c"], "c": ["a"]})
    ('a', 'b', 'c', 'a')
    >>> find_cycle("a", {"a": ["b", "c"], "b": ["c"]})
    ()
    """
    stack, seen = [(start, (start,))], set()
    while stack:
        dish, path = stack.pop()
        for part in parts.get(dish, ()):
            if part == start:
                return (*path, start)
            if part not in seen:
                seen.add(part)
                stack.append((part, (*path, part)))
    return ()
