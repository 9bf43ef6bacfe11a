"""Whose code a joining machine runs: that of its own site.yaml."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.engine.admission import Admission
from spikekit.engine.plan import Plan
from spikekit.errors import Refused
from spikekit.site.model import Journey
from tests.engine.plans import host, plan


def asked() -> Plan:
    """A plan of a master that names a class by a file of its own."""
    return replace(plan(), journeys=(Journey(name="look", locust="/srv/theirs.py:Look"),))


def test_a_class_is_the_one_that_its_own_site_gives_that_journey() -> None:
    own = Admission(hosts=(host(),), changeable=frozenset({"staging"}), classes={"look": "/home/me/mine.py:Look"})
    assert own.bound(asked()).journeys[0].locust == "/home/me/mine.py:Look"


def test_no_other_file_is_imported_because_a_master_says_so() -> None:
    own = Admission(hosts=(host(),), changeable=frozenset({"staging"}))
    with pytest.raises(Refused, match="none of that name"):
        own.bound(asked())


def test_code_may_change_things_and_so_the_target_must_accept_that() -> None:
    own = Admission(hosts=(host(),), classes={"look": "/home/me/mine.py:Look"})
    with pytest.raises(Refused, match="cannot judge"):
        own.bound(asked())
