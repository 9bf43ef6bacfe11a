"""Hosts of their own on this one machine: network namespaces on two bridges, gone when the test is.

Each has an address where the site is reached and one where hosts talk among themselves, as machines with two networks
have: either can be cut without the other. Nothing of this machine's own network is touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_SITE, _TALK = "10.213.7", "10.213.8"
_SWITCH = "switch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A namespace with its two addresses: ``site`` (device ``site``) and ``talk`` (device ``talk``)."""

    namespace: str
    site: str
    talk: str

    def start(self, words: Sequence[str], folder: Path) -> subprocess.Popen[str]:
        """Run a command on this host."""
        words = ["ip", "netns", "exec", self.namespace, *words]
        return subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def cut(self, device: str) -> None:
        """Pull that cable."""
        _ip("-n", self.namespace, "link", "set", device, "down")

    def kill(self) -> None:
        """SIGKILL to whatever runs here."""
        for pid in _ip("netns", "pids", self.namespace).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


@contextlib.contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """A host for each name, all on the same two networks."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.fail("several hosts on one machine need root and iproute2 (network namespaces)", pytrace=False)
    prefix = f"spikekit-{os.getpid()}-"
    made = [Host(namespace=prefix + n, site=f"{_SITE}.{i}", talk=f"{_TALK}.{i}") for i, n in enumerate(names, 1)]
    try:
        _ip("netns", "add", prefix + _SWITCH)
        for bridge in ("site", "talk"):
            _ip("-n", prefix + _SWITCH, "link", "add", bridge, "type", "bridge")
            _ip("-n", prefix + _SWITCH, "link", "set", bridge, "up")
        for host in made:
            _plug_in(host, prefix + _SWITCH)
        yield made
    finally:
        _clear(prefix)


def _plug_in(host: Host, switch: str) -> None:
    _ip("netns", "add", host.namespace)
    _ip("-n", host.namespace, "link", "set", "lo", "up")
    for device, address in (("site", host.site), ("talk", host.talk)):
        port = f"{device}{address.rpartition('.')[2]}"
        _ip("-n", switch, "link", "add", port, "type", "veth", "peer", "name", device, "netns", host.namespace)
        _ip("-n", switch, "link", "set", port, "master", device, "up")
        _ip("-n", host.namespace, "address", "add", f"{address}/24", "dev", device)
        _ip("-n", host.namespace, "link", "set", device, "up")


def _clear(prefix: str) -> None:
    for line in _ip("netns", "list").splitlines():
        namespace = line.split()[0]
        if namespace.startswith(prefix):
            Host(namespace=namespace, site="", talk="").kill()
            _ip("netns", "delete", namespace)


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=20)
    if done.returncode:
        pytest.fail(f"ip {' '.join(words)}: {done.stderr.strip()}", pytrace=False)
    return done.stdout
