"""The page: one file that fetches nothing, says all in words too, and never runs what a server sent."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from spikekit.report.run.page import bar_share, page
from spikekit.verdict.run import Run
from tests.sample_runs import empty_run, good_run, hostile_run, overloaded_run, two_hour_run
from tests.test_sample_runs import ALL_RUNS

_VOID = {"meta", "path", "line", "br", "img", "link", "input", "rect"}
_FETCHING = {"link", "img", "iframe", "object", "embed", "base", "audio", "video", "source", "image", "use", "form"}


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class _Parsed(HTMLParser):
    """Every element with its own text; refuses a page whose tags do not close in order."""

    elements: list[_Element] = field(default_factory=list)
    open: list[_Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(_Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].text += data

    def all(self, tag: str) -> list[_Element]:
        return [e for e in self.elements if e.tag == tag]


def _parsed(text: str) -> _Parsed:
    parsed = _Parsed()
    parsed.feed(text)
    parsed.close()
    assert parsed.open == []
    return parsed


@pytest.mark.parametrize("make", ALL_RUNS)
def test_the_page_fetches_nothing(make: Callable[[], Run]) -> None:
    parsed = _parsed(page(make()))
    assert not {e.tag for e in parsed.elements} & _FETCHING
    for element in parsed.elements:
        assert not {"src", "href", "srcset", "action", "data", "background"} & element.attributes.keys()
        if element.attributes.get("content", "").startswith("default-src"):
            continue
        assert "//" not in "".join(v for k, v in element.attributes.items() if k != "aria-label")
    style = "".join(e.text for e in parsed.all("style"))
    assert "@import" not in style
    assert re.findall(r"url\(([^)]*)\)", style) == ["#lost"]
    assert "fetch(" not in "".join(e.text for e in parsed.all("script"))


@pytest.mark.parametrize("make", ALL_RUNS)
def test_every_picture_has_words_and_every_chart_a_table(make: Callable[[], Run]) -> None:
    run = make()
    parsed = _parsed(page(run))
    pictures = [e for e in parsed.elements if e.attributes.get("role") == "img"]
    assert all(e.attributes["aria-label"] for e in pictures)
    others = [e for e in parsed.all("svg") if e.attributes.get("aria-hidden") != "true"]
    assert others == []
    charts = sum(e.attributes.get("class", "").startswith("plot") for e in parsed.elements)
    tables = len(parsed.all("details"))
    # Arrivals and latency share one time axis, and so one table.
    assert (charts, tables) == ((3, 2) if run.visitors.planned else (0, 0))


def test_what_a_server_said_stays_text() -> None:
    run = hostile_run()
    parsed = _parsed(page(run))
    assert len(parsed.all("script")) == 2
    assert not any(name.startswith("on") for e in parsed.elements for name in e.attributes)
    heading = parsed.all("h1")[0].text
    assert heading.startswith("</script><script>alert('x')</script><img src=x onerror=alert(1)>")
    assert "{{ 7*7 }}" in heading
    data = next(e for e in parsed.all("script") if e.attributes.get("type") == "application/json")
    assert json.loads(data.text)["length"] == len(run.timeline.started)


def test_only_the_pages_own_script_may_run() -> None:
    parsed = _parsed(page(good_run()))
    (policy,) = [e.attributes["content"] for e in parsed.all("meta") if "http-equiv" in e.attributes]
    (script,) = [e.text for e in parsed.all("script") if "type" not in e.attributes]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_the_answer_and_the_command_are_in_the_page_word_for_word() -> None:
    run = overloaded_run()
    parsed = _parsed(page(run))
    assert parsed.all("h1")[0].text.replace("\u00a0", " ") == run.sentence
    assert parsed.all("pre")[0].text == run.command
    assert parsed.all("title")[0].text == "Not ready · fry-reads · 4 December 2026, 17:55 UTC"


def test_a_run_without_data_says_so_instead_of_drawing() -> None:
    text = page(empty_run())
    assert "there is nothing to draw" in text
    assert 'class="plot' not in text


def test_a_long_run_stays_a_small_file_and_keeps_its_one_outlier() -> None:
    text = page(two_hour_run())
    assert len(text) < 200_000
    data = next(e for e in _parsed(text).all("script") if e.attributes.get("type") == "application/json")
    shown = json.loads(data.text)
    assert max(shown["started"]) == 97
    assert max(v for v in shown["p95"] if v is not None) == 6.66


def test_a_page_is_whole_utf8_whatever_a_server_sent() -> None:
    assert page(hostile_run()).encode("utf-8")


@pytest.mark.parametrize(("used", "share"), [(None, 0.0), (0.0, 0.0), (1.0, 0.62), (5.0, 1.0), (float("inf"), 1.0)])
def test_a_bar_reaches_the_mark_exactly_at_the_limit(used: float | None, share: float) -> None:
    assert bar_share(used) == share
