"""`school-edge simulate`: controllers and students of a plan, until they are done."""

import asyncio
import contextlib
import json
import signal
import sys

from . import crowd, plan
from .link import Faults
from .play import Play
from .truth import Truth

HELP = "play controllers and students against a server or a gateway"


def add_arguments(parser):
    parser.add_argument("plan", help="JSON file: controllers and cards")
    parser.add_argument(
        "--play", choices=("morning", "day", "trickle"), default="morning"
    )
    parser.add_argument(
        "--seconds", type=float, default=60, help="how long the morning or day takes"
    )
    parser.add_argument(
        "--every", type=float, default=3, help="trickle: mean seconds between two taps"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lost-request", type=float, default=0, metavar="P")
    parser.add_argument("--lost-answer", type=float, default=0, metavar="P")
    parser.add_argument("--repeated", type=float, default=0, metavar="P")
    parser.add_argument(
        "--outage", action="append", default=[], metavar="FROM-TO",
        help="seconds during which nothing gets through; may be given several times",
    )  # fmt: skip
    parser.add_argument("--jump", type=float, help="clocks jump by so many seconds")
    parser.add_argument("--truth", help="file for a line per fact")
    parser.add_argument("--database", help="value of the header X-Odoo-Database")


def run(arguments):
    """Return the exit code: 0 when the server has taken every event."""
    try:
        cast = plan.load(arguments.plan)
        faults = Faults(
            arguments.lost_request,
            arguments.lost_answer,
            arguments.repeated,
            [tuple(map(float, text.split("-"))) for text in arguments.outage],
        )
    except (plan.PlanError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    with contextlib.ExitStack() as stack:
        stream = arguments.truth and stack.enter_context(
            open(arguments.truth, "w", encoding="utf-8")
        )
        return asyncio.run(_run(arguments, cast, faults, Truth(stream)))


async def _run(arguments, cast, faults, truth):
    headers = {}
    if arguments.database:
        headers["X-Odoo-Database"] = arguments.database
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Play(
        cast, truth, faults=faults, headers=headers, seed=arguments.seed
    ) as play:
        performance = asyncio.create_task(_perform(arguments, cast, play))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({performance, stopped}, return_when=asyncio.FIRST_COMPLETED)
        code = 1
        if performance.done():
            performance.result()
            code = 0
        performance.cancel()
        stopped.cancel()
        print(json.dumps(play.report()))
    return 0 if stop.is_set() else code


async def _perform(arguments, cast, play):
    if arguments.play == "trickle":
        steps = crowd.trickle(
            cast.cards, play.serials, every=arguments.every, seed=arguments.seed
        )
    else:
        scene = getattr(crowd, arguments.play)
        steps = scene(
            cast.cards, play.serials, seconds=arguments.seconds, seed=arguments.seed
        )
    await play.connect(timeout=300)
    if arguments.jump:
        for controller in play.controllers.values():
            controller.clock.jump(arguments.jump)
    await play.perform(steps)
    await play.settle()
