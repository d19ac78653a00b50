"""Benefits of a city: who is entitled on each day of a month, an order, ЕГИССО.

17,600 students in 68 schools; six in ten have an entitlement this year, and each year
of history before it left as many.
"""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.addons.school_meal_benefits.domain.egisso import xml_1_1_0

from . import population
from .context import row, scaled, timed

STUDENTS = 17_600
SCHOOLS = 68
#: Children on one order.
ORDER = 300
#: Facts of one package for the state system: a city's year.
FACTS = 9_252
YEARS = 5
TENTHS = 6
YEAR_BEGIN = date(2026, 9, 1)
MONTH = date(2026, 11, 1)
DAYS = 30
#: A Tuesday of the year that is measured.
TODAY = date(2026, 11, 17)


def run(ctx):
    env = ctx.env
    city = make_city(env)
    rows = []
    found = {}
    for number, years in enumerate((1, YEARS)):
        add_entitlements(env, city, range(2026 - years + 1, 2026 + (number == 0)))
        seconds, given = timed(evaluate_month, env, city)
        assert given > scaled(STUDENTS) * DAYS / 4, given
        found[years] = seconds
    first, later = found[1], found[YEARS]
    rows.append(row("benefits.month_of_city", later, "s", 20, later / 20))
    rows.append(row("benefits.month_of_city.growth", later, "s", first, later / first))
    seconds = sign_order(env, city)
    rows.append(row(f"benefits.order_{ORDER}", seconds, "s", 5, seconds / 5))
    seconds = pack(env, city)
    rows.append(row(f"benefits.egisso_{FACTS}", seconds, "s", 20, seconds / 20))
    return rows


# === THE CITY === #


def make_city(env):
    company = population.make_company(env)
    schools = population.make_schools(env, company, SCHOOLS)
    population.fill(env, schools, max(33, round(scaled(STUDENTS) / SCHOOLS)))
    for statement in (_PEOPLE, _ENROLMENTS):
        env.cr.execute(statement, {"schools": schools.ids})
    category = env["meal.category"].create({"name": "Bench", "code": "bench"})
    regulation = env["benefit.regulation"].create(
        {
            "name": "Bench",
            "number": "1",
            "date": "2020-08-01",
            "authority": "Bench",
            "company_id": company.id,
            "date_from": "2020-09-01",
        }
    )
    document = env["benefit.document.type"].create({"name": "Bench", "code": "bench"})
    lunch = env.ref("school_meal_day.meal_type_lunch")
    benefit = env["benefit.category"].create(
        {
            "name": "Bench",
            "code": "bench",
            "regulation_id": regulation.id,
            "meal_category_id": category.id,
            "requirement_ids": [
                (
                    0,
                    0,
                    {
                        "name": "Bench",
                        "code": "bench",
                        "document_type_ids": [(6, 0, document.ids)],
                    },
                )
            ],
            "grant_ids": [(0, 0, {"meal_type_ids": [(6, 0, lunch.ids)]})],
        }
    )
    regulation.action_put_in_force()
    env["egisso.measure"].create(
        {
            "category_id": benefit.id,
            "company_id": company.id,
            "lmsz_id": "82db68d7-fa19-4845-9f06-46cc54aacfdc",
            "local_category_id": "833c099b-9b73-44e2-9935-35b641cfecc5",
            "osz_code": "0094.000001",
            "rate": 119.80,
            "rate_basis": "day",
        }
    )
    env.cr.commit()
    env.cr.execute("ANALYZE school_enrolment")
    return {
        "company": company,
        "schools": schools,
        "category": benefit,
        "document": document,
        "lunch": lunch,
    }


def add_entitlements(env, city, years):
    """Six of ten students get an entitlement in each school year."""
    env.flush_all()
    for year in years:
        params = {
            "schools": city["schools"].ids,
            "company": city["company"].id,
            "category": city["category"].id,
            "regulation": city["category"].regulation_id.id,
            "meal_category": city["category"].meal_category_id.id,
            "meal": city["lunch"].id,
            "year": year,
            "tenths": TENTHS,
            "begin": date(year, 9, 1),
            "end": date(year + 1, 8, 31),
        }
        for statement in (_APPLICATIONS, _ORDERS, _DECISIONS, _ENTITLEMENTS, _MEALS):
            env.cr.execute(statement, params)
    env.cr.commit()
    for table in ("entitlement", "entitlement_meal_type_rel", "decision"):
        env.cr.execute(f"ANALYZE benefit_{table}")
    env.cr.commit()
    env.invalidate_all()


# === WHAT IS MEASURED === #


def evaluate_month(env, city):
    """Number of students with a category, summed over the days of a month."""
    students = env["school.student"].search([("company_id", "=", city["company"].id)])
    given = 0
    for number in range(DAYS):
        day = MONTH + timedelta(days=number)
        found = students._get_meal_categories(day)
        given += sum(bool(codes) for codes in found.values())
    return given


def sign_order(env, city):
    """Seconds until the head has signed an order for many children."""
    school = city["schools"][0]
    head = make_head(env, school)
    students = env["school.student"].search(
        [
            ("company_id", "=", city["company"].id),
            ("benefit_entitlement_ids", "=", False),
        ],
        limit=scaled(ORDER),
    )
    place = {"school": school.id, "class": school.class_ids[0].id}
    env.cr.execute(_MOVED, {**place, "students": students.ids})
    env.invalidate_all()
    with freeze_time(f"{TODAY} 08:00:00", tick=True):
        order = put_on_order(env, city, students)
        env.cr.commit()
        env.invalidate_all()
        seconds, _none = timed(order.with_user(head).action_sign)
        env.cr.commit()
    made = order.decision_ids.entitlement_ids
    assert made.student_id == students, (made, students)
    return seconds


