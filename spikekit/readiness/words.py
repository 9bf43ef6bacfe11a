"""The answer in words that a marketer can repeat, and what they should know about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from spikekit.forecast.calibration import learns
from spikekit.forecast.decisive import ONE, decisive_channel
from spikekit.readiness.answer import Gap, Readiness, Status
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.readiness.measuring import unmeasured_journey
from spikekit.readiness.unit import REQUESTS
from spikekit.readiness.unknown import Unknown
from spikekit.vocabulary import ChannelKind
from spikekit.wording import about, count, people, percent, span

PHRASES = {
    ChannelKind.CELEBRITY_POST: "a post to {} followers",
    ChannelKind.BRAND_POST: "a brand's post to {} followers",
    ChannelKind.EMAIL: "an e-mail to {} people",
    ChannelKind.PUSH: "a push message to {} people",
    ChannelKind.SMS: "a text message to {} people",
    ChannelKind.TV_SPOT: "a TV spot before {} viewers",
    ChannelKind.TV_FEATURE: "a feature on TV before {} viewers",
    ChannelKind.PAID_SOCIAL: "paid posts shown {} times",
    ChannelKind.SEARCH_ADS: "search ads shown {} times",
    ChannelKind.STORY_LINK: "a link in a story with {} viewers",
    ChannelKind.INFLUENCER_VIDEO: "a video with {} views",
    ChannelKind.PRESS: "an article with {} readers",
    ChannelKind.DROP: "a drop with {} people waiting",
    ChannelKind.CUSTOM: "a message to {} people",
}
"""What reaches so many people, for "… is safe"."""

_NARROWED_BY = {
    Unknown.CLICK_RATE: "{one} of yours: spikekit review CAMPAIGN --observed clicks.csv",
    Unknown.AUDIENCE: "asking whoever sends it how many people it really reaches",
    Unknown.REACTION: "the curve of {one}: spikekit review CAMPAIGN --observed clicks.csv",
    Unknown.TIMING: "agreeing on the minute (a shorter `within`)",
    Unknown.BOTS: "counting the automated clicks of a past campaign",
    Unknown.REQUESTS: "measuring capacity on the campaign's own journey, with `assets: auto`",
    Unknown.OTHERS: "narrower figures of the other campaigns in these hours",
    Unknown.NORMAL: "a week's curve of normal_traffic in site.yaml",
    Unknown.CAPACITY: "a longer search: spikekit capacity --budget 10m",
    Unknown.RATIO: "comparing staging and production under the same load, and a narrower capacity_ratio",
}


def narrowed_by(answer: Readiness) -> str | None:
    """What would make the answer surer, such as ``one past post of yours``; ``None`` where no unknown decides."""
    if answer.doubt is None:
        return None
    by = _NARROWED_BY[answer.doubt.name]
    if "{one}" not in by:
        return by
    forecast = answer.question.forecast
    decisive = decisive_channel(forecast, learns if answer.doubt.name is Unknown.CLICK_RATE else lambda _: True)
    kind = decisive.kind if decisive else None
    more = "one more past" if any(r.kind is kind for r in forecast.past) else "one past"
    return by.format(one=f"{more} {ONE.get(kind, 'campaign') if kind else 'campaign'}")


def sentence(answer: Readiness) -> str:
    """The answer: what is safe, then how likely the campaign is to hold."""
    return " ".join(part for part in (safe(answer), survival_words(answer)) if part)


def safe(answer: Readiness) -> str:
    """``As you are, a post to 1.1 million followers is safe.``"""
    if answer.survivable:
        return f"As you are, {audiences_words(answer.survivable)}."
    if answer.on_target and answer.question.evidence:
        where = answer.question.evidence[0].target
        return f"On {where} itself, {audiences_words(answer.on_target)}; of production nothing is known."
    return ""


def audiences_words(audiences: Mapping[ChannelKind, int]) -> str:
    """``a post to 1.1 million followers or an e-mail to 300,000 people, each alone, is safe``; or that none is."""
    some = [PHRASES[kind].format(people(n)) for kind, n in audiences.items() if n > 0]
    if not some:
        return "no audience is safe, however small"
    listed = ", ".join(some[:-1])
    return f"{listed} or {some[-1]}, each alone, is safe" if listed else f"{some[0]} is safe"


def assumption(answer: Readiness) -> str:
    """What is taken of tonight's visitors, of whom nobody said anything: what they do, and how e-mails are sent."""
    name, site = answer.question.forecast.campaign.journey[0][0], answer.question.site
    if site is not None and site.journey(name) is not None:
        which = "the heaviest journey" if len(site.journeys) > 1 else "the journey"
        doing = f"take “{name}”, {which} of site.yaml"
    else:
        doing = "open the one page that capacity was measured on"
    return f"for visitors who {doing}; e-mails sent at once"


