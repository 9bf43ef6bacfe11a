"""User agents → people, or which kind of machine. A guess from what programs say of themselves; many say nothing.

An own table of words rather than a package: it costs a few µs where ``crawler-user-agents`` takes 120, and hostile
visitors send another user agent with each request.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from spikekit.traffic import source


class Agent(NamedTuple):
    """What a user agent says. ``machine``: its source, if it is no browser; ``app``: the network whose app it is."""

    machine: str | None
    app: str | None


LONGEST = 400
"""Bytes of a user agent that are looked at."""

_WORDS = {
    source.LINK_PREVIEWS: """
        facebookexternalhit facebookcatalog externalfetcher facebot twitterbot linkedinbot slackbot imgproxy discordbot
        telegrambot whatsapp skypeuripreview pinterestbot redditbot mastodon pleroma misskey akkoma bluesky cardyb
        iframely embedly vkshare viber flipboardproxy pagerenderer bitlybot unfurl opengraph poker kakaotalk
        contenttabreceiver tumblr
    """,
    source.MAIL_SCANNERS: """
        proofpoint mimecast barracuda ironport symantec cloudmark safelinks office googleimageproxy yahoomailproxy
        emailsecurity trendmicro sophos forcepoint fortimail bitdefender zscaler virustotal outlook
    """,
    source.CRAWLERS: """
        googlebot bingbot inspectiontool googleother adsbot mediapartners apis storebot yandexbot yandeximages
        yandexmobilebot yandexmetrika baiduspider duckduckbot duckassistbot applebot slurp seznambot petalbot exabot
        qwantify naverbot yeti ahrefsbot ahrefssiteaudit semrushbot mj12bot dotbot rogerbot dataforseobot blexbot ccbot
        gptbot chatgpt searchbot claudebot claude anthropic perplexitybot perplexity bytespider amazonbot externalagent
        cohere diffbot timpibot archiver turnitin turnitinbot mojeekbot barkrowler serpstatbot screaming bingpreview
        imagesiftbot omgili
    """,
    source.BOTS: """
        curl wget python httpx aiohttp libwww lwp java okhttp node undici axios got ruby faraday guzzle guzzlehttp php
        perl httpclient postmanruntime insomnia headlesschrome phantomjs selenium puppeteer playwright lighthouse
        pingdom uptimerobot statuscake site24x7 newrelicpinger datadog nagios zabbix prometheus blackbox probe
        healthchecker healthcheck googlehc googlestackdrivermonitoring apachebench wrk k6 locust vegeta jmeter gatling
        siege hey nikto sqlmap nmap masscan zgrab nuclei wpscan dirbuster gobuster acunetix nessus qualys censys
        censysinspect shodan netcraft expanse validator feedly feedfetcher feedburner rss
    """,
}
_MACHINES = {word.encode(): name for name, words in _WORDS.items() for word in words.split()}
_PARTS = (
    (b"preview", source.LINK_PREVIEWS),
    (b"crawl", source.CRAWLERS),
    (b"spider", source.CRAWLERS),
    (b"bot", source.BOTS),
    (b"scrap", source.BOTS),
    (b"monitor", source.BOTS),
    (b"http-client", source.BOTS),
    (b"headless", source.BOTS),
)
"""What names of machines that nobody has heard of have in them."""

_APPS = {
    b"twitter": "x",
    b"twitterandroid": "x",
    b"fban": "facebook",
    b"fb_iab": "facebook",
    b"fbav": "facebook",
    b"instagram": "instagram",
    b"musical_ly": "tiktok",
    b"tiktok": "tiktok",
    b"bytedancewebview": "tiktok",
    b"linkedinapp": "linkedin",
    b"pinterest": "pinterest",
    b"snapchat": "snapchat",
    b"reddit": "reddit",
    b"line": "line",
    b"micromessenger": "wechat",
    b"gsa": source.SEARCH,
}
_words_of = re.compile(rb"[a-z][a-z0-9]*(?:_[a-z0-9]+)*").findall


def agent(text: bytes) -> Agent:
    """Who sends such a user agent. An empty one is a program's: every browser sends one."""
    if text in (b"", b"-"):
        return Agent(source.BOTS, None)
    # Cubot makes phones.
    said = text[:LONGEST].lower().replace(b"cubot", b"")
    words = set(_words_of(said))
    known = words & _MACHINES.keys()
    if known:
        return Agent(min((_MACHINES[word] for word in known), key=source.MACHINES.index), None)
    for part, name in _PARTS:
        if part in said:
            return Agent(name, None)
    return Agent(None, next((_APPS[word] for word in words if word in _APPS), None))
