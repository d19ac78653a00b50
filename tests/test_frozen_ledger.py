"""The administrator's remote calls cannot change what the ledger has recorded."""

import json

import pytest

from .support.canteen import PASSWORD
from .support.http_client import Client
from .support.invariants import snapshot
from .support.web import Refused, Web

FACTS = "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM meal_transfer t"


class Json2(Client):
    """Calls methods by `/json/2` with the administrator's key."""

    def __init__(self, server, key):
        headers = {"Authorization": f"Bearer {key}"}
        super().__init__(server, {**headers, "X-Odoo-Database": server.database})

    def call(self, model, method, **params):
        status, _headers, body = self.post(
            f"/json/2/{model}/{method}", json.dumps(params)
        )
        answer = json.loads(body)
        if status != 200:
            raise Refused(answer["name"], answer["message"], answer.get("debug", ""))
        return answer


@pytest.fixture(scope="module")
def office(served_canteen):
    """(server, administrator in the browser, administrator's key, what is there)."""
    server, scene = served_canteen
    web = Web(server, "administrator", PASSWORD, patience=0)
    return server, web, Json2(server, scene["api_key"]), scene


@pytest.fixture
def unchanged(office):
    """No fact and no balance differs after the test."""
    server = office[0]
    before = snapshot(server), server.query(FACTS)
    yield
    assert (snapshot(server), server.query(FACTS)) == before


def target(scene, model):
    """Id of a transfer (the first opening one) or of a student's account."""
    return 1 if model == "meal.transfer" else scene["people"][0]["account"]


NEW_TRANSFER = {
    "uuid": "by-hand",
    "payload_hash": "x",
    "kind": "topup",
    "phase": "single",
    "debit_account_id": 1,
    "credit_account_id": 2,
    "amount": 1000,
    "occurred_at": "2026-11-20 10:00:00",
    "business_date": "2026-11-20",
    "company_id": 1,
    "forced": False,
}

#: model, method, arguments after the ids as a function of the id (None: no record).
CALLS = [
    ("meal.transfer", "create", lambda _id: {"vals_list": [NEW_TRANSFER]}),
    ("meal.transfer", "name_create", lambda _id: {"name": "by-hand"}),
    ("meal.transfer", "write", lambda id_: {"ids": [id_], "vals": {"amount": 1}}),
    ("meal.transfer", "write", lambda id_: {"ids": [id_], "vals": {"reason": False}}),
    ("meal.transfer", "unlink", lambda id_: {"ids": [id_]}),
    ("meal.transfer", "copy", lambda id_: {"ids": [id_]}),
    (
        "meal.transfer",
        "web_save",
        lambda id_: {"ids": [id_], "vals": {"amount": 1}, "specification": {}},
    ),
    (
        "meal.transfer",
        "web_save",
        lambda _id: {"ids": [], "vals": NEW_TRANSFER, "specification": {}},
    ),
    (
        "meal.transfer",
        "load",
        lambda id_: {"fields": [".id", "amount"], "data": [[str(id_), "1"]]},
    ),
    (
        "meal.transfer",
        "load",
        lambda _id: {
            "fields": list(NEW_TRANSFER),
            "data": [list(NEW_TRANSFER.values())],
        },
    ),
    ("meal.transfer", "action_archive", lambda id_: {"ids": [id_]}),
    ("meal.account", "write", lambda id_: {"ids": [id_], "vals": {"posted": 1e6}}),
    ("meal.account", "write", lambda id_: {"ids": [id_], "vals": {"held": 0}}),
    ("meal.account", "write", lambda id_: {"ids": [id_], "vals": {"overdraft": 1e6}}),
    (
        "meal.account",
        "web_save",
        lambda id_: {"ids": [id_], "vals": {"posted": 1e6}, "specification": {}},
    ),
    (
        "meal.account",
        "load",
        lambda id_: {"fields": [".id", "posted"], "data": [[str(id_), "1000000"]]},
    ),
    (
        "meal.account",
        "create",
        lambda _id: {"vals_list": [{"kind": "payout", "code": "x", "posted": 1e6}]},
    ),
    ("meal.account", "copy", lambda id_: {"ids": [id_]}),
    ("meal.account", "unlink", lambda id_: {"ids": [id_]}),
    ("meal.ledger", "_charge", lambda id_: {"account": id_, "amount": 1, "uuid": "x"}),
    (
        "meal.ledger",
        "_top_up",
        lambda id_: {"account": id_, "amount": 1, "uuid": "x", "debit": 1},
    ),
    ("meal.ledger", "_write_many", lambda _id: {"operations": []}),
]


def name_call(call):
    model, method, arguments = call
    return f"{model}.{method}-{'-'.join(arguments(1))}"


def answer_of(call, *args, **kwargs):
    """The refusal; an import tells its own in a list of messages."""
    try:
        answer = call(*args, **kwargs)
    except Refused as refusal:
        return refusal
    if isinstance(answer, dict) and answer.get("ids") is False and answer["messages"]:
        return answer["messages"][0]["message"]
    return None


@pytest.mark.parametrize("call", CALLS, ids=map(name_call, CALLS))
def test_the_browser_is_refused(office, unchanged, call):
    _server, web, _key, scene = office
    model, method, arguments = call
    values = arguments(target(scene, model))
    ids = [values.pop("ids")] if "ids" in values else []
    assert answer_of(web.call, model, method, *ids, **values)


@pytest.mark.parametrize("call", CALLS, ids=map(name_call, CALLS))
def test_the_json_api_is_refused(office, unchanged, call):
    _server, _web, key, scene = office
    model, method, arguments = call
    assert answer_of(key.call, model, method, **arguments(target(scene, model)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meal_transfer SET amount = 1 WHERE id = 1",
        "UPDATE meal_transfer SET reason = NULL",
        "DELETE FROM meal_transfer WHERE id = 1",
        "TRUNCATE meal_transfer CASCADE",
        "DELETE FROM meal_account WHERE kind = 'student'",
        "UPDATE meal_account SET posted = -1 WHERE kind = 'student'",
        "INSERT INTO meal_transfer SELECT * FROM meal_transfer WHERE id = 1",
    ],
)
def test_even_sql_of_a_server_action_is_refused(office, unchanged, statement):
    """Who may write code into Odoo reaches the database, and stops at its triggers."""
    _server, web, _key, _scene = office
    [model] = web.call("ir.model", "search", [["model", "=", "meal.account"]])
    code = f"env.cr.execute({statement!r})"
    values = {"name": "x", "model_id": model, "state": "code", "code": code}
    [action] = web.call("ir.actions.server", "create", [values])
    with pytest.raises(Refused) as refused:
        web.call("ir.actions.server", "run", [action])
    assert "Violation" in refused.value.debug  # the database itself said no
