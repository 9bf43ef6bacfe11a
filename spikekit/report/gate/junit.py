"""A gate as JUnit XML: a suite a campaign, a testcase a criterion.

What failed is a ``failure``; what nobody knows is an ``error``, so that 3 and 4 stay apart here, too; what somebody
waived, and campaigns that are not due, are ``skipped`` with the reason. A doubt of what passed is its ``system-out``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from spikekit.errors import Problem
from spikekit.gate.criterion import Criterion, Outcome
from spikekit.gate.gate import Gate
from spikekit.gate.judged import Judged
from spikekit.gate.words import waiver_words, word

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""

Element = ElementTree.Element


def gate_junit(gate: Gate) -> str:
    """The whole file."""
    suites = Element("testsuites", name="spikekit gate")
    for judged in gate.campaigns:
        cases = [_case(judged, c) for c in judged.criteria] or [_not_due(judged)]
        suite = _suite(judged.campaign.name, cases)
        suite.set("timestamp", gate.now.isoformat(timespec="seconds"))
        suites.append(suite)
    return _written(suites)


def problems_junit(problems: Sequence[Problem]) -> str:
    """The file where the campaigns could not even be read: a testcase a problem."""
    suites = Element("testsuites", name="spikekit gate")
    cases = []
    for problem in problems:
        case = Element("testcase", classname=_clean(f"file.{problem.file}"), name=_clean(problem.path or "file"))
        case.set("file", _clean(problem.file))
        _told(case, "error", "broken_file", str(problem))
        cases.append(case)
    suites.append(_suite("files", cases))
    return _written(suites)


def _case(judged: Judged, criterion: Criterion) -> Element:
    case = _named(judged, criterion.subject.value)
    if criterion.is_passed:
        if criterion.is_doubtful:
            ElementTree.SubElement(case, "system-out").text = _clean(criterion.sentence)
        return case
    if judged.is_waived:
        _told(case, "skipped", "waived", f"{waiver_words(judged)} ({criterion.sentence})")
    elif criterion.outcome is Outcome.FAILED:
        _told(case, "failure", "failed", criterion.sentence)
    else:
        _told(case, "error", "unknown", criterion.sentence)
    return case


def _not_due(judged: Judged) -> Element:
    case = _named(judged, "due")
    _told(case, "skipped", judged.standing.value, f"Not judged: {word(judged)}.")
    return case


def _named(judged: Judged, name: str) -> Element:
    return Element("testcase", classname=f"campaign.{judged.campaign.id}", name=name, file=_clean(str(judged.file)))


def _told(case: Element, kind: str, reason: str, sentence: str) -> None:
    told = ElementTree.SubElement(case, kind, type=reason, message=_clean(sentence))
    told.text = _clean(sentence)


def _suite(name: str, cases: Sequence[Element]) -> Element:
    counts = {
        f"{noun}s" if noun != "skipped" else noun: str(sum(case.find(noun) is not None for case in cases))
        for noun in ("failure", "error", "skipped")
    }
    suite = Element("testsuite", {"name": _clean(name), "tests": str(len(cases)), **counts})
    suite.extend(cases)
    return suite


def _written(suites: Element) -> str:
    for total in ("tests", "failures", "errors", "skipped"):
        suites.set(total, str(sum(int(suite.get(total, "0")) for suite in suites)))
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("·", text)
