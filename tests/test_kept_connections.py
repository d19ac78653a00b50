"""The ledger keeps its connections: nobody may notice that one has died."""

import uuid

from .support.device import Device

#: Backends of the ledger: their last statement was its function.
LEDGER_BACKENDS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = %s AND query LIKE '%%meal_ledger_write(%%'
       AND pid <> pg_backend_pid()
"""


def test_an_operation_after_the_death_of_its_connection_is_done_once(canteen_server):
    server, scene = canteen_server
    machine = Device(server, scene["tokens"][0])
    payer = scene["people"][0]["number"]
    numbers = [str(uuid.uuid4()) for _ in range(12)]
    killed = 0
    for number in numbers:
        status, answer = machine.call(
            "authorise", uuid=number, account=payer, amount=100
        )
        assert (status, answer["status"]) == (200, "created")
        killed += len(server.query(LEDGER_BACKENDS, (server.database,)))
    assert killed >= len(numbers)
    assert not machine.interrupted  # no answer had to be asked for twice
    assert server.query(
        "SELECT count(*) FROM meal_transfer WHERE uuid = ANY(%s)", (numbers,)
    ) == [(len(numbers),)]
