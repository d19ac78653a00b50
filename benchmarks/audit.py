"""Five million transfers: the nightly audit and a parent's statement of a year.

A city of 68 schools and 17,600 accounts is written by SQL as the ledger would have
written it: top-ups, holds and their captures over a school year, all posted to the
general ledger. Then the audit runs over everything, and statements of a year are read.

Baselines: the audit ends within two minutes, a statement opens within a second.
"""

import random
import time
from datetime import date

from odoo.tools import SQL

from .context import scaled

SCHOOLS = 68
ACCOUNTS = 17_600
TOP_UPS = 24
SALES = 130
FIRST_DAY = date(2025, 9, 1)
LAST_DAY = date(2026, 8, 31)
AUDIT_SECONDS = 120
STATEMENT_SECONDS = 1
STATEMENTS = 50


def run(ctx):
    """Return the measurements as a list of dicts."""
    env = ctx.env
    company = make_company(env)
    env = env(context=dict(env.context, allowed_company_ids=company.ids))
    transfers = make_history(env, company, scaled(ACCOUNTS))
    audit, audit_seconds = timed(env["meal.audit"]._run)
    assert audit.state == "ok", audit.check_ids.mapped("finding_count")
    env.cr.commit()
    settle(env, company)
    _run, posting_seconds = timed(env["meal.posting"]._post_pending, company, LAST_DAY)
    report_seconds = time_report(env, company)
    statement_seconds = time_statements(env, company)
    size = f"{transfers / 1_000_000:.2g}m"
    return [
        result(f"audit.nightly.{size}", audit_seconds, AUDIT_SECONDS),
        result(f"posting.nothing_new.{size}", posting_seconds, STATEMENT_SECONDS),
        result(f"reconciliation.month.{size}", report_seconds, 10),
        result(f"statement.year.{size}", statement_seconds, STATEMENT_SECONDS),
        *(
            result(f"audit.{check.name}.{size}", check.seconds, AUDIT_SECONDS)
            for check in audit.check_ids
        ),
    ]


def result(name, seconds, baseline):
    return {
        "name": name,
        "value": round(seconds, 3),
        "unit": "s",
        "baseline": baseline,
        "ratio": round(seconds / baseline, 4),
    }


def timed(function, *args):
    began = time.perf_counter()
    answer = function(*args)
    return answer, time.perf_counter() - began


def make_company(env):
    rouble = env.ref("base.RUB")
    rouble.active = True
    company = env["res.company"].create(
        {
            "name": f"Audit benchmark {time.time():.0f}",
            "country_id": env.ref("base.ru").id,
            "currency_id": rouble.id,
        }
    )
    env["meal.ledger.setup"]._setup_company(company)
    env["school.school"].create(
        [
            {
                "name": f"School {number}",
                "short_name": f"School {number}",
                "code": f"{number:03d}",
                "company_id": company.id,
            }
            for number in range(1, SCHOOLS + 1)
        ]
    )
    env["meal.account"]._system("transit", company, code="bank")
    env["meal.account"]._system("sales", company)
    env.flush_all()
    return company


def make_history(env, company, accounts):
    """Write accounts, a year of transfers and their journal entries.

    :return: number of transfers
    """
    cr = env.cr
    params = {
        "company": company.id,
        "accounts": accounts,
        "schools": SCHOOLS,
        "top_ups": TOP_UPS,
        "sales": SALES,
        "first": FIRST_DAY,
        "transit": env["meal.account"]._system("transit", company, code="bank").id,
        "income": env["meal.account"]._system("sales", company).id,
    }
    cr.execute(_ACCOUNTS, params)
    for statement in (_TOP_UPS, _HOLDS, _CAPTURES):
        cr.execute(statement, params)
    cr.execute(_BALANCES, params)
    analyse(cr, "meal_transfer", "meal_account")
    cr.commit()
    make_postings(env, company)
    analyse(cr, "meal_posting_line", "account_move", "account_move_line")
    cr.commit()
    cr.execute("SELECT count(*) FROM meal_transfer")
    return cr.fetchone()[0]


