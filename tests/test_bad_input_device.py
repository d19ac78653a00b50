"""Nonsense from devices: a refusal in Russian, no row, no traceback."""

import json
from uuid import uuid4

import pytest

from .support.device import Device
from .support.traces import is_russian, no_trace

AMOUNTS = (
    "0",
    "-1",
    "-0.0",
    "1000000000000",
    "1e12",
    "1e999",
    "NaN",
    "-Infinity",
    "1.005",
    "10.5",
    "100.0",
    '"1.005"',
    '"100"',
    '"сто"',
    '""',
    "true",
    "null",
    "[100]",
    '{"kopecks": 100}',
    "9" * 30,
    "9" * 5000,
)

TEXTS = (
    '""',
    '"0000000000"',
    '"нет такого"',
    '"x\\u0000y"',
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\' OR 1=1 --"',
    '"' + "5" * 3000 + '"',
    "null",
    "true",
    "12345",
    "[]",
    "{}",
)

NUMBERS = (
    '""',
    '"x\\u0000y"',
    '"\\ud800"',
    '"' + "u" * 65 + '"',
    "null",
    "1",
    "[]",
)

TIMES = (
    '"вчера"',
    '"2026-13-01T00:00:00Z"',
    '"2026-11-20T25:00:00Z"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-12:00"',
    '"2026-11-20\\u0000"',
    "true",
    "1764300000",
    "[]",
    "{}",
)

PRODUCTS = (
    '"1,2"',
    "true",
    "1",
    '{"a": 1}',
    '["x"]',
    "[1.5]",
    "[null]",
    "[[1]]",
    f"[{10**30}]",
    f"[{2**31}]",
    "[-9223372036854775809]",
)

BODIES = (
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"\xff\xfe\x00",
    b'{"uuid": "\xd0"}',
    b"[" * 15_000,
    b'{"uuid": "u", "amount": 100, "account": "' + b"1" * 17_000 + b'"}',
)


@pytest.fixture(scope="module")
def machine(served_canteen):
    """(server, device, what is there)."""
    server, scene = served_canteen
    return server, Device(server, scene["tokens"][0], patience=0), scene


def post(machine, operation, body):
    """Send; check that it is refused as it should be; return the answer."""
    server, device, _scene = machine
    with no_trace(server):
        status, headers, answer = device.post(f"/school_meal/v1/{operation}", body)
    assert 400 <= status < 500, answer[:500]
    assert headers["Content-Type"].startswith("application/json")
    answer = json.loads(answer)
    assert answer["error"].replace("_", "").isalpha()
    assert is_russian(answer["message"]), answer
    return answer


def payload(**fields):
    """A JSON object from values that are JSON already: Python would not write them."""
    members = (f'"{name}": {value}' for name, value in fields.items())
    return "{" + ", ".join(members) + "}"


def purchase(machine, **fields):
    number = json.dumps(machine[2]["people"][0]["number"])
    usual = {"uuid": json.dumps(str(uuid4())), "amount": "100", "account": number}
    return payload(**{**usual, **fields})


def hold(machine):
    """The number of a hold of 1 rouble, made properly."""
    _server, device, scene = machine
    number = str(uuid4())
    account = scene["people"][0]["number"]
    status, answer = device.call("authorise", uuid=number, amount=100, account=account)
    assert status == 200, answer
    return json.dumps(number)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_nonsense_amount_is_not_held(machine, amount):
    answer = post(machine, "authorise", purchase(machine, amount=amount))
    assert answer["error"] in ("amount_invalid", "bad_request")


@pytest.mark.parametrize("amount", [a for a in AMOUNTS if a != "null"] + ["101"])
def test_a_nonsense_amount_is_not_captured(machine, amount):
    body = payload(uuid=json.dumps(str(uuid4())), hold=hold(machine), amount=amount)
    post(machine, "capture", body)


@pytest.mark.parametrize("key", ["account", "card"])
@pytest.mark.parametrize("text", TEXTS)
def test_an_unknown_account_or_card_is_refused(machine, key, text):
    fields = {"account": "null", key: text}
    answer = post(machine, "authorise", purchase(machine, **fields))
    assert answer["error"] in ("unknown_account", "card_unknown", "bad_request")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("operation", ["authorise", "capture", "void"])
def test_a_nonsense_operation_number_is_refused(machine, operation, number):
    fields = {"hold": hold(machine)} if operation != "authorise" else {}
    post(machine, operation, purchase(machine, uuid=number, **fields))


@pytest.mark.parametrize("operation", ["capture", "void"])
@pytest.mark.parametrize("text", TEXTS)
def test_an_unknown_hold_is_refused(machine, operation, text):
    answer = post(machine, operation, purchase(machine, hold=text))
    assert answer["error"] in ("hold_not_found", "bad_request")


@pytest.mark.parametrize("time", TIMES)
def test_a_nonsense_time_is_refused_or_replaced(machine, time):
    """A device with a wrong clock may be served; it never dates a row itself."""
    server, device, _scene = machine
    body = purchase(machine, occurred_at=time)
    status, _headers, answer = device.post("/school_meal/v1/authorise", body)
    if status != 200:
        post(machine, "authorise", body)
    else:
        transfer = json.loads(answer)["transfer"]
        [(is_now,)] = server.query(
            "SELECT occurred_at BETWEEN create_date - interval '1 hour'"
            " AND create_date + interval '1 hour' FROM meal_transfer WHERE id = %s",
            [transfer],
        )
        assert is_now


@pytest.mark.parametrize("products", PRODUCTS)
def test_nonsense_products_are_refused(machine, products):
    answer = post(machine, "authorise", purchase(machine, products=products))
    assert answer["error"] == "bad_request"


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("operation", ["authorise", "capture", "void"])
def test_a_body_that_is_no_request_is_refused(machine, operation, body):
    assert post(machine, operation, body)["error"] == "bad_request"


@pytest.mark.parametrize(
    ("who", "key", "codes"),
    [
        ("closed_account", "number", {"account_closed"}),
        ("closed_account", "uid", {"account_closed"}),
        ("blocked_account", "number", {"account_blocked"}),
        ("blocked_card", "uid", {"unknown_account", "card_blocked", "card_unknown"}),
        ("foreigner", "number", {"unknown_account"}),
        ("foreigner", "uid", {"unknown_account", "card_unknown"}),
    ],
)
def test_who_may_not_buy_is_told_so(machine, who, key, codes):
    scene = machine[2]
    person = {**scene["unlucky"], "foreigner": scene["foreigner"]}[who]
    payer = {"account": "null"}
    payer["account" if key == "number" else "card"] = json.dumps(person[key])
    answer = post(machine, "authorise", purchase(machine, **payer))
    assert answer["error"] in codes


@pytest.mark.parametrize("token", ["", "x", "Device", "Ж" * 10, "0" * 20_000])
def test_a_wrong_token_opens_nothing(machine, token):
    server, _device, _scene = machine
    stranger = Device(server, token.encode().decode("latin-1"), patience=0)
    with no_trace(server):
        status, _headers, _answer = stranger.post(
            "/school_meal/v1/authorise", purchase(machine)
        )
    assert 400 <= status < 500
