"""``spikekit deploy`` and ``spikekit dashboards`` as they are typed: files that other tools accept."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from spikekit.cli import main
from spikekit.metrics.shipped import shipped_files
from tests.known_truth import KnownCampaign

SPEC = {"image", "master", "worker", "testFiles", "env"}
"""Of locust.io/v2, what is written here; its own reference names them."""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def _operator(
    capsys: pytest.CaptureFixture[str], known: KnownCampaign, *more: str
) -> tuple[int, list[dict[str, Any]], str]:
    words = ("deploy", "locust-operator", str(known.campaign), "--image", "registry.example.com/spikekit-locust:1.0")
    code, out, err = run(capsys, *words, *more)
    return code, list(yaml.safe_load_all(out)), err


def test_a_rehearsal_becomes_a_config_map_and_a_test_of_the_operator(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign
) -> None:
    code, (held, test), _ = _operator(capsys, known_campaign, "--workers", "7", "--window", "1m")
    assert code == 0
    kubernetes_validate.validate(held, kubernetes_validate.latest_version(), strict=True)
    assert (test["apiVersion"], test["kind"]) == ("locust.io/v2", "LocustTest")
    assert set(test["spec"]) <= SPEC
    assert test["spec"]["worker"]["replicas"] == 7
    assert test["spec"]["testFiles"] == {"configMapRef": held["metadata"]["name"]}
    (file,) = held["data"]
    for role in ("master", "worker"):
        assert test["spec"][role]["command"] == f"--locustfile /lotest/src/{file}"
    assert "env" not in test["spec"]


def test_what_the_pods_run_is_what_locustfile_writes(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign, tmp_path: Path
) -> None:
    _, (held, _test), _ = _operator(capsys, known_campaign, "--window", "1m")
    file = tmp_path / "locustfile.py"
    run(capsys, "locustfile", str(known_campaign.campaign), "--window", "1m", "--out", str(file))
    assert _asked(held["data"]["locustfile.py"])["profile"] == _asked(file.read_text())["profile"]


def _asked(text: str) -> dict[str, Any]:
    (written,) = (n.value for n in ast.parse(text).body if isinstance(n, ast.Assign))
    plain: dict[str, Any] = json.loads(ast.literal_eval(written))["asked"]
    return plain


def test_secrets_are_named_and_never_written(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGING_TOKEN", "s3cr3t-value")
    site = known_campaign.site
    site.write_text(
        site.read_text().replace("consent: private", 'consent: private\n    headers: {X-Token: "env:STAGING_TOKEN"}')
    )
    _, (held, test), err = _operator(capsys, known_campaign)
    assert test["spec"]["env"] == {"secretRefs": [{"name": f"{held['metadata']['name']}-secrets"}]}
    assert "s3cr3t-value" not in json.dumps([held, test]) + err


def test_an_image_that_is_none_is_told(capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign) -> None:
    code, out, err = run(
        capsys, "deploy", "locust-operator", str(known_campaign.campaign), "--image", 'x"\nkind: Secret'
    )
    assert (code, out) == (2, "")
    assert "expected an image" in err


def test_compose_brings_everything_it_mounts_pins_every_image_and_answers_here_alone(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign, tmp_path: Path
) -> None:
    folder = tmp_path / "deployed"
    code, out, _ = run(capsys, "deploy", "compose", str(folder), "--site", str(known_campaign.site), "--json")
    assert code == 0
    assert all(Path(file).is_file() for file in json.loads(out)["files"])
    services = yaml.safe_load((folder / "compose.yaml").read_text())["services"]
    assert set(services) == {"serve", "prometheus", "alertmanager", "grafana"}
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert "build" in service or re.search(r":v?\d+\.\d+\.\d+$", service["image"])
        for volume in service["volumes"]:
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            assert not source.startswith("./") or (folder / source).is_dir()
    assert services["serve"]["volumes"][0]["read_only"] is True
    assert re.findall(r"^FROM (?!spikekit)(\S+)", (folder / "Dockerfile").read_text(), re.MULTILINE) == [
        "python:3.12.11-slim-bookworm"
    ]
    assert f"SPIKEKIT_PROJECT='{known_campaign.site.parent}'\n" in (folder / ".env").read_text()
    done = subprocess.run(
        ["promtool", "check", "config", str(folder / "prometheus" / "prometheus.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_written_again_compose_keeps_what_the_team_put_in_and_brings_the_rest_up_to_date(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign, tmp_path: Path
) -> None:
    folder, receivers = tmp_path / "deployed", tmp_path / "deployed" / "alertmanager" / "alertmanager.yaml"
    deploy = ("deploy", "compose", str(folder), "--site", str(known_campaign.site))
    assert run(capsys, *deploy)[0] == 0
    receivers.write_text("route: {receiver: ours}\nreceivers: [{name: ours}]\n")
    (folder / ".env").write_text("SPIKEKIT_VERSION='0.0.1'\nGRAFANA_PASSWORD=theirs\n")
    (folder / "compose.yaml").write_text("old")
    assert run(capsys, *deploy)[0] == 0
    assert run(capsys, "dashboards", str(folder))[0] == 0
    assert "ours" in receivers.read_text()
    assert (folder / "compose.yaml").read_text() != "old"
    settings = (folder / ".env").read_text().splitlines()
    assert [line.partition("=")[0] for line in settings] == ["SPIKEKIT_PROJECT", "SPIKEKIT_VERSION", "GRAFANA_PASSWORD"]
    assert "0.0.1" not in settings[1]


def test_a_folder_with_a_strange_name_reaches_compose_as_it_is(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign, tmp_path: Path
) -> None:
    strange = tmp_path / "Fry's $HOME #1"
    strange.mkdir()
    known_campaign.site.rename(strange / "site.yaml")
    run(capsys, "deploy", "compose", str(tmp_path / "d"), "--site", str(strange / "site.yaml"))
    first = (tmp_path / "d" / ".env").read_text().splitlines()[0]
    assert first == f"SPIKEKIT_PROJECT='{tmp_path}/Fry\\'s $HOME #1'"


def test_grafana_finds_the_dashboards_where_compose_mounts_them(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign, tmp_path: Path
) -> None:
    run(capsys, "deploy", "compose", str(tmp_path / "d"), "--site", str(known_campaign.site))
    mounted = yaml.safe_load((tmp_path / "d" / "compose.yaml").read_text())["services"]["grafana"]["volumes"]
    provider = yaml.safe_load((tmp_path / "d/grafana/provisioning/dashboards/spikekit.yaml").read_text())["providers"][
        0
    ]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in mounted


def test_dashboards_are_written_as_they_are_shipped_with_runbooks_where_the_team_keeps_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "some" / "where"
    assert run(capsys, "dashboards", str(folder))[0] == 0
    assert {p: (folder / p).read_text() for p, _ in shipped_files()} == dict(shipped_files())
    run(capsys, "dashboards", str(folder), "--runbooks", "https://wiki.example.com/runbooks/")
    rules = (folder / "prometheus" / "spikekit.rules.yaml").read_text()
    assert "https://wiki.example.com/runbooks/SpikekitLiveNearCapacity" in rules
    assert "127.0.0.1" not in rules


def test_a_folder_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _out, err = run(capsys, "dashboards", str(tmp_path / "file" / "below"))
    assert code == 2
    assert "cannot write" in err