def analyse(cr, *tables):
    """Statistics that autovacuum would have gathered in a year's time."""
    for table in tables:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def make_postings(env, company):
    """Post one day by the service, then the others as copies of its entry: ten
    thousand journal entries through the ORM would take longer than the benchmark."""
    cr = env.cr
    posting = env["meal.posting"]
    [model] = posting._post_pending(company, FIRST_DAY)[:1]
    env.flush_all()
    cr.execute(
        """
        INSERT INTO meal_posting (business_date, date, school_id, company_id, state)
        SELECT DISTINCT t.business_date, t.business_date, t.school_id, t.company_id,
               'draft'
          FROM meal_transfer t
         WHERE t.company_id = %s AND t.phase IN ('single', 'post')
           AND t.business_date > %s
        """,
        [company.id, FIRST_DAY],
    )
    analyse(cr, "meal_posting")
    cr.execute(
        """
        INSERT INTO meal_posting_transfer (posting_id, transfer_id)
        SELECT p.id, t.id
          FROM meal_transfer t
          JOIN meal_posting p ON p.company_id = t.company_id
                             AND p.business_date = t.business_date
                             AND p.school_id = t.school_id
         WHERE t.company_id = %s AND t.phase IN ('single', 'post') AND p.state = 'draft'
        """,
        [company.id],
    )
    analyse(cr, "meal_posting_transfer")
    cr.execute(
        f"""
        INSERT INTO meal_posting_line (posting_id, kind, debit_account_id,
                                       credit_account_id, amount, transfer_count)
        SELECT l.posting_id, t.kind, d.gl_id, c.gl_id, sum(t.amount), count(*)
          FROM meal_posting_transfer l
          JOIN meal_posting p ON p.id = l.posting_id AND p.state = 'draft'
          JOIN meal_transfer t ON t.id = l.transfer_id
          JOIN ({_GL}) d ON d.id = t.debit_account_id
          JOIN ({_GL}) c ON c.id = t.credit_account_id
         GROUP BY 1, 2, 3, 4
        """,
        {"company": company.id},
    )
    copy_entries(env, model)


def copy_entries(env, model):
    """Give every waiting posting a copy of the entry of `model`, with its own sums."""
    cr = env.cr
    line = model.move_id.line_ids[:1]
    moves = columns(
        cr, "account_move", {"id", "name", "date", "ref", "sequence_number"}
    )
    lines = columns(
        cr,
        "account_move_line",
        {"id", "move_id", "date", "account_id", "debit", "credit", "balance"}
        | {"amount_currency", "analytic_distribution"},
    )
    cr.execute("ALTER TABLE meal_posting ADD COLUMN bench_move integer")
    cr.execute(
        "UPDATE meal_posting SET bench_move = nextval('account_move_id_seq')"
        " WHERE state = 'draft'"
    )
    cr.execute(
        SQL(
            """
            INSERT INTO account_move (id, name, date, sequence_number, %(names)s)
            SELECT p.bench_move, 'BENCH/' || p.id, p.date, p.id, %(values)s
              FROM meal_posting p, account_move m
             WHERE p.state = 'draft' AND m.id = %(model)s
            """,
            names=SQL(", ").join(map(SQL.identifier, moves)),
            values=SQL(", ").join(SQL.identifier("m", name) for name in moves),
            model=model.move_id.id,
        )
    )
    cr.execute(
        SQL(
            """
            INSERT INTO account_move_line (move_id, date, account_id, debit, credit,
                                           balance, amount_currency, %(names)s)
            SELECT p.bench_move, p.date, s.account_id, s.debit, s.credit,
                   s.debit - s.credit, s.debit - s.credit, %(values)s
              FROM (SELECT posting_id, debit_account_id AS account_id,
                           amount AS debit, 0 AS credit FROM meal_posting_line
                     UNION ALL
                    SELECT posting_id, credit_account_id, 0, amount
                      FROM meal_posting_line) s
              JOIN meal_posting p ON p.id = s.posting_id AND p.state = 'draft',
                   account_move_line m
             WHERE m.id = %(model)s
            """,
            names=SQL(", ").join(map(SQL.identifier, lines)),
            values=SQL(", ").join(SQL.identifier("m", name) for name in lines),
            model=line.id,
        )
    )
    cr.execute(
        "UPDATE meal_posting SET move_id = bench_move, state = 'posted'"
        " WHERE state = 'draft'"
    )
    cr.execute("ALTER TABLE meal_posting DROP COLUMN bench_move")
    env.invalidate_all()


def settle(env, company):
    """Move the watermark to where the runs of a year would have brought it."""
    env["meal.posting.watermark"]._of(company)
    env.flush_all()
    env.cr.execute(
        "UPDATE meal_posting_watermark SET transfer_id = (SELECT max(id) FROM"
        " meal_transfer), candidate_xid = NULL WHERE company_id = %s",
        [company.id],
    )
    env.invalidate_all()


