"""Statements behind the reconciliation; read by the report and the nightly audit."""

from datetime import date

from odoo.tools import SQL

FOREVER = date(9999, 12, 31)

#: CTEs; `moved` has every transfer that counts between two days, on its accounting day
#: where there is one, else its business date. `way`: "posting" and "document" stand in
#: the general ledger, "pending" not yet. The cost follows the transfers of the period.
_MOVED = """
    gl AS MATERIALIZED (%(gl)s),
    chosen AS (
        SELECT t.id, t.kind, t.business_date, t.debit_account_id, t.credit_account_id,
               t.amount, t.source_model, t.source_id
          FROM meal_transfer t
         WHERE t.company_id = %(company)s AND t.phase IN ('single', 'post')
           AND t.business_date BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT t.id, t.kind, t.business_date, t.debit_account_id, t.credit_account_id,
               t.amount, t.source_model, t.source_id
          FROM meal_posting p
          JOIN meal_posting_transfer l ON l.posting_id = p.id
          JOIN meal_transfer t ON t.id = l.transfer_id
         WHERE p.company_id = %(company)s AND p.state = 'posted'
           AND p.date BETWEEN %(first)s AND %(last)s
           AND p.business_date NOT BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT t.id, t.kind, t.business_date, t.debit_account_id, t.credit_account_id,
               t.amount, t.source_model, t.source_id
          FROM (%(documents)s) d JOIN meal_transfer t ON t.id = d.transfer_id
         WHERE t.company_id = %(company)s AND t.phase IN ('single', 'post')
           AND t.business_date NOT BETWEEN %(first)s AND %(last)s
    ),
    moved AS (
        SELECT t.id, coalesce(p.date, %(document_date)s, t.business_date) AS day,
               CASE WHEN p.id IS NOT NULL THEN 'posting'
                    WHEN %(document_date)s IS NOT NULL THEN 'document'
                    ELSE 'pending' END AS way,
               %(posts_itself)s IS TRUE AS posts_itself,
               t.debit_account_id, t.credit_account_id, t.amount
          FROM chosen t
          LEFT JOIN meal_posting_transfer l ON l.transfer_id = t.id
          LEFT JOIN meal_posting p ON p.id = l.posting_id AND p.state = 'posted'
          %(document_joins)s
    )
"""

#: Rows: day, gl_id, is_control, way, debit, credit (numeric roubles), from the ledger.
_LEDGER = """
    WITH %(moved)s,
    pairs AS (
        SELECT m.day, m.way, m.posts_itself, dg.gl_id AS debit_id,
               cg.gl_id AS credit_id, sum(m.amount) AS amount
          FROM moved m
          LEFT JOIN gl dg ON dg.id = m.debit_account_id
          LEFT JOIN gl cg ON cg.id = m.credit_account_id
         WHERE m.day BETWEEN %(first)s AND %(last)s
         GROUP BY 1, 2, 3, 4, 5
    )
    SELECT s.day, s.gl_id, s.gl_id IS NOT DISTINCT FROM %(control)s AS is_control,
           s.way, sum(s.debit) AS debit, sum(s.credit) AS credit
      FROM (SELECT day, way, posts_itself, debit_id AS gl_id,
                   amount AS debit, 0 AS credit FROM pairs
             UNION ALL
            SELECT day, way, posts_itself, credit_id, 0, amount FROM pairs) s
     -- Documents book their other side themselves, mixed with cash sales.
     WHERE s.gl_id IS NOT DISTINCT FROM %(control)s OR NOT s.posts_itself
     GROUP BY 1, 2, 3, 4
"""

#: Rows: day, gl_id, is_control, debit, credit, other (credit minus debit of entries
#: that are not of meals; on the control account every entry counts).
_GENERAL = """
    SELECT ml.date AS day, ml.account_id AS gl_id,
           ml.account_id = %(control)s AS is_control,
           coalesce(sum(ml.debit) FILTER (
               WHERE ml.account_id = %(control)s OR p.id IS NOT NULL), 0) AS debit,
           coalesce(sum(ml.credit) FILTER (
               WHERE ml.account_id = %(control)s OR p.id IS NOT NULL), 0) AS credit,
           coalesce(sum(ml.credit - ml.debit) FILTER (
               WHERE ml.account_id <> %(control)s AND p.id IS NULL), 0) AS other
      FROM account_move_line ml
      LEFT JOIN meal_posting p ON p.move_id = ml.move_id
     WHERE ml.company_id = %(company)s
       AND ml.parent_state = 'posted'
       AND ml.date BETWEEN %(first)s AND %(last)s
       AND ml.account_id IN (SELECT gl_id FROM (%(gl)s) g
                              UNION SELECT account_id FROM meal_gl_mapping
                                     WHERE company_id = %(company)s
                              UNION SELECT %(control)s)
     GROUP BY 1, 2, 3
"""

