"""From real visits to the next forecast: a shop, its access log, a review."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.cli.test_forecast import run
from tests.known_truth import OpenShop

VISITORS = 120
LINK = "/books?utm_source=x&utm_medium=social&utm_campaign=fry-reads"
CAMPAIGN = """\
version: 1
name: A spot
launch: {launch}
landing: /books
channels: [{{kind: tv_spot, audience: 60k}}]
utm: {{source: x, medium: social, campaign: fry-reads}}
"""


def visit(url: str, number: int) -> None:
    """One visitor of an address of their own opens the link and one more page."""
    # No certificate is checked on plain HTTP; loading them for each visitor would take longer than all visits.
    transport = httpx.HTTPTransport(verify=False, local_address=f"127.0.{1 + number // 200}.{1 + number % 200}")
    headers = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile Safari", "Referer": "https://t.co/Qx1"}
    with httpx.Client(transport=transport, base_url=url, headers=headers) as client:
        client.get(LINK).raise_for_status()
        client.get("/books/1", headers={"Referer": f"{url}{LINK}"}).raise_for_status()


def test_visits_in_a_real_log_move_the_next_forecast(
    open_shop: OpenShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The minute before this one: however near its end this one is, what comes now is in the spot's second or third.
    log, launch = tmp_path / "access.log", datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)
    campaign, later = tmp_path / "fry-reads.yaml", tmp_path / "later.yaml"
    campaign.write_text(CAMPAIGN.format(launch=launch.strftime("%Y-%m-%dT%H:%M:%SZ")))
    later.write_text(CAMPAIGN.format(launch=(launch + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")))

    shop = open_shop(slots=8, service_seconds=0.001, access_log=log)
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda n: visit(shop.url, n), range(VISITORS)))
    shop.stop()

    def likely() -> float:
        return float(json.loads(run(capsys, "forecast", str(later), "--json")[1])["visitors_24h"]["p50"])

    before = likely()
    code, out, err = run(capsys, "review", str(campaign), "--observed", str(log), "--json")
    assert (code, err) == (0, "")
    review = json.loads(out)
    assert review["observed"]["visitors"] == VISITORS
    assert review["observed"]["is_lower_bound"] is False
    assert review["visitors"]["outcome"] == "above"
    assert likely() > 2 * before
