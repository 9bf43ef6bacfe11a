"""How many visitors a second one worker of this machine can send, measured in a few seconds against a local stub."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

from spikekit import __version__
from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.engine.plan import Host, Plan
from spikekit.engine.process import GeneratorProcess
from spikekit.errors import Unmeasured
from spikekit.measurement.record import Record, read_seconds
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from spikekit.site.model import LANDING_STEP, Journey, Objectives, Step
from spikekit.vocabulary import DEFAULT_SEED, RunKind

BUSY_RATIO = 0.7
"""How much of its processor a worker may use and still be on time: beyond, arrivals queue behind each other."""

_RATE, _SECONDS = 800.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The processor time one visitor costs, each on a fresh connection and seeing one page."""

    cpu_seconds_per_visitor: float

    @property
    def visitors_per_second(self) -> float:
        """What one worker holds on a processor of its own."""
        return BUSY_RATIO / self.cpu_seconds_per_visitor

    def workers(self, requests_per_second: float) -> int:
        """How many workers, each with a processor, such a peak needs, each request as dear as a visitor's first."""
        return max(math.ceil(requests_per_second / self.visitors_per_second), 1)


def calibrate() -> Calibration:
    """Send 800 visitors/s for three seconds to a stub on this machine. Raises ``Unmeasured`` when that fails."""
    with ShopProcess(Settings(slots=None)) as stub, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _plan(stub.port).write(folder / "plan.json")
        with GeneratorProcess(folder, folder / "seconds.jsonl") as generator:
            for _ in generator.seconds():
                pass
        record = Record(read_seconds(folder / "seconds.jsonl"))
    completed = record.completed.total()
    if completed < 0.5 * _RATE * _SECONDS:
        raise Unmeasured("this machine could not be calibrated: the local stub was not reached", hint=generator.log())
    # The first second also pays for what is done once.
    busy = sum(record.cpu_ratios[1:3]) / sum(record.started[s] for s in (1, 2))
    return Calibration(cpu_seconds_per_visitor=busy)


def _plan(port: int) -> Plan:
    journey = Journey(name=LANDING_JOURNEY, steps=(Step(name=LANDING_STEP, method="GET", path="{landing}"),))
    curve = RateCurve.constant(_RATE, _SECONDS)
    stream = Stream(origin="calibration", curve=curve, landing="/search?q=a", journey=((LANDING_JOURNEY, 1.0),))
    return Plan(
        id="calibration",
        kind=RunKind.LOAD,
        seed=DEFAULT_SEED,
        profile=Profile(streams=(stream,), duration_seconds=_SECONDS),
        journeys=(journey,),
        hosts=(Host(name="stub", scheme="http", hostname="127.0.0.1", port=port, addresses=("127.0.0.1",)),),
        objectives=Objectives(),
        created="",
        tool_version=__version__,
    )
