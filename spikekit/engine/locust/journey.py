"""Any Locust User class as a journey: loaded once, walked by each visitor in turn.

One visit is ``on_start``, then the class's own ``visit`` method if it has one, else one task picked by weight, then
``on_stop``. A ``SequentialTaskSet`` is gone through once, in its order, with its ``wait_time`` between two tasks; of
any other ``TaskSet`` one task is picked by weight.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from gevent.ssl import create_default_context
from locust import SequentialTaskSet, TaskSet, User
from locust.contrib.fasthttp import FastHttpUser
from locust.exception import InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately

from spikekit.engine.locust.visit import LocustVisit
from spikekit.engine.plan import Host
from spikekit.engine.visitor.session import World
from spikekit.files.echo import nearest
from spikekit.guard.addresses import origin_of
from spikekit.site.masking import mask, secrets_of
from spikekit.site.model import Journey, Secret


class NotAJourney(Exception):
    """A file and a class that cannot be one; the message says why, in words for whoever wrote them."""


def loaded(spec: str) -> type[User]:
    """The class that ``file.py:Class`` names. Raises ``NotAJourney``."""
    file, _, name = spec.rpartition(":")
    module = _module(str(Path(file).absolute()))
    found: Any = vars(module).get(name)
    if not _is_user(found):
        users = [n for n, v in vars(module).items() if _is_user(v) and not v.abstract]
        near = nearest(name, users)
        what = f"{name} in {file} is not a Locust User class" if found is not None else f"{file} has no class {name}"
        raise NotAJourney(what + (f"; did you mean {near}?" if near else f"; it has {', '.join(users) or 'none'}"))
    if found.abstract:
        raise NotAJourney(f"class {name} in {file} is abstract: it is there to be derived from")
    if not found.tasks and not callable(getattr(found, "visit", None)):
        raise NotAJourney(f"class {name} in {file} has no @task and no method visit: a visitor would do nothing")
    user_class: type[User] = found
    return user_class


def _is_user(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, User)


@cache
def _module(path: str) -> ModuleType:
    """The file as a module, imported once, with its folder on the path as Locust itself would have it."""
    folder, name = str(Path(path).parent), Path(path).stem
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(f"spikekit_journey_{name}", path)
    if spec is None or spec.loader is None or not Path(path).is_file():
        raise NotAJourney(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # whatever somebody's file may raise, sys.exit() included
        raise NotAJourney(f"{path} cannot be imported: {_told(error, path)}") from error
    return module


def _told(error: BaseException, path: str) -> str:
    """What went wrong, and on which line of the file of that path, if it came through it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    where = f"line {lines[-1]}: " if lines else ""
    return where + (f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


class UserJourney:
    """One journey that is a class. ``hosts`` are the permitted ones, the target first; the class goes to that unless
    it names another of them. What the target asks of every request (headers, TLS) is asked of the class's too.

    Raises ``NotAJourney``, and ``KeyError`` for a secret that is not in ``environ``.
    """

    def __init__(self, journey: Journey, hosts: tuple[Host, ...], environ: Mapping[str, str]) -> None:
        assert journey.locust is not None
        self.name = journey.name
        self.user_class = loaded(journey.locust)
        self._path = inspect.getsourcefile(self.user_class) or ""
        host = _host_of(self.user_class, hosts)
        self.headers = {n: environ[v.name] if isinstance(v, Secret) else v for n, v in host.headers}
        self._secrets = secrets_of(host.headers, environ)
        self._host = host
        self._origin = (host.scheme, host.hostname, host.port)
        if self.user_class.host is None:
            self.user_class.host = f"{host.scheme}://{host.authority}{host.base_path}"
        if issubclass(self.user_class, FastHttpUser) and host.scheme == "https":
            self._check_certificates(self.user_class)

    def visit(self, world: World) -> LocustVisit:
        """A visitor about to set out."""
        return LocustVisit(world, self)

    def born(self, environment: Any) -> User:
        """A fresh user, with connections of its own unless the class shares them."""
        user = self.user_class(environment)
        client: Any = getattr(user, "client", None)
        if self._host.scheme == "https" and hasattr(client, "verify"):
            tls = self._host.tls
            client.verify = str(tls.ca_file) if tls.ca_file and tls.verify else tls.verify
        return user

    def one_pass(self, user: User, luck: Random) -> None:
        """What a visitor does between ``on_start`` and ``on_stop``."""
        visit = getattr(user, "visit", None)
        if callable(visit):
            visit()
        else:
            _do(luck.choice(user.tasks), user, luck)

    def is_own(self, url: str) -> bool:
        """Whether a URL that the class asks for is its host's: what the target wants is said to nobody else."""
        return not url.lower().startswith(("http://", "https://")) or origin_of(url) == self._origin

    def masked(self, text: str) -> str:
        """``text`` with the names of the target's secrets in place of their values."""
        return mask(text, self._secrets)

    def told(self, error: BaseException) -> str:
        """What went wrong in the class's own code, and on which line of its file."""
        return _told(error, self._path)

    def _check_certificates(self, user_class: type[FastHttpUser]) -> None:
        """``FastHttpUser`` checks no certificate by itself; here it does unless the target says otherwise."""
        tls = self._host.tls
        user_class.insecure = not tls.verify
        if tls.verify and user_class.ssl_context_factory is None:
            context = create_default_context(cafile=str(tls.ca_file) if tls.ca_file else None)
            user_class.ssl_context_factory = staticmethod(lambda: context)


def _host_of(user_class: type[User], hosts: tuple[Host, ...]) -> Host:
    if user_class.host is None:
        return hosts[0]
    for host in hosts:
        if origin_of(user_class.host) == (host.scheme, host.hostname, host.port):
            return host
    raise NotAJourney(f"class {user_class.__name__} goes to {user_class.host}, which is no permitted target")


def _do(task: Any, holder: Any, luck: Random) -> None:
    try:
        if inspect.isclass(task) and issubclass(task, TaskSet):
            tasks: Any = task
            _go_through(tasks(holder), luck)
        else:
            task(holder)
    except (RescheduleTask, RescheduleTaskImmediately):
        # Locust's way of leaving a task early.
        return


def _go_through(tasks: TaskSet, luck: Random) -> None:
    try:
        tasks.on_start()
        chosen = tasks.tasks if isinstance(tasks, SequentialTaskSet) else [luck.choice(tasks.tasks)]
        for number, task in enumerate(chosen):
            if number:
                tasks.wait()
            _do(task, tasks, luck)
    except InterruptTaskSet:
        pass
    tasks.on_stop()
