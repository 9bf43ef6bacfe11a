"""What this machine sets bounds to: descriptors, ports, processors, the clock."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spikekit.preflight.finding import Finding, Weight
from spikekit.wording import plural

TIME_WAIT_SECONDS = 60.0
"""How long Linux keeps a closed connection's port from being used again (TCP_TIMEWAIT_LEN)."""

_BUSY_RATIO = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Limits as the kernel tells them. ``reuses_ports``: 0 never, 1 everywhere, 2 on loopback only."""

    descriptors: int
    ports: int
    reuses_ports: int
    cores: int
    clock: str
    load: float

    def fresh_connections_per_second(self, *, loopback: bool) -> float | None:
        """How many new connections a second last for ever to one address and port; None: the ports do not bind."""
        if self.reuses_ports == 1 or (self.reuses_ports == 2 and loopback):
            return None
        return self.ports / TIME_WAIT_SECONDS


def this_machine(proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> Machine:
    """Read from the kernel; what it does not tell is taken as Linux's default."""
    first, last = _words(proc / "sys/net/ipv4/ip_local_port_range", "32768 60999")
    return Machine(
        descriptors=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        ports=int(last) - int(first) + 1,
        reuses_ports=int(_words(proc / "sys/net/ipv4/tcp_tw_reuse", "2")[0]),
        cores=len(os.sched_getaffinity(0)),
        clock=_words(sys / "devices/system/clocksource/clocksource0/current_clocksource", "unknown")[0],
        load=float(_words(proc / "loadavg", "0")[0]),
    )


def findings(
    machine: Machine, *, loopback: bool, visitors_per_second: float | None, inside: float | None
) -> Iterator[Finding]:
    """What of this matters for a run with that peak and so many visitors inside at once (None: not known)."""
    yield _descriptors(machine, inside)
    yield _ports(machine, loopback, visitors_per_second)
    busy = machine.load > _BUSY_RATIO * machine.cores
    yield Finding(
        name="processors",
        weight=Weight.WARNING if busy else Weight.FINE,
        text=f"{plural(machine.cores, 'processor')}; a load average of {machine.load:.1f}: so many tasks ran or waited "
        "for one, over the last minute",
        hint="other work makes the generator late; stop it, or use another machine" if busy else None,
    )
    slow = machine.clock not in ("tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page")
    yield Finding(
        name="clock",
        weight=Weight.WARNING if slow else Weight.FINE,
        text=f"the clock is {machine.clock}" + (", which is slow to read" if slow else ""),
        hint="expect a lower rate; tsc or kvm-clock are fast" if slow else None,
    )


def _descriptors(machine: Machine, inside: float | None) -> Finding:
    short = inside is not None and inside > machine.descriptors
    return Finding(
        name="descriptors",
        weight=Weight.PROBLEM if short else Weight.FINE,
        text=f"{machine.descriptors:,} connections may be open at once"
        + (f"; about {inside:,.0f} would be if the site stalls" if short else ""),
        hint="raise it: ulimit -Hn 1000000, or LimitNOFILE= of the service" if short else None,
    )


def _ports(machine: Machine, loopback: bool, visitors_per_second: float | None) -> Finding:
    lasting = machine.fresh_connections_per_second(loopback=loopback)
    if lasting is None:
        return Finding(name="ports", weight=Weight.FINE, text="closed connections' ports are used again at once")
    short = visitors_per_second is not None and visitors_per_second > lasting
    return Finding(
        name="ports",
        weight=Weight.PROBLEM if short else Weight.FINE,
        text=f"{machine.ports:,} ports last for {lasting:,.0f} fresh connections/s to one address, for ever"
        + (f"; this run needs up to {visitors_per_second:,.0f}/s" if short else ""),
        hint="sysctl net.ipv4.tcp_tw_reuse=1, a wider net.ipv4.ip_local_port_range, or more machines"
        if short
        else None,
    )


def _words(file: Path, default: str) -> list[str]:
    try:
        return file.read_text().split() or default.split()
    except OSError:
        return default.split()
