"""The least change that reaches the goal, for each lever and for pairs of them; every figure is computed anew.

All situations share their draws, so a change is never better or worse by luck. What does not help is told nowhere,
neither to people nor to programs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from spikekit.readiness.lever import Action, Lever
from spikekit.readiness.situation import Situation, need
from spikekit.readiness.survival import chances

WORTH_TELLING = 0.01
"""What gains no more is no advice, unless it reaches the goal: chances are known and printed to the whole per cent."""

_IN_PAIRS = 4
_PAIRS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One lever at one strength."""

    lever: Lever
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One or two ``changes``, the survival (0-1) with them, and whether that reaches the goal."""

    changes: tuple[Change, ...]
    survival: float
    reaches_goal: bool

    @property
    def action(self) -> Action:
        return self.changes[0].lever.action if len(self.changes) == 1 else Action.TOGETHER


Judge = Callable[[Situation], float]
"""The chance that the campaign holds in a changed situation."""


def survival_of(situation: Situation) -> float:
    """The chance that the campaign holds in this situation."""
    return chances(need(situation), situation.supply).survival


def judge_from(some: Situation, survival: float) -> Judge:
    """A judge of changes to ``some``, a few of the draws of a situation whose ``survival`` is known from all of them.

    The change is measured on the few and added to what is known (the few are a control variate), so that a change that
    helps them is never told as less than ``survival``.
    """
    shift = survival - survival_of(some)
    return lambda changed: min(1.0, max(0.0, survival_of(changed) + shift))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What is changed, who judges it, and what is to be reached."""

    situation: Situation
    judge: Judge
    goal: float

    def least(self, levers: tuple[Lever, ...]) -> Advice:
        """The least step of all levers together that reaches the goal, else the best one."""
        steps = max(len(lever.strengths) for lever in levers)

        def at(step: int) -> Advice:
            changes = tuple(Change(lever=v, strength=v.strengths[min(step, len(v.strengths) - 1)]) for v in levers)
            changed = self.situation
            for change in changes:
                changed = change.lever.apply(changed, change.strength)
            survival = self.judge(changed)
            return Advice(changes=changes, survival=survival, reaches_goal=survival >= self.goal)

        return _bisected(at, steps) if all(v.grows for v in levers) else _scanned(at, steps)


def advise(some: Situation, levers: Sequence[Lever], *, survival: float, goal: float) -> list[Advice]:
    """What helps, those that reach the goal first and with the least strength that does; then pairs of changes.

    ``some`` may hold fewer draws than ``survival`` was worked out from.
    """
    if survival >= goal:
        return []
    order, search = list(Action), _Search(situation=some, judge=judge_from(some, survival), goal=goal)
    tried = [search.least((lever,)) for lever in levers]
    singles = [a for a in tried if a.reaches_goal or a.survival > survival + WORTH_TELLING]
    best = sorted(singles, key=lambda a: (not a.reaches_goal, order.index(a.action) if a.reaches_goal else -a.survival))
    return [*best, *_pairs(singles, search)]


def _pairs(singles: Sequence[Advice], search: _Search) -> list[Advice]:
    """Pairs that reach the goal with less of each than one alone would need; a waiting room needs no company."""
    useful = [a for a in singles if a.action is not Action.ROOM]
    useful = sorted(useful, key=lambda a: -a.survival)[:_IN_PAIRS]
    found = []
    for one, other in combinations(useful, 2):
        if one.changes[0].lever.channel is not None and one.changes[0].lever.channel == other.changes[0].lever.channel:
            continue
        beside = [_below(a) for a in (one, other)]
        if all(lever.strengths for lever in beside) and not (one.reaches_goal and other.reaches_goal):
            together = search.least(tuple(beside))
            found += [together] if together.reaches_goal else []
    return sorted(found, key=lambda a: -a.survival)[:_PAIRS]


def _below(advice: Advice) -> Lever:
    """The lever with the strengths that are worth trying beside another: less than what is enough alone."""
    change = advice.changes[0]
    lever = change.lever
    beyond = lever.strengths.index(change.strength) + (not advice.reaches_goal)
    strengths = lever.strengths[:beyond]
    return Lever(action=lever.action, strengths=strengths, apply=lever.apply, grows=lever.grows, channel=lever.channel)


def _bisected(at: Callable[[int], Advice], steps: int) -> Advice:
    best, low, high = at(steps - 1), 0, steps - 1
    if not best.reaches_goal:
        return best
    while low < high:
        middle = (low + high) // 2
        tried = at(middle)
        if tried.reaches_goal:
            best, high = tried, middle
        else:
            low = middle + 1
    return best


def _scanned(at: Callable[[int], Advice], steps: int) -> Advice:
    best = at(0)
    for step in range(1, steps):
        if best.reaches_goal:
            break
        tried = at(step)
        best = tried if tried.survival > best.survival else best
    return best
