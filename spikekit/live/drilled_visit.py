"""Drilled visits → lines in the combined format with the request's time behind, as browsers and programs cause them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from spikekit.campaign.model import Campaign
from spikekit.live.drill import Arrivals, Surprise
from spikekit.live.spike import SpikeKind
from spikekit.site.model import Site

BROWSERS = tuple(
    [
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {v}_{w} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{v}.0 Mobile/15E148 Safari/604.1"
        for v in range(15, 19)
        for w in range(6)
    ]
    + [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{v}.0.0.0 Safari/537.36"
        for v in range(118, 144)
    ]
)
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PREVIEWER = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"

REFERRERS = {
    "direct": ("-",),
    "search": ("https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/"),
    "search_ads": ("https://www.google.com/",),
    "facebook": ("https://l.facebook.com/", "https://m.facebook.com/"),
    "instagram": ("https://l.instagram.com/",),
    "youtube": ("https://www.youtube.com/",),
    "x": ("https://t.co/a8Kd0", "https://t.co/p3Rw7"),
    "mail": ("https://mail.google.com/", "https://outlook.live.com/"),
    "news": ("https://www.bbc.co.uk/", "https://www.theguardian.com/"),
    "other": ("https://smallblog.example.net/post", "https://forum.example.org/t/12"),
}
ASSETS = ("/static/site.css", "/static/site.js", "/static/logo.svg", "/static/picture-1.jpg", "/static/picture-2.jpg")
LEAST_ASSETS = 2
READ_ON = 0.45
THINK_SECONDS = 15.0
ATTACKERS, SCRAPERS = 25, 4


PLACEHOLDER = re.compile(r"\{\w+\}")


def pages_of(campaign: Campaign, site: Site | None) -> tuple[str, ...]:
    """The pages behind the landing page that the campaign's journeys open, placeholders and all."""
    names = {name for channel in campaign.channels for name, _ in channel.journey}
    steps = [s for j in (site.journeys if site else ()) if j.name in names for s in j.steps]
    here = [s.path.replace("{landing}", campaign.landing) for s in steps if s.method == "GET" and s.host is None]
    return tuple(dict.fromkeys(path for path in here if path != campaign.landing))


@dataclass(frozen=True, slots=True)
class Line:
    """One request: its second after the launch, and everything of its line but the time and the answer."""

    at: float
    address: str
    request: str
    status: int
    referrer: str
    agent: str
    origin: str
    is_entry: bool = False

    @property
    def page(self) -> str:
        """The path that is asked for."""
        return self.request.split(" ")[1].split("?")[0]


class Visits:
    """Makes visits of arrivals, each by ``chance``; ``host`` is the site's own address in referrers.

    ``pages`` is what they read on, such as ``/books/{id}``; none: pages below the landing page.
    """

    def __init__(self, campaign: Campaign, host: str, chance: random.Random, *, pages: tuple[str, ...] = ()) -> None:
        self._host, self._chance = host.rstrip("/"), chance
        self._pages = pages or (f"{campaign.landing.rstrip('/')}/{{id}}",)
        said = dict(campaign.utm) or {"campaign": campaign.id}
        self._marks = urlencode({f"utm_{name}": value for name, value in said.items()})

    def lines(self, arrivals: Arrivals, at: float) -> Iterator[Line]:
        """The lines of one arrival."""
        if arrivals.surprise is not None and arrivals.surprise.kind is not SpikeKind.CROWD:
            return self._by_machine(arrivals, arrivals.surprise, at)
        if arrivals.source in ("crawlers", "link_previews"):
            return self._by_program(arrivals, at)
        return self._by_person(arrivals, at)

    def _by_program(self, arrivals: Arrivals, at: float) -> Iterator[Line]:
        is_crawler = arrivals.source == "crawlers"
        page = self._another(500) if is_crawler else self._target(arrivals)
        agent = CRAWLER if is_crawler else PREVIEWER
        address = f"66.249.66.{self._chance.randrange(250)}"
        yield Line(at, address, f"GET {page} HTTP/1.1", 200, "-", agent, arrivals.origin)

    def _by_machine(self, arrivals: Arrivals, surprise: Surprise, at: float) -> Iterator[Line]:
        """Programs that say they are browsers: scrapers read the shelves, attackers try passwords."""
        chance = self._chance
        if surprise.kind is SpikeKind.BOTS:
            address = f"198.51.100.{10 + chance.randrange(SCRAPERS)}"
            page = self._another(5000)
            yield Line(at, address, f"GET {page} HTTP/1.1", 200, "-", BROWSERS[-1], arrivals.origin)
        else:
            address = f"192.0.2.{10 + chance.randrange(ATTACKERS)}"
            status = 401 if chance.random() < 0.97 else 302
            yield Line(at, address, "POST /login HTTP/1.1", status, "-", BROWSERS[-2], arrivals.origin)

    def _by_person(self, arrivals: Arrivals, at: float) -> Iterator[Line]:
        chance, origin = self._chance, arrivals.origin
        # Of 2³¹ addresses and 50 browsers no two visitors of a drill are likely to share both.
        address = (
            f"{11 + chance.randrange(128)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        )
        agent = chance.choice(BROWSERS)
        page, target = arrivals.page, self._target(arrivals)
        referrer = chance.choice(REFERRERS.get(arrivals.source, (arrivals.source,)))
        is_entry = True
        for _ in range(8):
            yield Line(at, address, f"GET {target} HTTP/1.1", 200, referrer, agent, origin, is_entry)
            here = f"{self._host}{page}"
            for asset in chance.sample(ASSETS, chance.randint(LEAST_ASSETS, len(ASSETS)) if is_entry else 1):
                at += 0.05 + 0.1 * chance.random()
                yield Line(at, address, f"GET {asset} HTTP/1.1", 200, here, agent, origin)
            if chance.random() > READ_ON:
                return
            at += 1 + chance.expovariate(1 / THINK_SECONDS)
            page = target = self._another(500)
            referrer, is_entry = here, False

    def _another(self, most: int) -> str:
        """One of the pages, with one of so many values for what is open in it."""
        number = self._chance.randrange(most)
        return PLACEHOLDER.sub(str(number), self._pages[number % len(self._pages)])

    def _target(self, arrivals: Arrivals) -> str:
        mark = self._marks if arrivals.campaign else ""
        if arrivals.source == "search_ads":
            mark = f"{mark}&gclid={self._chance.getrandbits(64):016x}".lstrip("&")
        return f"{arrivals.page}?{mark}" if mark else arrivals.page
