"""Statements of the nightly checks of compensation, over the whole history.

Each returns the rows that break an invariant; none returns a name.
"""

from odoo.tools import SQL

#: A line's total is Σ days × rate, and what all approved lines of a month taught give
#: together is what the calculation that holds gives.
DAYS = SQL(
    """
    WITH summed AS (
        SELECT d.line_id, sum(d.amount) AS days,
               count(*) FILTER (WHERE d.is_counted) AS counted,
               bool_or(d.is_counted AND d.amount IS DISTINCT FROM r.amount) AS off_rate,
               bool_or(d.is_counted AND r.date_from > d.date) AS before_rate
          FROM compensation_day d
          LEFT JOIN compensation_rate r ON r.id = d.rate_id
         WHERE d.is_frozen
         GROUP BY d.line_id
    ), owed AS (
        SELECT student_id, school_id, period, sum(amount) AS owed,
               sum(total) FILTER (WHERE is_current) AS holding
          FROM compensation_line WHERE is_frozen
         GROUP BY 1, 2, 3
    )
    SELECT l.id, l.company_id, l.school_id, l.total, s.days, o.owed, o.holding
      FROM compensation_line l
      LEFT JOIN summed s ON s.line_id = l.id
      JOIN owed o ON o.student_id = l.student_id AND o.school_id = l.school_id
       AND o.period = l.period
     WHERE l.is_frozen
       AND (l.total <> coalesce(s.days, 0) OR l.day_count <> coalesce(s.counted, 0)
            OR s.off_rate OR s.before_rate
            OR o.owed IS DISTINCT FROM o.holding)
    """
)

#: A day of a student is paid once, by whichever school.
TWICE = SQL(
    """
    SELECT min(d.id) AS id, min(d.company_id) AS company_id,
           min(d.school_id) AS school_id, d.student_id, d.date
      FROM compensation_day d
     WHERE d.is_frozen AND d.is_current AND d.is_counted
     GROUP BY d.student_id, d.date
    HAVING count(*) > 1
    """
)

#: A day that counts lies in an entitlement that was ever given, and on no Sunday.
RIGHTS = SQL(
    """
    SELECT d.id, d.company_id, d.school_id, d.date
      FROM compensation_day d
     WHERE d.is_frozen AND d.is_current AND d.is_counted
       AND (extract(isodow FROM d.date) = 7 AND NOT EXISTS (
                SELECT FROM school_calendar_period p
                 WHERE p.kind = 'extra_day' AND p.company_id = d.company_id
                   AND d.date BETWEEN p.date_from AND p.date_to)
            OR NOT EXISTS (
                SELECT FROM benefit_entitlement e
                 WHERE e.student_id = d.student_id AND e.kind = 'money'
                   AND d.date BETWEEN e.date_from AND e.date_to))
    """
)

#: What is owed for a line stands in the general ledger.
ENTRIES = SQL(
    """
    SELECT l.id, l.company_id, l.school_id, l.amount, -i.balance AS posted
      FROM compensation_line l
      JOIN compensation_month m ON m.id = l.month_id
      LEFT JOIN account_move_line i
             ON i.id = l.move_line_id AND i.move_id = m.move_id
            AND i.parent_state = 'posted'
     WHERE l.is_frozen AND l.amount <> 0
       AND -i.balance IS DISTINCT FROM l.amount
    """
)

#: A payment that was sent is the sum of its lines, and Odoo's payment the same.
PAYMENTS = SQL(
    """
    SELECT p.id, p.company_id, p.school_id, p.amount, s.lines, a.amount AS sent
      FROM compensation_payment p
      LEFT JOIN LATERAL (
           SELECT sum(l.amount) AS lines
             FROM compensation_line_compensation_payment_rel r
             JOIN compensation_line l ON l.id = r.compensation_line_id
            WHERE r.compensation_payment_id = p.id) s ON true
      LEFT JOIN account_payment a ON a.id = p.payment_id
     WHERE p.state <> 'draft'
       AND (p.amount IS DISTINCT FROM s.lines OR p.amount IS DISTINCT FROM a.amount)
    """
)

#: A line that is paid has exactly one payment that did not come back, others none.
PAID = SQL(
    """
    SELECT l.id, l.company_id, l.school_id, l.state, count(p.id) AS payments
      FROM compensation_line l
      LEFT JOIN compensation_line_compensation_payment_rel r
             ON r.compensation_line_id = l.id
      LEFT JOIN compensation_payment p
             ON p.id = r.compensation_payment_id AND p.state IN ('sent', 'paid')
     WHERE l.is_frozen
     GROUP BY l.id
    HAVING CASE l.state WHEN 'paid' THEN count(p.id) <> 1
                        WHEN 'listed' THEN count(p.id) > 1
                        ELSE count(p.id) > 0 END
    """
)

CHECKS = {
    "compensation_days": DAYS,
    "compensation_twice": TWICE,
    "compensation_right": RIGHTS,
    "compensation_entry": ENTRIES,
    "compensation_paid": PAYMENTS,
    "compensation_line_paid": PAID,
}
