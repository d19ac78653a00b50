"""What people get wrong at the school: a plain sentence each, and a failed command."""

import json
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from school_edge.cli import main
from school_edge.gateway.store import Store

EDGE = Path(__file__).parents[1]


@pytest.fixture
def config(tmp_path):
    """Return a function that writes a configuration file."""

    def write(text=None, *, url="http://127.0.0.1:9", **gateway):
        values = {"state": str(tmp_path / "state"), "listen": "127.0.0.1", **gateway}
        lines = [f"{k} = {json.dumps(v)}" for k, v in values.items()]
        path = tmp_path / "school-edge.toml"
        text = text or f'[server]\nurl = "{url}"\n[gateway]\n' + "\n".join(lines)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


@pytest.fixture
def run(capsys):
    """Return a function that runs a sub-command: (exit code, what it said)."""

    def call(*arguments):
        code = main(list(arguments))
        captured = capsys.readouterr()
        said = captured.out + captured.err
        assert "Traceback" not in said
        return code, said

    return call


def connected(tmp_path):
    store = Store(tmp_path / "state" / "gateway.sqlite", max_mb=8)
    store.set(token="wrong")
    store.close()


@pytest.fixture
def website():
    """An address where something else than the server of a school answers."""

    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(Handler.status)
            self.end_headers()
            self.wfile.write(b"<h1>Welcome</h1>")

        do_GET = do_POST

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    server.handler = Handler
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("command", ["doctor", "gateway", "enrol", "status"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[server]\nurl = "http://a"\n[gateway]\nport = "81"', "port — нужно целое"),
        ('[server]\nurl = "http://a"\n[gateway]\nport = true', "port — нужно целое"),
        ('[server]\nurl = "http://a"\n[gateway]\nstate = 5', "state — нужно строка"),
        ('[server]\nurl = "http://a"\n[gateway]\nmax_mb = 0', "max_mb — от 1"),
        ('server = 5', "напишите [server]"),
        ('[server]\nurl = "https://a.ru/odoo"', "без пути"),
        ('[server]\nurl = "school.ru"', "без пути"),
        ("[server]\nurl = http://a", "строка 2: проверьте кавычки"),
        (b"\xff\xfe[server]", "проверьте кавычки, скобки и кодировку"),
    ],
)  # fmt: skip
def test_a_wrong_configuration(config, run, command, text, sentence):
    code, said = run(command, "--config", config(text))
    assert code == 2
    assert sentence in said


@pytest.mark.parametrize("command", ["doctor", "gateway", "status"])
def test_a_file_that_cannot_be_read(tmp_path, run, command):
    code, said = run(command, "--config", str(tmp_path / "none.toml"))
    assert code == 2 and "Нет файла настройки" in said
    code, said = run(command, "--config", str(tmp_path))
    assert code == 2 and "не читается: это папка" in said


def test_a_folder_that_cannot_be_made(tmp_path, config, run):
    (tmp_path / "state").write_text("a file")
    for command in (["gateway"], ["enrol", "K7M2-9QX4TD"]):
        code, said = run(*command, "--config", config())
        assert code == 2 and "gateway.sqlite: " in said, said
    assert run("doctor", "--config", config())[0] == 1


def test_a_damaged_file(tmp_path, config, run):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "gateway.sqlite").write_bytes(b"no database " * 1_000)
    for command in ("gateway", "status"):
        code, said = run(command, "--config", config())
        assert code == 2 and "файл повреждён" in said
    code, said = run("doctor", "--config", config())
    assert code == 1 and "файл повреждён" in said


def test_a_full_disk(tmp_path, config):
    """No file may grow: the code is not spent on a gateway that cannot keep it."""
    program = f"""
import resource, sys
sys.path.insert(0, {str(EDGE)!r})
from school_edge.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.exit(main(["enrol", "K7M2-9QX4TD", "--config", {config()!r}]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "gateway.sqlite: " in done.stderr and "Traceback" not in done.stderr
    assert "места" in done.stderr or "полон" in done.stderr


def test_a_port_in_use_and_an_address_of_somebody_else(tmp_path, config, run):
    connected(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = run("gateway", "--config", config(port=port))
    assert code == 2 and "порт занят другой программой" in said
    code, said = run("gateway", "--config", config(listen="192.0.2.1"))
    assert code == 2 and "такого адреса у этого компьютера нет" in said


def test_a_wrong_token_and_another_website(tmp_path, config, run, website):
    connected(tmp_path)
    path = config(url=f"http://127.0.0.1:{website.server_port}")
    for status, sentence in (
        (200, "отвечает не сервер школы"),
        (401, "сервер не узнаёт шлюз"),
        (404, "сервер ответил 404"),
    ):
        website.handler.status = status
        code, said = run("doctor", "--config", path)
        assert code == 1 and sentence in said
    code, said = run("enrol", "K7M2-9QX4TD", "--config", path)
    assert code == 1 and "Не подключено" in said


# === READERS === #


def reader_section(**values):
    lines = {"origins": ["https://a.org"], "pcsc": False, **values}
    return "[reader]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in lines.items())


def test_a_computer_with_a_reader_alone_needs_no_server(config, run, agent, tmp_path):
    started = agent()
    code, said = run("doctor", "--config", str(started.configuration))
    assert code == 0, said
    assert f"программа считывателей отвечает на порту {started.port}" in said
    assert "[server]" not in said
    started.stop()
    code, said = run("doctor", "--config", str(started.configuration))
    assert code == 0 and "не запущена" in said


def test_what_is_wrong_with_readers_is_said(config, run, website):
    text = reader_section(port=website.server_port, serial=["/dev/nothing"])
    code, said = run("doctor", "--config", config(text))
    assert code == 1
    assert "занят другой программой" in said
    assert "порт /dev/nothing: такого файла или папки нет" in said
    code, said = run("doctor", "--config", config(reader_section(port="x")))
    assert code == 2 and "port — нужно целое число" in said
    code, said = run("doctor", "--config", config("reader = 5"))
    assert code == 2 and "напишите [reader]" in said


def test_readers_are_found(pcsc, agent):
    started = agent(pcsc=True, environment=pcsc.environment)

    def doctor():
        words = [w if w != "reader" else "doctor" for w in started.command]
        return subprocess.run(
            words, cwd=EDGE, env=pcsc.environment, capture_output=True, text=True
        )

    done = doctor()
    assert done.returncode == 0, done.stdout
    assert "считыватели PC/SC: " in done.stdout
    pcsc.stop()
    done = doctor()
    assert done.returncode == 1
    assert "служба PC/SC не отвечает" in done.stdout
