"""What must be true of the ledger after any storm, told from its rows alone."""

from .canteen import OPENING

PHASES = {
    "authorise": {"pending"},
    "tap": {"pending"},
    "capture": {"post"},
    "void": {"void"},
    "move": {"single"},
}


def violations(server, storm):
    """Compare the database with itself and with what was acknowledged.

    :return: sentences; none when all is well
    """
    found = storm.errors()
    found += [
        f"{name}: {row}"
        for name, statement in STATEMENTS.items()
        for row in server.query(statement)
    ]
    for record in storm.records:
        found += _lost_transfers(server, record)
        found += _lost_orders(server, record)
    return found + _strangers(server, storm)


def _lost_transfers(server, record):
    rows = {
        number: (phase, kopecks)
        for number, phase, kopecks in server.query(
            "SELECT uuid, phase, (amount * 100)::bigint FROM meal_transfer"
        )
    }
    for number, (operation, kopecks) in record.transfers.items():
        phase, stored = rows.get(number, (None, None))
        if phase not in PHASES[operation] or stored != kopecks:
            yield f"acknowledged {operation} {number} of {kopecks}: {phase} {stored}"
    yield from (f"refused {number} is stored" for number in record.refused & set(rows))
    released = {number for (number,) in server.query(RELEASED)}
    yield from (f"hold {n} was not released" for n in record.released - released)


def _lost_orders(server, record):
    rows = {row[0]: row[1:] for row in server.query(ORDERS)}
    for number, expected in record.orders.items():
        if rows.get(number) != ("paid", *expected):
            yield f"acknowledged order {number} {expected}: {rows.get(number)}"
    yield from (f"refused order {n} is stored" for n in record.refused & set(rows))
    notes = {}
    for note, kopecks in server.query(ADJUSTMENTS):
        notes.setdefault(note, []).append(kopecks)
    for note, kopecks in record.adjustments.items():
        if notes.get(note) != [kopecks]:
            yield f"acknowledged “{note}” of {kopecks}: {notes.get(note)}"
    yield from (f"refused “{n}” is stored" for n in record.refused & set(notes))


def _strangers(server, storm):
    """Rows that nobody has been told of."""
    transfers, orders = set(), set()
    for record in storm.records:
        transfers |= set(record.transfers)
        orders |= set(record.orders)
    found = {number for (number,) in server.query(DIRECT)} - transfers
    found |= {row[0] for row in server.query(ORDERS)} - orders
    return [f"nobody knows of {number}" for number in sorted(found)]


#: Transfers under a number that the client itself has chosen.
DIRECT = """
    SELECT uuid FROM meal_transfer
     WHERE (phase = 'pending' OR device_id IS NOT NULL OR kind = 'sibling')
"""

RELEASED = """
    SELECT h.uuid FROM meal_transfer h JOIN meal_transfer r ON r.pending_id = h.id
     WHERE r.phase = 'void'
"""

#: Number, state, total and the part that moved on students' accounts, in kopecks.
ORDERS = """
    SELECT o.uuid, o.state, (o.amount_total * 100)::bigint, (
           SELECT COALESCE(SUM(CASE WHEN t.kind = 'sale' THEN t.amount
                                    ELSE -t.amount END) * 100, 0)::bigint
             FROM meal_transfer t
            WHERE t.source_model = 'pos.order' AND t.source_id = o.id)
      FROM pos_order o
"""

ADJUSTMENTS = """
    SELECT a.note, (t.amount * 100)::bigint FROM meal_adjustment a
      LEFT JOIN meal_transfer t ON t.id = a.transfer_id
           AND t.source_model = 'meal.adjustment' AND t.source_id = a.id
"""

