"""``python -m spikekit`` is ``spikekit``."""

from spikekit.cli import main

main()
