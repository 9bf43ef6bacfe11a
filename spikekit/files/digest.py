"""The fingerprint of an input file, so that every document can say what it was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(path: Path) -> str:
    """The SHA-256 of the file's bytes in hexadecimal. Raises ``OSError`` when it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
