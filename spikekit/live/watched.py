"""What is watched: campaigns with their forecasts, the site they lead to, and the capacity that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from spikekit.campaign.model import Campaign
from spikekit.forecast.forecast import Forecast
from spikekit.site.model import Site
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.expected import expected
from spikekit.traffic.inference import Inference
from spikekit.traffic.referrers import Referrers, load_referrers


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """``capacity_requests_per_second`` is production's likely one, ``None`` where nothing is known of it."""

    forecasts: tuple[Forecast, ...]
    site: Site | None = None
    capacity_requests_per_second: float | None = None
    referrers: Path | None = None

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        return tuple(forecast.campaign for forecast in self.forecasts)

    def forecast_of(self, name: str) -> Forecast | None:
        """The forecast of the campaign ``name``."""
        return next((f for f in self.forecasts if f.campaign.id == name), None)

    def attribution(self) -> Attribution:
        """Who tells where entries come from."""
        return Attribution(
            self.campaigns,
            referrers=self._referrers(),
            own_hosts=_own_hosts(self.site),
            inference=Inference([expected(forecast) for forecast in self.forecasts]),
        )

    def _referrers(self) -> Referrers | None:
        file = self.referrers or (self.site.referrers if self.site else None)
        return load_referrers(file) if file else None


def _own_hosts(site: Site | None) -> Sequence[str]:
    host = urlsplit(site.production.url).hostname if site and site.production else None
    return [host] if host else []
