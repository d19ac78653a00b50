"""Reading ``tools/odoo.lock``: the Debian packages Odoo is taken from."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# Raised when the way the packages are unpacked changes, so caches are rebuilt.
RECIPE = 2
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Package:
    """One line of the lock."""

    name: str
    suite: str
    version: str
    sha256: str


def parse_lock(text: str) -> list[Package]:
    """Read ``name suite version sha256`` lines; ``#`` starts a comment.

    >>> parse_lock("odoo-19 sid 19.0-1 " + "a" * 64)[0].suite
    'sid'
    """
    packages = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        fields = line.split()
        if len(fields) != 4 or not SHA256.fullmatch(fields[3]):
            raise ValueError(
                f"odoo.lock, line {number}: expected "
                f"'name suite version sha256', found {raw!r}"
            )
        packages.append(Package(*fields))
    return packages


def lock_key(packages: list[Package]) -> str:
    """Short name of the cache folder that holds exactly these packages."""
    content = "\n".join(f"{p.name} {p.suite} {p.version} {p.sha256}" for p in packages)
    return hashlib.sha256(f"{RECIPE}\n{content}".encode()).hexdigest()[:12]


def is_acceptable(package: Package, version: str) -> bool:
    """May another version from the signed archive stand in for the locked one?

    Odoo must stay in its series, Font Awesome below 5 (Odoo's icons need 4.7).

    >>> odoo = Package("odoo-19", "sid", "19.0.0+dfsg-1", "a" * 64)
    >>> is_acceptable(odoo, "19.0.1+dfsg-1"), is_acceptable(odoo, "19.1-1")
    (True, False)
    """
    if package.name.startswith("odoo"):
        return version.startswith("19.0")
    if package.name == "fonts-font-awesome":
        return "really4.7" in version or version.startswith("4.7")
    return True
