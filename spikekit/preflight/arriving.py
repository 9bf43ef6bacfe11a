"""Does the link lead to the page, by how many redirects, and does anybody stand in the door?"""

from __future__ import annotations

from collections.abc import Iterator

from spikekit.files.echo import escaped
from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.visit import MOST_REDIRECTS, Visit
from spikekit.preflight.wire import SHORTEST_SECONDS, Answer
from spikekit.wording import duration, plural

_REFUSING = (401, 403, 407, 429)


def arriving_findings(seen: Visit) -> Iterator[Finding]:
    """The redirects, and what the page itself answered."""
    if seen.hops or seen.page is not None:
        yield _redirects(seen)
    if seen.page is not None and not seen.page.is_given:
        yield _refusal(seen.page, _despite(seen.bare))
    if seen.refused is not None:
        yield _refusal(seen.refused, f", at request {seen.requests} of a few")


def _redirects(seen: Visit) -> Finding:
    hops, chain = len(seen.hops), " → ".join(f"{_path(a)} ({a.status})" for a in seen.hops)
    seconds = sum((max(a.seconds, SHORTEST_SECONDS) for a in seen.hops), 0.0)
    figures = {"redirects": float(hops), "redirects_seconds": seconds}
    if seen.elsewhere is not None:
        return Finding(
            name="redirects",
            weight=Weight.PROBLEM,
            text=f"the landing page leads away to {escaped(seen.elsewhere)}, which was not followed: {chain}",
            hint="let `landing` name a page of this target, or make the host it leads to a target of its own",
            figures=figures,
        )
    if seen.page is None and hops > MOST_REDIRECTS:
        text = f"more than {MOST_REDIRECTS} redirects, one after the other: {chain}"
        return Finding(name="redirects", weight=Weight.PROBLEM, text=text, hint="they may never end", figures=figures)
    if not hops or seen.page is None:
        text = "the landing page answers itself, without redirects"
        return Finding(name="redirects", weight=Weight.FINE, text=text, figures=figures)
    return Finding(
        name="redirects",
        weight=Weight.WARNING,
        text=f"the page itself costs each visitor {hops + 1} requests instead of 1 "
        f"because of {plural(hops, 'redirect')} ({duration(figures['redirects_seconds'])}): "
        f"{chain} → {_path(seen.page)}",
        hint=f"link to {_path(seen.page)} itself, in the campaign and in `landing`",
        figures=figures,
    )


def _despite(bare: Answer | None) -> str:
    return ", but not without the click id that it carried" if bare is not None and bare.is_given else ""


def _refusal(answer: Answer, when: str) -> Finding:
    """``when`` is what is known of the circumstances, as a part of a sentence."""
    who = answer.challenge
    if who is None and answer.status not in _REFUSING:
        return Finding(
            name="page",
            weight=Weight.PROBLEM,
            text=f"the landing page {_path(answer)} answers {answer.status} to a single visitor{when}",
            hint="is `landing` right, and is the page there on this target?",
        )
    what = f"answers with a challenge of {who}" if who else f"answers {answer.status}"
    return Finding(
        name="blocked",
        weight=Weight.PROBLEM,
        text=f"the target {what} to a single visitor{when}: it refuses us, not a load",
        hint="ask IT to let requests with a header of your own pass, and put it under `headers` of the target",
    )


def _path(answer: Answer) -> str:
    """Without the query, which is our own mark for the most part."""
    return escaped(answer.target.partition("?")[0])
