"""The servers the generators are measured against, each pinned to a processor of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port, wait_until_listening

SERVER_CPU = {1}


@contextmanager
def nginx(rate: int | None = None, *, room: int = 0) -> Iterator[tuple[int, int]]:
    """nginx serving 1 kB at /small.html; gives its plain and its TLS port.

    Where a ``rate`` is given the plain port serves so many requests/s, one after the other; of those that come too soon
    ``room`` wait for their turn, and the others are turned away with a 503.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        sys.exit("this needs nginx: apt-get install nginx-light")
    with tempfile.TemporaryDirectory() as name:
        root, plain, tls = Path(name), free_port(), free_port()
        root.chmod(0o755)
        (root / "small.html").write_bytes(b"x" * 1000)
        _certificate(root)
        (root / "nginx.conf").write_text(_settings(root, plain, tls, rate, room))
        server = subprocess.Popen([program, "-c", str(root / "nginx.conf"), "-e", str(root / "error.log")])
        try:
            wait_until_listening(plain, server)
            for pid in (server.pid, *_children(server.pid)):
                os.sched_setaffinity(pid, SERVER_CPU)
            yield plain, tls
        finally:
            server.terminate()
            server.wait(10)


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes every connection and request and never answers; gives its port."""
    code = (
        "import asyncio, resource, signal\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)\n"
        "async def main():\n"
        "    server = await asyncio.start_server(lambda r, w: asyncio.sleep(600), '127.0.0.1', 0, backlog=65535)\n"
        "    print(server.sockets[0].getsockname()[1], flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        os.sched_setaffinity(server.pid, SERVER_CPU)
        yield port
    finally:
        server.kill()
        server.communicate()


def _children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _certificate(root: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")],
        check=True,
        capture_output=True,
    )


def _settings(root: Path, plain: int, tls: int, rate: int | None, room: int) -> str:
    user = "user root;" if os.geteuid() == 0 else ""
    places = " ".join(
        f"{kind}_temp_path {root}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    zone = limit = ""
    if rate is not None:
        zone = f"limit_req_zone $server_port zone=all:64k rate={rate}r/s; limit_req_log_level info;\n"
        limit = f"limit_req zone=all burst={room};"
    return (
        f"{user} worker_processes 1; daemon off; pid {root}/nginx.pid; error_log {root}/error.log;\n"
        "worker_rlimit_nofile 20000; events { worker_connections 18000; }\n"
        f"http {{ access_log off; keepalive_requests 10000000; {places}\n{zone}"
        f"ssl_certificate {root}/cert.pem; ssl_certificate_key {root}/key.pem; ssl_protocols TLSv1.3;\n"
        f"server {{ listen 127.0.0.1:{plain} backlog=16384; root {root}; {limit} }}\n"
        f"server {{ listen 127.0.0.1:{tls} ssl backlog=16384; root {root}; }} }}\n"
    )
