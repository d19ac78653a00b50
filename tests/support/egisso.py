"""The region's gateway to ЕГИССО as a process of its own, and a city that tells it."""

import json
import subprocess
import sys
import urllib.request

from school_meal_tools import paths
from school_meal_tools.processes import die_with_parent

SIMULATOR = paths.ADDONS / "school_meal_benefits" / "tests" / "gateway_simulator.py"
PASSWORD = "egisso-password"

#: Benefits of 60 children, decided today, in packages of three.
SCENE = """
from datetime import date, datetime
from odoo import Command

env = env(context=dict(env.context, tracking_disable=True))
today = date.today()
company = env["res.company"].create({
    "name": "Город Льготный", "currency_id": env.ref("base.RUB").id,
    "country_id": env.ref("base.ru").id})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
school = env["school.school"].create({
    "name": "Школа 5", "short_name": "Школа 5", "code": "005",
    "company_id": company.id, "tz": "Europe/Moscow"})
school_class = env["school.class"].create({
    "school_id": school.id, "grade": 1, "letter": "А"})


def snils(number):
    digits = f"{number:09d}"
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits))
    return f"{digits}{total % 101 % 100:02d}"


students = env["school.student"].create([{
    "last_name": "Льготник" + "абвгдежзик"[n % 10], "first_name": "Иван",
    "gender": "male", "birth_date": date(today.year - 8, 1, 31),
    "snils": snils(300_000_000 + n), "school_id": school.id,
    "class_id": school_class.id} for n in range(60)])
regulation = env["benefit.regulation"].create({
    "name": "Порядок", "number": "1", "date": today, "authority": "Администрация",
    "company_id": company.id, "date_from": today})
category = env["benefit.category"].create({
    "name": "1-4 классы", "code": "primary", "regulation_id": regulation.id,
    "grade_to": 4,
    "meal_category_id": env.ref("school_meal_day.meal_category_grades_1_4").id})
regulation.state = "in_force"
env["egisso.measure"].create({
    "category_id": category.id, "company_id": company.id,
    "lmsz_id": "82db68d7-fa19-4845-9f06-46cc54aacfdc",
    "local_category_id": "833c099b-9b73-44e2-9935-35b641cfecc5",
    "osz_code": "0094.000001", "rate": 1800, "rate_basis": "month"})
env["egisso.channel"].create({
    "name": "Шлюз", "company_id": company.id, "mode": "soap", "retries": 0,
    "timeout": ARGUMENTS["timeout"], "wsdl_url": ARGUMENTS["wsdl"],
    "login": "school", "new_secret": ARGUMENTS["password"]})
order = env["benefit.order"].create({
    "school_id": school.id, "number": "1", "date": today, "state": "signed",
    "signed_by_id": env.uid})
applications = env["benefit.application"].create([{
    "student_id": student.id, "school_id": school.id, "category_id": category.id,
    "school_year_start": today.year, "submitted_on": today, "number": n,
    "registered_at": datetime.now(), "state": "granted"}
    for n, student in enumerate(students, 1)])
decisions = env["benefit.decision"].create([{
    "application_id": application.id, "student_id": application.student_id.id,
    "school_id": school.id, "company_id": company.id, "category_id": category.id,
    "result": "granted", "date": today, "user_id": env.uid, "order_id": order.id}
    for application in applications])
entitlements = env["benefit.entitlement"].create([{
    "decision_id": decision.id, "student_id": decision.student_id.id,
    "company_id": company.id, "category_id": category.id, "kind": "meals",
    "meal_category_id": category.meal_category_id.id, "date_from": today,
    "date_to": date(today.year + 1, 5, 31)} for decision in decisions])
for login in ("one", "two"):
    env["res.users"].with_context(no_reset_password=True).create({
        "name": login, "login": login, "password": ARGUMENTS["password"],
        "lang": "ru_RU", "tz": "Europe/Moscow", "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set(env.ref("school_meal_base.group_accountant").ids)]})
rows = env["egisso.fact"].search([("entitlement_id", "in", entitlements.ids)])
packages = [env["egisso.package"]._make(rows[n:n + 3]) for n in range(0, 60, 3)]
ANSWER = {"packages": [package.id for package in packages]}
"""


class Gateway:
    """The simulator in another process; see the head of its file."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, SIMULATOR, "--login", "school", "--secret", PASSWORD],
            stdout=subprocess.PIPE,
            preexec_fn=die_with_parent(),
        )
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.wsdl = f"http://127.0.0.1:{self.port}/egisso?wsdl"

    def control(self, **orders):
        self._request("control", json.dumps(orders).encode())

    def state(self):
        """What the gateway has: packages, sends, facts, calls."""
        return json.loads(self._request("state"))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def _request(self, path, data=None):
        address = f"http://127.0.0.1:{self.port}/{path}"
        with urllib.request.urlopen(address, data, timeout=10) as answer:
            return answer.read()
