"""What the pages say exists: commands, options and linked files."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from spikekit.cli import cli

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])

_COMMAND = re.compile(r"spikekit ([a-z][a-z-]*)((?:[^\S\n]+[^\s`|)]+)*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z][a-z-]+)")
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def _code(text: str) -> list[str]:
    """What stands in backticks or in a console block: what a reader types."""
    blocks = re.findall(r"```(?:console|sh|bash)\n(.*?)```", text, flags=re.DOTALL)
    typed = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    rest = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [*typed, *(" ".join(span.split()) for span in re.findall(r"`([^`]+)`", rest))]


def _command(words: list[str]) -> tuple[click.Command, list[str]] | None:
    """The command that the words begin with, through groups, and its names."""
    context, found, names = click.Context(cli), cli, []
    for word in words:
        if not isinstance(found, click.Group):
            break
        inner = found.get_command(context, word)
        if inner is None:
            return (found, names) if names else None
        found, names = inner, [*names, word]
    return found, names


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_linked_file_is_there(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    wrong = []
    for typed in _code(page.read_text(encoding="utf-8")):
        for said in _COMMAND.finditer(typed.split("   #")[0]):
            found = _command([said[1], *said[2].split()])
            if found is None:
                wrong.append(said[0])
                continue
            command, _ = found
            known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
            wrong += [f"{said[0]}: {o}" for o in _OPTION.findall(said[2]) if o not in known | {"--help", "--version"}]
    assert wrong == []


def test_every_campaign_that_the_readme_types_is_in_the_scenarios_it_sends_its_reader_to() -> None:
    typed = _code((ROOT / "README.md").read_text(encoding="utf-8"))
    named = {word for line in typed for word in re.findall(r"campaigns/[\w-]+\.yaml", line)}
    assert named
    assert [name for name in sorted(named) if not (ROOT / "scenarios" / name).is_file()] == []
