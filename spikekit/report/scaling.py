"""Advised replicas in the words of scaling tools, to be pasted: KEDA, Kubernetes' autoscaler, AWS.

The field names are those of KEDA's cron scaler, ``autoscaling/v2`` and Application Auto Scaling's PutScheduledAction.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from spikekit.errors import UsageError
from spikekit.readiness.answer import Readiness
from spikekit.readiness.document import boost_of
from spikekit.readiness.situation import Boost

TOOLS = ("keda", "hpa", "aws")


def scaling_of(answer: Readiness, tool: str) -> str:
    """The advised replicas for one of ``TOOLS``.

    Raises ``UsageError`` where none are advised, or where nobody said how many there are.
    """
    boost = advised_boost(answer)
    if boost is None:
        raise UsageError("no change of replicas is advised for this campaign", hint="leave --scaling out to see why")
    site = answer.question.site
    replicas = site.production.replicas if site and site.production else None
    if replicas is None:
        raise UsageError(
            f"{boost.factor:g} times the servers are advised, but of how many nobody said",
            hint="add replicas to production in site.yaml, such as replicas: 4",
        )
    wanted = round(replicas * boost.factor)
    launch = answer.question.forecast.campaign.launch.astimezone(UTC)
    start, end = (launch + timedelta(seconds=s) for s in (boost.start, boost.end))
    name = answer.question.forecast.campaign.id
    return {"keda": _keda, "hpa": _hpa, "aws": _aws}[tool](name, start, end, replicas, wanted)


def advised_boost(answer: Readiness) -> Boost | None:
    """The first piece of advice that is about replicas alone."""
    return next((b for a in answer.advice if len(a.changes) == 1 and (b := boost_of(answer, a))), None)


def _keda(name: str, start: datetime, end: datetime, replicas: int, wanted: int) -> str:
    """A five-field cron has no year, so the comment says when to take it out."""
    return f"""\
# KEDA: {replicas} -> {wanted} replicas for the campaign {name}. Remove after {end:%Y-%m-%d}: cron has no year.
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {name}
spec:
  scaleTargetRef:
    name: YOUR-DEPLOYMENT
  minReplicaCount: {replicas}
  maxReplicaCount: {wanted}
  triggers:
    - type: cron
      metadata:
        timezone: UTC
        start: {_cron(start)}
        end: {_cron(end)}
        desiredReplicas: "{wanted}"
"""


def _cron(at: datetime) -> str:
    return f"{at.minute} {at.hour} {at.day} {at.month} *"


def _hpa(name: str, start: datetime, end: datetime, replicas: int, wanted: int) -> str:
    """An autoscaler knows no time: its floor is raised and lowered."""
    patch = "kubectl patch hpa YOUR-HPA --patch"
    return f"""\
# HorizontalPodAutoscaler (autoscaling/v2), for the campaign {name}: raise the floor, and lower it again.
# at {start:%Y-%m-%d %H:%M} UTC
{patch} '{{"spec": {{"minReplicas": {wanted}}}}}'
# at {end:%Y-%m-%d %H:%M} UTC
{patch} '{{"spec": {{"minReplicas": {replicas}}}}}'
"""


def _aws(name: str, start: datetime, end: datetime, replicas: int, wanted: int) -> str:
    actions = [
        {
            "ServiceNamespace": "ecs",
            "ScheduledActionName": f"{name}-{what}",
            "ResourceId": "service/YOUR-CLUSTER/YOUR-SERVICE",
            "ScalableDimension": "ecs:service:DesiredCount",
            "Schedule": f"at({at:%Y-%m-%dT%H:%M:%S})",
            "Timezone": "UTC",
            "ScalableTargetAction": {"MinCapacity": least, "MaxCapacity": max(least, wanted)},
        }
        for what, at, least in (("up", start, wanted), ("down", end, replicas))
    ]
    return json.dumps(actions, indent=2) + "\n"
