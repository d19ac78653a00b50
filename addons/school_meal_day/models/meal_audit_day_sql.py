"""Statements of the nightly checks of closed days, over the whole history."""

from odoo.tools import SQL

from .issue_sql import given

#: The parts of a portion are its price.
PRICES = SQL(
    """
    SELECT l.id, l.company_id, l.school_id, l.date, l.price,
           coalesce(sum(p.amount), 0) AS parts
      FROM meal_day_line l
      LEFT JOIN meal_day_part p ON p.line_id = l.id
     GROUP BY l.id
    HAVING l.price <> coalesce(sum(p.amount), 0)
    """
)

#: Each part is one transfer of its amount, from the payer's account; given back in full
#: when the portion no longer counts, and not at all while it does.
ENTRIES = SQL(
    """
    SELECT p.id, l.company_id, l.school_id, l.date, p.amount, p.transfer_uuid,
           t.amount AS transferred, back.amount AS given_back
      FROM meal_day_part p
      JOIN meal_day_line l ON l.id = p.line_id
      JOIN meal_funding_source s ON s.id = p.source_id
      LEFT JOIN meal_transfer t ON t.uuid = p.transfer_uuid AND t.phase = 'single'
      LEFT JOIN meal_account d ON d.id = t.debit_account_id
      LEFT JOIN meal_account c ON c.id = t.credit_account_id
      LEFT JOIN (SELECT reversal_of_id, sum(amount) AS amount FROM meal_transfer
                  WHERE reversal_of_id IS NOT NULL GROUP BY reversal_of_id) back
             ON back.reversal_of_id = t.id
     WHERE t.id IS NULL OR t.amount <> p.amount
        OR coalesce(back.amount, 0) <> CASE WHEN l.is_current THEN 0 ELSE p.amount END
        OR c.kind IS DISTINCT FROM 'supplier'
        OR c.school_id IS DISTINCT FROM l.school_id
        OR CASE WHEN s.level = 'parent'
                THEN d.student_id IS DISTINCT FROM l.student_id
                ELSE d.kind IS DISTINCT FROM 'funding'
                     OR d.school_id IS DISTINCT FROM l.school_id
                     OR d.code IS DISTINCT FROM s.code END
    """
)

#: Entries of set meals that no part stands behind.
STRAYS = SQL(
    """
    SELECT t.id, t.company_id, t.school_id, t.business_date, t.amount
      FROM meal_transfer t
      LEFT JOIN meal_transfer o ON o.id = t.reversal_of_id
     WHERE t.source_model = 'meal.day.line'
       AND NOT EXISTS (
           SELECT FROM meal_day_part p
            WHERE p.transfer_uuid = coalesce(o.uuid, t.uuid))
    """
)

#: Exactly one revision of a portion counts, and it is the newest.
REVISIONS = SQL(
    """
    SELECT min(l.id) AS id, l.company_id, min(l.school_id) AS school_id, l.date,
           l.student_id, count(*) FILTER (WHERE l.is_current) AS current
      FROM meal_day_line l
     GROUP BY l.company_id, l.student_id, l.date, l.meal_type_id, l.portion
    HAVING count(*) FILTER (WHERE l.is_current) <> 1
        OR max(l.revision) <> max(l.revision) FILTER (WHERE l.is_current)
        OR max(l.revision) + 1 <> count(*)
    """
)

#: Orders of a closed day stand as they were frozen: each has a portion, none is new.
ORDERS = SQL(
    """
    SELECT o.id, d.company_id, d.school_id, d.date, o.state
      FROM meal_day d
      JOIN meal_order o ON o.school_id = d.school_id AND o.date = d.date
     WHERE d.state = 'closed'
       AND (o.state <> 'cancelled') <> EXISTS (
           SELECT FROM meal_day_line l
            WHERE l.student_id = o.student_id AND l.date = o.date
              AND l.order_id = o.id AND l.is_current)
       AND NOT EXISTS (
           SELECT FROM meal_day_line l
            WHERE l.student_id = o.student_id AND l.date = o.date
              AND l.order_id = o.id AND l.correction_id IS NOT NULL)
    """
)

#: Who is charged was given the portion, or somebody decided that they are.
UNFOUNDED = SQL(
    """
    SELECT l.id, l.company_id, l.school_id, l.date, l.outcome
      FROM meal_day_line l
     WHERE l.is_current AND l.correction_id IS NULL
       AND (l.outcome = 'issued' AND NOT EXISTS (
               SELECT FROM meal_issue_event e
                WHERE e.id = l.event_id AND e.action = 'given')
            OR l.outcome = 'charged_unclaimed' AND NOT EXISTS (
               SELECT FROM meal_day_exception x
                WHERE x.order_id = l.order_id AND x.outcome = 'charge_parent'))
    """
)

#: A price that was used has not been changed since.
TARIFFS = SQL(
    """
    SELECT l.id, l.company_id, l.school_id, l.date, l.price, t.price AS tariff
      FROM meal_day_line l
      JOIN meal_tariff t ON t.id = l.tariff_id
     WHERE l.price > 0 AND (t.price <> l.price OR t.meal_type_id <> l.meal_type_id
           OR l.date < t.date_from OR l.date > t.date_to)
    """
)

#: What came after closing and nobody has looked at.
LATE = SQL(
    """
    SELECT e.id, e.company_id, e.school_id, e.date, e.action
      FROM meal_day d
      JOIN meal_issue_event e ON e.school_id = d.school_id AND e.date = d.date
     WHERE d.state = 'closed' AND e.action IN ('given', 'undone')
       AND NOT EXISTS (SELECT FROM meal_day_exception x
                        WHERE x.event_id = e.id AND x.outcome IS NOT NULL)
       AND CASE WHEN e.action = 'undone' THEN EXISTS (
                    SELECT FROM meal_day_line l
                     WHERE l.event_id = e.undoes_id AND l.is_current
                       AND l.student_id = (SELECT g.student_id FROM meal_issue_event g
                                            WHERE g.id = e.undoes_id)
                       AND l.date = e.date AND l.outcome = 'issued')
                ELSE %(given)s
                 AND NOT EXISTS (SELECT FROM meal_day_line l
                                  WHERE l.student_id = e.student_id
                                    AND l.date = e.date AND l.event_id = e.id) END
    """,
    given=given("e"),
)

#: A school issues no more by order than was ordered; all else is an exception.
ISSUED = SQL(
    """
    SELECT d.id, d.company_id, d.school_id, d.date, count(*) AS issued
      FROM meal_day d
      JOIN meal_day_line l ON l.day_id = d.id AND l.is_current
     WHERE l.outcome = 'issued' AND l.order_id IS NULL AND l.correction_id IS NULL
       AND NOT EXISTS (SELECT FROM meal_day_exception x
                        WHERE x.event_id = l.event_id AND x.outcome IS NOT NULL)
     GROUP BY d.id
    """
)

#: No class is charged for a day on which it was not taught is checked at closing only:
#: the calendar of a past day may be mended later.
CHECKS = {
    "day_price": PRICES,
    "day_entry": ENTRIES,
    "day_stray": STRAYS,
    "day_revision": REVISIONS,
    "day_order": ORDERS,
    "day_unfounded": UNFOUNDED,
    "day_tariff": TARIFFS,
    "day_late": LATE,
    "day_issued": ISSUED,
}
