"""``gate --rehearse``: the rehearsals that are missing, one after the other, kept in the history like any other."""

from __future__ import annotations

import os
from collections.abc import Sequence

from spikekit.campaign.file import load_campaign
from spikekit.cli.gate_given import Given
from spikekit.cli.known import known_past
from spikekit.cli.progress import RunProgress
from spikekit.cli.running import digests, this_command
from spikekit.gate.ask import Entrant
from spikekit.gate.gate import Gate
from spikekit.gate.papers import Papers
from spikekit.history.pages import measured_landing
from spikekit.site.file import load_site
from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal
from spikekit.trial.run import run_trial
from spikekit.verdict.run import Run


def rehearsed(given: Given, found: Sequence[Entrant], judged: Gate, papers: Papers) -> Papers:
    """The papers and a rehearsal of each campaign that wants one. Raises ``Refused`` where load may not go."""
    wanted = {c.campaign.id for c in judged.due if c.wants_rehearsal}
    for entrant in found:
        if entrant.campaign.id in wanted:
            papers = papers.with_run(_rehearse(given, entrant))
    return papers


def _rehearse(given: Given, entrant: Entrant) -> Run:
    site = load_site(entrant.site_file)
    state = given.state(entrant.file, entrant.site_file)
    past = known_past(entrant.file.parent, state_dir=given.state_dir, site_file=entrant.site_file)
    asked = asked_rehearsal(
        Rehearsal(
            target=given.target,
            window_seconds=given.window,
            seed=given.seed,
            label=given.label,
            past=past,
            landing=measured_landing(state, site),
        ),
        load_campaign(entrant.file, site),
        site,
        command=this_command(),
        inputs=digests(entrant.file, entrant.site_file),
    )
    with RunProgress() as progress:
        progress.say(f"Rehearsing {entrant.campaign.name} on {asked.target.name} …")
        return run_trial(
            asked,
            state,
            environ=os.environ,
            on_expectation=lambda _: None,
            on_second=progress.show,
        )
