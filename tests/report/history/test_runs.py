"""The list of runs in 80 columns."""

from __future__ import annotations

from rich.cells import cell_len

from spikekit.capacity.document import capacity_from_document
from spikekit.history.entry import RunEntry, RunState, entry_of
from spikekit.report.capacity.terminal import capacity_summary
from spikekit.report.history.kept import kept_page
from spikekit.report.history.runs import table
from spikekit.vocabulary import RunKind
from tests.readiness.cases import capacity_document
from tests.sample_runs import hostile_run, one_second_run, overloaded_run

_ID = "20261204-175500-rehearsal-fry-reads-3f2a"


def test_a_run_is_one_line_with_its_verdict_time_campaign_target_peak_and_id() -> None:
    head, line = table([entry_of(_ID, overloaded_run())], colour=False).splitlines()
    assert line == "✘ Not ready    2026-12-04 17:57 fry-reads     staging     853/s  20261204-175500"
    assert head.split() == ["when", "(UTC)", "what", "target", "peak", "run"]


def test_a_search_has_found_something_and_names_its_page() -> None:
    search = capacity_from_document(capacity_document(rate=20.0, journey="landing", asked={"landing": "/books"}))
    assert table([entry_of(_ID, search)], colour=False).splitlines()[1].split() == [
        *("✔", "Found", "2026-11-21", "10:00", "/books", "staging", "20/s", "20261204-175500")
    ]
    assert "Measured with visitors of the page /books." in capacity_summary(search, colour=False)
    assert "for the page /books" in kept_page(search)


def test_a_run_without_a_document_is_listed_by_its_state() -> None:
    entry = RunEntry(id=_ID, state=RunState.RUNNING, created="2026-12-04T17:55:00+00:00", kind=RunKind.LOAD, target="x")
    assert table([entry], colour=False).splitlines()[1].startswith("? Running")


def test_hostile_names_stay_in_their_columns() -> None:
    entries = [entry_of("\x1b[2J" + "x" * 90, hostile_run()), entry_of(_ID, one_second_run())]
    lines = table(entries, colour=False).splitlines()
    assert "\x1b" not in "".join(lines)
    assert {cell_len(line) for line in lines[1:]} == {80}
