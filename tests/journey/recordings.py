"""Recordings made by hand, as short as a test can say them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spikekit.journey.har import read_recording
from spikekit.journey.proposal import Proposal
from spikekit.journey.propose import propose
from spikekit.journey.recording import Recording
from spikekit.site.file import read_site
from spikekit.site.model import Journey

SHOP = "https://www.shop.example"
NAVIGATION = "text/html,application/xhtml+xml,*/*;q=0.8"
SITE = "version: 1\nsite: shop\ntargets: {staging: {url: 'http://127.0.0.1', side_effects: accepted}}\n"


def entry(
    url: str,
    *,
    method: str = "GET",
    at: float = 0.0,
    took: float = 0.1,
    status: int = 200,
    body: str = "",
    mime: str = "text/html",
    accept: str = NAVIGATION,
    headers: dict[str, str] | None = None,
    sent: str | None = None,
    sent_as: str = "application/x-www-form-urlencoded",
    location: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One entry of a HAR file; a path alone is the shop's. ``at`` is in seconds after noon, ``took`` in seconds."""
    request: dict[str, Any] = {
        "method": method,
        "url": url if "://" in url else SHOP + url,
        "headers": [{"name": k, "value": v} for k, v in {"Accept": accept, **(headers or {})}.items()],
    }
    if sent is not None:
        request["postData"] = {"mimeType": sent_as, "text": sent}
    return {
        "startedDateTime": f"2026-11-22T12:{int(at // 60):02}:{at % 60:06.3f}Z",
        "time": took * 1000,
        "request": request,
        "response": {
            "status": status,
            "headers": [],
            "redirectURL": location,
            "content": {"mimeType": mime, "text": body},
        },
        **more,
    }


def call(url: str, **more: Any) -> dict[str, Any]:
    """A script's request for JSON."""
    return entry(url, **{"accept": "application/json", "mime": "application/json", **more})


def har(*entries: dict[str, Any], **log: Any) -> dict[str, Any]:
    """The document of a HAR file."""
    creator = {"name": "Firefox", "version": "150.0"}
    return {"log": {"version": "1.2", "creator": creator, "entries": list(entries), **log}}


def read(folder: Path, document: dict[str, Any]) -> Recording:
    """The recording in such a document, by way of a file."""
    path = folder / "walk.har"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_recording(path)


def proposed(folder: Path, *entries: dict[str, Any], vary: bool = False, host: str | None = None) -> Proposal:
    """What these entries propose, as the journey ``walk``."""
    return propose(read(folder, har(*entries)), name="walk", vary=vary, host=host)


def journey_in(folder: Path, text: str) -> Journey:
    """The journey ``walk`` as the site's reader understands the text, put into a site file as a person would."""
    (folder / "site.yaml").write_text(SITE + text, encoding="utf-8")
    site, problems = read_site(folder / "site.yaml")
    assert site is not None, "\n".join(map(str, problems)) + "\n" + text
    journey = site.journey("walk")
    assert journey is not None
    return journey
