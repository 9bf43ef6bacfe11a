"""Entries without marks are laid at a campaign's door only as far as its forecast and what is usual make it likely."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from spikekit.forecast.forecast import Forecast, forecast
from spikekit.forecast.wave import Role
from spikekit.traffic.arrival_shares import REST, arrival_shares
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.expected import expected
from spikekit.traffic.format import line_format
from spikekit.traffic.inference import Inference
from spikekit.traffic.tally import Tally
from tests.forecast.campaigns import LAUNCH, campaign, channel
from tests.traffic.lines import line, summed

NAMES = ("direct", "search", "x", "facebook", "other", "mail", "reddit", "search_ads", "youtube", "news")
AT = int(LAUNCH.timestamp())


def judged(drawn: Forecast, *, usual: float, seed: int) -> list[tuple[float, bool]]:
    """Probabilities with the truth, of a draw that the inference does not know; shares are not as it believes."""
    rng = np.random.default_rng(seed)
    inference, begins = Inference([expected(drawn, draws=60)]), np.arange(-2_400.0, 1_500.0)
    waves = [w for w in drawn.waves_in(100 + seed) if w.role is Role.PEOPLE]
    counts = sum(np.diff(w.cumulative(np.append(begins, begins[-1] + 1)[:, None])[:, 0]) for w in waves)
    believed = arrival_shares(drawn.campaign, drawn.campaign.channels[0])
    shares = np.array([believed.get(name, REST) for name in NAMES])
    own = rng.dirichlet(8 * shares / shares.sum() + 0.02)
    usually = rng.dirichlet(np.array([5, 4, 0.3, 0.3, 1, 0.5, 0.2, 0.5, 0.1, 0.2]))
    found = []
    for begin, rate in zip(begins, np.minimum(counts, 10.0), strict=True):
        mine, others = rng.poisson(rate), rng.poisson(usual)
        if not mine + others:
            continue
        came = [(name, True) for name in rng.choice(NAMES, mine, p=own)]
        came += [(name, False) for name in rng.choice(NAMES, others, p=usually)]
        for number in rng.permutation(len(came)):
            name, truth = came[number]
            judgement = inference.judge(AT + int(begin), b"/", str(name))
            if judgement is not None:
                found.append((judgement.probability, truth))
    return found


@pytest.fixture(scope="module")
def judgements() -> list[tuple[float, bool]]:
    kinds = (
        channel("celebrity_post", 500e3, within_seconds=900.0),
        channel("email", 200e3, send_over_seconds=1200.0),
        channel("tv_spot", 500e3),
        channel("push", 300e3),
    )
    drawn = [forecast(campaign(kind), seed=seed, draws=140) for seed, kind in enumerate(kinds)]
    usual = (0.05, 0.4, 0.4, 0.05)
    return [pair for seed, one in enumerate(drawn) for pair in judged(one, usual=usual[seed], seed=seed)]


def test_nine_in_ten_inferred_sources_are_right(judgements: list[tuple[float, bool]]) -> None:
    right = [(probability >= 0.5) == truth for probability, truth in judgements]
    assert len(right) > 1_500
    assert np.mean(right) >= 0.9


def test_probabilities_mean_what_they_say(judgements: list[tuple[float, bool]]) -> None:
    said, true = np.array([p for p, _ in judgements]), np.array([t for _, t in judgements])
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (said >= low) & (said < low + 0.2 + (low == 0.8))
        if here.sum() >= 100:
            assert abs(said[here].mean() - true[here].mean()) < 0.15, low


def test_a_campaign_s_crowd_without_marks_is_the_campaign_s_and_the_usual_visitors_are_not() -> None:
    drawn = forecast(campaign(channel("celebrity_post", 5e6)), seed=1, draws=200)
    tally = Tally(line_format("combined"), Attribution([drawn.campaign], inference=Inference([expected(drawn)])))
    usual = [line("/", at=at, address=f"u{at}", referrer="https://www.google.com/") for at in range(-7200, 0, 40)]
    crowd = [line("/", at=300 + i // 20, address=f"c{i}", referrer="https://t.co/Qx1") for i in range(2_000)]
    elsewhere = [line("/gifts", at=400 + i, address=f"e{i}") for i in range(50)]
    tally.feed("".join(usual + crowd + elsewhere).encode())
    seconds = list(tally.take())
    entries = {name: counts.entries for name, counts in summed(seconds).items() if counts.entries}
    assert entries["test"] > 1_900
    assert entries["search"] == 180
    assert entries["direct"] == 50
    inferred = [second.inferred["test"] for second in seconds if "test" in second.inferred]
    assert sum(one.entries for one in inferred) == entries["test"]
    assert 0.8 * entries["test"] < sum(one.expected for one in inferred) <= 2_000


def test_inference_goes_on_from_its_state_as_if_nothing_had_been() -> None:
    drawn = forecast(campaign(channel("push", 100e3)), seed=3, draws=100)
    one, many = Inference([expected(drawn)]), Inference([expected(drawn)])
    rng = np.random.default_rng(5)
    found: Counter[bool] = Counter()
    for at in sorted(rng.uniform(-3_000, 900, 600)):
        name = str(rng.choice(NAMES))
        restored = Inference([expected(drawn)])
        restored.restore(json.loads(json.dumps(many.state())))
        many = restored
        first, second = one.judge(AT + int(at), b"/", name), many.judge(AT + int(at), b"/", name)
        found[first == second] += 1
    assert found == {True: 600}
