"""What visitors' browsers say of themselves, by where they come from.

Every share is a judgement: most clicks on social networks are made in the network's own app, most mail is read on a
phone, and on the rest of the web phones are a little ahead. What matters to a site is that the mix is wide, that
caches which vary on it do, and that a load test can be told from people: every user agent ends in ``spikekit/…``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from spikekit import __version__
from spikekit.engine.visitor.source import Source

SUFFIX = f" spikekit/{__version__}"
TICKETS = 256
"""A visitor draws one of so many tickets; each browser has its share of them."""

_HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_CHROMIUM_HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"

_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
_WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A.250205.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36"
)

SAFARI_PHONE = f"{_IPHONE} Version/18.5 Mobile/15E148 Safari/604.1"
CHROME_PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)
APP_IPHONE = f"{_IPHONE} Mobile/15E148"
GOOGLE_IPHONE = f"{_IPHONE} GSA/370.0.7 Mobile/15E148 Safari/604.1"
X_IPHONE = f"{APP_IPHONE} Twitter for iPhone/10.80"
X_ANDROID = f"{_WEBVIEW} TwitterAndroid"
FACEBOOK_IPHONE = (
    f"{APP_IPHONE} [FBAN/FBIOS;FBAV/520.0.0.38.101;FBDV/iPhone14,7;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;"
    "FBID/phone;FBLC/en_GB;FBOP/5]"
)
FACEBOOK_ANDROID = f"{_WEBVIEW} [FB_IAB/FB4A;FBAV/520.0.0.46.101;]"
INSTAGRAM_IPHONE = f"{APP_IPHONE} Instagram 380.0.0.28.104 (iPhone14,7; iOS 18_5; en_GB; en; scale=3.00; 1170x2532)"
INSTAGRAM_ANDROID = f"{_WEBVIEW} Instagram 380.0.0.28.104 Android (35/15; 420dpi; 1080x2400; Google; Pixel 8; en_GB)"
CHROME_WINDOWS = f"{_WINDOWS} {_CHROME} Safari/537.36"
EDGE_WINDOWS = f"{_WINDOWS} {_CHROME} Safari/537.36 Edg/140.0.0.0"
FIREFOX_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
CHROME_MAC = f"{_MAC} {_CHROME} Safari/537.36"
SAFARI_MAC = f"{_MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"


@dataclass(frozen=True, slots=True)
class Guise:
    """One way for a visitor to look: a browser, and the page it says it comes from (``None``: it does not say).

    ``{post}`` in a referrer stands for the short link of the one post that everybody clicked.
    """

    user_agent: str
    referrer: str | None = None

    @property
    def accept(self) -> str:
        """What it would rather have, for a page."""
        return _CHROMIUM_HTML if "Chrome/" in self.user_agent else _HTML


_T_CO = "https://t.co/{post}"
_GOOGLE = "https://www.google.com/"
_GOOGLE_APP = "android-app://com.google.android.googlequicksearchbox/"

_WEB = (
    (32, Guise(CHROME_PHONE)),
    (24, Guise(SAFARI_PHONE)),
    (24, Guise(CHROME_WINDOWS)),
    (7, Guise(SAFARI_MAC)),
    (6, Guise(EDGE_WINDOWS)),
    (4, Guise(CHROME_MAC)),
    (3, Guise(FIREFOX_WINDOWS)),
)

SHARES: dict[Source, tuple[tuple[int, Guise], ...]] = {
    Source.X: (
        (38, Guise(X_IPHONE, _T_CO)),
        (30, Guise(X_ANDROID, _T_CO)),
        (6, Guise(SAFARI_PHONE, _T_CO)),
        (6, Guise(CHROME_PHONE, "android-app://com.twitter.android/")),
        (13, Guise(CHROME_WINDOWS, _T_CO)),
        (7, Guise(SAFARI_MAC, _T_CO)),
    ),
    Source.FACEBOOK: (
        (42, Guise(FACEBOOK_ANDROID, "http://m.facebook.com/")),
        (34, Guise(FACEBOOK_IPHONE, "https://m.facebook.com/")),
        (6, Guise(CHROME_PHONE, "https://lm.facebook.com/")),
        (12, Guise(CHROME_WINDOWS, "https://l.facebook.com/")),
        (6, Guise(SAFARI_MAC, "https://l.facebook.com/")),
    ),
    Source.INSTAGRAM: (
        (50, Guise(INSTAGRAM_IPHONE, "https://l.instagram.com/")),
        (44, Guise(INSTAGRAM_ANDROID, "https://l.instagram.com/")),
        (6, Guise(CHROME_WINDOWS, "https://l.instagram.com/")),
    ),
    Source.TIKTOK: (
        (52, Guise(APP_IPHONE)),
        (42, Guise(_WEBVIEW)),
        (6, Guise(CHROME_WINDOWS, "https://www.tiktok.com/")),
    ),
    Source.YOUTUBE: (
        (30, Guise(SAFARI_PHONE)),
        (34, Guise(CHROME_PHONE, "android-app://com.google.android.youtube/")),
        (26, Guise(CHROME_WINDOWS, "https://www.youtube.com/")),
        (10, Guise(SAFARI_MAC, "https://www.youtube.com/")),
    ),
    Source.LINKEDIN: (
        (34, Guise(APP_IPHONE, "https://www.linkedin.com/")),
        (20, Guise(_WEBVIEW, "android-app://com.linkedin.android/")),
        (32, Guise(CHROME_WINDOWS, "https://www.linkedin.com/")),
        (14, Guise(SAFARI_MAC, "https://www.linkedin.com/")),
    ),
    Source.GOOGLE_ADS: (
        (34, Guise(CHROME_PHONE, _GOOGLE)),
        (22, Guise(SAFARI_PHONE, _GOOGLE)),
        (8, Guise(GOOGLE_IPHONE, _GOOGLE)),
        (4, Guise(CHROME_PHONE, _GOOGLE_APP)),
        (22, Guise(CHROME_WINDOWS, _GOOGLE)),
        (6, Guise(SAFARI_MAC, _GOOGLE)),
        (4, Guise(FIREFOX_WINDOWS, _GOOGLE)),
    ),
    Source.BING_ADS: (
        (62, Guise(EDGE_WINDOWS, "https://www.bing.com/")),
        (20, Guise(CHROME_WINDOWS, "https://www.bing.com/")),
        (18, Guise(CHROME_PHONE, "https://www.bing.com/")),
    ),
    Source.MAIL: (
        (46, Guise(SAFARI_PHONE)),
        (22, Guise(CHROME_PHONE)),
        (12, Guise(CHROME_WINDOWS, "https://mail.google.com/")),
        (6, Guise(EDGE_WINDOWS, "https://outlook.live.com/")),
        (9, Guise(EDGE_WINDOWS)),
        (5, Guise(SAFARI_MAC)),
    ),
    Source.PHONE: ((54, Guise(SAFARI_PHONE)), (46, Guise(CHROME_PHONE))),
    Source.TELEVISION: (
        (26, Guise(SAFARI_PHONE, _GOOGLE)),
        (32, Guise(CHROME_PHONE, _GOOGLE)),
        (14, Guise(SAFARI_PHONE)),
        (14, Guise(CHROME_PHONE)),
        (14, Guise(CHROME_WINDOWS, _GOOGLE)),
    ),
    Source.PRESS: (
        (24, Guise(SAFARI_PHONE, "https://news.google.com/")),
        (24, Guise(CHROME_PHONE, _GOOGLE_APP)),
        (18, Guise(APP_IPHONE)),
        (22, Guise(CHROME_WINDOWS, "https://news.google.com/")),
        (12, Guise(SAFARI_MAC)),
    ),
    Source.BOTS: (
        (40, Guise("Mozilla/5.0 (compatible; link preview)")),
        (30, Guise("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")),
        (30, Guise("Twitterbot/1.0")),
    ),
    Source.WEB: _WEB,
}
"""Percent of each source's visitors who look like this (judgement)."""


def tickets_of(shares: tuple[tuple[int, Guise], ...]) -> bytes:
    """The number of the guise that each ticket stands for, in proportion to the shares."""
    ends = list(accumulate(share for share, _ in shares))
    return bytes(
        next(number for number, end in enumerate(ends) if (ticket + 0.5) / TICKETS * ends[-1] < end)
        for ticket in range(TICKETS)
    )
