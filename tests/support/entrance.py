"""A school with turnstiles for black-box tests, and what the server knows of them."""

from collections import Counter

from school_edge.simulate.plan import Plan
from school_edge.simulate.truth import Truth

#: A municipality with one school, students with cards, and controllers with addresses.
SCHOOL_ENTRANCE = """
from odoo import Command
from odoo.addons.school_access.domain.access_code import card_code

env = env(context=dict(env.context, tracking_disable=True))
company = env["res.company"].create({
    "name": "Turnstile City", "currency_id": env.ref("base.RUB").id})
env.user.company_ids += company
env = env(context=dict(env.context, allowed_company_ids=company.ids))
school = env["school.school"].create({
    "name": "School 1", "short_name": "School 1", "code": "001",
    "company_id": company.id, "tz": "Europe/Moscow"})
school_class = env["school.class"].create({
    "school_id": school.id, "grade": 5, "letter": "A"})
students = env["school.student"].create([{
    "last_name": "Tapova" + chr(97 + n % 26), "first_name": "Test",
    "school_id": school.id,
    "class_id": school_class.id} for n in range(ARGUMENTS["students"])])
cards = env["school.card"].create([{
    "student_id": student.id, "uid": f"{0x400000 + n * 4_999:06X}5A", "state": "active"}
    for n, student in enumerate(students)])
site = env["access.site"].create({"name": "Main", "school_id": school.id})
zone = env["access.zone"].create({"name": "House", "site_id": site.id})
point = env["access.point"].create({
    "name": "Entrance", "site_id": site.id, "zone_id": zone.id})
env["access.rule"].search([("site_id", "=", site.id)]).unlink()
env["access.rule"].create({"name": "Everybody, always", "site_id": site.id,
    "weekdays": "1111111"})
controllers = env["access.controller"].create([{
    "name": f"Turnstile {n}", "point_id": point.id, "serial": str(44001 + n),
    "reader_ids": [Command.create({"number": 1, "direction": "in"}),
                   Command.create({"number": 2, "direction": "out"})]}
    for n in range(ARGUMENTS["controllers"])])
env.flush_all()
site._compile_lists()
ANSWER = {
    "school": school.id,
    "controllers": [{"serial": int(each.serial), "path": each._issue_secret()}
                    for each in controllers],
    "cards": [card_code(card.uid, "26") for card in cards],
}
"""


class CountingTruth(Truth):
    """Also counts passages by controller."""

    def __init__(self):
        super().__init__()
        self.passages = Counter()

    def event(self, serial, event):
        super().event(serial, event)
        if event["event"] in (16, 17):
            self.passages[serial] += 1


def open_entrance(server, *, students=60, controllers=2):
    """Make the school; return what is there."""
    return server.run_script(
        SCHOOL_ENTRANCE, students=students, controllers=controllers
    )


def cast(server, scene):
    """Return the plan of the simulator: controllers that call this server."""
    return Plan(
        controllers=[
            {
                "serial": each["serial"],
                "url": f"http://127.0.0.1:{server.port}{each['path']}",
            }
            for each in scene["controllers"]
        ],
        cards=scene["cards"],
        timezone="Europe/Moscow",
    )


def passages(server):
    """Return {serial: number of passages} as the server has them."""
    rows = server.query(
        """
        SELECT c.serial::int, count(*)
          FROM access_event e JOIN access_controller c ON c.id = e.controller_id
         WHERE e.kind = 'pass' GROUP BY 1
        """
    )
    return dict(rows)


def doubled(server):
    """Return events that are there twice by what a controller tells of them."""
    return server.query(
        """
        SELECT controller_id, occurred_at, code, card, count(*) FROM access_event
         WHERE code IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
        """
    )


def inside(server):
    """Return the numbers of the cards whose owners are inside."""
    rows = server.query(
        """
        SELECT s.key_z5r FROM access_presence p
          JOIN school_card s ON s.student_id = p.student_id
         WHERE p.state = 'inside'
        """
    )
    return {code for (code,) in rows}
