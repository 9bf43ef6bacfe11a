"""``python -m dashboards.source``: write every generated file."""

from __future__ import annotations

from dashboards.source.made import FOLDER, made


def main() -> None:
    """Write them where they are kept."""
    for path, text in made().items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


main()
