"""Each kind of channel asks for what it needs and refuses what says nothing about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spikekit.campaign.declared import ChannelFile
from spikekit.campaign.kinds import COMMON, FIELDS, OTHER_NAMES, RULES
from spikekit.files.parse import parse
from spikekit.files.tree import Place, Reading
from spikekit.vocabulary import ChannelKind


def _problems(text: str) -> list[str]:
    reading = Reading("f", Path())
    node = parse(text.encode(), reading)
    assert node is not None
    ChannelFile.read(Place(node, "", reading))
    return [f"{p.path}: {p.message}" for p in reading.sorted()]


def test_every_kind_has_a_rule_and_every_key_belongs_to_some_kind() -> None:
    assert set(RULES) == set(ChannelKind)
    assert set(ChannelFile.keys) == FIELDS


@pytest.mark.parametrize("kind", [k for k in ChannelKind if RULES[k].needs_size])
def test_a_channel_without_any_size_is_refused(kind: ChannelKind) -> None:
    assert f"audience: expected audience or clicks for {kind.value}, found nothing" in _problems(f"kind: {kind.value}")


@pytest.mark.parametrize("kind", [k for k in ChannelKind if RULES[k].needs])
def test_a_channel_without_what_its_kind_needs_is_refused(kind: ChannelKind) -> None:
    problems = _problems(f"kind: {kind.value}")
    assert all(f"{n}: expected {n} for {kind.value}, found nothing" in problems for n in RULES[kind].needs)


@pytest.mark.parametrize(
    ("kind", "key"),
    [("email", "curve: x.csv"), ("tv_spot", "send_over: 2h"), ("past", "audience: 5"), ("drop", "click_rate: 2%"),
     ("push", "deliver_over: 1d"), ("email", "arrive_before: 1h"), ("brand_post", "response: {median: 2h, sigma: 1}"),
     ("past", "account: x"), ("press", "scale: 2")],
)  # fmt: skip
def test_a_key_that_says_nothing_about_the_kind_is_refused(kind: str, key: str) -> None:
    name = key.split(":")[0]
    assert f"{name}: {name} says nothing about {kind}; leave it out" in _problems(f"kind: {kind}\n{key}\n")


def test_custom_needs_no_click_rate_when_the_clicks_are_given() -> None:
    assert _problems("{kind: custom, clicks: 5k, response: {median: 2h, sigma: 1.4}}") == []


@pytest.mark.parametrize("name", sorted(COMMON - {"kind"}))
def test_time_place_and_name_serve_every_kind(name: str) -> None:
    assert all(name in rule.allowed for rule in RULES.values())


def test_what_marketers_call_a_kind_is_no_kind_but_leads_to_one() -> None:
    kinds = {k.value for k in ChannelKind}
    assert not kinds & set(OTHER_NAMES)
    assert set(OTHER_NAMES.values()) <= kinds
