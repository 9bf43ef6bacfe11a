"""Servers on this machine that behave as badly as a test wants, each in threads of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Handler = Callable[[socket.socket], None]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(slots=True)
class Server:
    """Where it listens, and the heads of all the requests that came, by connection."""

    port: int
    connections: list[list[bytes]] = field(default_factory=list)

    @property
    def requests(self) -> list[bytes]:
        """All of them in the order of their connections."""
        return [request for connection in self.connections for request in connection]


class Peer:
    """One connection as its server sees it."""

    def __init__(self, sock: socket.socket, requests: list[bytes], ended: threading.Event) -> None:
        self.sock = sock
        self._requests = requests
        self.ended = ended

    def hear(self) -> bytes | None:
        """The next request, head and body; ``None`` when the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            received = self.sock.recv(65_536)
            if not received:
                return None
            data += received
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self.sock.recv(65_536)
        self._requests.append(data if len(body) <= length and data.endswith(body) else head + b"\r\n\r\n" + body)
        return self._requests[-1]

    def say(self, data: bytes) -> None:
        """Send it all."""
        self.sock.sendall(data)

    def reset(self) -> None:
        """End the connection the rude way."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@contextmanager
def serving(handle: Callable[[Peer], object], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Every connection is given to ``handle`` in a thread; ``peer.ended`` is set when the test is over."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        server = Server(listener.getsockname()[1])
        threads: list[threading.Thread] = []

        def _serve(sock: socket.socket, requests: list[bytes]) -> None:
            # Whatever a client does to its server is no concern of the test.
            with sock, contextlib.suppress(OSError):
                sock.settimeout(5)
                if tls is not None:
                    with tls.wrap_socket(sock, server_side=True) as sealed:
                        handle(Peer(sealed, requests, ended))
                else:
                    handle(Peer(sock, requests, ended))

        def _accept() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                requests: list[bytes] = []
                server.connections.append(requests)
                threads.append(threading.Thread(target=_serve, args=(sock, requests), daemon=True))
                threads[-1].start()

        accepting = threading.Thread(target=_accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
            for thread in threads:
                thread.join(6)


def answering(*answers: bytes) -> Callable[[Peer], None]:
    """Each request on a connection gets the next answer; after the last one the connection is closed."""

    def handle(peer: Peer) -> None:
        for answer in answers:
            if peer.hear() is None:
                return
            peer.say(answer)

    return handle


def always(answer: bytes) -> Callable[[Peer], None]:
    """Every request gets the same answer, for as long as the client stays."""

    def handle(peer: Peer) -> None:
        while peer.hear() is not None:
            peer.say(answer)

    return handle


@contextmanager
def deaf() -> Iterator[int]:
    """A port whose queue of connections is full: whoever connects now hears nothing at all."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(3):
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(address)
        yield address[1]
