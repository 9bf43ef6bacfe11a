"""The shop's command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.shop.settings import Settings, settings_from

_settings = st.builds(
    Settings,
    port=st.integers(0, 65535),
    slots=st.none() | st.integers(1, 10_000),
    service_seconds=st.floats(1e-6, 100),
    queue=st.none() | st.integers(0, 10_000),
    rate_limit=st.none() | st.floats(1e-3, 1e9),
    collapse=st.booleans(),
    stall=st.booleans(),
    slow=st.lists(st.tuples(st.sampled_from(["/basket", "/a=b"]), st.floats(1e-3, 1e3)), max_size=2).map(tuple),
    cold=st.none() | st.floats(1, 100),
    warm_up_seconds=st.floats(1e-3, 1e4),
    replicas=st.integers(1, 99),
    replica_seconds=st.floats(1e-3, 1e4),
    doubling_seconds=st.none() | st.floats(1e-3, 1e6),
    apologize=st.booleans(),
    blocked=st.booleans(),
    assets_in_slots=st.booleans(),
    consent=st.none() | st.from_regex(r"[a-z0-9][a-z0-9-]{0,19}", fullmatch=True).filter(lambda name: name != "none"),
    access_log=st.none() | st.sampled_from([Path("access.log"), Path("-odd name.log"), Path("/tmp/a/b.log")]),
    with_parent=st.booleans(),
)


@given(_settings)
def test_settings_survive_their_own_command_line(settings: Settings) -> None:
    assert settings_from(settings.arguments()) == settings


def test_durations_are_read_in_milliseconds_and_seconds() -> None:
    assert [settings_from(["--service", text]).service_seconds for text in ("50ms", "0.05s", "0.05")] == [0.05] * 3


@pytest.mark.parametrize("words", [["--slots", "0"], ["--service=-1s"], ["--port", "70000"], ["--queue", "few"]])
def test_what_cannot_be_meant_is_refused_with_what_is_allowed(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        settings_from(words)
    assert exit_.value.code == 2
    assert "expected a" in capsys.readouterr().err


def test_the_capacity_known_by_construction_is_the_smaller_of_slots_and_rate_limit() -> None:
    assert Settings().pages_per_second == 800
    assert Settings(rate_limit=300).pages_per_second == 300
    assert Settings(slots=None).pages_per_second is None
