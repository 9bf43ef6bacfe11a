"""A bare loop of TLS handshakes, one request each: what Python's ``ssl`` on gevent's sockets can do without an engine.

    python -m benchmarks.handshakes PORT AT_ONCE SECONDS

``AT_ONCE`` greenlets each connect, shake hands, ask, read and close, again and again; prints how many a second.
"""

from __future__ import annotations

import gc
import sys
import time

import gevent
from gevent import socket, ssl

REQUEST = b"GET /small.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def handshakes_per_second(port: int, at_once: int, seconds: float) -> float:
    """After a second to settle, how many are completed in each of the next ones."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    count = 0

    def walk() -> None:
        nonlocal count
        while True:
            with socket.create_connection(("127.0.0.1", port)) as plain:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with context.wrap_socket(plain, server_hostname="localhost") as tls:
                    tls.sendall(REQUEST)
                    tls.recv(65536)
            count += 1

    gc.disable()  # as the engine does
    for _ in range(at_once):
        gevent.spawn(walk)
    gevent.sleep(1.0)
    before, began = count, time.perf_counter()
    gevent.sleep(seconds)
    return (count - before) / (time.perf_counter() - began)


if __name__ == "__main__":
    port, at_once, seconds = sys.argv[1:]
    print(handshakes_per_second(int(port), int(at_once), float(seconds)))
