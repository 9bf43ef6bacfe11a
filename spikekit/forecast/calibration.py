"""The user's own past → how large the next campaign's click rate is believed to be.

Every kind has a published range of click rates. Measured in standard deviations of that range, a result is

    z = site + kind + account + noise        variances  .20 + .25 + .27 + .28 = 1

so that without any past the belief is N(0, 1), the published range itself. An account's own results share the first
three terms with its next campaign, other accounts of the same kind the first two, all kinds of the site the first.
For one account this is the hierarchical normal on y = ln(clicks/audience) with s₀ = .8 between accounts and τ = .5
from campaign to campaign: a post to 1.1 % moves the median from .3 % to .76 %.

A count that the site clipped says only that there were at least so many: its likelihood is the normal's upper tail,
taken in by expectation propagation (Minka 2001), which is exact for one such result and close for several.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from spikekit.campaign.model import Campaign, Channel, PastCurve
from spikekit.forecast.normal import Floats
from spikekit.forecast.priors import PRIORS
from spikekit.vocabulary import P95_Z, ChannelKind, Range

_BETWEEN, _WITHIN = 0.8**2, 0.5**2
"""s₀² and τ² of the logarithm of a celebrity's click rate; other kinds keep their proportion."""

NOISE = _WITHIN / (_BETWEEN + _WITHIN)
"""The variance from campaign to campaign of one account."""

SITE = 0.20
KIND = 0.25
"""What a site's results have in common whatever the kind, and what those of one kind have beyond it (I)."""

ACCOUNT = 1 - NOISE - SITE - KIND

NARROWED_BY_ONE = 1 - math.sqrt(1 - (1 - NOISE) ** 2)
"""How much narrower (in logarithms) the first own result of an account makes the range of its click rate: .31."""

SAME_CAMPAIGN = timedelta(days=1)
"""A campaign whose launch was moved by less is still the same one."""

_SWEEPS = 100
_CLOSE = 1e-8
_LEAST_SHARE = 1e-3
"""Of a smaller share of a total next to nothing is known."""

_LEAST_CLICKS = 0.5
"""Nobody came: less than one, and the logarithm exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastResult:
    """What one channel of a past campaign brought.

    ``audience`` is ``None`` where none was declared (press). ``is_lower_bound``: the site was saturated, so more would
    have come. ``share`` is below 1 where only the campaign's total is known and this channel was given so much of it.
    ``curve`` counts visitors from the channel's start; ``window_seconds`` is how long its sending took. ``date`` is the
    launch (timezone-aware). ``requests_per_landing`` is how many requests of a page with all on it reached the origin,
    where access logs told. ``held`` tells whether the campaign's forecast held; ``None`` where none was judged.
    """

    campaign: str
    kind: ChannelKind
    clicks: float
    audience: float | None = None
    account: str | None = None
    site: str | None = None
    is_lower_bound: bool = False
    share: float = 1.0
    curve: PastCurve | None = None
    window_seconds: float = 0.0
    date: datetime | None = None
    requests_per_landing: float | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The next campaign's click rate in standard deviations of its kind's published range: N(mean, variance)."""

    mean: float = 0.0
    variance: float = 1.0

    @property
    def sd(self) -> float:
        return math.sqrt(self.variance)


PUBLISHED_ONLY = Belief()
"""Nothing is known but the published range."""

_Group = tuple[ChannelKind, str | None]
"""A kind and an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """One result: its group, where it stands, the variance of its own noise."""

    group: _Group
    z: float
    variance: float
    is_lower_bound: bool


def useful(campaign: Campaign, past: Iterable[PastResult], *, site: str | None) -> tuple[PastResult, ...]:
    """The results that may teach this campaign: of this site, from before its launch, and not its own.

    A site without a name on either side is this one. Results without a date count.
    """
    return tuple(r for r in past if _same_site(r.site, site) and _is_before(r, campaign) and standing(r) is not None)


def learns(channel: Channel) -> bool:
    """Whether past results move the channel: what the campaign declares is taken at its word."""
    declared = channel.clicks is not None or channel.click_rate is not None
    return not declared and _published(channel.kind, channel.audience is not None) is not None


def believed(channel: Channel, past: Sequence[PastResult]) -> Belief:
    """What the past says of the channel's click rate. The order of ``past`` does not matter."""
    if not learns(channel):
        return PUBLISHED_ONLY
    evidence = [e for e in map(_evidence, past) if e is not None]
    own = (channel.kind, _account(channel, evidence))
    return _posterior(own, evidence)


def same_account(one: str | None, other: str | None) -> bool:
    """Whether two names are those of one account."""
    return _name(one) == _name(other)


def plain_name(name: str) -> str:
    """A campaign's name without what people write now so, now so."""
    return " ".join(name.split()).casefold()


def standing(result: PastResult) -> float | None:
    """Where a result stands, in standard deviations of its kind's published range; ``None`` if it says nothing."""
    logarithm, unit = _measured(result)
    return None if unit == 0 else logarithm / unit


def _measured(result: PastResult) -> tuple[float, float]:
    """ln(result / likely), and the standard deviation of the published range on that side; (0, 0) for nothing."""
    range_ = _published(result.kind, result.audience is not None)
    if range_ is None or (result.is_lower_bound and result.clicks <= 0) or result.audience == 0:
        return 0.0, 0.0
    figure = max(result.clicks, _LEAST_CLICKS) / (1.0 if result.audience is None else result.audience)
    logarithm = math.log(figure / range_.likely)
    end = range_.high if logarithm >= 0 else range_.low
    return logarithm, abs(math.log(end / range_.likely)) / P95_Z


