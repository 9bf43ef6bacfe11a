"""Is the later run better, and by more than noise? Searches by their posteriors, runs by resampling their seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from spikekit.capacity.document import CapacityRun
from spikekit.capacity.posterior import samples
from spikekit.errors import UsageError
from spikekit.forecast.normal import Floats
from spikekit.verdict.run import Run
from spikekit.vocabulary import Verdict
from spikekit.wording import duration, percent

SCHEMA = "spikekit.comparison/1"

_DRAWS = 4_000
_BLOCK = 10
"""Neighbouring seconds are alike: they are resampled ten at a time, as windows are judged."""

_LEAST_BLOCKS = 3
_SAME_RATE = 0.1
"""Runs whose rates differ by more were asked different things: their times are not compared."""
_TOLD_RATE = 0.02
"""Near its capacity a site's times go up much faster than the rate: of a smaller difference than this, too, but there
the rates are as good as the same (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure before and after, in ``unit``; ``change`` is after ÷ before − 1 with its 95 % interval.

    ``beyond_noise`` is ``None`` where nobody can say.
    """

    name: str
    unit: str
    before: float
    after: float
    change: float
    interval: tuple[float, float] | None
    beyond_noise: bool | None

    def sentence(self) -> str:
        """``The capacity is 12 % lower, beyond noise (8 to 16 % lower).``"""
        if self.beyond_noise is None or self.interval is None:
            return (
                f"{self.name} went from {self._figure(self.before)} to {self._figure(self.after)}; too little to judge."
            )
        if not self.beyond_noise:
            widest = max(abs(v) for v in self.interval)
            return f"{self.name} is the same within noise ({_signed(self.change)}; up to {percent(round(widest, 3))})."
        low, high = sorted(abs(v) for v in self.interval)
        word = "lower" if self.change < 0 else "higher"
        said = f"{percent(round(abs(self.change), 3))} {word}"
        return f"{self.name} is {said}, beyond noise ({low * 100:.0f} to {high * 100:.0f} % {word})."

    def _figure(self, value: float) -> str:
        return duration(value) if self.unit == "seconds" else f"{value:,.4g} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The earlier and the later run, what differs, and why some things are not compared."""

    before: str
    after: str
    labels: tuple[str | None, str | None]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def compare(before: Run | CapacityRun, after: Run | CapacityRun, *, seed: int) -> Comparison:
    """What changed from ``before`` to ``after``; nothing where they measured different things.

    Raises ``UsageError`` for a run beside a search.
    """
    rng = np.random.default_rng([seed, 0xC0])
    differences: list[Difference] = []
    if isinstance(before, CapacityRun) != isinstance(after, CapacityRun):
        raise UsageError("a search for capacity and a run cannot be compared", hint="name two of a kind")
    if unlike := _unlike(before, after):
        notes = [f"They were measured on {unlike}, so nothing is concluded from one to the other."]
    elif isinstance(before, CapacityRun) and isinstance(after, CapacityRun):
        differences, notes = _of_searches(before, after, rng)
    elif isinstance(before, Run) and isinstance(after, Run):
        differences, notes = _of_runs(before, after, rng)
    return Comparison(
        before=before.id,
        after=after.id,
        labels=(before.label, after.label),
        differences=tuple(differences),
        notes=(*notes, *_inconclusive(before, after)),
    )


def landing(run: Run | CapacityRun) -> str | None:
    """The page that its visitors landed on; ``None`` where each of a campaign's channels has its own."""
    page = run.asked.get("landing")
    return str(page) if page else None


def _unlike(before: Run | CapacityRun, after: Run | CapacityRun) -> str:
    """In what they differ that no version of the site changed: ``different journeys (buy and look)``, or nothing."""
    told = [
        f"{noun} ({one} and {other})"
        for noun, one, other in (
            ("targets", before.target, after.target),
            ("campaigns", _campaign(before), _campaign(after)),
            ("journeys", _journey(before), _journey(after)),
            ("pages", landing(before), landing(after)),
        )
        if one is not None and other is not None and one != other
    ]
    return f"different {' and '.join(told)}" if told else ""


def _inconclusive(before: Run | CapacityRun, after: Run | CapacityRun) -> list[str]:
    """Of each that came to no conclusion, that its figures are worth less."""
    return [
        f"The {which} one was inconclusive{f' ({run.reasons[0]})' if run.reasons else ''}; its figures are doubtful."
        for which, run in (("earlier", before), ("later", after))
        if run.verdict is Verdict.INCONCLUSIVE
    ]


def _campaign(run: Run | CapacityRun) -> str | None:
    return None if isinstance(run, CapacityRun) else run.campaign or "none"


def _journey(run: Run | CapacityRun) -> str | None:
    """``None`` where a campaign says it."""
    name = run.journey if isinstance(run, CapacityRun) else run.asked.get("journey")
    return str(name) if name else None


def _of_searches(
    before: CapacityRun, after: CapacityRun, rng: np.random.Generator
) -> tuple[list[Difference], list[str]]:
    values = before.value(), after.value()
    if values[0] is None or values[1] is None:
        return [], ["One of them found no capacity."]
    if values[0].warm.is_lower_bound or values[1].warm.is_lower_bound:
        return [], ["One of them found only a lower bound, so which is higher is not known."]
    found = []
    drawn = [samples(v, draws=_DRAWS, rng=rng) for v in values if v is not None]
    found.append(_judged("The capacity", "visitors/s", drawn[0].warm, drawn[1].warm))
    if all(v is not None and v.cold is not None for v in values):
        found.append(_judged("The capacity when cold", "visitors/s", drawn[0].cold, drawn[1].cold))
    return found, []


def _of_runs(before: Run, after: Run, rng: np.random.Generator) -> tuple[list[Difference], list[str]]:
    rates = [r.visitors.planned / max(r.duration_seconds, 1e-9) for r in (before, after)]
    if min(rates) <= 0 or max(rates) / min(rates) > 1 + _SAME_RATE:
        return [], [f"{_asked(rates)}, so their times are not compared."]
    pairs = (
        ("The typical answer time", [_seconds(r.timeline.p50) for r in (before, after)]),
        ("The slow answer time (95 % are faster)", [_seconds(r.timeline.p95) for r in (before, after)]),
    )
    found = [_resampled(name, one, other, rng) for name, (one, other) in pairs if one.size and other.size]
    unequal = bool(found) and max(rates) / min(rates) > 1 + _TOLD_RATE
    return found, [f"{_asked(rates)}, which moves their times, too."] if unequal else []


def _asked(rates: list[float]) -> str:
    return f"They were asked {rates[0]:,.4g} and {rates[1]:,.4g} visitors/s"


def _seconds(values: list[float | None]) -> Floats:
    return np.array([v for v in values if v is not None and v > 0], dtype=np.float64)


def _resampled(name: str, before: Floats, after: Floats, rng: np.random.Generator) -> Difference:
    """The geometric mean over the seconds, with its doubt from resampling blocks of them."""
    means = [float(np.exp(np.log(v).mean())) for v in (before, after)]
    drawn = [_block_means(np.log(v), rng) for v in (before, after)]
    if drawn[0] is None or drawn[1] is None:
        change = means[1] / means[0] - 1
        return Difference(
            name=name,
            unit="seconds",
            before=means[0],
            after=means[1],
            change=change,
            interval=None,
            beyond_noise=None,
        )
    return _judged(name, "seconds", np.exp(drawn[0]), np.exp(drawn[1]))


def _block_means(logs: Floats, rng: np.random.Generator) -> Floats | None:
    blocks = len(logs) // _BLOCK
    if blocks < _LEAST_BLOCKS:
        return None
    means = logs[: blocks * _BLOCK].reshape(blocks, _BLOCK).mean(axis=1)
    # Few blocks resampled look more alike than they are: n/(n−1) puts that right.
    drawn = means[rng.integers(0, blocks, (_DRAWS, blocks))].mean(axis=1)
    centre = float(means.mean())
    return np.asarray(centre + (drawn - centre) * np.sqrt(blocks / (blocks - 1)))


def _judged(name: str, unit: str, before: Floats, after: Floats) -> Difference:
    change = after / before - 1
    low, likely, high = (float(q) for q in np.quantile(change, (0.025, 0.5, 0.975)))
    return Difference(
        name=name,
        unit=unit,
        before=float(np.median(before)),
        after=float(np.median(after)),
        change=likely,
        interval=(low, high),
        beyond_noise=low > 0 or high < 0,
    )


def _signed(change: float) -> str:
    return f"{'+' if change >= 0 else '−'}{percent(round(abs(change), 3))}"
