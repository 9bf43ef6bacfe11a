"""Free ports, and waiting for a server to listen on one."""

from __future__ import annotations

import socket
import subprocess
import time


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_listening(port: int, server: subprocess.Popen[bytes], *, patience_seconds: float = 60) -> None:
    """Return once somebody accepts connections; fail when the server ends or never does."""
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}")
