"""A PostgreSQL of the user's own: checks, names of databases, cleaning up."""

import subprocess
import sys

import pytest
from school_meal_tools import cli, external, paths
from school_meal_tools.console import Failure
from school_meal_tools.database import Databases


@pytest.mark.parametrize("name", external.NAMING)
def test_each_of_these_names_a_server(nothing_named, monkeypatch, name):
    assert not external.is_named()
    monkeypatch.setenv(name, "x")
    assert external.is_named()


def test_a_variable_that_names_no_server_is_mentioned(
    nothing_named, monkeypatch, capsys
):
    monkeypatch.setenv("PGUSER", "me")
    external.drop_stray_variables()
    assert "PGUSER ignored" in capsys.readouterr().out


def test_a_server_that_does_not_answer_is_one_sentence(nothing_named, monkeypatch):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "1")
    with pytest.raises(Failure, match="No connection to .*PGHOST=127.0.0.1 PGPORT=1"):
        external.connect()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("postgres", 180000, True), "createuser --createdb odoo"),
        (("odoo", 149999, True), "PostgreSQL 14 is too old"),
        (("odoo", 150000, False), 'ALTER ROLE "odoo" CREATEDB'),
    ],
)
def test_an_unfit_server_is_explained(arguments, said):
    assert said in external.unfit(*arguments)
    assert not external.unfit("odoo", 150000, True)


def test_a_role_that_may_not_create_databases_is_refused(server, monkeypatch):
    server._psql("CREATE ROLE guest LOGIN")
    monkeypatch.setenv("PGUSER", "guest")
    with pytest.raises(Failure, match="CREATEDB"):
        external.connect()


def test_a_service_file_is_followed(server, monkeypatch, tmp_path):
    service = tmp_path / "pg_service.conf"
    service.write_text(f"[canteen]\nhost={server.socket}\nuser=odoo\n")
    monkeypatch.delenv("PGHOST")
    monkeypatch.delenv("PGUSER")
    monkeypatch.setenv("PGSERVICE", "canteen")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    found = external.connect()
    assert (found.host, found.user) == (str(server.socket), "odoo")


def test_every_checkout_and_server_has_names_of_its_own(nothing_named, tmp_path):
    first = external.suffix("db", 5432)
    assert external.suffix("db", 5432) == first
    assert external.suffix("other", 5432) != first
    external.KEY.unlink()
    assert external.suffix("db", 5432) != first


def test_clean_drops_our_databases_and_no_others(server, tmp_path):
    found = external.connect()
    databases = Databases(found, tmp_path)
    ours = f"school_meal_demo{found.suffix}"
    theirs = "school_meal_demo_kffffffff"
    for name in (ours, theirs):
        with databases.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    external.remove_all()
    assert ours not in databases.names()
    assert theirs in databases.names()
    assert external.used() == []


def test_clean_refuses_to_forget_databases_elsewhere(nothing_named):
    external.remember("odoo@db:5432")
    with pytest.raises(Failure, match="odoo@db:5432"):
        external.remove_all()


@pytest.mark.parametrize("command", ["stop", "clean"])
def test_stop_and_clean_work_after_an_interrupted_setup(tmp_path, command):
    """A checkout whose virtual environment has no packages yet."""
    checkout = tmp_path / "checkout"
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to("/usr/bin/false")
    (checkout / ".var").mkdir()
    (checkout / "tools").symlink_to(paths.TOOLS)
    code = (
        "import pathlib, sys; sys.path.insert(0, 'tools');"
        "from school_meal_tools import paths;"
        "here = pathlib.Path.cwd();"
        "paths.ROOT, paths.VENV, paths.VAR = here, here / '.venv', here / '.var';"
        "paths.VENV_PYTHON = paths.VENV / 'bin/python';"
        "from school_meal_tools import cli;"
        f"sys.exit(cli.main([{command!r}]))"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert (checkout / ".venv").exists() is (command == "stop")


def test_commands_that_clean_up_need_no_setup():
    assert cli.WITHOUT_SETUP == {"stop", "clean", "clean-all"}
