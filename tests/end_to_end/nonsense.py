"""A server that answers the first request properly and every other with something that is no HTTP."""

from __future__ import annotations

import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    while True:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)
        answer = b"SSH-2.0-OpenSSH_9.2\r\n"
