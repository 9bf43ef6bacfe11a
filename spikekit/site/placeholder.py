"""``{name}`` in a step's path, form or JSON: filled for each visitor from the landing page, data rows and captures."""

from __future__ import annotations

import re

LANDING = "landing"
"""Stands for the campaign's landing page, everywhere."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Braces around one word. JSON's own braces never match: their keys are quoted."""


def placeholders(text: str) -> list[str]:
    """The names used in a text, in order."""
    return PLACEHOLDER.findall(text)
