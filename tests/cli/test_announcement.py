"""What people read before a run sends anything."""

from __future__ import annotations

from dataclasses import replace

from spikekit.cli.colour import broken
from spikekit.cli.running import announcement
from spikekit.site.model import Limits, Objectives, Site, Target
from spikekit.trial.expectation import Expectation
from spikekit.trial.plain import PlainLoad, asked_load

EXPECTED = Expectation(
    visitors=593,
    pages=680,
    requests=4736,
    requests_per_second=161,
    page_bytes=3_300_000,
    side_effects=(("POST /basket", 141.2),),
)


def test_pages_and_their_files_are_told_apart_and_add_up_to_the_requests() -> None:
    target = Target(name="staging", url="http://127.0.0.1:80", consent="private")
    site = Site(name="bookshop", production=None, targets=(target,), objectives=Objectives(), journeys=())
    asked = asked_load(PlainLoad(rate=20, duration_seconds=30), site, command="", inputs={})
    assert announcement(asked, EXPECTED).splitlines() == [
        "Sending about 593 visitors (4,736 requests: 680 pages and 4,056 styles, scripts and images; about "
        "161 requests/s at the peak; about 3 MB of pages, their files not counted) to staging at "
        "http://127.0.0.1:80 in 30 s.",
        "This changes things there: POST /basket about 141 times.",
    ]
    limited = replace(asked, target=replace(target, limits=Limits(requests_per_second=170)))
    warned = announcement(limited, EXPECTED).splitlines()[-1]
    assert warned.startswith("That is close to the 170 requests/s allowed there")
    told = announcement(asked, replace(EXPECTED, unseen=("/books/{id}",))).splitlines()[-1]
    assert told == "Nobody looked at /books/{id} before: each is taken for 25 requests with all it needs."
    alone = replace(EXPECTED, requests=680, requests_per_second=38.5, side_effects=())
    assert "(680 requests; about 39 requests/s at the peak; about 3 MB of pages)" in announcement(asked, alone)


def test_it_is_broken_to_the_terminal_and_no_address_is_torn() -> None:
    url = f"http://{'a-long-name.' * 8}example"
    target = Target(name="staging", url=url, consent="private")
    site = Site(name="bookshop", production=None, targets=(target,), objectives=Objectives(), journeys=())
    asked = asked_load(PlainLoad(rate=20, duration_seconds=30), site, command="", inputs={})
    lines = broken(announcement(asked, EXPECTED)).splitlines()
    assert max(len(line) for line in lines if url not in line) < 80
    assert url in "\n".join(lines)
    assert "\n".join(lines).replace("\n  ", " ") == announcement(asked, EXPECTED)