#: Rows of every student's account in the order in which they took effect: the account
#: is locked before its row gets an id. `change` is what happens to available money.
HISTORY = """
    history AS (
        SELECT a.id AS account, a.number, a.credit_limit, a.limit_day, t.id, t.uuid,
               t.phase, t.kind, t.forced, t.business_date,
               t.debit_account_id = a.id AS pays,
               CASE WHEN t.credit_account_id = a.id AND t.phase IN ('single', 'post')
                    THEN t.amount
                    WHEN t.credit_account_id = a.id THEN 0
                    WHEN t.phase IN ('pending', 'single') THEN -t.amount
                    WHEN t.phase = 'post' THEN h.amount - t.amount
                    ELSE h.amount END AS change
          FROM meal_account a
          JOIN meal_transfer t ON a.id IN (t.debit_account_id, t.credit_account_id)
          LEFT JOIN meal_transfer h ON h.id = t.pending_id
         WHERE a.kind = 'student'
    )
"""

#: Each finds rows only where something is wrong.
STATEMENTS = {
    "stored balance is not the sum of its facts": """
        WITH facts AS (
            SELECT a.id,
                   COALESCE(SUM(CASE WHEN t.credit_account_id = a.id THEN t.amount
                                     ELSE -t.amount END)
                            FILTER (WHERE t.phase IN ('single', 'post')), 0) AS posted,
                   COALESCE(SUM(t.amount) FILTER (
                        WHERE t.phase = 'pending' AND t.debit_account_id = a.id
                          AND NOT EXISTS (SELECT FROM meal_transfer r
                                           WHERE r.pending_id = t.id)), 0) AS held
              FROM meal_account a
              JOIN meal_transfer t ON a.id IN (t.debit_account_id, t.credit_account_id)
             WHERE a.kind = 'student'
             GROUP BY a.id
        )
        SELECT a.number, a.posted, f.posted, a.held, f.held
          FROM meal_account a JOIN facts f USING (id)
         WHERE a.posted <> f.posted OR a.held <> f.held
    """,
    "account is below its limit": """
        SELECT number, posted, held, credit_limit, overdraft FROM meal_account
         WHERE kind = 'student'
           AND (posted - held + credit_limit + overdraft < 0 OR held < 0)
    """,
    "overdraft without a forced fact": """
        SELECT a.number, a.overdraft FROM meal_account a
         WHERE a.overdraft > 0 AND NOT EXISTS (
               SELECT FROM meal_transfer t WHERE t.debit_account_id = a.id AND t.forced)
    """,
    "money was spent that was not there": f"""
        WITH {HISTORY}, running AS (
            SELECT *, SUM(change) OVER (PARTITION BY account ORDER BY id) AS available
              FROM history
        )
        SELECT number, uuid, phase, change, available FROM running
         WHERE change < 0 AND NOT forced AND available + credit_limit < 0
    """,
    "more was spent than the daily limit allows": f"""
        WITH {HISTORY}, running AS (
            SELECT *, SUM(-change) FILTER (WHERE pays AND kind = 'sale'
                                           OR NOT pays AND kind = 'refund')
                      OVER (PARTITION BY account, business_date ORDER BY id) AS spent
              FROM history
        )
        SELECT number, uuid, spent, limit_day FROM running
         WHERE change < 0 AND pays AND kind = 'sale' AND NOT forced
           AND spent > limit_day
    """,
    "debits and credits of all accounts differ": f"""
        SELECT students, system, opening FROM (
            SELECT (SELECT SUM(posted) FROM meal_account) AS students,
                   SUM(t.amount * ((c.kind <> 'student')::int
                                   - (d.kind <> 'student')::int)) AS system,
                   SUM(t.amount) FILTER (WHERE t.uuid LIKE 'opening-%%')
                 - COUNT(*) FILTER (WHERE t.uuid LIKE 'opening-%%') * {OPENING} / 100.0
                   AS opening
              FROM meal_transfer t
              JOIN meal_account d ON d.id = t.debit_account_id
              JOIN meal_account c ON c.id = t.credit_account_id
             WHERE t.phase IN ('single', 'post')) totals
         WHERE students + system <> 0 OR opening <> 0
    """,
    "sales are not what students paid": """
        SELECT sold, paid FROM (
            SELECT SUM(CASE WHEN c.kind = 'sales' THEN t.amount
                            WHEN d.kind = 'sales' THEN -t.amount END) AS sold,
                   SUM(CASE WHEN t.kind = 'sale' THEN t.amount
                            WHEN t.kind = 'refund' THEN -t.amount END) AS paid
              FROM meal_transfer t
              JOIN meal_account d ON d.id = t.debit_account_id
              JOIN meal_account c ON c.id = t.credit_account_id
             WHERE t.phase IN ('single', 'post')) totals
         WHERE sold <> paid
    """,
    "hold resolved twice, by more than it was, or between other accounts": """
        SELECT h.uuid, COUNT(*), MAX(r.amount), h.amount
          FROM meal_transfer h JOIN meal_transfer r ON r.pending_id = h.id
         GROUP BY h.id
        HAVING COUNT(*) > 1 OR MAX(r.amount) > h.amount OR bool_or(
               r.debit_account_id <> h.debit_account_id
               OR r.credit_account_id <> h.credit_account_id)
    """,
    "more was given back than was paid": """
        SELECT t.uuid, t.amount, SUM(r.amount)
          FROM meal_transfer t JOIN meal_transfer r ON r.reversal_of_id = t.id
         GROUP BY t.id HAVING SUM(r.amount) > t.amount
    """,
    "payment from an account without exactly its transfer": """
        SELECT o.uuid, p.amount, sales.count, sales.amount, backs.amount
          FROM pos_payment p
          JOIN pos_payment_method m ON m.id = p.payment_method_id
          JOIN pos_order o ON o.id = p.pos_order_id
          JOIN LATERAL (
                SELECT COUNT(*), COALESCE(SUM(t.amount), 0) AS amount
                  FROM meal_transfer t
                 WHERE t.source_model = 'pos.order' AND t.source_id = o.id
                   AND t.kind = 'sale') sales ON true
          JOIN LATERAL (
                SELECT COUNT(*), COALESCE(SUM(t.amount), 0) AS amount
                  FROM meal_transfer t
                 WHERE t.source_model = 'pos.order' AND t.source_id = o.id
                   AND t.kind = 'refund') backs ON true
         WHERE m.use_payment_terminal = 'school_account'
           AND (p.amount > 0 AND (sales.count <> 1 OR sales.amount <> p.amount
                                  OR backs.count <> 0)
                OR p.amount < 0 AND (sales.count <> 0 OR backs.amount <> -p.amount))
    """,
    "transfer of an order that is not there": """
        SELECT t.uuid, t.source_id FROM meal_transfer t
         WHERE t.source_model = 'pos.order'
           AND NOT EXISTS (SELECT FROM pos_order o WHERE o.id = t.source_id
                              AND o.state IN ('paid', 'done', 'invoiced'))
    """,
    "order whose payments are not its total": """
        SELECT o.uuid, o.amount_total, SUM(p.amount)
          FROM pos_order o LEFT JOIN pos_payment p ON p.pos_order_id = o.id
         GROUP BY o.id HAVING o.amount_total IS DISTINCT FROM SUM(p.amount)
    """,
    "forced without an offline order or a hold that was gone": """
        SELECT uuid, reason FROM meal_transfer
         WHERE forced AND (reason NOT IN ('offline_uncovered', 'hold_expired',
                                          'hold_released')
                           OR source_model IS DISTINCT FROM 'pos.order')
    """,
}

#: Everything that money or goods would leave a trace in, as one row.
SNAPSHOT = """
    SELECT (SELECT array_agg((id, posted, held, overdraft)::text ORDER BY id)
              FROM meal_account),
           (SELECT (COUNT(*), MAX(id), SUM(amount))::text FROM meal_transfer),
           (SELECT (COUNT(*), MAX(id), SUM(amount_total))::text FROM pos_order),
           (SELECT (COUNT(*), MAX(id), SUM(qty))::text FROM pos_order_line),
           (SELECT (COUNT(*), MAX(id), SUM(amount))::text FROM pos_payment),
           (SELECT (COUNT(*), MAX(id))::text FROM pos_session),
           (SELECT (COUNT(*), MAX(id))::text FROM meal_adjustment)
"""


def snapshot(server):
    return server.query(SNAPSHOT)
