"""What is asked of every campaign, and for whom somebody answers instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from spikekit.campaign.model import Campaign
from spikekit.readiness.evidence import Evidence
from spikekit.verdict.run import Run

DEFAULT_WITHIN = timedelta(days=14)
"""Long enough to mend what is found; the example project launches so far ahead."""

DEFAULT_MAX_AGE = timedelta(days=7)
"""A site that is deployed every week is another site after one."""

CLOCKS_DIFFER = timedelta(hours=1)
"""What is dated further ahead than this was not measured then: nobody knows how old it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``min_survival`` of ``None`` is the site's clearance, else 95 %; ``label`` of ``None`` is any."""

    within: timedelta = DEFAULT_WITHIN
    max_age: timedelta = DEFAULT_MAX_AGE
    min_survival: float | None = None
    label: str | None = None
    target: str | None = None

    def is_fresh(self, created: datetime, now: datetime) -> bool:
        return -CLOCKS_DIFFER <= now - created <= self.max_age

    def is_labelled(self, label: str | None) -> bool:
        return self.label in (None, label)

    def counts(self, evidence: Evidence, now: datetime) -> bool:
        """Whether it is young enough, and of the version that is asked for."""
        return self.is_fresh(evidence.created, now) and self.is_labelled(evidence.label)

    def counts_run(self, run: Run, now: datetime) -> bool:
        """The same of a rehearsal."""
        return self.is_fresh(datetime.fromisoformat(run.created), now) and self.is_labelled(run.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Somebody lets a campaign pass whatever is found, through the day ``until`` on the campaign's own clocks."""

    campaign: str
    reason: str
    until: date

    def is_in_effect(self, campaign: Campaign, now: datetime) -> bool:
        return now.astimezone(campaign.launch.tzinfo).date() <= self.until
