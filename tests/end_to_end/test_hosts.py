"""Several hosts, each in a network namespace of its own: one crowd, and what becomes of it when hosts are lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spikekit.engine.lease import LEASE_SECONDS
from spikekit.vocabulary import VisitorCounts
from tests.end_to_end.conftest import SPIKEKIT, MakeProject, Project
from tests.end_to_end.hosts import Host, hosts
from tests.end_to_end.processes import wait_for_seconds

PORT = 5557
PAGE = "GET /page.html HTTP/1.1"


class Shop:
    """An nginx on a host of its own, and what it saw: when, from which address."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.url = f"http://{host.site}"
        self._log = folder / "access.log"
        self._log.touch()
        (folder / "page.html").write_text("<p>Books</p>" * 100)
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
            "events { worker_connections 4000; }\n"
            "http { log_format seen '$msec $remote_addr $request';\n"
            f"access_log {self._log} seen; server {{ listen {host.site}:80 backlog=4096; root {folder}; }} }}\n"
        )
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "nginx is needed: tests/packages.py installs it"
        self.process = host.start([program, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], folder)

    def seen(self) -> list[tuple[float, str]]:
        """When each visitor's page was answered, and whose address asked."""
        lines = (line.split(" ", 2) for line in self._log.read_text().splitlines())
        return [(float(at), address) for at, address, request in lines if request == PAGE]


@contextlib.contextmanager
def _scene(make_project: MakeProject, tmp_path: Path) -> Iterator[tuple[Shop, Project, list[Host]]]:
    """A shop, a project that may load it, and three hosts to do so."""
    with hosts("shop", "lead", "one", "two") as (shop_host, *others):
        folder = tmp_path / "shop"
        folder.mkdir()
        shop = Shop(shop_host, folder)
        try:
            yield shop, make_project(shop.url), others
        finally:
            shop.process.terminate()
            shop.process.communicate(timeout=10)


def _load(project: Project, lead: Host, *others: Host, seconds: int) -> tuple[Any, list[Any]]:
    """The leading command, and the workers that the other hosts lend it."""
    words = ("load", "--rate", "200", "--duration", f"{seconds}s", "--path", "/page.html", "--json")
    join = ("--join-at", f"{lead.talk}:{PORT}", "--join-workers", str(len(others)))
    leading = lead.start([*SPIKEKIT, *words, *join], project.folder)
    return leading, [h.start([*SPIKEKIT, "worker", f"{lead.talk}:{PORT}"], project.folder) for h in others]


def _ended(worker: Any) -> int:
    worker.communicate(timeout=30)
    return int(worker.returncode)


def test_three_hosts_send_one_crowd(make_project: MakeProject, tmp_path: Path) -> None:
    """What the shop saw is what the run says, and it saw every host's own address."""
    with _scene(make_project, tmp_path) as (shop, project, (lead, one, two)):
        leading, lent = _load(project, lead, one, two, seconds=5)
        out, _ = leading.communicate(timeout=90)
        assert [_ended(worker) for worker in lent] == [0, 0]
        run = json.loads(out)
        assert run["generator"]["workers"] == 3
        visitors = VisitorCounts(**run["visitors"])
        assert (visitors.broken_laws(), visitors.unreported) == ([], 0)
        assert visitors.started >= 0.99 * visitors.planned
        by_host = Counter(address for _, address in shop.seen())
        # One more is the look before the load, which the leading host takes.
        assert by_host.total() == run["requests"]["sent"] + 1
        assert set(by_host) == {lead.site, one.site, two.site}
        assert min(by_host.values()) > 0.2 * by_host.total()


def test_a_host_that_dies_and_one_cut_off_leave_counted_gaps(make_project: MakeProject, tmp_path: Path) -> None:
    """SIGKILL of one, the cable of the other: the rate is whole again within five seconds of each, and the one that
    hears nothing any more sends nothing beyond its lease, though the shop is still in its reach.
    """
    with _scene(make_project, tmp_path) as (shop, project, (lead, one, two)):
        leading, lent = _load(project, lead, one, two, seconds=17)
        wait_for_seconds(project.folder, 2)
        one.kill()
        wait_for_seconds(project.folder, 10)
        two.cut("talk")
        cut = time.time()
        out, err = leading.communicate(timeout=90)
        _ended(lent[0])
        _, said = lent[1].communicate(timeout=30)
        assert (lent[1].returncode, "fell silent" in said) == (4, True)
        run = json.loads(out)
        assert (leading.returncode, run["verdict"]) == (4, "inconclusive"), err
        assert any("2 workers of 3 died on the way" in reason for reason in run["reasons"])
        visitors = VisitorCounts(**run["visitors"])
        assert visitors.broken_laws() == []
        assert visitors.unreported > 0
        line = run["timeline"]
        # A second's line comes up to a second after it, each worker's by itself: who was cut off had told of that one.
        for whole in (slice(8, 9), slice(16, 17)):
            assert sum(line["started"][whole]) >= 0.99 * sum(line["planned"][whole])
        seen = shop.seen()
        last = max(at for at, address in seen if address == two.site)
        assert cut - 1 < last < cut + LEASE_SECONDS + 0.5
        assert 0 <= len(seen) - 1 - run["requests"]["sent"] <= visitors.unreported


def test_no_namespace_outlives_its_test(tmp_path: Path) -> None:
    """Not even when the test fails with something still running."""
    with contextlib.suppress(ZeroDivisionError), hosts("shop") as (shop,):
        sleeping = shop.start([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path)
        assert Path(f"/run/netns/{shop.namespace}").exists()
        1 / 0  # noqa: B018
    assert _ended(sleeping) == -signal.SIGKILL
    assert not list(Path("/run/netns").glob(f"spikekit-{os.getpid()}-*"))
