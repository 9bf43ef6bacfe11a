"""What is said of one campaign, in the same words on the terminal, in JUnit, Markdown and annotations."""

from __future__ import annotations

from spikekit.gate.gate import STATUS_WORDS
from spikekit.gate.judged import Judged
from spikekit.gate.standing import Standing
from spikekit.readiness.words import chance_words
from spikekit.wording import NOTHING

NOT_DUE = {
    Standing.DRAFT: "draft",
    Standing.CANCELLED: "cancelled",
    Standing.PAST: "over",
    Standing.LATER: "not due yet",
}
"""Why a campaign is not judged."""


def word(judged: Judged) -> str:
    """``ready``, ``not ready``, ``waived``, ``draft`` …"""
    if judged.status is None:
        return NOT_DUE[judged.standing]
    return "waived" if judged.is_waived else STATUS_WORDS[judged.status]


def launch(judged: Judged) -> str:
    """``4 Dec 18:00 Europe/London``."""
    begins = judged.campaign.launch
    return f"{begins.day} {begins:%b %H:%M} {judged.campaign.timezone}"


def chance(judged: Judged) -> str:
    """``97 %``, or a dash where nobody knows."""
    answer = judged.answer
    if answer is None or answer.survival is None:
        return NOTHING
    return chance_words(answer.survival, answer.question.goal)


def reasons(judged: Judged) -> list[str]:
    """Why it does not pass, or would not without its waiver."""
    return [c.sentence for c in judged.unmet]


def doubts(judged: Judged) -> list[str]:
    """What passed, and is worth less than it might be."""
    return [c.sentence for c in judged.doubtful]


def waiver_words(judged: Judged) -> str | None:
    """The waiver with its reason and its end; ``None`` without one."""
    waiver = judged.waiver
    if waiver is None:
        return None
    if not judged.is_due or not judged.unmet:
        return f"A waiver until {waiver.until} is not needed: {waiver.reason}"
    if not judged.is_waiver_in_effect:
        return f"Its waiver ended on {waiver.until} and does not count: {waiver.reason}"
    return f"Waived until {waiver.until}: {waiver.reason}"
