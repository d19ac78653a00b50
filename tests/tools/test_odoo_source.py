"""Finding and unpacking Odoo, without the network."""

import shutil
import subprocess

import pytest
from school_meal_tools import content_hash, odoo_source, paths, system
from school_meal_tools.console import Failure
from school_meal_tools.lock import Package


def make_odoo(folder, version="19, 0"):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo/release.py").write_text(f"version_info = ({version}, 0, FINAL)\n")
    return folder


def test_a_checkout_is_taken_as_it_is(tmp_path):
    assert odoo_source.from_given(make_odoo(tmp_path)) == tmp_path


def test_an_unpacked_package_is_recognised(tmp_path):
    inside = make_odoo(tmp_path / "usr/lib/python3/dist-packages")
    assert odoo_source.from_given(tmp_path) == inside


@pytest.mark.parametrize("version", ["18, 0", "20, 0"])
def test_another_series_is_refused_by_name(tmp_path, version):
    make_odoo(tmp_path, version)
    with pytest.raises(Failure, match=version.replace(", ", r"\.")):
        odoo_source.from_given(tmp_path)


def test_a_folder_without_odoo_is_refused(tmp_path):
    with pytest.raises(Failure, match="no Odoo"):
        odoo_source.from_given(tmp_path)


def test_absolute_links_are_turned_into_the_unpacked_root(tmp_path):
    (tmp_path / "usr/share").mkdir(parents=True)
    (tmp_path / "usr/share/font.otf").write_text("font")
    link = tmp_path / "usr/font.otf"
    link.symlink_to("/usr/share/font.otf")
    odoo_source.mend_links(tmp_path)
    assert link.read_text() == "font"


def test_stripped_scripts_are_filled_in(tmp_path):
    odoo_source.fill_stripped(tmp_path)
    assert all((tmp_path / name).exists() for name in odoo_source.STRIPPED)


def test_unpacking_leaves_nothing_half_done(tmp_path):
    broken = tmp_path / "broken.deb"
    broken.write_text("not a package")
    target = tmp_path / "odoo"
    with pytest.raises(Failure):
        odoo_source.unpack([broken], target)
    assert not target.exists()


@pytest.fixture
def make_deb(tmp_path):
    """A function that builds a package with a little Odoo in it."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("dpkg-deb is missing")

    def make(version="19.0.0-1"):
        root = tmp_path / f"root-{version}"
        make_odoo(root / odoo_source.PACKAGE_FOLDER)
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN/control").write_text(
            f"Package: odoo-19\nVersion: {version}\nArchitecture: all\n"
            "Maintainer: Nobody <nobody@example.com>\nDescription: a little Odoo\n"
        )
        deb = tmp_path / f"odoo_{version}.deb"
        subprocess.run(["dpkg-deb", "-b", root, deb], check=True, capture_output=True)
        return deb

    return make


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and a lock that names no fonts or scripts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(paths, "ODOO_LOCK", tmp_path / "odoo.lock")
    paths.ODOO_LOCK.write_text("")
    paths.cache_dir().mkdir(parents=True)
    return paths.cache_dir()


def test_a_deb_is_unpacked_once_per_content(make_deb, cache, monkeypatch):
    deb = make_deb()
    monkeypatch.setenv("ODOO_SOURCE", str(deb))
    folder = odoo_source.locate()
    assert odoo_source.series(folder) == (19, 0)
    assert cache in folder.parents
    (folder / "mark").touch()
    assert odoo_source.locate() == folder and (folder / "mark").exists()
    monkeypatch.setenv("ODOO_SOURCE", str(make_deb("19.0.0-2")))
    assert odoo_source.locate() != folder


def test_a_newer_package_is_kept_under_its_own_checksum(make_deb, cache, tmp_path):
    deb = make_deb("19.0.0-2")
    checksum = odoo_source.sha256(deb)
    store = tmp_path / "store"
    store.mkdir()
    locked = Package("odoo-19", "sid", "19.0.0-1", "a" * 64)
    assert odoo_source.accept(locked, deb, store) == store / f"{checksum}.deb"
    assert odoo_source.is_stored(store / f"{checksum}.deb")
    assert not odoo_source.is_stored(store / f"{'a' * 64}.deb")
    (store / f"{checksum}.deb").write_text("changed")
    assert not odoo_source.is_stored(store / f"{checksum}.deb")


def test_another_commit_or_file_of_odoo_is_noticed(tmp_path):
    odoo = make_odoo(tmp_path)
    (odoo / "addons").mkdir()
    seen = {content_hash.fingerprint(odoo), content_hash.fingerprint(odoo)}
    assert len(seen) == 1
    (odoo / "addons/mail").mkdir()
    seen.add(content_hash.fingerprint(odoo))

    def git(*arguments):
        name = ["-c", "user.name=n", "-c", "user.email=n@example.com"]
        subprocess.run(["git", "-C", odoo, *name, *arguments], check=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "1")
    seen.add(content_hash.fingerprint(odoo))
    git("commit", "-q", "--allow-empty", "-m", "2")
    seen.add(content_hash.fingerprint(odoo))
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ID=debian\n", True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', False),
        ("ID=ubuntu\nID_LIKE=debian\n", False),
        ("", True),
    ],
)
def test_ubuntu_is_told_at_once(tmp_path, monkeypatch, text, fits):
    monkeypatch.setattr(system, "has_apt", lambda: True)
    (tmp_path / "os-release").write_text(text)
    assert bool(system.without_debian(tmp_path / "os-release")) is not fits
