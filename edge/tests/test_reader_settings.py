"""What the configuration file may say, and the answers to what it may not."""

import doctest
import importlib

import pytest
from school_edge.cli import main
from school_edge.reader import settings

MODULES = (
    "drivers",
    "local_page",
    "pairing",
    "pcsc",
    "serial_lines",
    "server",
    "settings",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    module = importlib.import_module(f"school_edge.reader.{name}")
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "origins"),
        ("origins = ['a.org']", "не адрес"),
        ("origins = ['https://a.org/odoo']", "не адрес"),
        ("origins = ['*']", "не адрес"),
        ("origins = ['https://a.org']\nport = true", "целое число"),
        ("origins = ['https://a.org']\nport = 80", "1024"),
        ("origins = ['https://a.org']\nserial = [1]", "список портов"),
        ("origins = ['https://a.org']\nsserial = []", "нет настройки"),
        ("origins = [", "проверьте"),
    ],
)
def test_a_mistake_is_named(tmp_path, capsys, text, advice):
    path = tmp_path / "school-edge.toml"
    path.write_text(f"[reader]\n{text}\n")
    assert main(["reader", "--config", str(path)]) == 2
    assert advice in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path, capsys):
    path = tmp_path / "nothing.toml"
    assert main(["reader", "--config", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_other_sections_are_of_other_parts(tmp_path):
    path = tmp_path / "school-edge.toml"
    path.write_text("[gateway]\nx = 1\n[reader]\norigins = ['https://a.org']\n")
    assert settings.load(path).origins == {"https://a.org"}
