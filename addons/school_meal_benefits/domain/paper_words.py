"""Words of printed papers: dates and names as offices write them."""

MONTHS = (
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
).split()


def long_date(day):
    """Return a date as orders write it, a blank to fill in without one.

    >>> from datetime import date
    >>> long_date(date(2026, 9, 1)), long_date(None)
    ('«01» сентября 2026 г.', '«____» ______________ 20____ г.')
    """
    if not day:
        return "«____» ______________ 20____ г."
    return f"«{day:%d}» {MONTHS[day.month - 1]} {day.year} г."


def short_name(full_name):
    """Return initials and last name of "Last First Middle".

    >>> short_name("Иванова Мария Петровна"), short_name("Admin"), short_name("")
    ('М.П. Иванова', 'Admin', '')
    """
    last, *others = (full_name or "").split()[:3] or [""]
    return f"{''.join(f'{name[0]}.' for name in others)} {last}".strip()
