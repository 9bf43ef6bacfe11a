"""What every page is written on: one look, everything escaped, nothing ever fetched, only our own script run."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from spikekit import wording
from spikekit.report.palette import PAINTS
from spikekit.report.screen import shown


def written(template: str, *, script: str | None = None, **values: Any) -> str:
    """A page of ``template``. Everything that came from people or servers is escaped.

    ``script`` names the page's own script; without one its policy allows none.
    """
    code = source(script) if script else ""
    text: str = (
        environment()
        .get_template(template)
        .render(
            colours=[(role.value, paint.light, paint.dark) for role, paint in PAINTS.items()],
            style=Markup(source("page.css")),
            script=Markup(code),
            script_hash=_hash(code),
            **values,
        )
    )
    # What UTF-8 cannot hold (half a surrogate pair in a server's answer) must not keep a page from being written.
    return text.strip().encode("utf-8", "replace").decode() + "\n"


@cache
def environment() -> Environment:
    """Where templates live, with the filters that all of them may use."""
    made = Environment(
        loader=PackageLoader("spikekit.report"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    named = ("duration", "count", "percent", "instant", "clock", "tied")
    made.filters.update(share=share, **{name: getattr(wording, name) for name in named})
    return made


def source(name: str) -> str:
    """The text of a file among the templates."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def share(value: float) -> str:
    """A place between 0 and 1 as CSS and SVG take it."""
    return f"{value * 100:.2f}".rstrip("0").rstrip(".")


def _harmless(value: Any) -> Any:
    """Text from outside without what would turn a line around or ring a bell; our own markup as it is."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _hash(script: str) -> str:
    """What a Content-Security-Policy calls exactly this script; any other is not run, whatever got into the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
