"""A run in a network of its own that has twenty ports: ``unshare --net python -m tests.end_to_end.few_ports``."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
MISFITS = str(Path(__file__).parent / "misfits.py")


def _raise_loopback() -> None:
    with socket.socket() as probe:
        flags = struct.unpack("16sh", fcntl.ioctl(probe, _GET_FLAGS, struct.pack("16sh", b"lo", 0)))[1]
        fcntl.ioctl(probe, _SET_FLAGS, struct.pack("16sh", b"lo", flags | _UP))


def main() -> int:
    """Load a server that is fine; prints the run's document and returns the command's exit code."""
    _raise_loopback()
    Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("20000 20019")
    server = subprocess.Popen([sys.executable, MISFITS, "127.0.0.1", "8000"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "site.yaml").write_text(
                "version: 1\nsite: s\ntargets: {t: {url: 'http://127.0.0.1:8000', consent: private}}\n"
            )
            words = ["load", "--rate", "200", "--duration", "2s", "--path", "/good", "--json"]
            search = {**os.environ, "PYTHONPATH": str(Path.cwd())}
            return subprocess.call([sys.executable, "-m", "spikekit", *words], cwd=folder, env=search)
    finally:
        server.kill()
        server.communicate()


if __name__ == "__main__":
    sys.exit(main())
