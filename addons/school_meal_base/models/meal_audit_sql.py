"""Statements of the ledger's audit: each returns the rows that break an invariant.

Set-based and read-only; amounts are numeric roubles. None reads a table more often
than it needs to: five million transfers are checked in one pass per statement. They are
not sorted: the caller does, or the planner would walk an index of five million rows in
the hope of meeting a hundred findings early.
"""

from odoo.tools import SQL

TOTALS = SQL(
    """
    SELECT company_id, count(*), coalesce(sum(amount) FILTER (
               WHERE phase IN ('single', 'post')), 0)
      FROM meal_transfer
     GROUP BY 1
    """
)

#: Personal accounts whose stored balance is not the sum of their transfers.
BALANCES = SQL(
    """
    WITH moved AS (
        SELECT account_id, sum(amount) AS balance
          FROM (SELECT debit_account_id AS account_id, -sum(amount) AS amount
                  FROM meal_transfer WHERE phase IN ('single', 'post') GROUP BY 1
                 UNION ALL
                SELECT credit_account_id, sum(amount)
                  FROM meal_transfer WHERE phase IN ('single', 'post') GROUP BY 1) s
         GROUP BY 1
    )
    SELECT a.id, a.number, a.company_id, a.school_id,
           a.posted AS stored, coalesce(m.balance, 0) AS expected
      FROM meal_account a
      LEFT JOIN moved m ON m.account_id = a.id
     WHERE a.kind = 'student'
       AND coalesce(a.posted, 0) <> coalesce(m.balance, 0)
    """
)

#: Personal accounts whose stored holds are not the sum of the unresolved ones. A hold
#: whose time is over still counts until a row says so.
HOLDS = SQL(
    """
    WITH open_hold AS (
        SELECT p.debit_account_id AS account_id, sum(p.amount) AS held
          FROM meal_transfer p
         WHERE p.phase = 'pending'
           AND NOT EXISTS (SELECT FROM meal_transfer r WHERE r.pending_id = p.id)
         GROUP BY 1
    )
    SELECT a.id, a.number, a.company_id, a.school_id,
           a.held AS stored, coalesce(h.held, 0) AS expected
      FROM meal_account a
      LEFT JOIN open_hold h ON h.account_id = a.id
     WHERE a.kind = 'student'
       AND coalesce(a.held, 0) <> coalesce(h.held, 0)
    """
)

#: Personal accounts whose overdraft is not what they are below their limit.
OVERDRAFTS = SQL(
    """
    SELECT a.id, a.number, a.company_id, a.school_id, a.overdraft AS stored,
           greatest(0, a.held - a.posted - a.credit_limit) AS expected
      FROM meal_account a
     WHERE a.kind = 'student'
       AND coalesce(a.overdraft, 0)
           <> greatest(0, coalesce(a.held, 0) - coalesce(a.posted, 0)
                          - coalesce(a.credit_limit, 0))
    """
)

#: Transfers that are no entry: the constraints forbid them, if they are there.
ENTRIES = SQL(
    """
    SELECT t.id, t.company_id, t.school_id, t.amount, t.phase,
           t.debit_account_id, t.credit_account_id
      FROM meal_transfer t
      LEFT JOIN meal_account d ON d.id = t.debit_account_id
      LEFT JOIN meal_account c ON c.id = t.credit_account_id
     WHERE t.amount IS NULL OR t.amount <= 0 OR t.amount <> round(t.amount, 2)
        OR t.amount = 'NaN'
        OR d.id IS NULL OR c.id IS NULL OR d.id = c.id
        OR d.company_id <> t.company_id OR c.company_id <> t.company_id
        OR t.phase NOT IN ('single', 'pending', 'post', 'void', 'expire')
        OR (t.phase IN ('post', 'void', 'expire')) <> (t.pending_id IS NOT NULL)
    """
)