def columns(cr, table, without):
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    return sorted({name for (name,) in cr.fetchall()} - without)


def time_report(env, company):
    report = env["meal.reconciliation"].create(
        {
            "company_id": company.id,
            "date_from": date(2026, 3, 1),
            "date_to": date(2026, 3, 31),
        }
    )
    _none, seconds = timed(report.action_compute)
    assert report.is_equal
    return seconds


def time_statements(env, company):
    """:return: mean seconds of a year's statement of one account, cold each time"""
    accounts = env["meal.account"].search(
        [("company_id", "=", company.id), ("kind", "=", "student")]
    )
    chosen = random.Random(1).sample(list(accounts), min(STATEMENTS, len(accounts)))
    total = 0
    for account in chosen:
        env.invalidate_all()
        statement, seconds = timed(
            env["meal.statement"]._get_statement, account, FIRST_DAY, LAST_DAY
        )
        assert len(statement["lines"]) == TOP_UPS + SALES
        total += seconds
    return total / len(chosen)


_ACCOUNTS = """
    INSERT INTO meal_account (number, kind, school_id, company_id, state, posted, held,
                              overdraft, credit_limit, create_date, write_date)
    SELECT lpad((9000000000 + %(company)s * 100000 + g)::text, 10, '0'), 'student',
           s.id, %(company)s, 'open', 0, 0, 0, 0, now(), now()
      FROM generate_series(1, %(accounts)s) g
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n
              FROM school_school WHERE company_id = %(company)s) s
        ON s.n = g %% %(schools)s
"""
_TRANSFER = """
    INSERT INTO meal_transfer (uuid, payload_hash, kind, phase, debit_account_id,
        credit_account_id, amount, occurred_at, business_date, school_id, company_id,
        pending_id, forced, expires_at, create_date)
"""
_TOP_UPS = (
    _TRANSFER
    + """
    SELECT 'b-t-' || a.id || '-' || n, 'x', 'topup', 'single', %(transit)s, a.id,
           500 + (a.id + n) %% 400, d.day + time '08:00', d.day, a.school_id,
           %(company)s, NULL, false, NULL, d.day + time '08:00'
      FROM generate_series(0, %(top_ups)s - 1) n
      JOIN meal_account a ON a.company_id = %(company)s AND a.kind = 'student'
     CROSS JOIN LATERAL (SELECT %(first)s::date + n * 13 AS day) d
"""
)
_HOLDS = (
    _TRANSFER
    + """
    SELECT 'b-h-' || a.id || '-' || n, 'x', 'sale', 'pending', a.id, %(income)s,
           100, d.day + time '10:00', d.day, a.school_id, %(company)s, NULL, false,
           d.day + time '10:15', d.day + time '10:00'
      FROM generate_series(0, %(sales)s - 1) n
      JOIN meal_account a ON a.company_id = %(company)s AND a.kind = 'student'
     CROSS JOIN LATERAL (SELECT %(first)s::date + n * 2 AS day) d
"""
)
_CAPTURES = (
    _TRANSFER
    + """
    SELECT 'b-p-' || t.id, 'x', 'sale', 'post', t.debit_account_id,
           t.credit_account_id, 60 + t.id %% 40 + 0.5, t.occurred_at, t.business_date,
           t.school_id, t.company_id, t.id, false, NULL, t.create_date
      FROM meal_transfer t
     WHERE t.company_id = %(company)s AND t.phase = 'pending'
"""
)
_BALANCES = """
    UPDATE meal_account a
       SET posted = s.balance, overdraft = greatest(0, -s.balance)
      FROM (SELECT account_id, sum(amount) AS balance
              FROM (SELECT debit_account_id AS account_id, -amount AS amount
                      FROM meal_transfer
                     WHERE company_id = %(company)s AND phase IN ('single', 'post')
                     UNION ALL
                    SELECT credit_account_id, amount
                      FROM meal_transfer
                     WHERE company_id = %(company)s AND phase IN ('single', 'post')) t
             GROUP BY 1) s
     WHERE a.id = s.account_id AND a.kind = 'student'
"""
_GL = """
    SELECT a.id, CASE WHEN a.kind = 'student' THEN c.meal_control_account_id
                      ELSE coalesce(a.gl_account_id, m.account_id) END AS gl_id
      FROM meal_account a
      JOIN res_company c ON c.id = a.company_id
      LEFT JOIN meal_gl_mapping m ON m.company_id = a.company_id AND m.kind = a.kind
     WHERE a.company_id = %(company)s
"""
