"""A canteen at work, made by a script in `odoo shell`: the scene of the storms.

Two schools of one municipality; the first has two tills with open sessions, vending
machines and eight brothers and sisters with cards. Accounts differ: one may go into
debt, two have limits of their parents. Some students have no luck: see `UNLUCKY`.
"""

OPENING = 20_000  # kopecks on every account
PASSWORD = "canteen-test-1"

#: Students of the first school who cannot buy, by what keeps them from it.
UNLUCKY = ("closed_account", "blocked_account", "blocked_card")

SCRIPT = """
from odoo import Command, fields

company = env["res.company"].create({
    "name": "Storm City", "currency_id": env.ref("base.RUB").id})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
company = company.with_env(env)
elsewhere = env["res.company"].create({
    "name": "Calm City", "currency_id": env.ref("base.RUB").id})
env["meal.ledger.setup"]._setup_company(company)
ledger = env["meal.ledger"]
schools = env["school.school"].create([{
    "name": f"School {n}", "short_name": f"School {n}", "code": f"00{n}",
    "tz": "Europe/Moscow", "company_id": owner.id}
    for n, owner in enumerate((company, company, elsewhere), 1)])
school = schools[0]


def pupils(school, count):
    school_class = env["school.class"].create({
        "school_id": school.id, "grade": 5, "letter": "A"})
    students = env["school.student"].create([{
        "last_name": "Stormov" + chr(97 + n % 26), "first_name": "Test",
        "school_id": school.id, "class_id": school_class.id} for n in range(count)])
    accounts = env["meal.account"]._issue(students)
    transit = env["meal.account"]._system("transit", school.company_id, code="test")
    for account in accounts:
        ledger._top_up(account, ARGUMENTS["opening"], uuid=f"opening-{account.id}",
                       debit=transit)
    cards = env["school.card"].create([{
        "student_id": student.id, "uid": f"40{student.id * 0x010101 % 2**24:06X}",
        "state": "active"} for student in students])
    return [{
        "account": student.account_id.id, "number": student.account_id.number,
        "student": student.id, "card": card.id, "uid": card.uid,
    } for student, card in zip(students, cards, strict=True)]


people = pupils(school, ARGUMENTS["students"] + len(ARGUMENTS["unlucky"]))
parent = env["res.partner"].create({"name": "Stormova"})
env["school.guardian"].create([{
    "student_id": person["student"], "partner_id": parent.id, "relation": "mother"}
    for person in people])
accounts = env["meal.account"].browse([person["account"] for person in people])
accounts[1].credit_limit = 150
accounts[2].limit_day = 300
accounts[3].limit_sitting = 200
unlucky = dict(zip(ARGUMENTS["unlucky"], people[ARGUMENTS["students"]:]))
people = people[:ARGUMENTS["students"]]
for name in ("closed", "blocked"):
    account = unlucky[f"{name}_account"]["account"]
    env["meal.account"].browse(account).state = name
env["school.card"].browse(unlucky["blocked_card"]["card"])._block()


def user(login, *groups):
    return env["res.users"].create({
        "name": login, "login": login, "password": ARGUMENTS["password"],
        "lang": "ru_RU", "tz": "Europe/Moscow",
        "company_id": company.id, "company_ids": [Command.set(company.ids)],
        "school_ids": [Command.set(school.ids)],
        "group_ids": [Command.set([env.ref(group).id for group in groups])]})


dishes = env["product.product"].create([{
    "name": f"Dish for {price}", "list_price": price, "type": "service",
    "available_in_pos": True, "taxes_id": [Command.clear()],
    "company_id": company.id} for price in (30, 45, 120)])
tills = []
for n in (1, 2):
    config = school._setup_school_till(cash=True)
    cashier = user(f"cashier{n}", "school_meal_base.group_cashier")
    config.with_user(cashier).open_ui()
    session = config.current_session_id
    session.set_opening_control(0, "")
    method = config.payment_method_ids.filtered("use_payment_terminal")
    tills.append({
        "login": cashier.login, "user": cashier.id, "session": session.id,
        "account": method.id, "cash": (config.payment_method_ids - method).id})
user("accountant", "school_meal_base.group_accountant")
administrator = user(
    "administrator", "base.group_system", "school_meal_base.group_manager")
devices = env["school.device"].create([{
    "name": f"Device {n}", "kind": "vending", "school_id": school.id}
    for n in range(ARGUMENTS["devices"])])
ANSWER = {
    "company": company.id,
    "people": people,
    "unlucky": unlucky,
    "stranger": pupils(schools[1], 1)[0],
    "foreigner": pupils(schools[2], 1)[0],
    "tills": tills,
    "dishes": [{"id": dish.id, "price": int(dish.list_price)} for dish in dishes],
    "tokens": [device._issue_token() for device in devices],
    "api_key": env(user=administrator.id)["res.users.apikeys"]._generate(
        "rpc", "test", fields.Datetime.add(fields.Datetime.now(), days=1)),
}
"""


def open_canteen(server, students=8, devices=8):
    """Make the scene in the server's database; return what a client must know."""
    return server.run_script(
        SCRIPT,
        students=students,
        unlucky=UNLUCKY,
        devices=devices,
        opening=OPENING,
        password=PASSWORD,
    )


CLOSE = """
from odoo import fields

company = env["res.company"].browse(ARGUMENTS["company"])
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
company = company.with_env(env)
answers = []
sessions = env["pos.session"].search([
    ("company_id", "=", company.id), ("state", "!=", "closed")])
for session in sessions:
    session.post_closing_cash_details(session.cash_register_balance_end)
    answers.append(bool(session.close_session_from_ui().get("successful")))
today = env["meal.posting"]._local_today(company)
first, last = fields.Date.subtract(today, days=9), fields.Date.add(today, days=2)
postings = env["meal.posting"]._post_pending(company, last)
report = env["meal.reconciliation"].create({
    "company_id": company.id, "date_from": first, "date_to": last})
report.action_compute()
audit = env["meal.audit"]._run()
ANSWER = {
    "closed": answers,
    "unposted": postings.filtered(lambda p: p.state != "posted").mapped("error"),
    "differences": [
        report.opening_difference, report.difference, report.closing_pending,
        report.difference_count],
    "rows": len(report.line_ids),
    "findings": {c.name: c.finding_count for c in audit.check_ids if c.finding_count},
    "checks": len(audit.check_ids),
}
"""


def close_books(server, world):
    """Close the sessions, post everything, reconcile and audit; return the figures."""
    return server.run_script(CLOSE, company=world["company"])