#: Resolutions and late captures that do not fit their hold, and second ones.
PHASES = SQL(
    """
    SELECT r.id, r.company_id, r.school_id, r.phase, r.amount, r.pending_id,
           p.phase AS pending_phase, p.amount AS pending_amount
      FROM (SELECT t.*, count(*) OVER (PARTITION BY t.pending_id) AS resolutions
              FROM meal_transfer t WHERE t.pending_id IS NOT NULL
             UNION ALL
            SELECT t.*, count(*) OVER (PARTITION BY t.late_hold_id)
              FROM meal_transfer t WHERE t.late_hold_id IS NOT NULL) r
      LEFT JOIN meal_transfer p ON p.id = coalesce(r.pending_id, r.late_hold_id)
     WHERE r.resolutions > 1
        OR p.id IS NULL
        OR p.phase <> 'pending'
        OR r.amount > p.amount
        OR (r.phase IN ('void', 'expire') AND r.amount <> p.amount)
        OR r.debit_account_id <> p.debit_account_id
        OR r.credit_account_id <> p.credit_account_id
    """
)

#: Transfers reversed by more than they were, or between other accounts, or not there.
REVERSALS = SQL(
    """
    SELECT r.reversal_of_id AS id, r.company_id, o.school_id, o.phase, o.amount,
           r.reversed
      FROM (SELECT reversal_of_id, sum(amount) AS reversed,
                   min(company_id) AS company_id,
                   min(debit_account_id) AS debit_id, max(debit_account_id) AS debit_2,
                   min(credit_account_id) AS credit_id,
                   max(credit_account_id) AS credit_2,
                   bool_or(phase NOT IN ('single', 'post')) AS not_moving
              FROM meal_transfer WHERE reversal_of_id IS NOT NULL
             GROUP BY 1) r
      LEFT JOIN meal_transfer o ON o.id = r.reversal_of_id
     WHERE o.id IS NULL
        OR r.reversed > o.amount
        OR o.phase NOT IN ('single', 'post')
        OR r.not_moving
        OR r.debit_id <> o.credit_account_id OR r.debit_2 <> o.credit_account_id
        OR r.credit_id <> o.debit_account_id OR r.credit_2 <> o.debit_account_id
    """
)

#: Finished postings that are not the sum of their transfers or of their entry.
POSTINGS = SQL(
    """
    WITH linked AS (
        SELECT l.posting_id, sum(t.amount) AS amount,
               bool_or(t.phase NOT IN ('single', 'post')
                       OR t.company_id <> p.company_id
                       OR t.business_date <> p.business_date
                       OR coalesce(t.school_id, 0) <> coalesce(p.school_id, 0)
               ) AS foreign_row
          FROM meal_posting_transfer l
          JOIN meal_transfer t ON t.id = l.transfer_id
          JOIN meal_posting p ON p.id = l.posting_id
         GROUP BY 1
    ), lined AS (
        SELECT posting_id, sum(amount) AS amount FROM meal_posting_line GROUP BY 1
    ), entered AS (
        SELECT p.id AS posting_id, sum(ml.debit) AS amount
          FROM meal_posting p
          JOIN account_move_line ml ON ml.move_id = p.move_id
         WHERE ml.parent_state = 'posted'
         GROUP BY 1
    )
    SELECT p.id, p.company_id, p.school_id, p.business_date,
           coalesce(t.amount, 0) AS transfers, coalesce(l.amount, 0) AS lines,
           coalesce(e.amount, 0) AS entry
      FROM meal_posting p
      LEFT JOIN linked t ON t.posting_id = p.id
      LEFT JOIN lined l ON l.posting_id = p.id
      LEFT JOIN entered e ON e.posting_id = p.id
     WHERE p.state = 'posted'
       AND (coalesce(t.amount, 0) <> coalesce(l.amount, 0)
            OR coalesce(t.amount, 0) <> coalesce(e.amount, 0)
            OR t.foreign_row)
    """
)

