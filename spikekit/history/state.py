"""Where a project keeps its runs."""

from __future__ import annotations

from pathlib import Path

STATE_NAME = ".spikekit"
SITE_NAME = "site.yaml"


def state_folder(start: Path, *, explicit: Path | None = None, site_file: Path | None = None) -> Path:
    """The state folder of whoever stands in ``start`` (the current folder, or a campaign's). It need not exist.

    ``explicit`` (``--state`` or ``SPIKEKIT_STATE``) wins; then ``.spikekit`` beside the site file that was named;
    then beside the nearest ``site.yaml`` in ``start`` or above; then in ``start`` itself.
    """
    if explicit is not None:
        return explicit
    if site_file is not None:
        return site_file.parent / STATE_NAME
    here = start.absolute()
    found = next((folder for folder in (here, *here.parents) if (folder / SITE_NAME).is_file()), here)
    return found / STATE_NAME
