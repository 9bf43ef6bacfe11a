"""Whom we believe that they are the target: one answer for the guard, the probe, the look and the load."""

from __future__ import annotations

import ssl

from spikekit.site.model import Tls


def trusting(tls: Tls) -> ssl.SSLContext:
    """A client's settings that check certificates as the target asks: by this machine's authorities and its own."""
    context = ssl.create_default_context(cafile=str(tls.ca_file) if tls.ca_file else None)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
