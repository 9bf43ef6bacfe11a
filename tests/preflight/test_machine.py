"""What a machine's limits mean for a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from spikekit.preflight.calibration import Calibration
from spikekit.preflight.finding import Weight
from spikekit.preflight.machine import Machine, findings, this_machine
from spikekit.preflight.strength import Need, machine_findings
from spikekit.site.model import Objectives, Site, Target
from spikekit.trial.plain import PlainLoad, asked_load

STRONG = Machine(descriptors=1_000_000, ports=28_232, reuses_ports=1, cores=8, clock="tsc", load=0.1)


def weights(
    machine: Machine, *, loopback: bool = False, rate: float = 1000, inside: float = 30_000
) -> dict[str, Weight]:
    return {f.name: f.weight for f in findings(machine, loopback=loopback, visitors_per_second=rate, inside=inside)}


def test_a_strong_machine_has_nothing_in_its_way() -> None:
    assert set(weights(STRONG).values()) == {Weight.FINE}


def test_ports_that_wait_a_minute_bound_fresh_connections_to_one_address() -> None:
    """28,232 ports over 60 s of TIME_WAIT are 470 connections/s; on loopback Linux uses them again."""
    careful = replace(STRONG, reuses_ports=2)
    assert careful.fresh_connections_per_second(loopback=False) == 28_232 / 60
    assert weights(careful)["ports"] is Weight.PROBLEM
    assert weights(careful, rate=400)["ports"] is Weight.FINE
    assert weights(careful, loopback=True)["ports"] is Weight.FINE


def test_visitors_inside_a_stalled_site_need_descriptors() -> None:
    assert weights(replace(STRONG, descriptors=20_000))["descriptors"] is Weight.PROBLEM


def test_other_work_and_a_slow_clock_are_warned_of() -> None:
    found = weights(replace(STRONG, load=5.0, clock="hpet"))
    assert (found["processors"], found["clock"]) == (Weight.WARNING, Weight.WARNING)


def test_what_the_kernel_does_not_tell_is_taken_as_linux_has_it(tmp_path: Path) -> None:
    machine = this_machine(tmp_path, tmp_path)
    assert (machine.ports, machine.reuses_ports, machine.clock) == (28_232, 2, "unknown")


def test_workers_for_a_peak_are_counted_from_the_cost_of_a_visitor() -> None:
    """At 100 µs each, 70 % of a processor is 7,000/s."""
    calibration = Calibration(cpu_seconds_per_visitor=100e-6)
    assert round(calibration.visitors_per_second) == 7000
    assert [calibration.workers(rate) for rate in (10, 6999, 7001, 333_000)] == [1, 1, 2, 48]


def test_the_load_average_is_called_so_and_may_exceed_the_processors() -> None:
    found = findings(replace(STRONG, cores=2, load=6.8), loopback=True, visitors_per_second=1, inside=1)
    text = next(f.text for f in found if f.name == "processors")
    assert text.startswith("2 processors; a load average of 6.8")
    assert "busy" not in text


def test_the_peak_that_workers_are_counted_for_is_the_run_s_in_requests() -> None:
    """A page of 8 requests at 20 visitors/s: 160 requests/s, at 5,000 µs each 140/s a worker."""
    target = Target(name="staging", url="http://127.0.0.1:80", consent="private")
    site = Site(name="bookshop", production=None, targets=(target,), objectives=Objectives(), journeys=())
    asked = asked_load(PlainLoad(rate=20, duration_seconds=10), site, command="", inputs={})
    now = datetime(2026, 12, 4, tzinfo=UTC)
    need = Need(visitors_per_second=20, requests_per_second=160, inside=1, campaign_peak=61, launch=now)
    workers = next(
        f for f in machine_findings(asked, need, Calibration(cpu_seconds_per_visitor=0.005)) if f.name == "workers"
    )
    assert "20 visitors/s, scaled to the target, send about 160 requests/s: 2 workers" in workers.text
    assert "pages/s" not in workers.text
