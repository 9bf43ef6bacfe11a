"""Whatever a recording holds, what is written can be read, and no secret of it is in there."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikekit.errors import FileProblems, Problem, UsageError
from spikekit.journey.files import write_proposal
from spikekit.journey.har import read_recording
from spikekit.journey.propose import propose
from spikekit.journey.text import journeys_text
from tests.journey.recordings import har, journey_in

PIECES = st.sampled_from(
    [
        *("{landing}", "{id}", "{", "}", "\n", "\r\n", "# no comment", ": ", "- ", "'", '"', "\\", "%7B", "%0a", "%"),
        *("\x00", "\x1b[2J", "\x85", "\u2028", "\ufeff", "\ufffe", "\ud800", "\U0001f600", "!!python/object", "&a"),
        *("*a", "<<", "true", "null", "12:30", "1e999", "..", "//", "?", "@", "joe@example.org", "4111111111111111"),
    ]
)
TEXT = st.lists(st.one_of(PIECES, st.text(st.characters(), max_size=8)), max_size=6).map("".join)
NAMES = st.sampled_from(["csrf", "id", "sid", "password", "a", "books"]) | TEXT
VALUES = st.sampled_from(["9f8e7d6c5b4a3928", "17", "8812", "true", "red-tent"]) | TEXT
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
FORMS = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(lambda pairs: urlencode(pairs, errors="replace"))
MIMES = st.sampled_from(["text/html", "application/json", "application/x-www-form-urlencoded", "text/css", ""]) | TEXT
PAGES = st.builds(
    '<title>{}</title><input name="{}" value="{}"><button>{}</button><a href="/books/{}"><meta name={}>'.format,
    *(TEXT, NAMES, VALUES, TEXT, VALUES, NAMES),
)
BODIES = st.one_of(
    st.tuples(st.just("application/x-www-form-urlencoded"), FORMS | TEXT),
    st.tuples(st.just("application/json"), JSON.map(json.dumps)),
    st.tuples(MIMES, TEXT),
)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """An entry that is one in shape, with anything in its places."""
    method = draw(st.sampled_from(["GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD"]))
    path = draw(st.sampled_from(["/books/17", "/books/red-tent", "/"]) | st.lists(VALUES, max_size=3).map("/".join))
    mime, body = draw(BODIES)
    fields = draw(st.lists(st.fixed_dictionaries({"name": NAMES, "value": VALUES}), max_size=3))
    return {
        "startedDateTime": f"2026-11-22T12:00:{draw(st.integers(0, 59)):02}Z",
        "time": draw(st.floats()),
        "_resourceType": draw(st.sampled_from(["document", "document", "xhr", "script", ""])),
        "request": {
            "method": method,
            "url": f"https://shop.example/{path.lstrip('/')}" + draw(st.just("") | FORMS.map("?{}".format)),
            "headers": [{"name": draw(NAMES), "value": draw(TEXT)}, {"name": "Accept", "value": draw(MIMES)}],
            "postData": {"mimeType": mime, "text": body, "params": fields},
        },
        "response": {
            "status": draw(st.sampled_from([200, 200, 200, 200, 200, 302, 404, 0])),
            "redirectURL": draw(TEXT),
            "content": {"mimeType": draw(MIMES), "text": draw(st.one_of(PAGES, JSON.map(json.dumps)))},
        },
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(entries(), min_size=1, max_size=5), st.booleans())
def test_what_is_written_can_be_read_whatever_was_recorded(recorded: list[dict[str, Any]], vary: bool) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "any.har").write_text(json.dumps(har(*recorded)), encoding="utf-8")
        try:
            proposal = propose(read_recording(folder / "any.har"), name="walk", vary=vary)
        except (UsageError, FileProblems):
            return
        write_proposal(proposal, folder, with_journey=False)
        journey = journey_in(folder, journeys_text(proposal))
        assert [(s.method.lower(), s.path) for s in journey.steps] == [(s.method, s.path) for s in proposal.steps]
        assert [dict(s.form or ()) for s in journey.steps] == [s.form or {} for s in proposal.steps]
        # Half characters, which no file can hold, are the one thing that is not given back as it was.
        for step, meant in zip(journey.steps, proposal.steps, strict=True):
            if meant.json is not None and "\\ud" not in json.dumps(meant.json):
                assert json.loads(step.json or "") == meant.json


@settings(max_examples=150, deadline=None)
@given(JSON | st.fixed_dictionaries({"log": JSON | st.fixed_dictionaries({"entries": st.lists(JSON | entries())})}))
def test_a_file_that_is_no_recording_is_refused_with_words(document: Any) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "any.har"
        path.write_text(json.dumps(document), encoding="utf-8")
        with suppress(UsageError):
            assert all(p.line >= 1 and p.column >= 1 and p.message for p in _problems(path))


def _problems(path: Path) -> tuple[Problem, ...]:
    try:
        propose(read_recording(path), name="walk")
    except FileProblems as error:
        return error.problems
    return ()


TOKENS = st.binary(min_size=16, max_size=32).map(bytes.hex) | st.uuids().map(str)
CARDS = st.sampled_from(["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117"])
EMAILS = st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}@[a-z]{3,8}\.(com|org|de)", fullmatch=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(session=TOKENS, bearer=TOKENS, password=st.from_regex(r"[A-Za-z]{4}[0-9]{4}[!?]{2}", fullmatch=True), card=CARDS,
       email=EMAILS, vary=st.booleans())  # fmt: skip
def test_no_secret_lands_in_anything_that_is_written(
    session: str, bearer: str, password: str, card: str, email: str, vary: bool
) -> None:
    """Planted wherever browsers and sites put them: fields, paths, queries, names, JSON in JSON, pages."""
    secrets = (session, bearer, password, card, email)
    page = f'<title>{email}</title><button>Pay with {card}</button><a href="/u/{session}/x">'
    inner = json.dumps({"who": email, "sid": session, "pan": card})
    body = {"login": {"password": password, "user": email}, "note": f"{email} {card}", "raw": inner, session: [bearer]}
    shop, cookie = "https://shop.example", {"name": "Cookie", "value": f"sid={session}; plain=1"}
    headers = [cookie, {"name": "Authorization", "value": f"Bearer {bearer}"}]
    content = {"mimeType": "text/html", "text": page}

    def recorded(method: str, path: str, post: dict[str, str] | None = None) -> dict[str, Any]:
        request = {"method": method, "url": shop + path, "headers": headers, **({"postData": post} if post else {})}
        return {"request": request, "response": {"status": 200, "content": content}, "_resourceType": "document"}

    form = {
        "mimeType": "application/x-www-form-urlencoded",
        "text": f"email={email}&card={card}&pwd={password}&{session}=1",
    }
    document = har(
        recorded("GET", f"/?ref={email}&sid={session}"),
        recorded("GET", f"/u/{session}/{bearer};jsessionid={session}?to=%2Flogin%3Fe%3D{email.replace('@', '%2540')}"),
        recorded("POST", f"/login?back={session}", form),
        recorded("POST", "/api", {"mimeType": "application/json", "text": json.dumps(body)}),
        creator={"name": email, "version": session},
    )
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "any.har").write_text(json.dumps(document), encoding="utf-8")
        proposal = propose(read_recording(folder / "any.har"), name="walk", vary=vary)
        files = write_proposal(proposal, folder, with_journey=True)
        for text in (journeys_text(proposal), *(file.read_text() for file in files)):
            assert [s for s in secrets if s in text] == []
            assert email.split("@")[0] not in text
        assert len(journey_in(folder, journeys_text(proposal)).steps) == 4
