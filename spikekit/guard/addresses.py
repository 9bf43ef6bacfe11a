"""Where names lead: resolved once, judged, and then pinned, so that load goes nowhere else."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from spikekit.errors import Refused, Unmeasured

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], tuple[Address, ...]]

_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)


def resolve(hostname: str) -> tuple[Address, ...]:
    """Every address of a name, each once. Raises ``OSError`` when it has none or cannot be asked."""
    found = socket.getaddrinfo(hostname, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def host_of(url: str) -> str:
    """The lower-case host name of a URL, without a trailing dot."""
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host name and port of a URL: what tells one server from another."""
    parts = urlsplit(url)
    return parts.scheme.lower(), host_of(url), parts.port or (443 if parts.scheme.lower() == "https" else 80)


def is_private(address: Address) -> bool:
    """Loopback, or an address that the public network does not carry (RFC 1918, RFC 4193, link-local).

    Other special addresses are none: behind some of them (NAT64's, Teredo's) public ones hide.
    """
    plain = _unmapped(address)
    return plain.is_loopback or any(plain in network for network in _PRIVATE)


def target_addresses(url: str, resolve_name: Resolve) -> tuple[Address, ...]:
    """Where a target is. Raises ``Unmeasured`` when its name leads nowhere."""
    host = host_of(url)
    try:
        return tuple(_unmapped(a) for a in resolve_name(host))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise Unmeasured(
            f"{host} cannot be resolved: {why}", hint="is the target's url right, and is it up?"
        ) from error


def refuse_production(
    target_url: str, addresses: Sequence[Address], production_url: str, resolve_name: Resolve
) -> None:
    """Raise ``Refused`` when the target is production by name or by address, or when that cannot be told."""
    production = host_of(production_url)
    if host_of(target_url) == production:
        raise Refused(f"{production} is the production host; load never goes there", hint="name a staging target")
    try:
        live = {_unmapped(a) for a in resolve_name(production)}
    except socket.gaierror as error:
        # A name that does not exist shares no address; a name server that does not answer tells nothing.
        if error.errno == socket.EAI_NONAME or all(is_private(a) for a in addresses):
            return
        raise Refused(
            f"cannot tell whether the target is production: {production} cannot be resolved now ({error.strerror})"
        ) from error
    shared = [str(a) for a in addresses if a in live]
    if shared:
        raise Refused(
            f"{host_of(target_url)} leads to {', '.join(shared)}, where production ({production}) lives",
            hint="load never goes to an address production resolves to",
        )


def _unmapped(address: Address) -> Address:
    # ::ffff:127.0.0.1 is 127.0.0.1 in disguise.
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
