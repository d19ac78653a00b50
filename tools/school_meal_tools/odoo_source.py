"""Getting Odoo 19: from ODOO_SOURCE, from the system, or from Debian's archive."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import paths, system
from .console import Failure, run, say, step
from .lock import Package, is_acceptable, lock_key, parse_lock

PACKAGE_FOLDER = Path("usr/lib/python3/dist-packages")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
VERSION = re.compile(r"version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)")
COMPLETE = ".complete"
# Debian strips these minified scripts (blurred background of video calls).  Their
# absence is an error in the console of every page, which fails browser tests.
STRIPPED = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


def locate() -> Path:
    """The folder to put on Python's path; downloads Odoo when needed."""
    given = os.environ.get("ODOO_SOURCE")
    if given:
        return from_given(Path(given).expanduser().resolve())
    installed = installed_odoo()
    if installed:
        return installed
    return from_archive()


# ------------------------------------------------------------- given by the user


def from_given(source: Path) -> Path:
    """Odoo from a checkout, an unpacked package or a .deb file."""
    if source.is_file() and source.suffix == ".deb":
        source = from_deb(source)
    for candidate in (source, source / PACKAGE_FOLDER):
        if series(candidate) == (19, 0):
            return candidate
    found = series(source) or series(source / PACKAGE_FOLDER)
    what = f"Odoo {found[0]}.{found[1]}" if found else "no Odoo"
    raise Failure(
        f"ODOO_SOURCE={source}: {what} there; give a git checkout of branch 19.0, "
        "an unpacked Odoo 19 package, or its .deb file."
    )


def series(folder: Path) -> tuple[int, int] | None:
    """(major, minor) of the Odoo in a folder, None when there is none."""
    release = folder / "odoo" / "release.py"
    if not release.is_file():
        return None
    match = VERSION.search(release.read_text(encoding="utf-8"))
    return (int(match[1]), int(match[2])) if match else None


def from_deb(deb: Path) -> Path:
    """Unpack a .deb, and the packages it links into, once per content."""
    if not shutil.which("dpkg-deb"):
        raise Failure(f"dpkg-deb is needed to unpack {deb}; unpack it yourself.")
    target = paths.cache_dir() / f"odoo-deb-{sha256(deb)[:12]}"
    with cache_lock():
        if not (target / COMPLETE).exists():
            debs = [deb, *linked_packages()]
            with step(f"Unpacking {deb.name}"):
                unpack(debs, target)
    return target


def linked_packages() -> list[Path]:
    """Fonts and scripts of the lock; without them Odoo works but looks poor."""
    packages = parse_lock(paths.ODOO_LOCK.read_text(encoding="utf-8"))
    try:
        return obtain([p for p in packages if not p.name.startswith("odoo")])
    except Failure as error:
        say(f"    notice: no fonts and scripts from Debian's archive: {error}")
        return []


def installed_odoo() -> Path | None:
    """The folder of a system-wide Odoo 19, None when there is none."""
    code = (
        "import importlib.util as u; s = u.find_spec('odoo');"
        "print(next(iter(s.submodule_search_locations)) if s else '')"
    )
    result = subprocess.run(
        [getattr(sys, "_base_executable", sys.executable), "-c", code],
        capture_output=True,
        text=True,
        cwd="/",
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )
    folder = Path(result.stdout.strip() or "/nonexistent").parent
    return folder if series(folder) == (19, 0) else None


# ------------------------------------------------------------- Debian's archive


def from_archive() -> Path:
    """Odoo from the machine's own Debian archive, unpacked into the cache."""
    packages = parse_lock(paths.ODOO_LOCK.read_text(encoding="utf-8"))
    target = paths.cache_dir() / f"odoo-19.0-{lock_key(packages)}"
    folder = target / PACKAGE_FOLDER
    if (target / COMPLETE).exists():
        return folder
    if reason := system.without_debian():
        raise Failure(f"Odoo 19 was not found. {reason}\n{system.OTHER_SYSTEMS}")
    with cache_lock():
        if not (target / COMPLETE).exists():
            debs = obtain(packages)
            with step("Unpacking Odoo 19 (1.2 GB)"):
                unpack(debs, target)
    return folder


