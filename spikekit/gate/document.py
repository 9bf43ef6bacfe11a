"""The document of a gate, ``spikekit.gate/1``: seconds, ratios 0-1; ``null``: nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikekit.gate.gate import Gate
from spikekit.gate.judged import Judged
from spikekit.gate.words import doubts, reasons

SCHEMA = "spikekit.gate/1"


def gate_document(gate: Gate, heading: Mapping[str, Any]) -> dict[str, Any]:
    """The gate as plain JSON values after its ``heading``."""
    return {
        **heading,
        "label": gate.rule.label,
        "passed": gate.passed,
        "sentence": gate.sentence,
        "within_seconds": gate.rule.within.total_seconds(),
        "max_age_seconds": gate.rule.max_age.total_seconds(),
        "campaigns": [_campaign(c) for c in gate.campaigns],
    }


def _campaign(judged: Judged) -> dict[str, Any]:
    answer, campaign = judged.answer, judged.campaign
    survival = None if answer is None or answer.survival is None else round(answer.survival, 4)
    return {
        "campaign": campaign.id,
        "name": campaign.name,
        "file": str(judged.file),
        "line": judged.line,
        "launch": campaign.launch.isoformat(),
        "standing": judged.standing.value,
        "status": judged.status.value if judged.status else None,
        "passed": judged.passes,
        "survival_probability": survival,
        "goal": answer.question.goal if answer else None,
        "cleared": answer.is_cleared if answer else False,
        "reasons": reasons(judged),
        "doubts": doubts(judged),
        "waived": judged.is_waived,
        "waiver": _waiver(judged),
        "criteria": [
            {"name": c.subject.value, "outcome": c.outcome.value, "sentence": c.sentence, "command": c.command}
            for c in judged.criteria
        ],
        "other_campaigns": [f.campaign.id for f in answer.question.others] if answer else [],
        "evidence": [e.document() for e in answer.question.evidence] if answer else [],
    }


def _waiver(judged: Judged) -> dict[str, Any] | None:
    waiver = judged.waiver
    if waiver is None:
        return None
    return {
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
        "in_effect": judged.is_waiver_in_effect,
    }
