"""A real nginx as it stands before shops: with a cache of either key, with TLS, with redirects, packed or not."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port, wait_until_listening

_STARTED = ("keyed", "stripped", "untold", "sharing", "plain", "sealed", "dated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fronts:
    """Its servers by name (``port``), the certificate of those with TLS, and the folder of its pages."""

    ports: dict[str, int]
    certificate: Path
    folder: Path

    def url(self, name: str) -> str:
        return f"{'https' if name in ('sealed', 'dated') else 'http'}://localhost:{self.ports[name]}"


@contextmanager
def fronts(folder: Path, shop: str) -> Iterator[Fronts]:
    """nginx before the shop at that address, for as long as the block lasts; stopped by its own pid.

    ``keyed``: the cache's key holds the whole query, as it does by default; ``stripped``: it holds the path alone;
    ``untold``: as ``keyed``, and no header says so; ``sharing``: it keeps cookies, too; ``plain``: a heavy page that is
    not packed; ``sealed``: TLS 1.3 and HTTP/2, packed, with redirects; ``dated``: TLS 1.2, no session is resumed.
    """
    _write_pages(folder / "html")
    certificate, key = _certificate(folder)
    ports = {name: free_port() for name in _STARTED}
    (folder / "nginx.conf").write_text(_settings(folder, shop, ports, certificate, key))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is needed: tests/packages.py installs it"
    server = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        for port in ports.values():
            wait_until_listening(port, server)
        yield Fronts(ports=ports, certificate=certificate, folder=folder)
    finally:
        server.terminate()
        server.wait(10)


def _write_pages(html: Path) -> None:
    html.mkdir(parents=True)
    files = "".join(f'<img src="/{number}.svg">' for number in range(12))
    (html / "page.html").write_text(f'<link rel="stylesheet" href="/style.css">{files}' + "<p>Books</p>" * 1000)
    (html / "style.css").write_text("p { color: #333 }" * 500)
    for number in range(12):
        (html / f"{number}.svg").write_text("<svg/>" * 10)


def _certificate(folder: Path) -> tuple[Path, Path]:
    made = folder / "certificate.pem", folder / "key.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 40 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(["openssl", *words.split(), *names], check=True, capture_output=True)
    return made


def _settings(folder: Path, shop: str, ports: dict[str, int], certificate: Path, key: Path) -> str:
    caching = f"proxy_pass {shop}; proxy_cache pages; proxy_cache_valid 200 1h; proxy_ignore_headers"
    cookieless = (
        f"{caching} Cache-Control Set-Cookie Vary; proxy_hide_header Set-Cookie; proxy_hide_header Cache-Control"
    )
    telling = "add_header X-Cache $upstream_cache_status"
    sealing = f"ssl_certificate {certificate}; ssl_certificate_key {key}"
    places = {
        "keyed": f"location / {{ {cookieless}; proxy_cache_key keyed$request_uri; {telling}; }}",
        "stripped": f"location / {{ {cookieless}; proxy_cache_key stripped$uri; {telling}; }}",
        "untold": f"location / {{ {cookieless}; proxy_cache_key untold$request_uri; }}",
        "sharing": f"location / {{ {caching} Cache-Control Set-Cookie; proxy_cache_key sharing$uri; {telling}; }}",
        "plain": f"root {folder}/html; keepalive_timeout 0;",
        "sealed": (
            f"root {folder}/html; {sealing}; ssl_session_cache shared:tls:1m; ssl_protocols TLSv1.3;"
            "gzip on; gzip_types text/css; absolute_redirect off;"
            "location = /go { return 301 /on$is_args$args; } location = /on { return 302 /page.html$is_args$args; }"
            "location = /clean { return 302 /page.html; } location = /half { return 302 /page.html?utm_source=x; }"
            "location = /away { return 302 https://www.example.com/; }"
            "location = /round { return 302 /round; }"
        ),
        "dated": f"root {folder}/html; {sealing}; ssl_protocols TLSv1.2; ssl_session_tickets off;",
    }
    listens = {"sealed": " ssl http2", "dated": " ssl"}
    servers = "\n".join(
        f"server {{ listen 127.0.0.1:{ports[name]}{listens.get(name, '')}; {place} }}" for name, place in places.items()
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    # Pages lie in a folder that only this user may read.
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 400; }} http {{ access_log off; {temporary}\n"
        "types { text/html html; text/css css; image/svg+xml svg; }\n"
        f"proxy_cache_path {folder}/cache keys_zone=pages:1m;\n{servers} }}\n"
    )
