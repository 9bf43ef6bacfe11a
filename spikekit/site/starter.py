"""The commented project folder that ``spikekit init`` writes. Its templates lie in ``starter_project/``."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from string import Template

from spikekit.errors import UsageError
from spikekit.site.editor import FOLDER, RECORDS, schema_text

STARTER = Path(__file__).parent / "starter_project"

TEMPLATE = ".template"
"""Ends the name of each file in it, so that no command that looks for campaigns takes one for a campaign."""

FILES: dict[str, str] = {
    "README.md": "what is here, and what to do first",
    "site.yaml": "where load may go, and what holding means",
    "campaigns/first-post.yaml": "a post and an e-mail, to change into your own",
    "data/pages.csv": "values for a journey",
}
"""Every file that people write, with what it is for; schemas for their editors lie beside them, in ``FOLDER``."""

AHEAD = timedelta(days=14)
"""How far ahead the example launches: far enough to rehearse, near enough to matter."""


def write_project(folder: Path, today: date) -> list[Path]:
    """Write the project and return its files. The campaign launches two weeks after ``today``.

    Raises ``UsageError``, having written nothing, when any of the files exists already or the folder cannot be one.
    """
    schemas = {folder / FOLDER / f"{kind}.json": kind for kind in RECORDS}
    paths = [*(folder / name for name in FILES), *schemas]
    existing = [str(p) for p in paths if p.exists() or p.is_symlink()]
    if existing:
        raise UsageError(
            f"nothing was written: {', '.join(existing)} {'exists' if len(existing) == 1 else 'exist'} already",
            hint="name a new folder, or move these away first",
        )
    launch = f"{today + AHEAD:%Y-%m-%d}T18:00"
    try:
        for name, path in zip(FILES, paths, strict=False):
            template = Template((STARTER / f"{name}{TEMPLATE}").read_text(encoding="utf-8"))
            _write(path, template.safe_substitute(launch=launch))
        for path, kind in schemas.items():
            _write(path, schema_text(kind))
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    return paths


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # "x": should somebody else write the same file this very moment, theirs stays.
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)
