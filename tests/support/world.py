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