def survival_words(answer: Readiness) -> str:
    """How likely it holds, its range, and the unknown that decides."""
    name, question = answer.question.forecast.campaign.name, answer.question
    if answer.gap is Gap.EVIDENCE:
        return f"{name} is untested: no capacity of this site has been measured."
    if answer.gap is Gap.RATIO:
        target = question.evidence[0].target
        return f"{name} is untested: how strong {target} is beside production (capacity_ratio) is not declared."
    assert answer.survival is not None
    assert answer.survival_range is not None
    chance = chance_words(answer.survival, question.goal)
    if answer.gap is Gap.BEYOND:
        side = "at least" if question.evidence[0].knowledge is Knowledge.AT_LEAST else "at most"
        return f"{name} is untested: it holds with a chance of {side} {chance}, and no more was shown."
    low, high = (chance_words(v) for v in answer.survival_range)
    certain = not (low[0].isdigit() and high[0].isdigit())
    between = f"{low} to {high}" if certain else f"{low.removesuffix(' %')}–{high}"
    doubt = f"; {_article(answer.doubt.name)} is the great unknown" if answer.doubt else ""
    inside = f" ({between}{doubt})" if low != high or doubt else ""
    return f"{name} has {_a(chance)}{inside}."


def chance_words(ratio: float, goal: float = 0.0) -> str:
    """``71 %``; nothing is certain: ``over 99 %`` and ``under 1 %`` at the ends.

    What is below a ``goal`` is not rounded up to it: ``94.6 %`` where 95 % is asked for.
    """
    if ratio < goal <= round(ratio, 2):
        return f"{math.floor(ratio * 1000) / 10:.1f} %"
    if ratio >= 0.995:
        return "over 99 %"
    if ratio < 0.005:
        return "under 1 %"
    return f"{ratio * 100:.0f} %"


def _a(chance: str) -> str:
    if not chance[0].isdigit():
        return f"a chance of holding of {chance}"
    article = "an" if chance[0] == "8" or chance in ("11 %", "18 %") else "a"
    return f"about {article} {chance} chance of holding"


def _article(unknown: Unknown) -> str:
    plural = unknown in (Unknown.OTHERS, Unknown.BOTS, Unknown.REQUESTS)
    return f"how many {unknown.value} there are" if plural else f"the {unknown.value}"


def notes(answer: Readiness) -> list[str]:
    """What one should know about this answer, each in a sentence."""
    return list(_notes(answer))


def _notes(answer: Readiness) -> Iterator[str]:
    question = answer.question
    evidence = question.evidence
    if answer.is_cleared:
        yield f"It meets your clearance of {percent(question.goal)} from measured capacity: no rehearsal is needed."
    if answer.gap is Gap.EVIDENCE:
        yield "To measure it:  spikekit capacity --target TARGET   (or --evidence FILE, or --capacity R/s)"
    if answer.gap is Gap.RATIO:
        yield (
            f"Declare targets.{evidence[0].target}.capacity_ratio in site.yaml, its share of production's capacity, "
            "such as {low: 0.2, likely: 0.25, high: 0.3}. It is never taken as 1."
        )
    if evidence and question.now is not None and evidence[0].is_stale(question.now):
        yield f"That capacity was measured {(question.now - evidence[0].created).days} days ago; measure again."
    if evidence and evidence[0].knowledge is not Knowledge.MEASURED:
        yield _bound_note(evidence[0])
    elif evidence and evidence[0].is_doubtful:
        why = f" ({evidence[0].doubts[0]})" if evidence[0].doubts else ""
        yield f"The search that found that capacity was inconclusive{why}: measure again before you rely on it."
    if answer.is_floored:
        yield "Production has held more than this measurement says (busiest_minute): that counts. Check the ratio."
    yield from _counted(answer)
    if not question.forecast.past and answer.status is not Status.UNTESTED:
        yield "No past campaign is known, so the forecast is an order of magnitude."


def _counted(answer: Readiness) -> Iterator[str]:
    """What was added, and in which units."""
    question, situation, unit = answer.question, answer.situation, answer.unit
    if situation is None or unit is None:
        return
    if answer.own_weight != 1:
        yield _weight_note(answer.weight, unit.journey)
    if (own := unmeasured_journey(answer)) is not None:
        yield f"That is reckoned, not measured: measure with the visitors' own journey, “{own}”, to be sure."
    if situation.supply.has_cold:
        yield f"In the first {span(situation.supply.warm_up_seconds)} of a spike, what the site takes when cold counts."
    if others := list(dict.fromkeys(s.campaign for s in situation.streams if not s.is_own)):
        yield f"What other confirmed campaigns bring in these hours is counted in: {', '.join(others[:4])}."
    if question.site is not None and question.site.normal_traffic is None:
        yield "No normal traffic is declared in site.yaml, so none is added."


def _weight_note(weight: float, journey: str) -> str:
    if journey == REQUESTS:
        return f"One visitor of the campaign makes about {about(weight)} requests."
    return (
        f"By its requests, a visitor weighs {about(weight)} of “{journey}”, the journey that capacity was measured on."
    )


def _bound_note(evidence: Evidence) -> str:
    rate = f"{count(evidence.capacity.warm.likely)} visitors/s on {evidence.target}"
    is_lower = evidence.knowledge is Knowledge.AT_LEAST
    known = (
        f"a lower bound is known: it held {rate}" if is_lower else f"an upper bound is known: it did not hold {rate}"
    )
    return f"Only {known}. To know more:  spikekit capacity --target {evidence.target}"
