"""Data for black-box tests, made by a script in `odoo shell`."""

SCHOOL_WITH_MONEY = """
company = env["res.company"].create({
    "name": "Storm City", "currency_id": env.ref("base.RUB").id})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
school = env["school.school"].create({
    "name": "School 1", "short_name": "School 1", "code": "001",
    "company_id": company.id})
school_class = env["school.class"].create({
    "school_id": school.id, "grade": 5, "letter": "A"})
students = env["school.student"].create([{
    "last_name": "Stormov" + chr(97 + n % 26), "first_name": "Test",
    "school_id": school.id,
    "class_id": school_class.id} for n in range(ARGUMENTS["students"])])
accounts = env["meal.account"]._issue(students)
transit = env["meal.account"]._system("transit", company, code="test")
for account in accounts:
    env["meal.ledger"]._top_up(account, ARGUMENTS["kopecks"],
                               uuid=f"opening-{account.id}", debit=transit)
devices = env["school.device"].create([{
    "name": f"Device {n}", "kind": "vending", "school_id": school.id}
    for n in range(ARGUMENTS["devices"])])
ANSWER = {
    "company": company.id,
    "accounts": accounts.mapped("number"),
    "tokens": [device._issue_token() for device in devices],
}
"""

#: A municipality on its first morning: a school without a single student, its till,
#: a payment channel, and a login for everybody who works there.
FIRST_MORNING = """
from odoo import Command

env = env(context=dict(env.context, lang="ru_RU", tracking_disable=True))
company = env["res.company"].create({
    "name": "Город Утренний", "vat": "4025000123", "logo": False,
    "currency_id": env.ref("base.RUB").id, "country_id": env.ref("base.ru").id})
company.partner_id.write({"lang": "ru_RU", "tz": "Europe/Moscow"})
company.write({"meal_card_fee": 33})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
school = env["school.school"].create({
    "name": "Средняя школа № 24", "short_name": "Школа 24", "code": "024",
    "company_id": company.id, "tz": "Europe/Moscow"})
env["meal.ledger.setup"].with_company(company)._setup_company(company)
till = school.with_company(company)._setup_school_till()
dishes = env["pos.category"].create({"name": "Горячее"})
for name, price in (("Борщ, 250 г", 60), ("Компот, 200 г", 25)):
    env["product.template"].create({
        "name": name, "list_price": price, "type": "service",
        "available_in_pos": True, "taxes_id": [Command.clear()],
        "pos_categ_ids": [Command.set(dishes.ids)], "company_id": company.id})
journal = env["account.journal"].search(
    [("company_id", "=", company.id), ("type", "=", "bank")], limit=1)
journal.bank_account_id = env["res.partner.bank"].create({
    "acc_number": ARGUMENTS["account"], "partner_id": company.partner_id.id})
env["meal.payment.channel"].create({
    "name": "Сбербанк: реестры", "code": "sber", "company_id": company.id,
    "journal_id": journal.id, "tz": "Europe/Moscow",
    "payee_inn": company.vat, "payee_account": ARGUMENTS["account"]})
for role in ("operator", "accountant", "cashier"):
    env["res.users"].with_context(no_reset_password=True).create({
        "name": role, "login": role, "password": ARGUMENTS["password"],
        "lang": "ru_RU", "tz": "Europe/Moscow", "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set(env.ref(f"school_meal_base.group_{role}").ids)],
        "school_ids": [Command.set(school.ids)]})
ANSWER = {"till": till.id, "company": company.id}
"""
