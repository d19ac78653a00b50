"""Months of closed meal days, written as sets."""

from datetime import timedelta

#: School days of a month of history.
DAYS = 20
HISTORY = (
    "meal_day", "meal_order", "meal_order_change", "meal_issue_event", "meal_day_line",
    "meal_day_part",
)  # fmt: skip


def meals(env):
    return {
        "breakfast": env.ref("school_meal_day.meal_type_breakfast").id,
        "lunch": env.ref("school_meal_day.meal_type_lunch").id,
        "young": env.ref("school_meal_day.meal_age_group_7_11").id,
        "older": env.ref("school_meal_day.meal_age_group_12").id,
    }


def add_history(env, city, first_day, known, months):
    """Append closed days before those there are, as the add-on would have left them.

    :param first_day: the day after the newest of the history
    :param known: months that are there already
    """
    env.flush_all()
    days = [
        first_day - timedelta(days=number + 1)
        for number in range(known * DAYS, months * DAYS)
    ]
    foreign_keys = drop_checks(env)
    for start in range(0, len(days), 10):
        params = {
            "days": days[start : start + 10],
            "schools": city["schools"].ids,
            "company": city["company"].id,
            "source": env["meal.funding.source"].search([], limit=1).id,
            **meals(env),
        }
        for statement in (_DAYS, _ORDERS, _CHANGES, _EVENTS, _LINES, _PARTS):
            env.cr.execute(statement, params)
    restore_checks(env, foreign_keys)
    env.cr.commit()
    vacuum(env)
    env.invalidate_all()


def vacuum(env):
    """Do now what autovacuum would do in the middle of what is measured."""
    with env.registry.cursor() as cr:
        cr._cnx.autocommit = True
        for table in HISTORY:
            cr.execute(f"VACUUM ANALYZE {table}")
        cr._cnx.autocommit = False


def drop_checks(env):
    """Rows made from rows need no check, and what is closed must be written here.

    Return what restores the foreign keys.
    """
    for table in HISTORY:
        env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    env.cr.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
        """,
        [list(HISTORY)],
    )
    found = env.cr.fetchall()
    for table, name, _definition in found:
        env.cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return found


def restore_checks(env, found):
    """New rows are checked again, those of the history are not."""
    for table in HISTORY:
        env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for table, name, definition in found:
        definition = definition.removesuffix(" NOT VALID")
        env.cr.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID'
        )


_DAYS = """
    INSERT INTO meal_day (school_id, company_id, date, state)
    SELECT s, %(company)s, d, 'closed'
      FROM unnest(%(schools)s) s, unnest(%(days)s::date[]) d
"""
_ORDERS = """
    INSERT INTO meal_order (student_id, date, meal_type_id, school_id, class_id,
                            company_id, age_group_id, state, origin, is_entitled)
    SELECT s.id, d, %(breakfast)s, s.school_id, c.id, %(company)s,
           CASE WHEN c.grade <= 4 THEN %(young)s ELSE %(older)s END, 'cooked',
           CASE WHEN c.grade <= 4 THEN 'entitled' ELSE 'choice' END, c.grade <= 4
      FROM unnest(%(days)s::date[]) d
     CROSS JOIN school_student s JOIN school_class c ON c.id = s.class_id
     WHERE s.school_id = ANY(%(schools)s) AND (c.grade <= 4 OR s.id %% 10 < 3)
"""
_CHANGES = """
    INSERT INTO meal_order_change (order_id, school_id, date, from_state, to_state,
                                   reason, is_late, at)
    SELECT o.id, o.school_id, o.date, step.was, step.is, step.why, false,
           o.date + time '06:00'
      FROM meal_order o
     CROSS JOIN (VALUES (NULL, 'ordered', 'generated'),
                        ('ordered', 'cooked', 'cut_off')) step ("was", "is", "why")
     WHERE o.date = ANY(%(days)s::date[])
"""
_EVENTS = """
    INSERT INTO meal_issue_event (event_key, payload_hash, school_id, company_id, date,
            meal_type_id, student_id, class_id, order_id, undone_before, action,
            verdict, source, occurred_at, received_at)
    SELECT 'bench' || o.id, 'x', o.school_id, o.company_id, o.date, o.meal_type_id,
           o.student_id, o.class_id, o.id, 0, 'given', 'ok', 'tap',
           o.date + time '07:00', o.date + time '07:00'
      FROM meal_order o WHERE o.date = ANY(%(days)s::date[])
"""
_LINES = """
    INSERT INTO meal_day_line (day_id, school_id, company_id, date, student_id,
            class_id, meal_type_id, age_group_id, portion, revision, is_current,
            order_id, event_id, presence, outcome, price)
    SELECT d.id, o.school_id, o.company_id, o.date, o.student_id, o.class_id,
           o.meal_type_id, o.age_group_id, 1, 0, true, o.id, e.id, 'present', 'issued',
           85.30
      FROM meal_order o
      JOIN meal_day d ON d.school_id = o.school_id AND d.date = o.date
      JOIN meal_issue_event e ON e.order_id = o.id
     WHERE o.date = ANY(%(days)s::date[])
"""
_PARTS = """
    INSERT INTO meal_day_part (line_id, source_id, amount, transfer_uuid)
    SELECT id, %(source)s, price, 'bench' || id
      FROM meal_day_line WHERE date = ANY(%(days)s::date[])
"""
