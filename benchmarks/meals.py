"""A city's meal day: orders, issue, class screen, closing, timesheet.

17,600 students in 68 schools. Grades 1-4 eat free, three in ten of the others have a
standing choice: about 9,700 portions a day. Everything is measured twice, with one
month and with twelve months of history behind it: what grows is a defect.
"""

from datetime import date, timedelta

from freezegun import freeze_time

from . import hatch, population
from .context import row, scaled, timed
from .history import add_history, meals
from .ledger import median

STUDENTS = 17_600
SCHOOLS = 68
#: Students of the one school that orders 700 portions.
LARGE = 1_270
#: The two measured days are over, so that a server believes what it is told of them;
#: history lies before them.
FIRST_DAY = date.today() - timedelta(days=3)
YEAR_BEGIN = date(FIRST_DAY.year - 1, 9, 1)


def run(ctx):
    city = make_city(ctx.env)
    rows, known, found = [], 0, {}
    for number, months in enumerate((1, 12)):
        took, _none = timed(add_history, ctx.env, city, FIRST_DAY, known, months)
        known = months
        rows.append(row(f"meals.history.{months}m", count_orders(ctx.env), "orders"))
        found[months] = measure(ctx, city, FIRST_DAY + timedelta(days=number))
    for name, (value, unit, wanted) in found[1].items():
        later = found[12][name][0]
        rows.append(row(f"meals.{name}", later, unit, wanted, later / wanted))
        rows.append(row(f"meals.{name}.growth", later, unit, value, later / value))
    return rows


def measure(ctx, city, day):
    """{name: (value, unit, what was asked for)}"""
    env, found = ctx.env, {}
    with freeze_time(f"{day - timedelta(days=1)} 12:00:00", tick=True):
        seconds, count = timed(generate, env, city, day)
        assert count > scaled(STUDENTS) / 3, count
        found["generate_city"] = seconds, "s", 30
        seconds, count = timed(generate, env, city, day)
        assert count == 0
        found["generate_city_again"] = seconds, "s", 30
    with freeze_time(f"{day} 06:30:00", tick=True):
        seconds, _none = timed(pass_cutoffs, env, city, day)
        found["cutoff_city"] = seconds, "s", 30
    found |= issue(ctx, city, day)
    with freeze_time(f"{day} 14:00:00", tick=True):
        seconds, portions = timed(close, env, city["schools"][:1], day)
        assert portions > scaled(650), portions
        found["close_school_700"] = seconds, "s", 3
        seconds, _portions = timed(close, env, city["schools"][1:], day)
        found["close_city"] = seconds, "s", 120
        found |= screens(env, city, day)
    check(env, city, day)
    return found


# === THE CITY === #


def make_city(env):
    company = population.make_company(env)
    schools = population.make_schools(env, company, SCHOOLS)
    rest = scaled(STUDENTS) - scaled(LARGE)
    population.fill(env, schools[0], scaled(LARGE))
    population.fill(env, schools[1:], max(33, round(rest / (SCHOOLS - 1))))
    params = {"schools": schools.ids, "company": company.id}
    for statement in (_ENROLMENTS, _CHOICES):
        env.cr.execute(statement, {**params, **meals(env), "begin": YEAR_BEGIN})
    make_prices(env, company)
    env["school.calendar.period"].create(
        {
            "kind": "extra_day",
            "company_id": company.id,
            "date_from": FIRST_DAY,
            "date_to": FIRST_DAY + timedelta(days=1),
        }
    )
    devices = env["school.device"].create(
        [
            {"name": f"Tablet {school.code}", "kind": "serving", "school_id": school.id}
            for school in schools
        ]
    )
    tokens = [device._issue_token() for device in devices]
    env.cr.commit()
    env.cr.execute("ANALYZE school_enrolment")
    env.invalidate_all()
    return {
        "company": company,
        "schools": schools,
        "tokens": tokens,
    }


def make_prices(env, company):
    """Breakfast and lunch; the free breakfast is paid by the region and the town."""
    ids = meals(env)
    env["meal.tariff"].create(
        [
            {
                "company_id": company.id,
                "meal_type_id": ids[meal],
                "age_group_id": ids[age],
                "price": price,
                "date_from": YEAR_BEGIN,
            }
            for meal, age, price in (
                ("breakfast", "young", 85.30),
                ("breakfast", "older", 98.10),
                ("lunch", "young", 119.80),
                ("lunch", "older", 134.50),
            )
        ]
    )
    sources = env["meal.funding.source"].create(
        [
            {"name": code, "code": code, "level": code, "company_id": company.id}
            for code in ("regional", "municipal")
        ]
    )
    env["meal.funding.rule"].create(
        {
            "name": "Grades 1-4",
            "company_id": company.id,
            "category_id": env.ref("school_meal_day.meal_category_grades_1_4").id,
            "meal_type_ids": [(6, 0, [ids["breakfast"]])],
            "date_from": YEAR_BEGIN,
            "is_ordered_automatically": True,
            "line_ids": [
                (0, 0, {"source_id": sources[0].id, "mode": "percent", "percent": 70}),
                (0, 0, {"source_id": sources[1].id, "mode": "rest", "sequence": 20}),
            ],
        }
    )