@contextmanager
def cache_lock() -> Iterator[None]:
    """One process at a time fills the cache; leftovers of dead ones go."""
    cache = paths.cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("==> Waiting for another make (it fills the cache)")
            fcntl.flock(stream, fcntl.LOCK_EX)
        for leftover in cache.glob(".partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def obtain(packages: list[Package]) -> list[Path]:
    """The .deb files of the lock: from the cache, else downloaded."""
    store = paths.cache_dir() / "debs"
    store.mkdir(exist_ok=True)
    missing = [p for p in packages if not is_stored(store / f"{p.sha256}.deb")]
    found = {p.name: store / f"{p.sha256}.deb" for p in packages}
    if missing:
        found.update(download(missing, store))
    return [found[p.name] for p in packages]


def is_stored(deb: Path) -> bool:
    """Is the file there, and still what its name says?"""
    return deb.exists() and sha256(deb) == deb.stem


def download(packages: list[Package], store: Path) -> dict[str, Path]:
    """Fetch packages through apt with private lists; the system is not touched."""
    partial = paths.cache_dir() / f".partial-apt-{os.getpid()}"
    apt = PrivateApt(partial, sorted({p.suite for p in packages}))
    try:
        with step("Reading the package lists of Debian's archive"):
            apt.update()
        result = {}
        with step(f"Downloading {len(packages)} packages (130 MB)"):
            for package in packages:
                say(f"    {package.name} {package.version}")
                deb = apt.download(package)
                result[package.name] = accept(package, deb, store)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return result


def accept(package: Package, deb: Path, store: Path) -> Path:
    """Check a downloaded package against the lock and move it into the store."""
    checksum = sha256(deb)
    version = run(["dpkg-deb", "--field", deb, "Version"]).stdout.strip()
    if checksum != package.sha256:
        if version == package.version:
            raise Failure(
                f"{package.name} {version} has sha256 {checksum}, the lock says "
                f"{package.sha256}. Not used."
            )
        if not is_acceptable(package, version):
            raise Failure(
                f"The archive offers {package.name} {version}, "
                f"{package.version} is needed.\n{system.OTHER_SYSTEMS}"
            )
        say(
            f"    notice: {package.name} {version} instead of the locked "
            f"{package.version}; apt verified its signature"
        )
    target = store / f"{checksum}.deb"
    deb.replace(target)
    return target


class PrivateApt:
    """apt-get with its own sources and lists, usable without root."""

    def __init__(self, folder: Path, suites: list[str]):
        self.folder = folder
        self.suites = suites
        for name in ("lists/partial", "cache/archives/partial", "debs"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def update(self) -> None:
        if not KEYRING.exists():
            raise Failure(
                f"{KEYRING} is missing; "
                + system.apt_advice("debian-archive-keyring")
                + f"\n{system.OTHER_SYSTEMS}"
            )
        errors = []
        for uri in archive_uris():
            lines = [
                f"deb [signed-by={KEYRING}] {uri} {suite} main" for suite in self.suites
            ]
            (self.folder / "sources.list").write_text("\n".join(lines) + "\n")
            result = self._apt("update", "--error-on=any")
            if result.returncode == 0:
                return
            errors.append(result.stderr.strip() or result.stdout.strip())
        raise Failure(
            "None of the machine's package archives has Debian's suites "
            f"{', '.join(self.suites)}:\n"
            + "\n".join(errors or ["apt knows no archive at all"])
            + f"\n{system.OTHER_SYSTEMS}"
        )

    def download(self, package: Package) -> Path:
        target = self.folder / "debs" / package.name
        target.mkdir()
        result = self._apt("download", f"{package.name}/{package.suite}", cwd=target)
        found = list(target.glob("*.deb"))
        if result.returncode or not found:
            raise Failure(
                f"apt could not download {package.name}:\n{result.stderr}\n"
                "Run the command again; what is complete is kept."
            )
        return found[0]

    def _apt(self, *arguments: str, cwd: Path | None = None):
        options = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        if system.is_root():  # the cache may be in /root, closed to user _apt
            options["APT::Sandbox::User"] = "root"
        command = ["apt-get", "-q"]
        for name, value in options.items():
            command += ["-o", f"{name}={value}"]
        environment = dict(os.environ, LC_ALL="C")
        return subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            cwd=cwd,
            env=environment,
        )


def archive_uris() -> list[str]:
    """The machine's Debian archives, without security and updates."""
    result = run(["apt-get", "indextargets", "--format", "$(REPO_URI)"])
    uris = dict.fromkeys(line.strip() for line in result.stdout.splitlines())
    return [uri for uri in uris if uri and not re.search("security|updates", uri)]


# ------------------------------------------------------------- unpacking


def unpack(debs: list[Path], target: Path) -> None:
    """Unpack packages into one root, complete or not at all."""
    partial = target.with_name(f".partial-{target.name}-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    partial.mkdir(parents=True)
    for deb in debs:
        run(["dpkg-deb", "-x", deb, partial])
    mend_links(partial)
    fill_stripped(partial / PACKAGE_FOLDER / "odoo" / "addons")
    # what is really here, a newer package than the locked one included
    names = [f"{sha256(deb)} {deb.name}\n" for deb in debs]
    (partial / COMPLETE).write_text("".join(names), encoding="utf-8")
    partial.replace(target)


def mend_links(root: Path) -> None:
    """Make links between packages work inside the unpacked root.

    Debian moved Inconsolata to another folder; Odoo's link names the old one.
    """
    old = root / "usr/share/fonts/truetype/inconsolata/Inconsolata.otf"
    new = next(root.glob("usr/share/fonts/*/inconsolata/Inconsolata-Regular.?tf"), None)
    if new and not old.exists():
        old.parent.mkdir(parents=True, exist_ok=True)
        old.symlink_to(os.path.relpath(new, old.parent))
    broken = [path for path in dangling(root) if not mend_absolute(root, path)]
    for path in broken[:5]:
        say(f"    notice: a link of Odoo leads nowhere: {path.relative_to(root)}")


def fill_stripped(addons: Path) -> None:
    """Put an empty script where Odoo's asset bundles name a stripped one."""
    for name in STRIPPED:
        script = addons / name
        if addons.exists() and not script.exists():
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text("/* not part of this package */\n")


def dangling(root: Path) -> list[Path]:
    """Symbolic links whose target does not exist."""
    result = run(["find", root, "-xtype", "l"])
    return [Path(line) for line in result.stdout.splitlines()]


def mend_absolute(root: Path, link: Path) -> bool:
    """Point an absolute link at its target inside the root, if it is there."""
    goal = os.readlink(link)
    inside = root / goal.lstrip("/")
    if not goal.startswith("/") or not inside.exists():
        return False
    link.unlink()
    link.symlink_to(os.path.relpath(inside, link.parent))
    return True


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
