"""``spikekit init`` as people and scripts run it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.cli.test_forecast import run


def test_it_shows_what_it_wrote_and_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "init", "spring") == (
        0,
        """\
spring is ready: 4 files, commented line by line.

  README.md                   what is here, and what to do first
  site.yaml                   where load may go, and what holding means
  campaigns/first-post.yaml   a post and an e-mail, to change into your own
  data/pages.csv              values for a journey
  .spikekit-schema/           what your editor knows of these files

Next (the last one with your server at http://127.0.0.1:8000):
  spikekit check spring
  spikekit forecast spring/campaigns/first-post.yaml
  spikekit rehearse spring/campaigns/first-post.yaml --target local
""",
        "",
    )


def test_the_first_command_it_prints_works_as_printed_even_with_spaces_in_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "init", "--json", str(tmp_path / "my project"))
    document = json.loads(out)
    assert document["schema"] == "spikekit.init/1"
    assert all(Path(f).is_file() for f in document["files"])
    code, _, err = run(capsys, *shlex.split(document["next"][0])[1:])
    assert (code, err) == (0, "")


def test_nothing_is_overwritten_and_what_exists_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "init", str(tmp_path))
    (tmp_path / "site.yaml").write_text("mine")
    code, out, err = run(capsys, "init", str(tmp_path))
    assert (code, out) == (2, "")
    assert all(str(tmp_path / name) in err for name in ("README.md", "site.yaml", "campaigns/first-post.yaml"))
    assert (tmp_path / "site.yaml").read_text() == "mine"