def count_orders(env):
    env.cr.execute("SELECT count(*) FROM meal_order")
    return env.cr.fetchone()[0]


# === WHAT IS MEASURED === #


def generate(env, city, day):
    """Orders of the whole city, a commit per school as the cron does."""
    count = 0
    for school in city["schools"]:
        count += env["meal.order"]._generate(school, day)
        env.cr.commit()
    return count


def pass_cutoffs(env, city, day):
    for school in city["schools"]:
        school._pass_cutoffs(day)
        env.cr.commit()


def issue(ctx, city, day):
    """Milliseconds of single events and of those of a batch."""
    server = ctx.server(workers=hatch.CLIENTS)
    empty, single, of_batch = hatch.measure(ctx.env, server, city, day)
    server.stop()
    return {
        "issue_single": (1000 * single, "ms", 2 * 1000 * empty),
        "issue_in_batch": (1000 * of_batch, "ms", 1000 * single / 10),
    }


def close(env, schools, day):
    """Close a day of schools; return the number of frozen portions."""
    before = count_lines(env, day)
    for school in schools:
        meal_day = env["meal.day"]._get_or_make(school, day)
        meal_day._find_exceptions()
        meal_day.exception_ids.filtered(lambda one: not one.outcome).action_usual()
        meal_day._close()
        env.cr.commit()
        env.invalidate_all()
    return count_lines(env, day) - before


def count_lines(env, day):
    env.cr.execute("SELECT count(*) FROM meal_day_line WHERE date = %s", [day])
    return env.cr.fetchone()[0]


def screens(env, city, day):
    """Seconds of the class screen's data and of the printed timesheet."""
    school_class = env["school.class"].search(
        [("school_id", "=", city["schools"][0].id)], limit=1
    )
    opened = [timed(open_class_screen, env, school_class)[0] for _number in range(5)]
    month = day.replace(day=1)
    env["meal.timesheet"]._generate(school_class.school_id, month)
    sheet = env["meal.timesheet"].search(
        [
            ("class_id", "=", school_class.id),
            ("month", "=", month),
            ("kind", "=", "meals"),
        ],
        limit=1,
    )
    printed = [timed(print_sheet, env, sheet)[0] for _number in range(5)]
    return {
        "class_screen": (median(opened), "s", 0.5),
        "timesheet_pdf": (median(printed), "s", 0.5),
    }


def open_class_screen(env, school_class):
    env.invalidate_all()
    return env["meal.class.screen"]._get_screen(school_class)


def print_sheet(env, sheet):
    env.invalidate_all()
    return sheet._render_pdf()


# === AFTERWARDS === #


def check(env, city, day):
    """Every frozen portion is paid once, by parts that are its price."""
    env.cr.execute(
        """
        SELECT count(*), sum(l.price), sum(p.amount), sum(t.amount),
               count(*) FILTER (WHERE l.price <> p.amount)
          FROM meal_day_line l
          JOIN LATERAL (SELECT sum(amount) AS amount FROM meal_day_part
                         WHERE line_id = l.id) p ON true
          JOIN LATERAL (SELECT sum(t.amount) AS amount
                          FROM meal_day_part x
                          JOIN meal_transfer t ON t.uuid = x.transfer_uuid
                         WHERE x.line_id = l.id) t ON true
         WHERE l.date = %s AND l.is_current AND l.outcome = 'issued'
        """,
        [day],
    )
    count, price, parts, booked, wrong = env.cr.fetchone()
    assert count > scaled(STUDENTS) / 3 and not wrong, (count, wrong)
    assert price == parts == booked, (price, parts, booked)


_ENROLMENTS = """
    INSERT INTO school_enrolment (student_id, school_id, class_id, date_from, reason,
                                  create_date, write_date)
    SELECT id, school_id, class_id, %(begin)s, 'admission',
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM school_student WHERE school_id = ANY(%(schools)s)
"""
_CHOICES = """
    INSERT INTO meal_choice (student_id, school_id, company_id, mode, meal_type_id,
                             date_from, origin, create_date, write_date)
    SELECT s.id, s.school_id, %(company)s, 'order', %(breakfast)s, %(begin)s,
           'parent', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM school_student s JOIN school_class c ON c.id = s.class_id
     WHERE s.school_id = ANY(%(schools)s) AND c.grade > 4 AND s.id %% 10 < 3
"""
