"""Virtual card readers are installed for the tests where that is possible."""

import pytest
from school_meal_tools import card_readers, python_env, system


@pytest.fixture
def machine(monkeypatch):
    """A machine without anything: (what was installed, what was compiled)."""
    installed, compiled = [], []
    monkeypatch.setattr(card_readers, "is_there", lambda file: False)
    monkeypatch.setattr(card_readers, "has_pyscard", lambda: False)
    monkeypatch.setattr(system, "has_apt", lambda: True)
    monkeypatch.setattr(system, "apt_install", lambda *names: installed.extend(names))
    monkeypatch.setattr(python_env, "install", compiled.extend)
    return installed, compiled


def test_root_gets_the_service_and_the_compiler(machine, monkeypatch):
    monkeypatch.setattr(system, "is_root", lambda: True)
    card_readers.ensure()
    assert {"pcscd", "vsmartcard-vpcd", "swig"} <= set(machine[0])
    assert machine[1] == [card_readers.REQUIREMENTS]


def test_others_are_told_what_to_install_and_test_without(machine, monkeypatch, capsys):
    monkeypatch.setattr(system, "is_root", lambda: False)
    card_readers.ensure()
    assert machine == ([], [])
    assert "vsmartcard-vpcd" in capsys.readouterr().out


def test_the_pin_is_what_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(card_readers.paths, "VENV", tmp_path)
    assert not card_readers.has_pyscard()
    pin = card_readers.REQUIREMENTS.read_text("utf-8").split()[-1].replace("==", "-")
    (tmp_path / f"lib/python3.11/site-packages/{pin}.dist-info").mkdir(parents=True)
    assert card_readers.has_pyscard()
