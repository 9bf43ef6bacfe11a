"""``python -m spikekit.shop``: open the shop on this machine."""

from __future__ import annotations

import asyncio
import sys

from spikekit.shop.server import serve
from spikekit.shop.settings import settings_from


def main() -> None:
    """Serve as the command line says; 1 when the port is taken or the log cannot be written."""
    settings = settings_from(sys.argv[1:])
    try:
        asyncio.run(serve(settings))
    except OSError as error:
        sys.exit(f"the shop cannot open: {error}")


if __name__ == "__main__":
    main()
