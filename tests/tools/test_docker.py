"""The container files: no engine runs them here, so at least they must fit together."""

import ast
import re

import pytest
import yaml
from school_meal_tools import paths

DOCKER = paths.ROOT / "docker"


def load(name):
    return yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["compose.yaml", "compose.scale.yaml"])
def test_every_service_has_an_image(name):
    assert all(service["image"] for service in load(name)["services"].values())


def test_every_named_volume_is_declared():
    declared = set(load("compose.yaml")["volumes"])
    services = {
        **load("compose.yaml")["services"],
        **load("compose.scale.yaml")["services"],
    }
    used = {
        volume.split(":")[0]
        for service in services.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert used == declared


def test_every_mounted_or_copied_file_exists():
    for volume in load("compose.yaml")["services"]["nginx"]["volumes"]:
        assert (DOCKER / volume.split(":")[0]).exists()
    for line in (DOCKER / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            source = [word for word in line.split()[1:] if not word.startswith("-")][0]
            assert (paths.ROOT / source).exists(), source


def test_only_one_node_runs_scheduled_jobs():
    first = load("compose.yaml")["services"]["odoo"]["command"]
    others = load("compose.scale.yaml")["services"]["web"]["command"]
    assert "--max-cron-threads=2" in first
    assert "--max-cron-threads=0" in others


def test_the_first_installation_names_existing_add_ons():
    command = load("compose.yaml")["services"]["init"]["command"]
    (names,) = [word[7:] for word in command if word.startswith("--init=")]
    assert set(names.split(",")) <= set(paths.addon_names())


def test_websockets_go_to_the_event_port():
    text = (DOCKER / "nginx.conf").read_text()
    assert "location /websocket" in text
    port = [
        line.split("=")[1].strip()
        for line in (DOCKER / "odoo.conf").read_text().splitlines()
        if line.startswith("gevent_port")
    ]
    assert f"server odoo:{port[0]}" in text


def required_by_manifests():
    """Python packages the add-ons name, in lower case."""
    return {
        name.lower()
        for addon in paths.addon_names()
        for name in ast.literal_eval(
            (paths.ADDONS / addon / "__manifest__.py").read_text(encoding="utf-8")
        )
        .get("external_dependencies", {})
        .get("python", [])
    }


def test_every_package_of_a_manifest_is_pinned_for_production():
    lines = paths.REQUIREMENTS[0].read_text(encoding="utf-8").lower().splitlines()
    pinned = {line.split("==")[0] for line in lines}
    assert required_by_manifests() - pinned == set()


def test_every_package_of_a_manifest_is_put_into_the_image():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8").lower()
    names = re.search(r"grep -ie '\^\(([\w|-]+)\)=='", text)[1].split("|")
    assert required_by_manifests() - set(names) == set()
