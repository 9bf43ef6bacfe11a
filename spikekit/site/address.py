"""Addresses as people write them: base URLs, networks. Nothing is resolved here; that is the guard's work."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit


def base_url(text: str) -> str:
    """A site's address without path: ``https://staging.example.com``, lower-case host, no trailing slash.

    Raises ``ValueError`` with what to change.
    """
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise ValueError("it cannot hold spaces")
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise ValueError("it begins with http:// or https://")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("it is not an address") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("no name or password in an address; put them into headers as env:NAME")
    if not parts.hostname:
        raise ValueError("it has no host")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("leave the path out; landing and steps name their own")
    host = _host(parts.hostname)
    try:
        port = parts.port
    except ValueError:
        raise ValueError("a port is a number up to 65535") from None
    if port == 0:
        raise ValueError("there is no port 0")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"


def host_of(url: str) -> str:
    """The host of a ``base_url``, comparable: lower-case, ASCII, without a trailing dot."""
    return _host(urlsplit(url).hostname or "")


def is_public_address(host: str) -> bool:
    """Whether a host is an IP address of the public Internet. Names are not resolved: they are not known here."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return not (address.is_private or address.is_loopback or address.is_link_local)


def network(text: str) -> IPv4Network | IPv6Network:
    """A network such as ``203.0.113.0/24``, or one address."""
    try:
        return ip_network(text)
    except ValueError as error:
        if "has host bits set" in str(error):
            raise ValueError(f"did you mean {ip_network(text, strict=False)}?") from None
        raise ValueError("") from None


def _host(name: str) -> str:
    try:
        ascii_name = name.rstrip(".") if name.isascii() else name.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("its host is no host name") from None
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f:.]+", ascii_name.lower()):
        raise ValueError("its host is no host name")
    return ascii_name.lower()
