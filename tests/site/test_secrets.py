"""Secrets come from the environment at the last moment, all missing ones are named at once, none is ever shown."""

from __future__ import annotations

import json
import logging

import pytest

from spikekit.errors import UsageError
from spikekit.site.model import Secret
from spikekit.site.secrets import resolve

HEADERS = (("X-Load-Test", "spikekit"), ("Authorization", Secret(name="TOKEN")), ("Cookie", Secret(name="COOKIE")))


def test_headers_get_the_values_of_their_variables() -> None:
    found = resolve(HEADERS, {"TOKEN": "Bearer s3cret", "COOKIE": "a=b"})
    assert found == (("X-Load-Test", "spikekit"), ("Authorization", "Bearer s3cret"), ("Cookie", "a=b"))
    assert json.loads(json.dumps(dict(found)))["Authorization"] == "Bearer s3cret"


def test_every_missing_variable_is_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        resolve(HEADERS, {"TOKEN": ""})
    assert caught.value.message == (
        "the environment variable TOKEN is not set; the environment variable COOKIE is not set"
    )
    assert caught.value.hint == "export TOKEN=… COOKIE=… before running this again"


def test_a_value_that_would_add_a_header_is_refused_without_being_shown() -> None:
    with pytest.raises(UsageError) as caught:
        resolve(HEADERS, {"TOKEN": "s3cret\r\nX-Evil: 1", "COOKIE": "a"})
    assert "TOKEN" in caught.value.message
    assert "s3cret" not in f"{caught.value.message}{caught.value.hint}{caught.value!r}"


def test_neither_repr_nor_log_shows_a_value(caplog: pytest.LogCaptureFixture) -> None:
    found = resolve(HEADERS, {"TOKEN": "s3cret", "COOKIE": "s3cret"})
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("headers %r of %s", found, HEADERS)
    assert "s3cret" not in f"{found!r} {found}" + caplog.text
    assert "env:TOKEN" in caplog.text
