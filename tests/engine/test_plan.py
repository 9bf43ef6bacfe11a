"""A plan on disk: read as it was written, by this version or an older one; anything else is refused by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spikekit.engine.plan import Plan, Sending
from tests.engine.plans import plan

SENDING = Sending(even=True, reuse=True, workers=3, join_at="192.0.2.10:5557", join_workers=2)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    """From the file, and from the text that travels to workers."""
    asked = plan(sending=SENDING)
    asked.write(tmp_path / "plan.json")
    assert Plan.read(tmp_path / "plan.json").text() == Plan.of_text(asked.text()).text() == asked.text()


def test_a_plan_of_before_sending_had_a_name_is_read(tmp_path: Path) -> None:
    """Its fields lay in the plan itself: a killed run of then can still be judged."""
    asked = plan(sending=SENDING)
    old = json.loads(asked.text())
    old.update(old.pop("sending"))
    (tmp_path / "plan.json").write_text(json.dumps(old))
    assert Plan.read(tmp_path / "plan.json").text() == asked.text()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "run"', "\0"])
def test_what_is_no_plan_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    """One line that names the file, whatever stands in it."""
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"plan\.json: not a plan of this version \(.+\)$"):
        Plan.read(file)


def test_workers_of_all_hosts_count() -> None:
    """One alone needs no master; port 0 takes any free one."""
    assert not Sending().is_distributed
    assert SENDING.all_workers == 5
    assert (Sending().join_address, SENDING.join_address) == (("127.0.0.1", 0), ("192.0.2.10", 5557))
