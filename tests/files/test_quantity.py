"""Counts, shares and durations mean what people write, exactly, and nothing else passes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files import quantity

FIGURES = st.integers(0, 10**10)


@given(FIGURES)
def test_a_count_reads_the_same_with_and_without_underscores(figure: int) -> None:
    assert quantity.count(str(figure)) == quantity.count(f"{figure:_}") == figure


@given(st.integers(0, 10**6), st.integers(0, 999))
def test_thousands_and_millions_are_exact(whole: int, thousandths: int) -> None:
    assert quantity.count(f"{whole}.{thousandths:03}k") == whole * 1000 + thousandths
    if whole < 10**4:
        assert quantity.count(f"{whole}.{thousandths:03}M") == (whole * 1000 + thousandths) * 1000


@given(st.decimals(0, 100, places=4))
def test_a_percentage_is_the_ratio_a_hundred_times_smaller(percent: Decimal) -> None:
    assert quantity.ratio(f"{percent}%") == quantity.ratio(f"{percent / 100:f}") == float(percent / 100)


@given(*(st.integers(0, most) for most in (30, 23, 59, 59, 999)), st.sampled_from(["", "-", "+"]))
def test_a_duration_is_the_sum_of_its_parts(
    days: int, hours: int, minutes: int, seconds: int, ms: int, sign: str
) -> None:
    parts = {"d": days, "h": hours, "m": minutes, "s": seconds, "ms": ms}
    text = sign + ("".join(f"{n}{unit}" for unit, n in parts.items() if n) or "0s")
    total = days * 86_400 + hours * 3_600 + minutes * 60 + seconds + ms / 1000
    assert quantity.signed_duration(text) == pytest.approx(-total if sign == "-" else total)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("8s", 8),
        ("20m", 1200),
        ("2h", 7200),
        ("3d", 259_200),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("0", 0),
    ],
)
def test_durations_of_the_contract(text: str, seconds: float) -> None:
    assert quantity.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("6200000", 6.2e6),
        ("6_200_000", 6.2e6),
        ("6.2M", 6.2e6),
        ("250k", 250e3),
        ("1.5bn", 1.5e9),
        ("1.250M", 1.25e6),
        ("250.0", 250),
        ("1000.000", 1000),
    ],
)
def test_counts_of_the_contract(text: str, figure: float) -> None:
    assert quantity.count(text) == figure


@pytest.mark.parametrize(
    ("parse", "text", "note"),
    [
        (quantity.count, "6,200,000", "did you mean 6_200_000?"),
        (quantity.count, "250.000", "did you mean 250_000 or 250k?"),
        (quantity.count, "1.250", "did you mean 1_250 or 1.25k?"),
        (quantity.count, "1.250.000", "did you mean 1_250_000 or 1.25M?"),
        (quantity.count, "6,2M", "decimals take a point: did you mean 6.2M?"),
        (quantity.ratio, "2,6%", "decimals take a point: did you mean 2.6%?"),
        (quantity.number, "1,4", "decimals take a point: did you mean 1.4?"),
        (quantity.duration, "1,5h", "decimals take a point: did you mean 1.5h?"),
        (quantity.count, "6.2m", "did you mean 6.2M?"),
        (quantity.count, "3 million", "did you mean 3M?"),
        (quantity.count, "-5", "it cannot be negative"),
        (quantity.count, "2.5", "it must be a whole number"),
        (quantity.count, "11bn", "that is more than there are people"),
        (quantity.count, "1e99", "that is more than there are people"),
        (quantity.duration, "30", "did you mean 30s or 30m?"),
        (quantity.duration, "20 min", "did you mean 20m?"),
        (quantity.duration, "-10m", "it cannot have a sign"),
        (quantity.duration, "400d", "that is longer than a year"),
        (quantity.ratio, "-1%", "it cannot be negative"),
    ],
)
def test_a_near_miss_says_what_was_meant(parse: Callable[[str], float], text: str, note: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        parse(text)
    assert str(caught.value) == note


@pytest.mark.parametrize(
    "text", ["", "k", "1_00", "1__000", "_1", "1k2", ".inf", ".nan", "inf", "nan", "0x10", "٣", "1 0"]
)
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        quantity.count(text)


@pytest.mark.parametrize("text", ["", "m", "1h1h", "1m1h", "5sm", "1h-1m", "--1m", "1 h m", "٣m", "12:30", "1m 30s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        quantity.signed_duration(text)


@given(st.text(max_size=30) | st.text("0123456789._eE+-kKMbnhmsd% ", max_size=12))
def test_any_text_is_a_finite_figure_or_a_value_error(text: str) -> None:
    for parse in (quantity.count, quantity.number, quantity.ratio, quantity.duration, quantity.signed_duration):
        try:
            value = parse(text)
        except ValueError:
            continue
        assert abs(value) < 1e120
