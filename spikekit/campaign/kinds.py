"""Which keys each kind of channel needs, and which say nothing about it."""

from __future__ import annotations

from dataclasses import dataclass

from spikekit.files.json_schema import JsonSchema, either, not_both
from spikekit.files.tree import Place
from spikekit.vocabulary import ChannelKind as Kind

COMMON = frozenset({"kind", "name", "at", "timezone", "within", "landing", "journey"})
"""Keys that say something about every kind."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``needs``: all of these; ``needs_size``: an audience or clicks; ``takes``: these too."""

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    needs_size: bool = False

    @property
    def allowed(self) -> frozenset[str]:
        size = {"audience", "clicks", "click_rate"} if self.needs_size else set()
        return COMMON | size | set(self.needs) | set(self.takes)

    def schema(self, kind: Kind) -> JsonSchema:
        """What ``check`` asks of the keys, as a rule that holds for this kind."""
        needs: list[JsonSchema] = [
            either({"required": [name]}, {"required": ["clicks"]}) if name == "click_rate" else {"required": [name]}
            for name in self.needs
        ]
        if self.needs_size:
            needs.append(either({"required": ["audience"]}, {"required": ["clicks"]}))
        twice = [not_both("clicks", n) for n in ("audience", "click_rate") if {"clicks", n} <= self.allowed]
        senseless: JsonSchema = {"properties": dict.fromkeys(sorted(FIELDS - self.allowed), False)}
        return {
            "if": {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]},
            "then": {"allOf": [*needs, *twice, senseless]},
        }

    def check(self, place: Place, kind: Kind, meant: frozenset[str]) -> None:
        """Note what is missing, what makes no sense for the kind, and what says the same thing twice.

        ``meant`` are keys that were mistyped: they are not missing.
        """
        given = meant | {name for name in FIELDS if place.has(name)}
        for name in self.needs:
            if name not in given and not (name == "click_rate" and "clicks" in given):
                place.at(name).refuse(f"expected {name} for {kind.value}, found nothing")
        if self.needs_size and not given & {"audience", "clicks"}:
            place.at("audience").refuse(f"expected audience or clicks for {kind.value}, found nothing")
        for name in sorted(FIELDS - self.allowed):
            if place.has(name):
                place.at_key(name).refuse(f"{name} says nothing about {kind.value}; leave it out")
        for name in ("audience", "click_rate"):
            if place.has("clicks") and place.has(name) and {"clicks", name} <= self.allowed:
                place.at_key(name).refuse(f"clicks already says how many come; leave {name} or clicks out")


POST = Rule(takes=("account",), needs_size=True)
SENT = Rule(takes=("account", "send_over"), needs_size=True)
SHOWN = Rule(takes=("account",), needs_size=True)
BOUGHT = Rule(takes=("account", "deliver_over"), needs_size=True)
"""An account is a list, a station or an advertiser here: past results of the same one teach the most."""

RULES: dict[Kind, Rule] = {
    Kind.CELEBRITY_POST: POST,
    Kind.BRAND_POST: POST,
    Kind.STORY_LINK: POST,
    Kind.INFLUENCER_VIDEO: POST,
    # Published figures for press are visits, not shares of readers: it may stand without any size.
    Kind.PRESS: Rule(takes=("account", "audience", "clicks", "click_rate")),
    Kind.EMAIL: SENT,
    Kind.PUSH: SENT,
    Kind.SMS: SENT,
    Kind.TV_SPOT: SHOWN,
    Kind.TV_FEATURE: SHOWN,
    Kind.PAID_SOCIAL: BOUGHT,
    Kind.SEARCH_ADS: BOUGHT,
    # The crowd that waits is the audience: nobody of it needs to click first.
    Kind.DROP: Rule(needs=("audience", "arrive_before", "reload_every"), takes=("account",)),
    Kind.PAST: Rule(needs=("curve", "scale")),
    Kind.CUSTOM: Rule(needs=("click_rate", "response"), needs_size=True),
}

_OTHER_NAMES = {
    Kind.CELEBRITY_POST: "tweet celebrity celebrity_tweet twitter x_post mention shout_out",
    Kind.BRAND_POST: "post facebook facebook_post instagram_post linkedin linkedin_post brand social organic",
    Kind.STORY_LINK: "instagram instagram_story story snapchat insta",
    Kind.INFLUENCER_VIDEO: "influencer tiktok youtube video youtube_video reel",
    Kind.EMAIL: "newsletter mail mailing mailshot email_blast",
    Kind.PUSH: "notification push_notification app app_push web_push",
    Kind.SMS: "text text_message whatsapp",
    Kind.TV_SPOT: "tv television commercial tv_ad tv_commercial advert",
    Kind.TV_FEATURE: "tv_show interview broadcast",
    Kind.PAID_SOCIAL: "ads display facebook_ads instagram_ads tiktok_ads social_ads paid retargeting",
    Kind.SEARCH_ADS: "google google_ads adwords ppc sem cpc search",
    Kind.PRESS: "pr news newspaper article press_release magazine",
    Kind.DROP: "launch sale flash_sale ticket_sale queue release",
}
OTHER_NAMES = {word: kind.value for kind, words in _OTHER_NAMES.items() for word in words.split()}
"""What marketers call a kind, for the question what they meant: none of these is taken."""

FIELDS = frozenset().union(*(rule.allowed for rule in RULES.values()))
"""Every key any kind takes."""