#: Postings that could not be finished.
WAITING_POSTINGS = SQL(
    """
    SELECT p.id, p.company_id, p.school_id, p.business_date, p.error
      FROM meal_posting p WHERE p.state = 'draft'
    """
)

#: Payments of registries that are not what the ledger moved for them, both ways: a
#: payment without its transfers, and transfers of a registry that was interrupted.
PAYMENTS = SQL(
    """
    WITH moved AS (
        SELECT t.source_id AS line_id, sum(t.amount) AS amount,
               min(t.debit_account_id) AS debit_id, max(t.debit_account_id) AS debit_2,
               min(t.credit_account_id) AS credit_id,
               max(t.credit_account_id) AS credit_2,
               min(t.company_id) AS company_id
          FROM meal_transfer t
         WHERE t.source_model = 'meal.payment.registry.line'
           AND t.reversal_of_id IS NULL
         GROUP BY 1
    ), recorded AS (
        SELECT l.id, l.company_id, l.state, l.amount_paid, l.account_id,
               r.number AS registry, c.transit_account_id AS transit_id
          FROM meal_payment_registry_line l
          JOIN meal_payment_registry r ON r.id = l.registry_id
          JOIN meal_payment_channel c ON c.id = l.channel_id
         WHERE l.is_posted
    )
    SELECT coalesce(l.id, m.line_id) AS id, coalesce(l.company_id, m.company_id)
               AS company_id,
           l.registry, coalesce(l.amount_paid, 0) AS recorded,
           coalesce(m.amount, 0) AS moved
      FROM recorded l
      FULL JOIN moved m ON m.line_id = l.id
      LEFT JOIN meal_account a ON a.id = m.credit_id
     WHERE l.id IS NULL OR m.line_id IS NULL
        OR l.amount_paid <> m.amount
        OR m.debit_id <> l.transit_id OR m.debit_2 <> l.transit_id
        OR m.credit_id <> m.credit_2
        OR (l.state = 'credited' AND m.credit_id IS DISTINCT FROM l.account_id)
        OR (l.state = 'suspense' AND a.kind IS DISTINCT FROM 'suspense')
    """
)

#: Receipts of the work list whose transfers are not there or move another amount.
RECEIPTS = SQL(
    """
    SELECT s.id, s.company_id, s.state, s.amount, t.amount AS received,
           r.amount AS resolved
      FROM meal_suspense s
      LEFT JOIN meal_transfer t ON t.uuid = s.transfer_uuid
      LEFT JOIN meal_account ta ON ta.id = t.credit_account_id
      LEFT JOIN meal_transfer r ON r.uuid = s.resolution_uuid
     WHERE t.id IS NULL OR t.amount <> s.amount OR ta.kind <> 'suspense'
        OR (s.state <> 'open' AND (r.id IS NULL OR r.amount <> s.amount
                                   OR r.debit_account_id <> t.credit_account_id))
    """
)

#: Companies whose work list is not the balance of their suspense account.
SUSPENSE = SQL(
    """
    WITH listed AS (
        SELECT company_id, sum(amount) AS amount
          FROM meal_suspense WHERE state = 'open' GROUP BY 1
    ), held AS (
        SELECT a.company_id,
               sum(CASE WHEN t.credit_account_id = a.id THEN t.amount
                        ELSE -t.amount END) AS amount
          FROM meal_account a
          JOIN meal_transfer t ON (t.credit_account_id = a.id
                                   OR t.debit_account_id = a.id)
                              AND t.phase IN ('single', 'post')
         WHERE a.kind = 'suspense' AND coalesce(a.code, '') = ''
         GROUP BY 1
    )
    SELECT coalesce(l.company_id, h.company_id) AS id,
           coalesce(l.company_id, h.company_id) AS company_id,
           coalesce(l.amount, 0) AS listed, coalesce(h.amount, 0) AS held
      FROM listed l
      FULL JOIN held h ON h.company_id = l.company_id
     WHERE coalesce(l.amount, 0) <> coalesce(h.amount, 0)
    """
)
