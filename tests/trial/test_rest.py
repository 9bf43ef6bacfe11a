"""Whether a target is idle again between two trials, or gone."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

from spikekit.site.model import Objectives, Site, Target
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.trial.rest import Rest
from tests.engine.servers import answering, serving
from tests.ports import free_port

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextlib.contextmanager
def _rest(port: int) -> Iterator[Rest]:
    target = Target(name="staging", url=f"http://staging.test:{port}", consent="private")
    site = Site(name="bookshop", production=None, targets=(target,), objectives=Objectives(), journeys=())
    load = asked_load(PlainLoad(rate=1.0, duration_seconds=1.0), site, command="spikekit capacity", inputs={})
    rest = Rest(load, "127.0.0.1", {}, patience_seconds=0.1, gone_after_seconds=0.3)
    yield rest
    rest.close()


def test_a_target_that_answers_as_usual_is_idle_and_tells_how_long_a_page_takes() -> None:
    with serving(answering(PAGE)) as server, _rest(server.port) as rest:
        rest.learn()
        waited, page = rest.wait(5.0)
        assert waited is not None
        assert page is not None
        assert rest.usual is not None
        assert rest.usual <= page
        assert not rest.gone


def test_where_nobody_listens_the_target_is_gone() -> None:
    with _rest(free_port()) as rest:
        assert rest.wait(5.0) == (None, None)
        assert rest.gone


def test_a_target_that_takes_connections_and_is_too_busy_to_answer_is_not_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy, _rest(busy.getsockname()[1]) as rest:
        assert rest.wait(1.0) == (None, None)
        assert not rest.gone


def test_a_target_that_only_apologises_is_not_idle_nor_gone() -> None:
    sorry = PAGE.replace(b"200 OK", b"503 Busy")
    with serving(answering(sorry)) as server, _rest(server.port) as rest:
        assert rest.wait(1.0) == (None, None)
        assert not rest.gone
