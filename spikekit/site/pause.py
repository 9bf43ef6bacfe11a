"""How long visitors read before they go on: a mean, a lognormal by its median, or a Weibull."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spikekit.files import quantity
from spikekit.files.json_schema import JsonSchema, either, not_both
from spikekit.files.schema import Nested, Record, Written, key
from spikekit.files.tree import Place
from spikekit.files.value import DURATION, NUMBER_SHAPE, POSITIVE_DURATION, at_most, positive
from spikekit.site.model import THINK_SIGMA, LognormalPause, Pause, WeibullPause

SIGMA = Written(
    "a spread such as 1.0", positive(at_most(quantity.number, 3.0, "no pause is spread that widely")), NUMBER_SHAPE
)


def _shape(text: str) -> float:
    shape = quantity.number(text)
    if not 0.2 <= shape <= 10:
        raise ValueError("it lies between 0.2 and 10")
    return shape


def pause_of(mean_seconds: float) -> LognormalPause | None:
    """The pauses of which only the mean is known; ``None`` for none."""
    if not mean_seconds:
        return None
    # exp(mu + sigma²/2) is a lognormal's mean, so this median makes it the declared one.
    return LognormalPause(median_seconds=mean_seconds * math.exp(-THINK_SIGMA * THINK_SIGMA / 2), sigma=THINK_SIGMA)


@dataclass(frozen=True, slots=True)
class PlainPause:
    """A duration: the mean."""

    expected: str = DURATION.expected

    def read(self, place: Place) -> Pause | None:
        mean = DURATION.read(place)
        return None if mean is None else pause_of(mean)

    def schema(self) -> JsonSchema:
        return DURATION.schema()


class WeibullFile(Record, noun="a Weibull"):
    """Many short pauses and some long ones, as eyes on pages were measured (Liu, White and Dumais, 2010)."""

    scale: float | None = key(POSITIVE_DURATION, "63 % of pauses are shorter", example="8s", required=True)
    shape: float | None = key(
        Written("a shape such as 0.6", _shape),
        "below 1 the longer someone has stayed, the longer they go on to stay",
        example="0.6",
        required=True,
    )


class PauseFile(Record, noun="a pause"):
    """How pauses are spread."""

    median: float | None = key(POSITIVE_DURATION, "half of them are shorter", example="8s")
    sigma: float | None = key(SIGMA, "the spread of their logarithm, with `median`", example="1.0")
    weibull: WeibullFile | None = key(
        Nested(WeibullFile), "instead of `median` and `sigma`", example="{scale: 8s, shape: 0.6}"
    )

    def check(self) -> None:
        given = self.meant | {name for name in self.keys if self.place.has(name)}
        if "weibull" in given:
            for name in ("median", "sigma"):
                if self.place.has(name):
                    self.place.at_key(name).refuse(f"{name} says nothing beside weibull; leave one of them out")
        elif not {"median", "sigma"} <= given:
            self.place.refuse("expected median and sigma, or weibull")

    @classmethod
    def rules(cls) -> list[JsonSchema]:
        pair = {"required": ["median", "sigma"]}
        return [either({"required": ["weibull"]}, pair), not_both("weibull", "median"), not_both("weibull", "sigma")]


@dataclass(frozen=True, slots=True)
class PauseReader:
    """``{median, sigma}`` or ``{weibull: {scale, shape}}``."""

    expected: str = "{median, sigma} or {weibull: {scale, shape}}"
    record: type[PauseFile] = PauseFile

    def read(self, place: Place) -> Pause | None:
        said = PauseFile.read(place)
        if said is None:
            return None
        if said.weibull is not None and said.weibull.scale and said.weibull.shape:
            return WeibullPause(scale_seconds=said.weibull.scale, shape=said.weibull.shape)
        if said.median and said.sigma:
            return LognormalPause(median_seconds=said.median, sigma=said.sigma)
        return None

    def schema(self) -> JsonSchema:
        return self.record.schema()