def _evidence(result: PastResult) -> _Evidence | None:
    logarithm, unit = _measured(result)
    if unit == 0:
        return None
    # A count of n is itself uncertain by 1/n in its logarithm; a share of a total by what the other channels did,
    # which may have been anything: an equal share says half of what the published range does.
    counted = 1 / max(result.clicks, _LEAST_CLICKS) / unit**2
    return _Evidence(
        group=(result.kind, _name(result.account)),
        z=logarithm / unit,
        variance=NOISE + counted + (1 - result.share) / max(result.share, _LEAST_SHARE),
        is_lower_bound=result.is_lower_bound,
    )


def _published(kind: ChannelKind, has_audience: bool) -> Range | None:
    """The range that results of this kind are measured by; ``None`` where there is none, or no doubt."""
    prior = PRIORS[kind]
    figure = prior.click_rate if has_audience else prior.clicks
    return None if figure is None or figure.range.is_exact else figure.range


def _name(account: str | None) -> str | None:
    """``@StephenFry`` and ``stephenfry`` are one account."""
    return account.strip().lstrip("@").casefold() or None if account else None


def _account(channel: Channel, evidence: Sequence[_Evidence]) -> str | None:
    """The channel's account; where it names none and the past knows just one of its kind, that one."""
    if channel.account:
        return _name(channel.account)
    known = {account for kind, account in (e.group for e in evidence) if kind is channel.kind and account}
    return known.pop() if len(known) == 1 else None


def _same_site(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _is_before(result: PastResult, campaign: Campaign) -> bool:
    if result.date is None:
        return True
    earlier = campaign.launch.astimezone(UTC) - result.date.astimezone(UTC)
    # An export knows it by its name, and often by the day alone.
    own = plain_name(result.campaign) in (plain_name(campaign.id), plain_name(campaign.name))
    return earlier > timedelta(0) and not (own and abs(earlier) < SAME_CAMPAIGN)


def _posterior(own: _Group, evidence: Sequence[_Evidence]) -> Belief:
    """Gaussian conditioning over the groups; clipped results join as the normals that stand for them."""
    if not evidence:
        return PUBLISHED_ONLY
    groups = sorted({own, *(e.group for e in evidence)}, key=lambda g: (g[0].value, g[1] or ""))
    place = {group: i for i, group in enumerate(groups)}
    prior = np.array([[_shared(a, b) for b in groups] for a in groups])
    precision, shift = np.zeros(len(groups)), np.zeros(len(groups))
    clipped = []
    for e in sorted(evidence, key=lambda e: (e.group[0].value, e.group[1] or "", e.z, e.variance)):
        if e.is_lower_bound:
            clipped.append((place[e.group], e.z, e.variance))
        else:
            precision[place[e.group]] += 1 / e.variance
            shift[place[e.group]] += e.z / e.variance
    mean, covariance = _propagated(prior, precision, shift, clipped)
    at = place[own]
    return Belief(mean=float(mean[at]), variance=float(covariance[at, at]) + NOISE)


def _shared(one: _Group, other: _Group) -> float:
    """The covariance of two groups' levels."""
    if one[0] is not other[0]:
        return SITE
    return SITE + KIND + (ACCOUNT if one[1] == other[1] else 0.0)


def _propagated(
    prior: Floats, precision: Floats, shift: Floats, clipped: Sequence[tuple[int, float, float]]
) -> tuple[Floats, Floats]:
    """Mean and covariance of the groups' levels, given normal evidence and ``clipped`` (group, bound, variance)."""
    sites = np.zeros((len(clipped), 2))
    precision, shift = precision.copy(), shift.copy()
    mean, covariance = _normal(prior, precision, shift)
    for _ in range(_SWEEPS if clipped else 0):
        before = sites.copy()
        for i, (group, bound, variance) in enumerate(clipped):
            now = np.array(_tail(float(mean[group]), float(covariance[group, group]), sites[i], bound, variance))
            change, sites[i] = now - sites[i], now
            precision[group] += change[0]
            shift[group] += change[1]
            # One more observation of one group changes the covariance along one column (Sherman and Morrison).
            column = covariance[:, group].copy()
            covariance = covariance - np.outer(column, column) * (change[0] / (1 + change[0] * column[group]))
            mean = covariance @ shift
        if np.abs(sites - before).max() < _CLOSE:
            break
    return _normal(prior, precision, shift)


def _normal(prior: Floats, precision: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """Posterior of N(0, ``prior``) with independent evidence of that ``precision`` and ``shift`` on each group."""
    root = np.sqrt(precision)
    gain = prior * root
    core = np.eye(len(prior)) + root[:, np.newaxis] * gain
    covariance = prior - gain @ np.linalg.solve(core, gain.T)
    return covariance @ shift, covariance


def _tail(mean: float, variance: float, site: Floats, bound: float, noise: float) -> tuple[float, float]:
    """Precision and shift of the normal that stands for "at least ``bound``", given what all else says."""
    rest_precision = 1 / variance - float(site[0])
    rest = 1 / rest_precision
    centre = rest * (mean / variance - float(site[1]))
    spread = math.sqrt(rest + noise)
    z = (centre - bound) / spread
    hazard = _hazard(z)
    moved = centre + rest * hazard / spread
    narrowed = rest - rest**2 * hazard * (z + hazard) / spread**2
    return max(0.0, 1 / narrowed - rest_precision), moved / narrowed - centre * rest_precision


def _hazard(z: float) -> float:
    """φ(z) / Φ(z), which nears −z far below."""
    if z < -30:
        return -z
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (0.5 * math.erfc(-z / math.sqrt(2)))
