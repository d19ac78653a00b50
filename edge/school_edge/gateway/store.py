"""What must survive a power cut: events, what controllers hold, who is inside.

SQLite in WAL mode with `synchronous=FULL`: what `append` has returned is on the disk.
All calls come from one thread (`journal.Journal`).
"""

import json
import os
import sqlite3
import uuid
import zlib
from pathlib import Path

from school_edge.config import ConfigError
from school_edge.protocol import event_keys
from school_edge.words import why, why_sqlite

from .presence import Place

#: Beyond this part of its space the store takes no event: the rest is for settling.
FULL_AT = 0.95
#: Beyond this part, confirmed events go before their time.
CROWDED_AT = 0.75
PAGE = 4096

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
-- state: 0 waits to be sent, 1 the server has it, 2 the server keeps it as refused
CREATE TABLE IF NOT EXISTS event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER
);
CREATE INDEX IF NOT EXISTS event_queued ON event (sequence) WHERE state = 0;
-- how far each controller's events have come (protocol.event_keys)
CREATE TABLE IF NOT EXISTS keys (controller INTEGER PRIMARY KEY, state TEXT NOT NULL);
-- cards in controllers; flags NULL: told to the controller, not acknowledged yet
CREATE TABLE IF NOT EXISTS held (
    controller INTEGER, code TEXT, flags INTEGER, zones INTEGER,
    PRIMARY KEY (controller, code)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS presence (
    person INTEGER PRIMARY KEY, state TEXT NOT NULL, site INTEGER, zone INTEGER,
    since TEXT NOT NULL
);
-- commands of the server that were passed on; result NULL: no answer yet, 2: reported
CREATE TABLE IF NOT EXISTS command (id INTEGER PRIMARY KEY, result INTEGER, at INTEGER);
"""


class StoreFull(Exception):
    """Nothing was stored: there is no room."""


class Store:
    """:ivar id: uuid text, one for the life of this file; numbers of events are its"""

    def __init__(self, path, max_mb=1024):
        path = Path(path)
        self.max_pages = max_mb * 1024 * 1024 // PAGE
        try:
            self._open(path)
        except OSError as error:
            raise ConfigError(f"Файл событий {path}: {why(error)}.") from error
        except sqlite3.Error as error:
            raise ConfigError(f"Файл событий {path}: {why_sqlite(error)}.") from error

    def _open(self, path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The file has the token and names of children.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in (
            f"page_size = {PAGE}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "busy_timeout = 5000",
            "cache_size = -2000",
            f"max_page_count = {self.max_pages}",
        ):
            self.db.execute(f"PRAGMA {pragma}").fetchall()
        self.db.executescript(_SCHEMA)
        self.id = self.get("store")
        if self.id is None:
            self.id = str(uuid.uuid4())
            self.set(store=self.id)

    def close(self):
        self.db.close()

    # === SMALL FACTS === #

    def get(self, name, default=None):
        query = "SELECT value FROM meta WHERE name = ?"
        row = self.db.execute(query, (name,)).fetchone()
        return row[0] if row else default

    def set(self, **values):
        with _Transaction(self.db):
            self.db.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items()
            )

    def get_seen(self):
        """Return {controller: seconds since 1970 of its last call}."""
        seen = json.loads(self.get("seen", "{}"))
        return {int(number): moment for number, moment in seen.items()}

    def get_config(self):
        """Return the last configuration of the server, None before the first."""
        packed = self.get("config")
        return json.loads(zlib.decompress(packed)) if packed else None

    def set_config(self, config):
        text = json.dumps(config, separators=(",", ":")).encode()
        self.set(config=zlib.compress(text))

    # === EVENTS === #

    def append(self, batches, now):
        """Store batches of events in one transaction; repeats are left out.

        :param list batches: (controller id, serial, events); an event is (natural key
            for `event_keys.assign`, body, person or None, their `Place` from now on or
            None); without a body it is acknowledged and not kept. Without a serial the
            events are our own, with their keys.
        :return: for each batch the positions of its new events
        :raises StoreFull: nothing of any batch was stored
        """
        if self.usage() >= FULL_AT:
            raise StoreFull
        try:
            with _Transaction(self.db):
                return [self._append(*batch, now) for batch in batches]
        except sqlite3.Error as error:
            raise StoreFull(str(error)) from error

    def _append(self, controller, serial, events, now):
        if serial is None:
            return [n for n, event in enumerate(events) if self._insert(*event)]
        row = self.db.execute(
            "SELECT state FROM keys WHERE controller = ?", (controller,)
        ).fetchone()
        state, keyed = event_keys.assign(
            serial,
            json.loads(row[0]) if row else None,
            [event[0] for event in events],
            now,
        )
        new = [
            position
            for position, (event, key) in enumerate(zip(events, keyed, strict=True))
            if event[1] and not key.is_repeat and self._insert(key.key, *event[1:])
        ]
        self.db.execute(
            "INSERT OR REPLACE INTO keys VALUES (?, ?)",
            (controller, json.dumps(state, separators=(",", ":"))),
        )
        return new

    def _insert(self, key, body, person, place):
        # Not ON CONFLICT: that would use up a number, and leave a gap, for a repeat.
        query = "SELECT 1 FROM event WHERE key = ?"
        if self.db.execute(query, (key,)).fetchone():
            return False
        self.db.execute(
            "INSERT INTO event (key, body) VALUES (?, ?)",
            (key, json.dumps(body, separators=(",", ":"))),
        )
        if person is not None and place is not None:
            self._move(person, *place)
        return True

    def take(self, limit=1000):
        """Return the oldest events to be sent: (sequence, body) pairs."""
        rows = self.db.execute(
            "SELECT sequence, body FROM event WHERE state = 0"
            " ORDER BY sequence LIMIT ?",
            (limit,),
        )
        return [(sequence, json.loads(body)) for sequence, body in rows]

    def settle(self, first, last, refused, now):
        """Note that the server has the events `first` to `last`."""
        with _Transaction(self.db):
            self.db.execute(
                "UPDATE event SET state = 1, settled_at = ?"
                " WHERE state = 0 AND sequence BETWEEN ? AND ?",
                (int(now), first, last),
            )
            self.db.executemany(
                "UPDATE event SET state = 2 WHERE sequence = ?",
                [(sequence,) for sequence in refused],
            )

    def last_settled(self):
        """Return the number of the newest event that the server has, 0 for none."""
        row = self.db.execute(
            "SELECT sequence FROM event WHERE state <> 0 ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        return row[0] if row else 0

    def requeue(self, expected):
        """Send again from a number on: the server does not have it any more.

        :return: how many events are sent again
        """
        with _Transaction(self.db):
            done = self.db.execute(
                "UPDATE event SET state = 0, settled_at = NULL"
                " WHERE sequence >= ? AND state <> 0",
                (expected,),
            )
        return done.rowcount

    def purge(self, now, keep_seconds, limit=5000):
        """Delete what the server confirmed long ago; sooner where space is short."""
        before = now + 1 if self.usage() >= CROWDED_AT else now - keep_seconds
        with _Transaction(self.db):
            done = self.db.execute(
                "DELETE FROM event WHERE sequence IN (SELECT sequence FROM event"
                " WHERE state <> 0 AND settled_at < ? ORDER BY sequence LIMIT ?)",
                (int(before), limit),
            )
        return done.rowcount

    def count_queued(self):
        query = "SELECT count(*) FROM event WHERE state = 0"
        return self.db.execute(query).fetchone()[0]

    def usage(self):
        """Return the part of the allowed space that is in use."""
        pages, free = (
            self.db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count")
        )
        return (pages - free) / self.max_pages

    def check(self):
        """Return what SQLite finds wrong with the file; "ok" is nothing."""
        return self.db.execute("PRAGMA quick_check(1)").fetchone()[0]

    # === PRESENCE === #

    def _move(self, person, state, site, zone, since):
        self.db.execute(
            "INSERT INTO presence VALUES (?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE"
            " SET state = excluded.state, site = excluded.site, zone = excluded.zone,"
            " since = excluded.since WHERE excluded.since >= presence.since",
            (person, state, site, zone, since),
        )

    def move_all(self, rows):
        """Take over what the server knows: (person, *Place) rows."""
        with _Transaction(self.db):
            for row in rows:
                self._move(*row)

    def get_presence(self):
        """Return {person: Place}."""
        rows = self.db.execute("SELECT person, state, site, zone, since FROM presence")
        return {person: Place(*place) for person, *place in rows}

    # === CARDS IN CONTROLLERS === #

    def get_held(self):
        """Return {controller: {code: (flags, zones)}}; (None, None): not known."""
        found = {}
        for controller, code, flags, zones in self.db.execute("SELECT * FROM held"):
            found.setdefault(controller, {})[code] = (flags, zones)
        return found

    def set_held(self, controller, cards=(), gone=(), whole=False):
        """Note cards a controller holds, or may hold.

        :param cards: (code, flags, zones)
        :param gone: codes it does not hold
        :param whole: it holds nothing else
        """
        with _Transaction(self.db):
            if whole:
                self.db.execute("DELETE FROM held WHERE controller = ?", (controller,))
            self.db.executemany(
                "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)",
                [(controller, *card) for card in cards],
            )
            self.db.executemany(
                "DELETE FROM held WHERE controller = ? AND code = ?",
                [(controller, code) for code in gone],
            )

    # === COMMANDS === #

    def begin_command(self, command, now):
        """Note a command of the server; tell whether it is a new one."""
        done = self.db.execute(
            "INSERT INTO command VALUES (?, NULL, ?) ON CONFLICT DO NOTHING",
            (command, int(now)),
        )
        return bool(done.rowcount)

    def end_command(self, command, is_done):
        self.db.execute(
            "UPDATE command SET result = ? WHERE id = ? AND result IS NULL",
            (int(is_done), command),
        )

    def get_results(self):
        """Return [id, whether it was carried out] of commands to be reported."""
        rows = self.db.execute(
            "SELECT id, result FROM command WHERE result IN (0, 1) LIMIT 500"
        )
        return [[command, bool(result)] for command, result in rows]

    def forget_results(self, commands, now):
        """The server has these results; their numbers are kept for a day."""
        with _Transaction(self.db):
            self.db.executemany(
                "UPDATE command SET result = 2 WHERE id = ?", [(c,) for c in commands]
            )
            self.db.execute("DELETE FROM command WHERE at < ?", (int(now) - 86_400,))


class _Transaction:
    """All or nothing; after an error the connection is as it was before."""

    def __init__(self, db):
        self.db = db

    def __enter__(self):
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind, _error, _traceback):
        if kind is None:
            try:
                self.db.execute("COMMIT")
                return
            except sqlite3.Error:
                self._rollback()
                raise
        self._rollback()

    def _rollback(self):
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
