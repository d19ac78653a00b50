"""Municipalities with many students, written by SQL as the add-ons would write them.

The ORM would need minutes for what only sets the scene. Schools, tills and devices
are few and go through the ORM; people, accounts, cards and their opening balances
are inserted as sets.
"""

import uuid

CLASSES = 33  # of a school: grades 1 to 11 of three letters
BALANCE = 50_000  # roubles on every account


def make_company(env, name="Bench City"):
    """A municipality in roubles with a chart and the accounts the ledger needs."""
    rouble = env.ref("base.RUB")
    rouble.active = True
    company = env["res.company"].create(
        {
            "name": f"{name} {uuid.uuid4().hex[:6]}",
            "country_id": env.ref("base.ru").id,
            "currency_id": rouble.id,
        }
    )
    env.user.company_ids += company
    env["meal.ledger.setup"]._setup_company(company)
    env["meal.account"]._system("transit", company, code="bench")
    env["meal.account"]._system("sales", company)
    return company


def make_schools(env, company, count):
    """`count` schools of a company."""
    first = env["school.school"].search_count([("company_id", "=", company.id)]) + 1
    return env["school.school"].create(
        [
            {
                "name": f"School {number}",
                "short_name": f"School {number}",
                "code": f"{number:03d}",
                "company_id": company.id,
            }
            for number in range(first, first + count)
        ]
    )


def fill(env, schools, students):
    """Give schools `students` each, with class, account, money and an active card."""
    company = schools.company_id
    company.ensure_one()
    env.flush_all()
    params = {
        "schools": schools.ids,
        "company": company.id,
        "students": students,
        "classes": CLASSES,
        "balance": BALANCE,
        "transit": env["meal.account"]._system("transit", company, code="bench").id,
    }
    for statement in (_CLASSES, _STUDENTS, _ACCOUNTS, _CARDS, _MONEY):
        env.cr.execute(statement, params)
    env.cr.commit()
    for table in ("res_partner", "school_student", "school_card", "school_class"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.execute("ANALYZE meal_account")
    env.cr.execute("ANALYZE meal_transfer")
    env.cr.commit()
    env.invalidate_all()


def card_numbers(env, school):
    """UIDs of the active cards of a school."""
    env.cr.execute(
        "SELECT uid FROM school_card WHERE school_id = %s AND state = 'active'"
        " ORDER BY id",
        [school.id],
    )
    return [uid for (uid,) in env.cr.fetchall()]


_CLASSES = """
    INSERT INTO school_class (school_id, company_id, grade, letter, name, shift,
                              school_year_start, active, create_date, write_date)
    SELECT s.id, %(company)s, n %% 11 + 1, l.letter, n %% 11 + 1 || l.letter, '1',
           2026, true, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM unnest(%(schools)s) s(id), generate_series(0, %(classes)s - 1) n
     CROSS JOIN LATERAL (SELECT substr('АБВ', n / 11 + 1, 1) AS letter) l
"""
_STUDENTS = """
    WITH people AS (
        SELECT nextval('res_partner_id_seq') AS id, s.id AS school_id, n,
               'Тестов' || substr('абвгдежиклмн', n %% 12 + 1, 1) AS last_name,
               (ARRAY['Анна', 'Иван', 'Мария', 'Пётр', 'Софья'])[n %% 5 + 1] AS first
          FROM unnest(%(schools)s) s(id), generate_series(1, %(students)s) n
    ), partners AS (
        INSERT INTO res_partner (id, name, complete_name, type, active, company_id,
                                 commercial_partner_id, partner_share, is_company,
                                 autopost_bills, create_date, write_date)
        SELECT id, last_name || ' ' || first, last_name || ' ' || first, 'contact',
               true, %(company)s, id, true, false, 'ask',
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM people
    )
    INSERT INTO school_student (partner_id, school_id, class_id, company_id, last_name,
                                first_name, state, active, create_date, write_date)
    SELECT p.id, p.school_id, c.id, %(company)s, p.last_name, p.first, 'enrolled',
           true, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM people p
      JOIN (SELECT id, school_id, row_number() OVER (PARTITION BY school_id ORDER BY id)
              FROM school_class) c(id, school_id, place)
        ON c.school_id = p.school_id AND c.place = p.n %% %(classes)s + 1
"""
_ACCOUNTS = """
    INSERT INTO meal_account (number, kind, student_id, school_id, company_id, state,
                              posted, held, overdraft, credit_limit, create_date,
                              write_date)
    SELECT lpad((8000000000 + s.id)::text, 10, '0'), 'student', s.id, s.school_id,
           %(company)s, 'open', %(balance)s, 0, 0, 0, now() AT TIME ZONE 'UTC',
           now() AT TIME ZONE 'UTC'
      FROM school_student s WHERE s.school_id = ANY(%(schools)s)
"""
_CARDS = """
    INSERT INTO school_card (student_id, school_id, class_id, company_id, kind, state,
                             uid, is_enrolled, create_date, write_date)
    SELECT s.id, s.school_id, s.class_id, %(company)s, 'mifare', 'active',
           '04' || upper(lpad(to_hex(s.id), 12, '0')), true,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM school_student s WHERE s.school_id = ANY(%(schools)s)
"""
_MONEY = """
    INSERT INTO meal_transfer (uuid, payload_hash, kind, phase, debit_account_id,
        credit_account_id, amount, occurred_at, business_date, school_id, company_id,
        forced, create_date)
    SELECT 'bench-opening-' || a.id, 'x', 'topup', 'single', %(transit)s, a.id,
           %(balance)s, now() AT TIME ZONE 'UTC', current_date, a.school_id,
           %(company)s, false, now() AT TIME ZONE 'UTC'
      FROM meal_account a
     WHERE a.school_id = ANY(%(schools)s) AND a.kind = 'student'
"""
