"""A server that does to each path what its name says; prints its port. ``python misfits.py [HOST [PORT]]``"""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable

Peer = socket.socket
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nAdd to basket"
HEAD = b"HTTP/1.1 200 OK\r\n"
FOR_EVER = 30.0
"""Longer than anybody here waits."""


def _reset(peer: Peer) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def _half_closed(peer: Peer) -> None:
    peer.shutdown(socket.SHUT_WR)
    while peer.recv(65_536):
        pass


def _drip(peer: Peer) -> None:
    peer.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    _again(peer, b"x", pause=0.05)


def _drip_head(peer: Peer) -> None:
    peer.sendall(HEAD)
    _again(peer, b"X: 1\r\n", pause=0.05)


def _again(peer: Peer, data: bytes, *, pause: float = 0.0) -> None:
    until = time.monotonic() + FOR_EVER
    while time.monotonic() < until:
        peer.sendall(data)
        time.sleep(pause)


def _endless_body(peer: Peer) -> None:
    peer.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    _again(peer, b"100000\r\n" + b"x" * 0x100000 + b"\r\n")


def _endless_head(peer: Peer) -> None:
    peer.sendall(HEAD)
    _again(peer, b"X-More: and more\r\n" * 4000)


def _bomb(peer: Peer) -> None:
    peer.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB) + _BOMB)


_BOMB = gzip.compress(b"\x00" * 50_000_000, 1)


def _saying(answer: bytes) -> Callable[[Peer], None]:
    return lambda peer: peer.sendall(answer)


def _moved(where: bytes) -> Callable[[Peer], None]:
    return _saying(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + where + b"\r\n\r\n")


WAYS: dict[str, Callable[[Peer], None]] = {
    "good": _saying(OK),
    "reset": _reset,
    "half-closed": _half_closed,
    "drip": _drip,
    "drip-head": _drip_head,
    "silent": lambda peer: time.sleep(FOR_EVER),
    "endless-body": _endless_body,
    "endless-head": _endless_head,
    "bomb": _bomb,
    "short": _saying(HEAD + b"Content-Length: 100\r\n\r\nhalf"),
    "nonsense": _saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "upgrade": _saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
    "smuggled": _saying(OK.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n")),
    "oops": _saying(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops"),
    "forbidden": _saying(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
    "away": _moved(b"https://elsewhere.test/"),
    "round": _moved(b"/round"),
    "pictures": _saying(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"
        % (6 * 30, b"".join(b'<img src="/good?%08d.png"/>  ' % i for i in range(6)))
    ),
}
"""What happens after a request was heard, by the first word of its path."""


def _serve(peer: Peer) -> None:
    # What visitors do to this server is no concern of its.
    with peer, contextlib.suppress(OSError):
        while True:
            data = b""
            while b"\r\n\r\n" not in data:
                received = peer.recv(65_536)
                if not received or received.startswith(b"\x16"):
                    return  # gone, or speaking TLS
                data += received
            way = data.split(b" ")[1].decode().lstrip("/").partition("?")[0].partition("/")[0]
            WAYS.get(way, WAYS["good"])(peer)
            if way in ("half-closed", "short", "nonsense", "smuggled", "upgrade"):
                return


def main() -> None:
    """Serve until killed."""
    threading.stack_size(256 * 1024)
    host = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=1000) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=_serve, args=(peer,), daemon=True).start()


if __name__ == "__main__":
    main()
