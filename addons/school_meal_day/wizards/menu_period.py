from odoo.exceptions import UserError

MAX_DAYS = 62


def check_period(wizard):
    """Refuse a period that ends before it begins or is longer than two months."""
    if not 0 <= (wizard.date_to - wizard.date_from).days <= MAX_DAYS:
        raise UserError(
            wizard.env._(
                "Choose a period of one day to two months; it ends on its first day"
                " or later."
            )
        )
