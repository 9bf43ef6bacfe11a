"""Advised replicas as scaling tools take them: the fields are theirs, the figures and hours those of the advice."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import kubernetes_validate
import pytest
import yaml

from spikekit.errors import UsageError
from spikekit.readiness.answer import Readiness, assess
from spikekit.report.readiness.scaling import scaling_of
from spikekit.site.model import Production
from tests.readiness.cases import PEAK, again, measured, question, site


@pytest.fixture(scope="module")
def answer() -> Readiness:
    """A campaign that needs more than the four replicas there are."""
    place = site(production=Production(url="u", replicas=4))
    return assess(question(again(0.3), measured(PEAK * 0.8, 0.1), site=place, draws=2_000))


def _scheduled(answer: Readiness) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = json.loads(scaling_of(answer, "aws"))
    return actions


def _instant(action: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(action["Schedule"].removeprefix("at(").removesuffix(")") + "+00:00")


def test_aws_raises_the_floor_at_an_instant_and_lowers_it_again(answer: Readiness) -> None:
    up, down = _scheduled(answer)
    fields = {"ServiceNamespace", "ScheduledActionName", "ResourceId", "ScalableDimension", "Schedule", "Timezone"}
    assert set(up) == set(down) == fields | {"ScalableTargetAction"}
    assert up["ScalableTargetAction"]["MinCapacity"] > 4
    assert down["ScalableTargetAction"]["MinCapacity"] == 4
    assert all(set(a["ScalableTargetAction"]) == {"MinCapacity", "MaxCapacity"} for a in (up, down))
    assert _instant(up) < answer.question.forecast.campaign.launch < _instant(down)


def test_keda_wants_as_many_in_the_same_hours_and_says_when_to_remove_it(answer: Readiness) -> None:
    text, (up, down) = scaling_of(answer, "keda"), _scheduled(answer)
    document = yaml.safe_load(text)
    (trigger,) = document["spec"]["triggers"]
    assert (document["apiVersion"], document["kind"], trigger["type"]) == ("keda.sh/v1alpha1", "ScaledObject", "cron")
    assert trigger["metadata"] == {
        "timezone": "UTC",
        "start": f"{_instant(up):%-M %-H %-d %-m} *",
        "end": f"{_instant(down):%-M %-H %-d %-m} *",
        "desiredReplicas": str(up["ScalableTargetAction"]["MinCapacity"]),
    }
    assert document["spec"]["minReplicaCount"] == 4
    assert document["spec"]["maxReplicaCount"] == up["ScalableTargetAction"]["MinCapacity"]
    assert f"# Remove after {_instant(down):%Y-%m-%d}" in text


def test_the_autoscaler_is_a_valid_document_whose_ceiling_is_not_below_its_floor(answer: Readiness) -> None:
    text, (up, down) = scaling_of(answer, "hpa"), _scheduled(answer)
    document = yaml.safe_load(text)
    kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    assert document["apiVersion"] == "autoscaling/v2"
    assert document["spec"]["minReplicas"] == up["ScalableTargetAction"]["MinCapacity"]
    assert document["spec"]["maxReplicas"] >= document["spec"]["minReplicas"]
    assert f"At {_instant(down):%Y-%m-%d %H:%M} UTC apply it with minReplicas: 4." in text


def test_a_campaign_that_holds_needs_no_replicas_and_that_is_said() -> None:
    with pytest.raises(UsageError, match="no change of replicas is advised") as told:
        scaling_of(assess(question(again(), measured(PEAK * 100), draws=2_000)), "keda")
    assert told.value.hint == "it holds as it is"


def test_replicas_that_nobody_counted_are_asked_for() -> None:
    with pytest.raises(UsageError, match="of how many nobody said"):
        scaling_of(assess(question(again(0.3), measured(PEAK * 0.8, 0.1), draws=2_000)), "aws")
