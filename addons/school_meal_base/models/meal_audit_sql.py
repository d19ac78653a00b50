"""Statements of the ledger's audit: each returns the rows that break an invariant.

Set-based and read-only; amounts are numeric roubles. None reads a table more often
than it needs to: five million transfers are checked in one pass per statement. They are
not sorted: the caller does, or the planner would walk an index of five million rows in
the hope of meeting a hundred findings early.
"""

from odoo.tools import SQL

TOTALS = SQL(
    """
    SELECT count(*), coalesce(sum(amount) FILTER (
               WHERE phase IN ('single', 'post')), 0)
      FROM meal_transfer
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

#: Transfers reversed by more than they were, or between other accounts.
REVERSALS = SQL(
    """
    SELECT o.id, o.company_id, o.school_id, o.phase, o.amount, r.reversed
      FROM (SELECT reversal_of_id, sum(amount) AS reversed,
                   min(debit_account_id) AS debit_id, max(debit_account_id) AS debit_2,
                   min(credit_account_id) AS credit_id,
                   max(credit_account_id) AS credit_2,
                   bool_or(phase NOT IN ('single', 'post')) AS not_moving
              FROM meal_transfer WHERE reversal_of_id IS NOT NULL
             GROUP BY 1) r
      JOIN meal_transfer o ON o.id = r.reversal_of_id
     WHERE r.reversed > o.amount
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
