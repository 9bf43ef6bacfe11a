"""``spikekit check FILE…``: every problem of every file at once, or one quiet line for each that is fine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from spikekit.cli.heading import heading
from spikekit.cli.options import common, print_document
from spikekit.errors import FileProblems, Problem
from spikekit.files.digest import digest
from spikekit.site.project import Checked, check
from spikekit.vocabulary import ExitCode

SCHEMA = "spikekit.check/1"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "gitlab", "github"]),
    default="text",
    help="For CI: GitLab's code quality report, or GitHub's annotations, on standard output [text].",
)
@common
def command(
    files: tuple[Path, ...], format_: str, as_json: bool, site_file: Path | None, seed: int, **_: object
) -> ExitCode:
    """Check campaign and site files; a folder means its site.yaml and every campaign below it.

    All problems are told at once, each as file:line:column with what is expected there. Nothing is run.
    """
    results = check(files, site_file)
    problems = [p for r in results for p in r.problems]
    if as_json:
        print_document(_document(results, seed))
    elif format_ != "text":
        click.echo(_for_ci(problems, format_))
    elif problems:
        raise FileProblems(problems)
    else:
        for result in results:
            click.echo(f"{result.path}: fine")
    return ExitCode.USAGE if problems else ExitCode.DONE


def _for_ci(problems: Sequence[Problem], format_: str) -> str:
    if format_ == "gitlab":
        from spikekit.report.gate.annotations import code_quality

        return code_quality(problems)
    from spikekit.report.gate.annotations import command_lines, problem_annotations

    return "\n".join(command_lines(problem_annotations(problems)))


def _document(results: Sequence[Checked], seed: int) -> dict[str, Any]:
    inputs = {str(r.path): digest(r.path) for r in results if r.path.is_file()}
    return {
        **heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs),
        "files": [{"file": str(r.path), "kind": r.kind, "fine": not r.problems} for r in results],
        "problems": [
            {"file": p.file, "line": p.line, "column": p.column, "path": p.path, "message": p.message}
            for r in results
            for p in r.problems
        ],
    }