def make_head(env, school):
    return env["res.users"].create(
        {
            "name": "Head",
            "login": f"head-{school.id}",
            "company_id": school.company_id.id,
            "company_ids": [(6, 0, school.company_id.ids)],
            "school_ids": [(6, 0, school.ids)],
            "group_ids": [(4, env.ref("school_meal_base.group_head").id)],
        }
    )


def put_on_order(env, city, students):
    applications = env["benefit.application"].create(
        [
            {
                "student_id": student.id,
                "category_id": city["category"].id,
                "applicant_name": "Тестова Анна",
                "applicant_snils": "11223344595",
                "submitted_on": TODAY,
            }
            for student in students
        ]
    )
    applications.document_ids.write(
        {"state": "provided", "document_type_id": city["document"].id, "number": "1"}
    )
    applications.action_register()
    applications.action_put_on_order()
    return applications.order_id


def pack(env, city):
    """Seconds until the packages of many facts lie ready, and are valid."""
    facts = env["egisso.fact"]
    entitlements = env["benefit.entitlement"].search(
        [("company_id", "=", city["company"].id), ("date_from", "=", YEAR_BEGIN)],
        limit=scaled(FACTS) - scaled(ORDER),  # the order has told its own
    )
    facts._tell_assignments(entitlements)
    env.cr.commit()
    env.invalidate_all()
    packages = env["egisso.package"]
    seconds, _none = timed(packages.action_pack)
    env.cr.commit()
    made = packages.search([("company_id", "=", city["company"].id)])
    assert sum(made.mapped("fact_count")) == scaled(FACTS)
    assert not any(xml_1_1_0.validate(package._get_xml()) for package in made)
    return seconds


# === SQL === #

_PEOPLE = """
    UPDATE school_student s
       SET gender = 'female', birth_date = '2016-05-20',
           snils = n.text || lpad((n.weighed %% 101 %% 100)::text, 2, '0')
      FROM (SELECT id, (200000000 + id)::text AS text,
                   (SELECT sum(substr((200000000 + id)::text, i, 1)::int * (10 - i))
                      FROM generate_series(1, 9) i) AS weighed
              FROM school_student) n
     WHERE n.id = s.id AND s.school_id = ANY(%(schools)s)
"""
_ENROLMENTS = """
    INSERT INTO school_enrolment (student_id, school_id, company_id, class_id,
                                  date_from, reason, create_date, write_date)
    SELECT id, school_id, company_id, class_id, '2020-09-01', 'admission',
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM school_student WHERE school_id = ANY(%(schools)s)
"""
_MOVED = """
    WITH moved AS (
        UPDATE school_enrolment SET school_id = %(school)s, class_id = %(class)s
         WHERE student_id = ANY(%(students)s)
    )
    UPDATE school_student SET school_id = %(school)s, class_id = %(class)s
     WHERE id = ANY(%(students)s)
"""
_ORDERS = """
    INSERT INTO benefit_order (school_id, company_id, kind, number, date, state,
                               signed_by_id)
    SELECT id, company_id, 'grant', 'bench', %(begin)s, 'signed', 1
      FROM school_school WHERE company_id = %(company)s
"""
_APPLICATIONS = """
    INSERT INTO benefit_application (student_id, school_id, company_id, category_id,
        regulation_id, kind, state, origin, submitted_on, school_year_start, authority,
        number, registered_at, applicant_name)
    SELECT s.id, s.school_id, s.company_id, %(category)s, %(regulation)s, 'meals',
           'granted', 'office', %(begin)s, %(year)s, 'parent', 100000 + s.id,
           now() AT TIME ZONE 'UTC', 'Bench'
      FROM school_student s
     WHERE s.school_id = ANY(%(schools)s) AND s.id %% 10 < %(tenths)s
"""
_DECISIONS = """
    INSERT INTO benefit_decision (application_id, student_id, school_id, company_id,
                                  category_id, result, date, user_id, order_id)
    SELECT a.id, a.student_id, a.school_id, a.company_id, a.category_id, 'granted',
           %(begin)s, 1, o.id
      FROM benefit_application a
      JOIN benefit_order o ON o.school_id = a.school_id AND o.date = %(begin)s
     WHERE a.category_id = %(category)s AND a.school_year_start = %(year)s
"""
_ENTITLEMENTS = """
    INSERT INTO benefit_entitlement (decision_id, student_id, school_id, company_id,
        category_id, code, kind, meal_category_id, date_from, date_to, date_end,
        is_void, is_health)
    SELECT d.id, d.student_id, d.school_id, d.company_id, d.category_id, 'bench',
           'meals', %(meal_category)s, %(begin)s, %(end)s, %(end)s, false, false
      FROM benefit_decision d
     WHERE d.category_id = %(category)s AND d.date = %(begin)s
"""
_MEALS = """
    INSERT INTO benefit_entitlement_meal_type_rel (entitlement_id, meal_type_id)
    SELECT id, %(meal)s FROM benefit_entitlement
     WHERE category_id = %(category)s AND date_from = %(begin)s
"""
