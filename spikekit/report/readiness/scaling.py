"""Advised replicas in the words of scaling tools, to be pasted: KEDA, Kubernetes' autoscaler, AWS.

The field names are those of KEDA's cron scaler, ``autoscaling/v2`` and Application Auto Scaling's PutScheduledAction.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from spikekit.errors import UsageError
from spikekit.readiness.advice import Advice
from spikekit.readiness.answer import Readiness
from spikekit.readiness.document import boost_of
from spikekit.readiness.situation import Boost
from spikekit.readiness.words import chance_words

TOOLS = ("keda", "hpa", "aws")

_LONGEST_NAME = 50
"""Kubernetes takes 63 characters; a few are for what is added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """From ``start`` to ``end`` ``wanted`` replicas instead of ``replicas``; ``chance``: of holding, then, in words."""

    name: str
    start: datetime
    end: datetime
    replicas: int
    wanted: int
    chance: str


def scaling_of(answer: Readiness, tool: str) -> str:
    """The advised replicas for one of ``TOOLS``.

    Raises ``UsageError`` where none are advised, or where nobody said how many there are.
    """
    found, campaign = _advised(answer), answer.question.forecast.campaign
    if found is None:
        holds = answer.survival is not None and answer.survival >= answer.question.goal
        why = "it holds as it is" if holds else "leave --scaling out to see why"
        raise UsageError(f"no change of replicas is advised for {campaign.id}", hint=why)
    advice, boost = found
    site = answer.question.site
    replicas = site.production.replicas if site and site.production else None
    if replicas is None:
        raise UsageError(
            f"{boost.factor:g} times the servers are advised, but of how many nobody said",
            hint="add replicas to production in site.yaml, such as replicas: 4",
        )
    launch = campaign.launch.astimezone(UTC)
    wanted = _Wanted(
        name=_name(campaign.id),
        start=launch + timedelta(seconds=boost.start),
        end=launch + timedelta(seconds=boost.end),
        replicas=replicas,
        wanted=round(replicas * boost.factor),
        chance=chance_words(advice.survival),
    )
    return {"keda": _keda, "hpa": _hpa, "aws": _aws}[tool](wanted)


def _advised(answer: Readiness) -> tuple[Advice, Boost] | None:
    """The first piece of advice that is about replicas alone."""
    return next(((a, b) for a in answer.advice if len(a.changes) == 1 and (b := boost_of(answer, a))), None)


def _name(campaign: str) -> str:
    """The campaign's name as Kubernetes takes names: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", campaign.lower())[:_LONGEST_NAME].strip("-") or "campaign"


def _keda(asked: _Wanted) -> str:
    """A five-field cron has no year, so the comment says when to take it out."""
    return f"""\
# KEDA: {asked.replicas} -> {asked.wanted} replicas for the campaign {asked.name}; it then holds with a chance of \
{asked.chance}.
# Remove after {asked.end:%Y-%m-%d}: cron has no year, it would come again.
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {asked.name}-replicas
spec:
  scaleTargetRef:
    name: YOUR-DEPLOYMENT
  minReplicaCount: {asked.replicas}
  maxReplicaCount: {asked.wanted}
  triggers:
    - type: cron
      metadata:
        timezone: UTC
        start: "{_cron(asked.start)}"
        end: "{_cron(asked.end)}"
        desiredReplicas: "{asked.wanted}"
"""


def _cron(at: datetime) -> str:
    return f"{at.minute} {at.hour} {at.day} {at.month} *"


def _hpa(asked: _Wanted) -> str:
    """An autoscaler knows no time: its floor is raised by hand and lowered again, its ceiling never below."""
    return f"""\
# HorizontalPodAutoscaler: {asked.replicas} -> {asked.wanted} replicas for the campaign {asked.name}; it then \
holds with a chance of {asked.chance}.
# Apply at {asked.start:%Y-%m-%d %H:%M} UTC. At {asked.end:%Y-%m-%d %H:%M} UTC apply it with minReplicas: \
{asked.replicas}.
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: YOUR-HPA
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: YOUR-DEPLOYMENT
  minReplicas: {asked.wanted}
  maxReplicas: {asked.wanted}  # or your own, if that is more
"""


def _aws(asked: _Wanted) -> str:
    """Each is one call: ``aws application-autoscaling put-scheduled-action --cli-input-json``."""
    actions = [
        {
            "ServiceNamespace": "ecs",
            "ScheduledActionName": f"{asked.name}-{what}",
            "ResourceId": "service/YOUR-CLUSTER/YOUR-SERVICE",
            "ScalableDimension": "ecs:service:DesiredCount",
            "Schedule": f"at({at:%Y-%m-%dT%H:%M:%S})",
            "Timezone": "UTC",
            "ScalableTargetAction": {"MinCapacity": least, "MaxCapacity": max(least, asked.wanted)},
        }
        for what, at, least in (("up", asked.start, asked.wanted), ("down", asked.end, asked.replicas))
    ]
    return json.dumps(actions, indent=2) + "\n"
