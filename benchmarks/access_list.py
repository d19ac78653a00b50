"""White lists of controllers: how soon a change of cards is ready to be told."""

from datetime import datetime

from . import population
from .context import row, scaled, timed

#: Cards of one large school.
CARDS = 1_500
#: A Tuesday morning.
NOW = datetime(2026, 11, 17, 5, 0)


def run(ctx):
    """Seconds until the list of a controller is right: the first time, after a change
    of one card, and when nothing has changed."""
    env = ctx.env
    company = population.make_company(env)
    school = population.make_schools(env, company, 1)
    population.fill(env, school, scaled(CARDS))
    controller = make_controller(env, school)
    site = controller.site_id
    env["access.person"]._add_students(school)
    env["school.calendar"]._is_working_day(NOW.date())  # read once in a process
    env.cr.execute("ANALYZE access_person")
    env.cr.commit()
    names = ("first", "one_card", "unchanged")
    rows = []
    for name in names:
        if name == "one_card":
            block_one(env, school)
        env.invalidate_all()
        seconds, _none = timed(site._compile_lists, NOW)
        env.cr.commit()
        rows.append(row(f"access.list_{CARDS}.{name}", seconds, "s", 1, seconds))
    wanted = env["access.entry"].search_count(
        [("controller_id", "=", controller.id), ("is_wanted", "=", True)]
    )
    assert wanted == scaled(CARDS) - 1, wanted
    seconds, changes = timed(controller._get_list_changes, scaled(CARDS))
    assert len(changes) == wanted, len(changes)
    rows.append(row(f"access.list_{CARDS}.told", seconds, "s", 1, seconds))
    return rows


def make_controller(env, school):
    site = env["access.site"].create({"name": "Bench", "school_id": school.id})
    point = env["access.point"].create({"name": "Door", "site_id": site.id})
    return env["access.controller"].create(
        {
            "name": "Bench",
            "point_id": point.id,
            "serial": f"bench-{school.id}",
            "reader_ids": [
                (0, 0, {"number": 1, "direction": "in", "bits": "0"}),
                (0, 0, {"number": 2, "direction": "out", "bits": "0"}),
            ],
        }
    )


def block_one(env, school):
    card = env["school.card"].search(
        [("school_id", "=", school.id), ("state", "=", "active")], limit=1
    )
    card._block(reason="bench")
    env.cr.commit()
