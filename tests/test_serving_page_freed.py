"""A freed portion is given out by two tablets that cannot ask the server."""

from .support.hatch import issue_events

#: Who ordered does not come; two more have no order, one of them must not have nuts.
FREE = """
from odoo import Command

school = env["school.school"].browse(ARGUMENTS["scene"]["school"])
students = env["school.student"].browse(ARGUMENTS["scene"]["students"])
order = env["meal.order"].search([("student_id", "=", students[5].id)])
order._take_off("changed_mind")
env["school.calendar.period"].create({
    "kind": "extra_day", "company_id": school.company_id.id,
    "date_from": order.date, "school_ids": [Command.set(school.ids)]})
late = env["school.student"].create([{
    "last_name": "Поздний" + letter, "first_name": "Иван", "school_id": school.id,
    "class_id": students[0].class_id.id} for letter in "абв"])
late[1].allergen_ids = students[3].allergen_ids
# the third has chosen a set with honey, which is withheld; the usual one suits
honey = env["school.allergen"].create({"name": "Мёд", "code": "HONEY"})
late[2].allergen_ids = honey
second = env["meal.variant"].create({
    "name": "Второй", "company_id": school.company_id.id})
menu = env["meal.menu"].search([
    ("school_id", "=", school.id), ("date", "=", order.date)])
dish = env["product.template"].create({
    "name": "Медовик", "is_dish": True, "allergen_ids": honey.ids})
menu.create({
    "school_id": school.id, "date": order.date, "variant_id": second.id,
    "age_group_id": menu.age_group_id.id, "line_ids": [Command.create({
        "meal_type_id": order.meal_type_id.id, "dish_id": dish.id})]})
env["meal.order"].sudo().create([{
    "student_id": late[2].id, "date": order.date, "state": "cancelled",
    "meal_type_id": order.meal_type_id.id, "school_id": school.id,
    "class_id": order.class_id.id, "company_id": order.company_id.id,
    "age_group_id": order.age_group_id.id, "origin": "choice",
    "variant_id": second.id}])
env["school.enrolment"].search([("school_id", "=", school.id)]).date_from = "2026-09-01"
env["school.card"]._make([
    {"student_id": student.id, "uid": "A%05X01" % n, "state": "active"}
    for n, student in enumerate(late, 13)])
ANSWER = {"order": order.id, "state": order.state, "late": late.ids}
"""


def test_a_freed_portion_goes_to_who_has_none(hatch):
    server, scene, tablet = hatch
    made = server.run_script(FREE, scene=scene)
    assert made["state"] == "freed"
    one, two = tablet(), tablet()
    server.stop()
    for each, n in ((one, 1), (two, 13)):
        each.open()
        each.wait_ready()
        assert each.tap(14) == "allergen"
        assert each.page.locator("#hand-over").count() == 0
        assert each.page.inner_text("#portions") == "10"
        for off in (2, 15):
            assert each.tap(off) == "taken_off"
            each.page.wait_for_selector("#result.offer")
            assert each.page.locator("#override").count() == 0
            assert "Второй" not in each.page.inner_text("#result .meal")
        assert each.tap(n) == "not_ordered"
        each.page.wait_for_selector("#result.offer")
        assert each.page.locator("#override").count() == 0
        each.page.evaluate("""() => {
            const button = document.getElementById("hand-over");
            button.click();
            button.click();
        }""")
        each.page.wait_for_selector("#result", state="hidden")
        assert each.page.inner_text("#portions") == "9"
        assert each.tap(n) == "second"
    assert one.tap(13) == "not_ordered"  # it was the last one, so far as this one knows
    assert one.page.is_visible("#result.stop")
    assert one.tap(15) == "allergen"  # nothing is free: the set chosen is what counts
    server.start()
    one.deliver()
    two.deliver()
    one.deliver()
    given = [row[2:] for row in issue_events(server, scene) if row[3] == "given"]
    assert given == [
        (scene["students"][1], "given", "ok", "freed"),
        (made["late"][0], "given", "not_ordered", "freed"),
    ]
    orders = server.query(
        "SELECT student_id, state, passed_from_id FROM meal_order"
        " WHERE id = %(order)s OR passed_from_id = %(order)s ORDER BY id",
        made,
    )
    assert orders == [
        (scene["students"][5], "passed_on", None),
        (scene["students"][1], "cooked", made["order"]),
    ]
    for each in (one, two):
        assert each.page.inner_text("#portions") == "8"
        assert each.tap(14) == "allergen"
    assert one.errors == two.errors == []
