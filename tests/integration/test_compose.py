"""The compose project holds together, though no container engine runs here."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from app.cli.program import program
from app.settings import load_settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
KNOWN_KEYS = {
    "build", "image", "command", "environment", "volumes", "ports", "healthcheck", "depends_on", "profiles", "restart",
    "security_opt", "cap_drop",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def test_the_services_that_were_promised_are_there() -> None:
    assert set(SERVICES) == {"setup", "api", "nightly", "llm", "postgres"}
    assert SERVICES["llm"]["profiles"] == ["llm"]
    assert SERVICES["postgres"]["profiles"] == ["postgres"]
    assert "pgvector" in SERVICES["postgres"]["image"]
    assert all("profiles" not in SERVICES[name] for name in ("setup", "api", "nightly"))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_known_keys_an_origin_and_a_say_about_its_health(name: str) -> None:
    service = SERVICES[name]

    assert set(service) <= KNOWN_KEYS, "misspelt keys stop the whole project"
    assert "image" in service or "build" in service
    if "build" in service:
        assert (ROOT / service["build"] / "Dockerfile").is_file()
    else:
        assert re.search(r":[\w.-]*\d", service["image"]), "a version, so that tomorrow's start is today's"
    health = service["healthcheck"]
    assert health.get("disable") is True or health["test"][0] in ("CMD", "CMD-SHELL")


@pytest.mark.parametrize("name", SERVICES)
def test_every_volume_and_dependency_is_declared(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source, target = _substituted(volume).split(":")[:2]
        assert target.startswith("/")
        if source.startswith("."):
            assert (ROOT / source).exists()
        else:
            assert source in COMPOSE["volumes"]
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] in CONDITIONS


def test_every_declared_volume_is_used() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert set(COMPOSE["volumes"]) <= used


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_has_a_default(name: str) -> None:
    open_ones = re.findall(r"(?<!\$)\$\{(\w+)(?!:?-|\w)[^}]*\}", yaml.safe_dump(SERVICES[name]))

    assert open_ones == [], "an unset variable would be empty without a word"


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if "build" in service])
def test_the_settings_of_a_service_exist(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for variable, value in SERVICES[name]["environment"].items():
        if variable.startswith("KEFU_"):
            monkeypatch.setenv(variable, _substituted(str(value)))

    settings = load_settings()

    assert settings.home == Path("/data")
    assert not settings.schedule.enabled, "the nightly service does it; two would be one too many"


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if "build" in service])
def test_the_commands_of_a_service_exist(name: str) -> None:
    words = SERVICES[name]["command"]
    script = words[2] if words[:2] == ["sh", "-c"] else shlex.join(words)
    calls = re.findall(r"\bkefu ([a-z]+(?: [a-z]+)?)((?: --[a-z]+(?: [\w.]+)?)*)", script)

    assert calls
    for path, options in calls:
        command: Any = get_command(program)
        for word in path.split():
            if hasattr(command, "commands"):
                command = command.commands[word]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z]+", options)) <= known


def test_the_image_runs_as_nobody_in_particular_and_its_command_exists() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    final = dockerfile.split("\nFROM ")[-1]

    assert re.search(r"^USER kefu$", final, re.MULTILINE)
    assert 'CMD ["kefu", "serve"]' in final
    for source in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", dockerfile, re.MULTILINE):
        assert all((ROOT / part).exists() for part in source.split()), source
    assert "constraints.txt" in dockerfile


def test_the_api_is_published_on_loopback_only() -> None:
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES["api"]["ports"])


def _substituted(text: str) -> str:
    return re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", text)
