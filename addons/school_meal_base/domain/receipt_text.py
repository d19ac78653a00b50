"""How one dish of a receipt reads in a statement."""

from .money import format_rubles


def dish_text(item):
    """One dish of a receipt, with its weight and, when it matters, quantity × price.

    >>> dish_text({"name": "Пицца", "weight": "125 г", "qty": 1, "price": 3450})
    'Пицца, 125 г'
    >>> dish_text({"name": "Булочка", "weight": "", "qty": 2.0, "price": 1650})
    'Булочка, 2 × 16,50'
    """
    text = item["name"]
    if item.get("weight"):
        text += f", {item['weight']}"
    if item["qty"] != 1:
        quantity = f"{item['qty']:g}".replace(".", ",")
        text += f", {quantity} × {format_rubles(item['price'])}"
    return text
