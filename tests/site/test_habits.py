"""How visitors wait, read and draw their rows, as site files say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spikekit.site.file import load_site, read_site
from spikekit.site.model import Habits, LognormalPause, Reload, Site, Step, WeibullPause
from spikekit.site.pause import pause_of
from spikekit.vocabulary import Range

SITE = "version: 1\nsite: s\ntargets: {t: {url: http://localhost:8000}}\n"


def _site(folder: Path, more: str) -> Site:
    (folder / "site.yaml").write_text(SITE + more)
    return load_site(folder / "site.yaml")


def _problems(folder: Path, more: str) -> list[str]:
    (folder / "site.yaml").write_text(SITE + more)
    return [p.message for p in read_site(folder / "site.yaml")[1]]


def _step(folder: Path, more: str) -> Step:
    (folder / "ids.csv").write_text("id\n1\n")
    return _site(folder, f"journeys: {{j: {{steps: [{{get: /, {more}}}]}}}}").journeys[0].steps[0]


def _step_problems(folder: Path, more: str) -> list[str]:
    return _problems(folder, f"journeys: {{j: {{steps: [{{get: /, {more}}}]}}}}")


def test_without_a_word_visitors_wait_half_a_minute_never_reload_and_come_with_marks(tmp_path: Path) -> None:
    assert _site(tmp_path, "").habits == Habits(patience=Range.exact(30.0), reload=None, click_ids=True)


def test_habits_are_as_declared(tmp_path: Path) -> None:
    said = "patience: {low: 8s, likely: 20s, high: 1m}\nreload: {after: 8s, times: 2}\nclick_ids: false\n"
    assert _site(tmp_path, said).habits == Habits(
        patience=Range(low=8, likely=20, high=60), reload=Reload(after_seconds=8, times=2), click_ids=False
    )
    assert _site(tmp_path, "patience: 12s\n").habits.patience == Range.exact(12.0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("patience: 0s", "more than zero"),
        ("patience: forever", "expected a duration"),
        ("reload: {after: 8s}", "times is required"),
        ("reload: {after: 8s, times: 0}", "expected a number from 1 to 20"),
        ("reload: {after: 8s, times: 21}", "expected a number from 1 to 20"),
        ("reload: 8s", "expected reloads with after, times"),
        ("click_ids: 'no'", "expected true or false"),
        ("patiense: 8s", "did you mean patience?"),
    ],
)
def test_habits_that_nobody_can_have_are_refused_in_words(tmp_path: Path, said: str, words: str) -> None:
    (problem,) = _problems(tmp_path, said)
    assert words in problem


@pytest.mark.parametrize(
    ("said", "pause", "mean"),
    [
        ("think: 8s", pause_of(8.0), 8.0),
        ("think: 0s", None, 0.0),
        ("think: {median: 8s, sigma: 1.0}", LognormalPause(median_seconds=8.0, sigma=1.0), 8 * 2.718281828**0.5),
        ("think: {weibull: {scale: 8s, shape: 0.5}}", WeibullPause(scale_seconds=8.0, shape=0.5), 16.0),
    ],
)
def test_pauses_are_a_mean_or_a_distribution(tmp_path: Path, said: str, pause: object, mean: float) -> None:
    step = _step(tmp_path, said)
    assert step.pause == pause
    assert step.think_seconds == pytest.approx(mean)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("think: soon", "expected a duration"),
        ("think: {median: 8s}", "expected median and sigma, or weibull"),
        ("think: {}", "expected median and sigma, or weibull"),
        ("think: {median: 8s, sigma: 1, weibull: {scale: 8s, shape: 1}}", "says nothing beside weibull"),
        ("think: {median: 8s, sigma: 9}", "no pause is spread that widely"),
        ("think: {weibull: {scale: 8s, shape: 50}}", "it lies between 0.2 and 10"),
        ("think: {weibull: {scale: 8s}}", "shape is required"),
        ("think: {mean: 8s, sigma: 1}", "is not a key of a pause"),
        ("think: [8s]", "expected a duration"),
        ("pick: shuffle", "this step has no data"),
        ("data: ids.csv, pick: shuffled", "did you mean shuffle?"),
    ],
)
def test_steps_that_cannot_be_meant_are_refused_in_words(tmp_path: Path, said: str, words: str) -> None:
    (tmp_path / "ids.csv").write_text("id\n1\n")
    assert any(words in problem for problem in _step_problems(tmp_path, said))


def test_rows_are_picked_at_random_unless_the_step_says_how(tmp_path: Path) -> None:
    assert _step(tmp_path, "data: ids.csv").pick == "random"
    for pick in ("random", "shuffle", "sequence"):
        assert _step(tmp_path, f"data: ids.csv, pick: {pick}").pick == pick
