"""Which PostgreSQL server a command works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

ROLE = "odoo"


@dataclass(frozen=True)
class Server:
    """Where Odoo connects to.

    :param suffix: end of the names of this checkout's databases, on a server that
        other checkouts and machines use too
    """

    host: str
    port: str
    user: str
    started: Any = None  # the cluster, when this command started it
    suffix: str = ""

    def environment(self) -> dict[str, str]:
        """Variables for children: libpq's, and what names of databases end in."""
        return {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "SCHOOL_MEAL_SUFFIX": self.suffix,
        }

    @classmethod
    def from_environment(cls) -> Server:
        """The server a parent command chose."""
        suffix = os.environ.get("SCHOOL_MEAL_SUFFIX", "")
        names = ("PGHOST", "PGPORT", "PGUSER")
        return cls(*(os.environ[name] for name in names), suffix=suffix)

    def release(self) -> None:
        """Stop the cluster if this command started it and nobody else uses it."""
        if self.started:
            self.started.stop_if_idle()
