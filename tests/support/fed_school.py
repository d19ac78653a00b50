"""A school that has been fed all day, ready to be closed by two people."""

PASSWORD = "closing-password"

#: 150 students, half of them free; every fiftieth portion was not claimed.
SCENE = """
from datetime import date, timedelta
from freezegun import freeze_time
from odoo import Command

env = env(context=dict(env.context, lang="ru_RU", tracking_disable=True))
company = env["res.company"].create({
    "name": "Город Сытый", "currency_id": env.ref("base.RUB").id,
    "country_id": env.ref("base.ru").id})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
env["meal.ledger.setup"].with_company(company)._setup_company(company)
day = date.today() - timedelta(days=1)
env["school.calendar.period"].create({
    "kind": "extra_day", "company_id": company.id, "date_from": day})
school = env["school.school"].create({
    "name": "Школа 7", "short_name": "Школа 7", "code": "007",
    "company_id": company.id, "tz": "Europe/Moscow"})
classes = env["school.class"].create([
    {"school_id": school.id, "grade": grade, "letter": "А"} for grade in (1, 5)])
students = env["school.student"].with_context(
    enrolment_date=day - timedelta(days=30)).create([{
    "last_name": "Ученик" + "абвгдежзик"[n % 10] + "лмнопрстуфхцчшщ"[n // 10],
    "first_name": "Иван", "school_id": school.id, "class_id": classes[n % 2].id}
    for n in range(150)])
env["meal.account"]._issue(students)
meal = env.ref("school_meal_day.meal_type_breakfast")
sources = env["meal.funding.source"].create([
    {"name": code, "code": code, "level": code, "company_id": company.id}
    for code in ("regional", "municipal")])
env["meal.tariff"].create({
    "company_id": company.id, "meal_type_id": meal.id, "price": 85.30,
    "date_from": day - timedelta(days=30)})
env["meal.funding.rule"].create({
    "name": "1-4", "company_id": company.id, "date_from": day - timedelta(days=30),
    "category_id": env.ref("school_meal_day.meal_category_grades_1_4").id,
    "meal_type_ids": [Command.set(meal.ids)], "is_ordered_automatically": True,
    "line_ids": [
        Command.create({"source_id": sources[0].id, "mode": "percent", "percent": 70}),
        Command.create({"source_id": sources[1].id, "sequence": 20})]})
env["meal.choice"].create([{
    "student_id": student.id, "meal_type_id": meal.id, "date_from": day}
    for student in students if student.class_id.grade > 4])
evening = day - timedelta(days=1)
with freeze_time(f"{evening} 10:00:00", tick=True, ignore=["psycopg2"]):
    env["meal.order"]._generate(school, day)
school._pass_cutoffs(day)
tablet = env["school.device"].create({
    "name": "Планшет", "kind": "serving", "school_id": school.id})
orders = env["meal.order"].search([
    ("school_id", "=", school.id), ("date", "=", day), ("state", "=", "cooked")])
env["meal.issue.event"]._record(school, [{
    "sequence": number, "date": str(day), "meal": "breakfast",
    "student": order.student_id.id, "action": "given", "verdict": "ok",
    "source": "tap", "occurred_at": f"{day}T07:00:00Z"}
    for number, order in enumerate(orders, 1) if number % 50], device=tablet)
meal_day = env["meal.day"]._get_or_make(school, day)
meal_day._find_exceptions()
meal_day.exception_ids.action_usual()
env["res.users"].with_context(no_reset_password=True).create([{
    "name": login, "login": login, "password": ARGUMENTS["password"],
    "lang": "ru_RU", "tz": "Europe/Moscow", "company_id": company.id,
    "company_ids": [Command.set(company.ids)],
    "group_ids": [Command.set(env.ref("school_meal_base.group_operator").ids)],
    "school_ids": [Command.set(school.ids)]} for login in ("one", "two")])
ANSWER = {"day": meal_day.id, "orders": len(orders), "school": school.id}
"""

#: What the day is and what was frozen and booked for it.
STATE = """
    SELECT d.state,
           (SELECT count(*) FROM meal_day_line l WHERE l.day_id = d.id),
           (SELECT count(*)
              FROM meal_day_line l JOIN meal_day_part p ON p.line_id = l.id
             WHERE l.day_id = d.id),
           (SELECT count(*) FROM meal_transfer t WHERE t.school_id = d.school_id
               AND t.kind IN ('meal', 'subsidy'))
      FROM meal_day d WHERE d.id = %(day)s
"""

#: Portions whose parts, entries and price differ; there must be none.
WRONG = """
    SELECT l.id
      FROM meal_day_line l
      LEFT JOIN meal_day_part p ON p.line_id = l.id
      LEFT JOIN meal_transfer t ON t.uuid = p.transfer_uuid
     WHERE l.day_id = %(day)s
     GROUP BY l.id
    HAVING l.price <> coalesce(sum(p.amount), 0)
        OR l.price <> coalesce(sum(t.amount), 0)
"""

#: What families owe, and what the ledger took from them.
OWED = """
    SELECT -sum(a.posted),
           (SELECT sum(t.amount) FROM meal_transfer t
             WHERE t.school_id = %(school)s AND t.kind = 'meal')
      FROM meal_account a WHERE a.school_id = %(school)s AND a.kind = 'student'
"""
