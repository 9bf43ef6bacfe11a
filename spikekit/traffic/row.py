"""One line of an access log as fields, whatever its format."""

from __future__ import annotations

from typing import TypeAlias

Row: TypeAlias = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""The fields below as they were logged; empty where they were not. A plain tuple: there are millions of them."""

FIELDS = ("address", "time", "method", "path", "query", "status", "referrer", "agent", "took")