#: One row per day and account: both sides and their difference.
_ROWS = """
    WITH ledger AS (%(ledger)s), general AS (%(general)s),
    l AS (
        SELECT day, gl_id, is_control, sum(debit) AS debit, sum(credit) AS credit,
               coalesce(sum(debit) FILTER (WHERE way = 'pending'), 0)
                   AS pending_debit,
               coalesce(sum(credit) FILTER (WHERE way = 'pending'), 0)
                   AS pending_credit
          FROM ledger GROUP BY 1, 2, 3
    )
    SELECT coalesce(l.day, g.day) AS day,
           coalesce(l.gl_id, g.gl_id) AS account_id,
           coalesce(l.is_control, g.is_control) AS is_control,
           coalesce(l.debit, 0) AS ledger_debit,
           coalesce(l.credit, 0) AS ledger_credit,
           coalesce(l.pending_debit, 0) AS pending_debit,
           coalesce(l.pending_credit, 0) AS pending_credit,
           coalesce(g.debit, 0) AS gl_debit,
           coalesce(g.credit, 0) AS gl_credit,
           coalesce(g.other, 0) AS gl_other,
           coalesce(l.credit - l.debit - l.pending_credit + l.pending_debit, 0)
               - coalesce(g.credit - g.debit, 0) AS difference
      FROM l FULL JOIN general g ON g.day = l.day AND g.gl_id = l.gl_id
"""


def _document_joins(env):
    """:return: (SQL of the accounting date, SQL of the joins it needs) of the document
    that posts transfer ``t`` itself, if there is one"""
    subqueries = env["meal.posting"]._sql_document_dates()
    names = [SQL.identifier(f"document_{n}") for n in range(len(subqueries))]
    if not names:
        return SQL("NULL::date"), SQL()
    dates = SQL(", ").join(SQL("%s.date", name) for name in names)
    joins = SQL(" ").join(
        SQL("LEFT JOIN LATERAL (%s) %s ON true", subquery, name)
        for subquery, name in zip(subqueries, names, strict=True)
    )
    return SQL("coalesce(%s)", dates), joins


def moved(env, company, first, last):
    """:return: SQL of the CTEs of `_MOVED`"""
    posting = env["meal.posting"]
    document_date, document_joins = _document_joins(env)
    return SQL(
        _MOVED,
        gl=env["meal.gl.mapping"]._sql_gl_accounts(company),
        documents=posting._sql_posted_by_documents(company, first, last),
        document_date=document_date,
        document_joins=document_joins,
        posts_itself=posting._sql_posts_itself(),
        company=company.id,
        first=first,
        last=last,
    )


def ledger(env, company, first, last):
    """:return: SQL of the ledger's side; see `_LEDGER`"""
    return SQL(
        _LEDGER,
        moved=moved(env, company, first, last),
        control=company.meal_control_account_id.id or None,
        first=first,
        last=last,
    )


def transfers_of(env, company, day, account_id, is_control):
    """:return: SQL of the ids of the transfers behind the ledger's side of a row"""
    return SQL(
        """
        WITH %(moved)s
        SELECT m.id
          FROM moved m
          LEFT JOIN gl dg ON dg.id = m.debit_account_id
          LEFT JOIN gl cg ON cg.id = m.credit_account_id
         WHERE m.day = %(day)s
           AND (%(is_control)s OR NOT m.posts_itself)
           AND (dg.gl_id IS NOT DISTINCT FROM %(account)s
                OR cg.gl_id IS NOT DISTINCT FROM %(account)s)
        """,
        moved=moved(env, company, day, day),
        day=day,
        is_control=is_control,
        account=account_id,
    )


def general(env, company, first, last):
    """:return: SQL of the general ledger's side; see `_GENERAL`"""
    return SQL(
        _GENERAL,
        gl=env["meal.gl.mapping"]._sql_gl_accounts(company),
        company=company.id,
        control=company.meal_control_account_id.id or None,
        first=first,
        last=last,
    )


def rows(env, company, first, last):
    """:return: SQL of (day, account_id, is_control, ledger_debit, ledger_credit,
    pending_debit, pending_credit, gl_debit, gl_credit, gl_other, difference) in
    roubles; `difference` = ledger − pending − general ledger, as credit balances"""
    return SQL(
        _ROWS,
        ledger=ledger(env, company, first, last),
        general=general(env, company, first, last),
    )


