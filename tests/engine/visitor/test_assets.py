"""What a browser would load for a page, and nothing it would not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.visitor.assets import asset_targets
from tests.engine.plans import host

PAGE = b"""
<html><head>
<LINK REL="stylesheet" HREF="/static/shop.css?v=1&amp;w=2">
<link rel='shortcut icon' href=/favicon.ico>
<link rel=preload as=font href="fonts/a.woff2">
<link rel="canonical" href="/books/42">
<link rel="alternate stylesheet" href="/static/night.css">
<link rel="next" href="/books/43"><link href="/no-rel.css">
<script src="/static/shop.js"></script><script>var src = "/not/this.js";</script>
<script src="https://cdn.test/lib.js"></script><script src="//shop.test/own.js"></script>
</head><body>
<a href="/elsewhere">x</a><img src="cover.jpg" alt="a cover"><img data-x=1 src='/img/b.png'>
<img src="/img/b.png"><img alt="none"><picture><source src="/img/c.webp"></picture>
<img src="http://[broken"><img src="data:image/png;base64,AAAA">
</body></html>"""


def test_styles_scripts_icons_and_pictures_of_the_same_host_are_loaded_once_in_the_page_s_order() -> None:
    assert list(asset_targets(PAGE, host(), "/books/42")) == [
        "/static/shop.css?v=1&w=2",
        "/favicon.ico",
        "/books/fonts/a.woff2",
        "/static/night.css",
        "/static/shop.js",
        "/own.js",
        "/books/cover.jpg",
        "/img/b.png",
        "/img/c.webp",
    ]


_WORDS = b"<img |<link |rel=|stylesheet |\"|'|>|<|src=|href=|/a|//|:|[".split(b"|")
_scraps = st.lists(st.sampled_from(_WORDS) | st.binary(max_size=8), max_size=40).map(b"".join)


@given(_scraps)
def test_no_page_whatever_breaks_the_search_or_leads_off_the_host(content: bytes) -> None:
    targets = asset_targets(content, host(), "/books/42")
    assert all(target.startswith("/") for target in targets)
    assert len(set(targets)) == len(targets)


@pytest.mark.parametrize(
    "scrap", [b"<img ", b"<img src=", b"<link rel=", b"rel=", b"src ", b"<link rel=stylesheet ", b"<img\t\t\t"]
)
@pytest.mark.parametrize("start", [b"", b"<link "])
def test_time_grows_no_faster_than_the_page(start: bytes, scrap: bytes) -> None:
    size = 400_000
    content = start + scrap * (size // len(scrap))
    began = time.process_time()
    asset_targets(content, host(), "/")
    # A quadratic search takes minutes; a linear one a few hundredths of a second.
    assert time.process_time() - began < 3
