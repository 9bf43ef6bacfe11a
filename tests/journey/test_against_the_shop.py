"""A real browser buys a book in the sample shop; what ``record`` makes of it is then walked by a crowd."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spikekit.shop.process import ShopProcess
from spikekit.site.file import read_site
from tests.journey.chromium import Chromium

BUYING = """\
fetch("/api/order", {
  method: "POST",
  headers: {"Content-Type": "application/json", "Authorization": "Bearer 9f8e7d6c5b4a39281706f5e4d3c2b1a0"},
  body: JSON.stringify({book: 17, email: "joe.bloggs@example.org", card: {number: "4111 1111 1111 1111", cvc: "737"}}),
}).then(answer => answer.status)
"""
SECRETS = ("joe.bloggs", "4111", "737", "9f8e7d6c5b4a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The shop, and the file a browser exported after buying a book there."""

    shop: ShopProcess
    har: Path
    secrets: tuple[str, ...]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """One walk serves every test: a browser takes its time to start."""
    folder = tmp_path_factory.mktemp("browser")
    with ShopProcess() as shop:
        with Chromium(folder / "profile") as browser:
            browser.open(f"{shop.url}/books?utm_source=x")
            browser.run("""document.querySelector('a[href="/books/17"]').click()""")
            csrf = browser.evaluate("""document.querySelector('[name="csrf"]').value""")
            browser.run("""document.querySelector('form[action="/basket"] button').click()""")
            assert browser.evaluate(BUYING) == 201
            browser.run("""document.querySelector('form[action="/checkout"] button').click()""")
            document = browser.har()
        har = folder / "buy.har"
        har.write_text(json.dumps(document))
        yield Recorded(shop=shop, har=har, secrets=(*SECRETS, csrf, *_cookies(document)))


def _cookies(document: dict[str, Any]) -> list[str]:
    headers = [h for e in document["log"]["entries"] for h in e["request"]["headers"] if h["name"].lower() == "cookie"]
    values = {h["value"].partition("=")[2] for h in headers}
    assert values, "the browser was given a session"
    return sorted(values)


def _spikekit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "spikekit", *words], cwd=folder, capture_output=True, text=True, timeout=90
    )


def _write_site(folder: Path, shop: ShopProcess, journeys: str) -> None:
    (folder / "site.yaml").write_text(
        f"version: 1\nsite: bookshop\ntargets:\n  staging:\n    url: {shop.url}\n    consent: private\n"
        f"    side_effects: accepted\n{journeys}"
    )


@pytest.mark.parametrize("options", [(), ("--data",)], ids=["as recorded", "with data files"])
def test_a_recorded_purchase_is_checked_and_walked_by_a_crowd_without_a_failure(
    recorded: Recorded, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """The shop's csrf tokens belong to a session: whoever sends another's gets 403."""
    said = _spikekit(tmp_path, "record", str(recorded.har), "--name", "buy", *options)
    assert said.returncode == 0, said.stderr
    _write_site(tmp_path, recorded.shop, said.stdout)
    checked = _spikekit(tmp_path, "check", "site.yaml")
    assert (checked.returncode, checked.stdout) == (0, "site.yaml: fine\n"), checked.stderr
    before = recorded.shop.truth()["by_request"]
    loaded = _spikekit(
        tmp_path, "load", "--journey", "buy", "--path", "/books", "--rate", "10", "--duration", "4s", "--json"
    )
    run = json.loads(loaded.stdout)
    assert (run["failures"], run["requests"]["failed"], run["visitors"]["failed"]) == ({}, 0, 0)
    assert run["verdict"] == "ready", run["reasons"]
    after = recorded.shop.truth()["by_request"]
    assert after["POST /checkout"] - before["POST /checkout"] >= 5
    opened = [r for r, count in after.items() if r.startswith("GET /books/") and count > before.get(r, 0)]
    assert (len(opened) > 5) == bool(options), "only with data files does everyone open another book"


def test_nothing_secret_of_the_recording_stands_in_anything_that_is_written(recorded: Recorded, tmp_path: Path) -> None:
    plain = _spikekit(tmp_path, "record", str(recorded.har), "--json")
    filed = _spikekit(tmp_path, "record", str(recorded.har), "--name", "buy", "--data", "--write", "journeys")
    assert (plain.returncode, filed.returncode) == (0, 0)
    written = [path.read_text() for path in (tmp_path / "journeys").iterdir()]
    assert len(written) == 3
    for text in (plain.stdout, plain.stderr, filed.stdout, filed.stderr, *written):
        assert [secret for secret in recorded.secrets if secret in text] == []


def test_the_journey_is_what_the_visitor_did(recorded: Recorded, tmp_path: Path) -> None:
    said = _spikekit(tmp_path, "record", str(recorded.har), "--name", "buy")
    _write_site(tmp_path, recorded.shop, said.stdout)
    site, problems = read_site(tmp_path / "site.yaml")
    assert site is not None, problems
    journey = site.journey("buy")
    assert journey is not None
    assert [(s.method, s.path) for s in journey.steps] == [
        ("GET", "{landing}"),
        ("GET", "/books/17"),
        ("POST", "/basket"),
        ("POST", "/api/order"),
        ("POST", "/checkout"),
    ]
    landing, book, basket, order, checkout = journey.steps
    assert "recorded: /books?utm_source=x" in said.stdout
    assert (landing.assets, landing.expect.text) == ("auto", "Bookshop")
    assert (book.expect.text, [name for name, _ in book.capture]) == ("The Borrowed Letter", ["id", "csrf"])
    assert (basket.form, checkout.form) == ((("id", "{id}"), ("csrf", "{csrf}")), (("csrf", "{csrf}"),))
    assert (order.expect.status, checkout.expect.text) == ((201,), "Thank you")