def control_now(env, company):
    """:return: SQL of the credit balance, now, of all accounts on the control account:
    stored for students, summed for the few system accounts there (roubles)"""
    return SQL(
        """
        SELECT coalesce(sum(
                   CASE WHEN g.kind = 'student' THEN a.posted ELSE
                        coalesce((SELECT sum(t.amount) FROM meal_transfer t
                                   WHERE t.credit_account_id = g.id
                                     AND t.phase IN ('single', 'post')), 0)
                      - coalesce((SELECT sum(t.amount) FROM meal_transfer t
                                   WHERE t.debit_account_id = g.id
                                     AND t.phase IN ('single', 'post')), 0)
                   END), 0)
          FROM (%(gl)s) g
          JOIN meal_account a ON a.id = g.id
         WHERE g.gl_id = %(control)s
        """,
        gl=env["meal.gl.mapping"]._sql_gl_accounts(company),
        control=company.meal_control_account_id.id or None,
    )


def control_since(env, company, first):
    """:return: SQL of how much the credit balance of the accounts on the control
    account has moved on accounting days from `first` on (roubles). A posting is never
    dated before its business date; a document may be."""
    posting = env["meal.posting"]
    document_date, document_joins = _document_joins(env)
    return SQL(
        """
        WITH gl AS MATERIALIZED (
            SELECT id FROM (%(gl)s) g WHERE g.gl_id = %(control)s),
        moved AS (
            SELECT t.debit_account_id, t.credit_account_id, t.amount
              FROM meal_transfer t
              %(document_joins)s
             WHERE t.company_id = %(company)s AND t.phase IN ('single', 'post')
               AND t.business_date >= %(first)s
               AND coalesce(%(document_date)s, t.business_date) >= %(first)s
             UNION ALL
            SELECT t.debit_account_id, t.credit_account_id, t.amount
              FROM (SELECT l.transfer_id
                      FROM meal_posting p
                      JOIN meal_posting_transfer l ON l.posting_id = p.id
                     WHERE p.company_id = %(company)s AND p.state = 'posted'
                       AND p.date >= %(first)s AND p.business_date < %(first)s
                     UNION ALL
                    SELECT d.transfer_id FROM (%(documents)s) d) b
              JOIN meal_transfer t ON t.id = b.transfer_id
             WHERE t.company_id = %(company)s AND t.phase IN ('single', 'post')
               AND t.business_date < %(first)s
        )
        SELECT coalesce((SELECT sum(m.amount) FROM moved m
                          JOIN gl ON gl.id = m.credit_account_id), 0)
             - coalesce((SELECT sum(m.amount) FROM moved m
                          JOIN gl ON gl.id = m.debit_account_id), 0)
        """,
        gl=env["meal.gl.mapping"]._sql_gl_accounts(company),
        documents=posting._sql_posted_by_documents(company, first, FOREVER),
        document_date=document_date,
        document_joins=document_joins,
        company=company.id,
        control=company.meal_control_account_id.id or None,
        first=first,
    )


def pending_control(env, company, last, after_id):
    """:return: SQL of the credit balance of transfers up to `last` that are not yet
    in the general ledger, on the control account (one value, roubles)

    :param int after_id: nothing at or below it waits for a posting
    """
    posting = env["meal.posting"]
    return SQL(
        """
        WITH gl AS MATERIALIZED (%(gl)s),
        waiting AS (
            SELECT t.debit_account_id, t.credit_account_id, t.amount %(unposted)s
               AND t.business_date <= %(last)s
             UNION ALL
            SELECT t.debit_account_id, t.credit_account_id, t.amount
              FROM meal_posting p
              JOIN meal_posting_transfer l ON l.posting_id = p.id
              JOIN meal_transfer t ON t.id = l.transfer_id
             WHERE p.company_id = %(company)s AND p.state = 'draft'
               AND p.business_date <= %(last)s
             UNION ALL
            SELECT t.debit_account_id, t.credit_account_id, t.amount
              FROM (%(waiting)s) w
              JOIN meal_transfer t ON t.id = w.transfer_id
             WHERE t.company_id = %(company)s AND t.phase IN ('single', 'post')
               AND t.business_date <= %(last)s
        )
        SELECT coalesce(sum(CASE WHEN c.gl_id = %(control)s THEN w.amount ELSE 0 END
                          - CASE WHEN d.gl_id = %(control)s THEN w.amount ELSE 0 END),
                        0)
          FROM waiting w
          LEFT JOIN gl d ON d.id = w.debit_account_id
          LEFT JOIN gl c ON c.id = w.credit_account_id
        """,
        gl=env["meal.gl.mapping"]._sql_gl_accounts(company),
        waiting=posting._sql_waiting_for_documents(company, after_id),
        unposted=posting._sql_unposted(company, after_id),
        company=company.id,
        control=company.meal_control_account_id.id or None,
        last=last,
    )
