"""What a link says of itself: ``utm_…`` parameters and the marks of networks, read from a request's query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes

from spikekit.campaign.model import Campaign
from spikekit.traffic import source
from spikekit.traffic.referrer_table import CLICK_IDS, PAID, SAID
from spikekit.traffic.referrers import Referrers

_UTM = re.compile(rb"(?:^|[&;?])utm_(source|medium|campaign|content|term|id)=([^&;#]{0,200})")
_MARKED = re.compile(rb"(?:^|[&;?])(" + "|".join(CLICK_IDS).encode() + rb")=[^&;#]{4}")


def click_id(query: bytes) -> str | None:
    """The network whose mark the query bears."""
    found = _MARKED.search(query)
    return CLICK_IDS[found[1].decode()] if found else None


def utm(query: bytes) -> dict[str, str]:
    """The ``utm_…`` parameters in lower case, with ``+`` and ``%xx`` undone; of several alike the last counts."""
    return {
        name.decode(): unquote_to_bytes(value.replace(b"+", b" ")).decode("utf-8", "replace").strip().lower()
        for name, value in _UTM.findall(query)
    }


def campaign_of(said: Mapping[str, str], campaigns: Sequence[Campaign]) -> str | None:
    """The campaign whose declared ``utm`` the link carries.

    ``utm_campaign`` decides where a campaign declares it, or else its id: a mail and a post of one campaign have
    different sources. Where it declares none but has others, all of those must agree. Of several the one with most
    parameters in agreement counts.
    """
    best, score = None, 0
    for campaign in campaigns:
        declared = {name: value.strip().lower() for name, value in campaign.utm} or {"campaign": campaign.id}
        agreeing = sum(said.get(name) == value for name, value in declared.items())
        right = said.get("campaign") == declared["campaign"] if "campaign" in declared else agreeing == len(declared)
        if right and agreeing > score:
            best, score = campaign.id, agreeing
    return best


def network_of(said: Mapping[str, str], referrers: Referrers) -> str | None:
    """The source that ``utm_source`` and ``utm_medium`` name, if it is a known one."""
    name, medium = said.get("source", ""), said.get("medium", "")
    known = name if name in referrers.names else SAID.get(name) or referrers.named(name.removeprefix("www."))
    if medium in PAID and (known in (source.SEARCH, None) or known == source.SEARCH_ADS):
        return source.SEARCH_ADS if known else None
    return source.MAIL if known is None and medium in ("email", "e-mail", "newsletter", "mail") else known
