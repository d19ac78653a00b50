"""The store of the gateway: what it has acknowledged is there, once."""

import signal
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from school_edge.gateway.presence import INSIDE, OUTSIDE, Place
from school_edge.gateway.store import Store, StoreFull

EDGE = Path(__file__).parents[1]


def events(count, first=0, card="000000BB076B"):
    """Events a second apart, as `Store.append` takes them."""
    begin = datetime(2026, 11, 17, 8)
    found = []
    for number in range(first, first + count):
        time = (begin + timedelta(seconds=number)).strftime("%Y-%m-%d %H:%M:%S")
        body = {"controller": 1, "occurred_at": time, "card": card}
        place = Place(OUTSIDE if number % 2 else INSIDE, 2, 7, time)
        found.append(((16, card, time, 0), body, 5, place))
    return found


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "state" / "gateway.sqlite", max_mb=2)
    yield made
    made.close()


def test_only_the_owner_reads_the_file(store, tmp_path):
    path = tmp_path / "state" / "gateway.sqlite"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_repeated_batch_is_stored_once(store):
    assert store.append([(1, "44374", events(10))], 0) == [list(range(10))]
    assert store.append([(1, "44374", events(10))], 5) == [[]]
    assert store.append([(1, "44374", events(12))], 9) == [[10, 11]]
    assert [sequence for sequence, _body in store.take()] == list(range(1, 13))


def test_a_clock_set_back_an_hour_loses_no_passage(store):
    store.append([(1, "44374", events(1, first=3600))], 3600)
    store.append([(1, "44374", events(1, first=3700))], 3700)
    # an hour earlier on the controller's clock, 700 seconds later by ours
    store.append([(1, "44374", events(2, first=3600 - 3600 + 800))], 4400)
    store.append([(1, "44374", events(1, first=3600))], 8000)
    assert store.count_queued() == 5


def test_the_number_of_an_event_is_never_given_twice(store):
    store.append([(1, "44374", events(5))], 0)
    store.settle(1, 5, [], now=0)
    assert store.purge(now=100, keep_seconds=10) == 5
    store.append([(1, "44374", events(1, first=50))], 60)
    assert [sequence for sequence, _body in store.take()] == [6]


def test_a_repeat_leaves_no_gap_in_the_numbers(store):
    body = {"occurred_at": "2026-11-17T05:10:00"}
    for key in "aabbcb":
        store.append([(1, None, [(key, body, None, False)])], 0)
    store.append([(1, None, [(key, body, None, False) for key in "ddce"])], 0)
    assert [sequence for sequence, _body in store.take()] == [1, 2, 3, 4, 5]


def test_nothing_unconfirmed_is_deleted(store):
    store.append([(1, "44374", events(5))], 0)
    store.settle(1, 3, [2], now=1_000)
    assert store.purge(now=1_005, keep_seconds=10) == 0
    assert store.purge(now=10**9, keep_seconds=10) == 3
    assert store.count_queued() == 2


def test_what_the_server_forgot_is_sent_again(store):
    store.append([(1, "44374", events(5))], 0)
    store.settle(1, 5, [], now=0)
    assert store.last_settled() == 5
    assert store.requeue(4) == 2
    assert [sequence for sequence, _body in store.take()] == [4, 5]


def test_a_full_store_takes_nothing_and_gives_back(store):
    taken = 0
    with pytest.raises(StoreFull):
        for number in range(10_000):
            store.append([(1, "44374", events(50, first=50 * number))], number)
            taken += 50
    assert taken > 1_000
    assert store.count_queued() == taken
    store.settle(1, taken, [], now=0)
    while store.purge(now=10**9, keep_seconds=0):
        pass
    store.append([(1, "44374", events(50, first=900_000))], 0)
    assert store.count_queued() == 50


def test_a_disk_without_room_takes_nothing(tmp_path):
    """The disk, not the setting: no file may grow beyond a megabyte."""
    program = f"""
import resource, sys
sys.path[:0] = [{str(EDGE)!r}, {str(EDGE / "tests")!r}]
from school_edge.gateway.store import Store, StoreFull
from test_gateway_store import events
store = Store({str(tmp_path / "gateway.sqlite")!r}, max_mb=100)
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
taken = 0
try:
    for number in range(10_000):
        store.append([(1, "44374", events(50, first=50 * number))], number)
        taken += 50
except StoreFull:
    print(taken)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    taken = int(done.stdout)
    store = Store(tmp_path / "gateway.sqlite", max_mb=100)
    assert store.check() == "ok"
    assert store.count_queued() == taken > 0
    store.append([(1, "44374", events(50, first=50 * (taken // 50)))], 0)
    assert store.count_queued() == taken + 50
    store.close()


def test_a_killed_process_has_what_it_acknowledged(tmp_path):
    program = f"""
import sys
sys.path[:0] = [{str(EDGE)!r}, {str(EDGE / "tests")!r}]
from school_edge.gateway.store import Store
from test_gateway_store import events
store = Store({str(tmp_path / "gateway.sqlite")!r})
for number in range(100_000):
    store.append([(1, "44374", events(20, first=20 * number))], number)
    print(20 * (number + 1), flush=True)
"""
    for _kill in range(3):
        for path in tmp_path.glob("gateway.sqlite*"):
            path.unlink()
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        acknowledged = 0
        for line in process.stdout:
            acknowledged = int(line)
            if acknowledged >= 400:
                process.send_signal(signal.SIGKILL)
                break
        for line in process.stdout:
            acknowledged = int(line)
        process.wait()
        store = Store(tmp_path / "gateway.sqlite")
        assert acknowledged <= store.count_queued() <= acknowledged + 20
        assert store.check() == "ok"
        store.close()


def test_commands_are_carried_out_once(store):
    assert store.begin_command(7, now=0)
    assert not store.begin_command(7, now=0)
    store.end_command(7, True)
    assert store.get_results() == [[7, True]]
    store.forget_results([7], now=10)
    assert store.get_results() == []
    assert not store.begin_command(7, now=20)


def test_an_older_passage_does_not_move_a_person(store):
    store.move_all([[5, INSIDE, 2, 7, "2026-11-17T05:10:00"]])
    store.move_all([[5, OUTSIDE, 2, None, "2026-11-17T05:00:00"]])
    assert store.get_presence() == {5: Place(INSIDE, 2, 7, "2026-11-17T05:10:00")}


def test_the_file_survives_a_restart(tmp_path):
    path = tmp_path / "gateway.sqlite"
    store = Store(path)
    number = store.id
    store.set_config({"version": "1"})
    store.close()
    store = Store(path)
    assert (store.id, store.get_config()) == (number, {"version": "1"})
    store.close()
