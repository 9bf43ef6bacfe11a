"""Where a project keeps its runs."""

from __future__ import annotations

from pathlib import Path

from spikekit.site.file import SITE_FILE, find_site

STATE_NAME = ".spikekit"


def state_folder(folder: Path, *, explicit: Path | None = None, site_file: Path | None = None) -> Path:
    """The state folder for whoever works in ``folder`` (the current one, or a campaign's). It need not exist.

    ``explicit`` (``--state`` or ``SPIKEKIT_STATE``) wins; then ``.spikekit`` beside the site file that was named;
    then beside the nearest ``site.yaml`` in ``folder`` or above; then in ``folder`` itself. Raises ``UsageError``
    when the named site file does not exist.
    """
    if explicit is not None:
        return explicit
    site = find_site(folder / SITE_FILE, site_file)
    return (folder if site is None else site.parent) / STATE_NAME
