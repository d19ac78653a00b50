"""Nonsense from tills: a refusal in Russian, no row, no traceback."""

import itertools
import json
import random
from uuid import uuid4

import pytest

from .support.till import Till
from .support.traces import is_russian, no_trace

HUGE = 10**30
AMOUNTS = (
    0,
    -1,
    10**12,
    1e12,
    HUGE,
    float("nan"),
    float("inf"),
    10.5,
    1.005,
    "1.005",
    "100",
    "сто",
    "",
    True,
    None,
    [100],
    {"kopecks": 100},
)
NUMBERS = ("", "x\0y", "\ud800", "u" * 65)
PAYMENT_AMOUNTS = (10**12, 1e12, HUGE, float("nan"), float("inf"), -30, "сто", [30])


@pytest.fixture(scope="module")
def counter(served_canteen):
    """(server, till, what is there)."""
    server, scene = served_canteen
    till = Till(server, scene, 0, random.Random("nonsense"), patience=0)
    # Nobody's money runs out: every order leaves its hold behind.
    return server, till, {**scene, "buyers": itertools.cycle(scene["people"][4:])}


def refuse(counter, model, method, *args):
    """Call; check that it is refused as it should be; return the code or the error."""
    server, till, _scene = counter
    params = {"model": model, "method": method, "args": args}
    params["kwargs"] = {"context": till.context}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
    with no_trace(server):
        status, _headers, answer = till.post(
            f"/web/dataset/call_kw/{model}/{method}", body
        )
    assert status < 500
    answer = json.loads(answer)
    if "error" in answer:
        error = answer["error"]["data"]
        assert is_russian(error["message"]), error
        return error["name"].rpartition(".")[2]
    result = answer["result"]
    assert "status" not in result, "it was accepted"
    assert is_russian(result["message"]), result
    return result["code"]


def ask(counter, method, *args):
    session = counter[1].facts["session"]
    return refuse(counter, "pos.session", method, [session], *args)


def tap(counter, **fields):
    _server, till, scene = counter
    person = scene["people"][0]
    return ask(
        counter,
        "school_authorise",
        {
            "uuid": str(uuid4()),
            "student_id": person["student"],
            "card_id": person["card"],
            "amount": 3_000,
            "products": [scene["dishes"][0]["id"]],
            **fields,
        },
    )


@pytest.mark.parametrize("amount", AMOUNTS, ids=repr)
def test_a_nonsense_amount_is_not_held(counter, amount):
    assert tap(counter, amount=amount) in ("amount_invalid", "bad_request")


@pytest.mark.parametrize("number", NUMBERS, ids=ascii)
def test_a_nonsense_payment_number_is_not_held(counter, number):
    tap(counter, uuid=number)


@pytest.mark.parametrize("key", ["student_id", "card_id"])
@pytest.mark.parametrize(
    "value", [-1, HUGE, "x", "x\0y", "\ud800", [1], {"a": 1}], ids=ascii
)
def test_an_unknown_student_or_card_is_refused(counter, key, value):
    tap(counter, **{key: value})


@pytest.mark.parametrize(
    "products", ["x", 1, [HUGE], ["x"], [None], [[1]], {"a": 1}, ["\0"]], ids=ascii
)
def test_nonsense_products_are_refused(counter, products):
    tap(counter, products=products)


@pytest.mark.parametrize("request_", [None, 1, "x", [], [1], {}, True], ids=repr)
def test_what_is_no_request_is_refused(counter, request_):
    assert ask(counter, "school_authorise", request_) == "bad_request"


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("closed_account", {"account_closed"}),
        ("blocked_account", {"account_blocked"}),
        ("blocked_card", {"card_blocked"}),
        ("stranger", {"unknown_card"}),
        ("foreigner", {"unknown_card"}),
    ],
)
def test_who_may_not_buy_is_told_so(counter, who, codes):
    scene = counter[2]
    person = scene["unlucky"].get(who) or scene[who]
    code = tap(counter, student_id=person["student"], card_id=person["card"])
    assert code in codes


def test_somebody_elses_card_is_refused(counter):
    card = counter[2]["people"][1]["card"]
    assert tap(counter, card_id=card) == "card_blocked"


@pytest.mark.parametrize("number", [*NUMBERS, None, 1, [], {}, str(uuid4())], ids=ascii)
def test_an_unknown_payment_is_not_voided(counter, number):
    ask(counter, "school_void", number)


@pytest.mark.parametrize("amount", [*AMOUNTS[2:], 1], ids=repr)
def test_nothing_is_given_back_of_an_order_that_is_not_there(counter, amount):
    ask(counter, "school_refund_check", str(uuid4()), amount)


# === Orders === #


def bought(counter, **payment):
    """An order for a dish that was tapped and not delivered yet."""
    _server, till, scene = counter
    person, dish, number = next(scene["buyers"]), scene["dishes"][0], till.new_uuid()
    answer = till.authorise(person, dish["price"] * 100, number, [dish])
    assert "status" in answer, answer
    paid = till.account_payment(person, dish["price"], number)
    return till.order([till.line(dish)], [{**paid, **payment}])


def deliver(counter, order):
    return refuse(counter, "pos.order", "sync_from_ui", [order])


@pytest.mark.parametrize("amount", PAYMENT_AMOUNTS, ids=repr)
def test_a_nonsense_payment_is_not_recorded(counter, amount):
    deliver(counter, {**bought(counter, amount=amount), "amount_paid": amount})


@pytest.mark.parametrize("amount", PAYMENT_AMOUNTS, ids=repr)
def test_a_nonsense_payment_is_not_recorded_off_line_either(counter, amount):
    order = bought(counter, amount=amount, meal_is_offline=True, uuid=str(uuid4()))
    deliver(counter, {**order, "amount_paid": amount})


def test_no_more_is_taken_than_was_held(counter):
    _server, till, scene = counter
    order = bought(counter, amount=120)
    order["lines"] = [[0, 0, till.line(scene["dishes"][2])]]
    deliver(counter, {**order, "amount_total": 120, "amount_paid": 120})


def test_an_order_that_nobody_paid_for_is_refused(counter):
    deliver(counter, bought(counter, uuid=str(uuid4())))


@pytest.mark.parametrize("number", NUMBERS[1:], ids=ascii)
def test_a_nonsense_number_of_a_payment_is_refused(counter, number):
    deliver(counter, bought(counter, uuid=number))


def test_nothing_is_given_back_that_was_not_sold(counter):
    _server, till, scene = counter
    person, dish = scene["people"][1], scene["dishes"][0]
    paid = till.account_payment(person, -dish["price"], till.new_uuid())
    deliver(counter, till.order([till.line(dish, -1)], [paid]))


def test_no_more_is_given_back_than_was_paid(counter):
    _server, till, scene = counter
    order = bought(counter)
    [line] = till.sync(order)["pos.order.line"]
    dish = {**scene["dishes"][0], "price": 500}
    paid = till.account_payment(scene["people"][1], -500, till.new_uuid())
    back = till.order([till.line(dish, -1, refunds=line["id"])], [paid])
    deliver(counter, back)
