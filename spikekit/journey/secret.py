"""What must not leave a recording: whatever opens an account, names a person or pays. It never reaches the output."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, unquote

from spikekit.journey.body import Unsendable, request_of
from spikekit.journey.recording import Exchange, Recording
from spikekit.journey.slot import Slot, Where, slots
from spikekit.journey.token import CARD, is_card, is_token

REMOVED = "removed"
"""Stands where a secret was that nothing can be put in place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """What takes a secret's place: ``column`` of a data file, or ``literal`` where there is none."""

    noun: str
    column: str
    literal: str


PASSWORD = StandIn(noun="password", column="password", literal="change-me")
EMAIL = StandIn(noun="e-mail address", column="email", literal="visitor@example.com")
CARD_NUMBER = StandIn(noun="card number", column="card", literal="test-card-number")
CARD_CODE = StandIn(noun="card code", column="card_code", literal="test-card-code")
ACCOUNT = StandIn(noun="account name", column="account", literal="visitor")
PERSON = StandIn(noun="person's name", column="person", literal="Visitor")
PHONE = StandIn(noun="telephone number", column="phone", literal="+44 20 7946 0000")
"""From the range that Ofcom keeps free for drama (https://www.ofcom.org.uk, numbers for drama use)."""
ADDRESS = StandIn(noun="postal address", column="address", literal="1 Example Street")

STAND_INS = (PASSWORD, EMAIL, CARD_NUMBER, CARD_CODE, ACCOUNT, PERSON, PHONE, ADDRESS)

_NAMES: tuple[tuple[StandIn, re.Pattern[str]], ...] = (
    (
        PASSWORD,
        re.compile(r"passw|passphrase|passcode|kennwort|motdepasse|contrasen|\A(pass|pwd|pin|otp|totp|mfacode)\Z"),
    ),
    (CARD_CODE, re.compile(r"\A(card|cc|payment)?(cvv2?|cvc2?|csc|cvn|securitycode|verificationcode)\Z")),
    (
        CARD_NUMBER,
        re.compile(r"(card|cc|credit)(number|no|num|nr)\Z|\A(cardnumber|creditcard|pan|iban|accountnumber)\Z"),
    ),
    (EMAIL, re.compile(r"email(address)?\d?\Z|\Aemail|\Amail(address)?\Z")),
    (ACCOUNT, re.compile(r"\A(user|username|userid|login|loginname|account|accountname)\Z")),
    (
        PERSON,
        re.compile(
            r"(first|last|full|sur|given|family|cardholder|birth)name\Z|nameoncard|\Acardholder\Z|\A(dob|dateofbirth|birthda(y|te))\Z"
        ),
    ),
    (PHONE, re.compile(r"(tele)?phone(number|no)?\Z|\A(tel|mobile|cell|mobilenumber)\Z")),
    (
        ADDRESS,
        re.compile(
            r"\A(billing|shipping|delivery)?(street|address(line)?\d?|addr\d?|postcode|postalcode|zip|zipcode)\Z"
        ),
    ),
)
"""By a field's name, in lower case without anything but letters and digits."""

_SECRET_NAME = re.compile(
    r"csrf|xsrf|token|nonce|session|secret|signature|apikey|authorization|bearer|viewstate|eventvalidation"
    r"|\A(sid|sessid|phpsessid|jsessionid|jwt|formkey|formbuildid)\Z"
)
_PERHAPS_SECRET_NAME = re.compile(r"\A(key|auth|sig|hash)\Z")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}(?:@|%40)[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})*\.[A-Za-z]{2,24}")
_SESSION = re.compile(r"(;?\b(?:jsessionid|phpsessid|sessionid|sid)=)[^;&/\s]+", re.IGNORECASE)
_LONG = re.compile(r"[A-Za-z0-9_\-+/=.~]{12,}")
_HEADER_NAME = re.compile(r"[a-z0-9-]{1,60}\Z")
_SCHEME = re.compile(r"[A-Za-z]{1,20} +")
_SHORTEST_KNOWN = 6
"""Characters: a shorter cookie is a setting such as ``en-GB``, and taking it out everywhere would hurt more."""


def standing_in(name: str, text: str) -> StandIn | None:
    """What takes the place of a whole field by its name or its value; ``None`` when it may stay."""
    if not text.strip():
        return None
    last = re.split(r"[.\[\]]+", name.strip("[]"))[-1]
    for word in (re.sub("[^a-z0-9]", "", last.lower()), re.sub("[^a-z0-9]", "", name.lower())):
        found = next((stand_in for stand_in, pattern in _NAMES if pattern.search(word)), None)
        if found is not None:
            return found
    if _EMAIL.fullmatch(text.strip()):
        return EMAIL
    return CARD_NUMBER if CARD.fullmatch(text.strip()) and is_card(text.strip()) else None


def names_token(name: str) -> bool:
    """Whether a field of this name carries something that only this session knows."""
    word = re.sub("[^a-z0-9]", "", name.lower())
    return names_secret(name) or _PERHAPS_SECRET_NAME.search(word) is not None


def names_secret(name: str) -> bool:
    """Whether nothing in a field of this name may be shown, however harmless it looks."""
    return _SECRET_NAME.search(re.sub("[^a-z0-9]", "", name.lower())) is not None


class Scrubber:
    """Takes secrets out of any text of a recording, and counts what it took (``removed``: noun to number)."""

    def __init__(self, recording: Recording) -> None:
        self.removed: Counter[str] = Counter()
        cookies = {pair for e in recording.exchanges for pair in (*e.cookies, *e.answer.cookies)}
        credentials = {v for e in recording.exchanges for v in _credentials(e)}
        if cookies:
            self.removed["cookie"] = len({name for name, _ in cookies})
        if credentials:
            self.removed["header with a secret"] = len(credentials)
        known = {value for name, value in cookies if _is_secret_cookie(name, value)} | credentials
        known |= {text for e in recording.exchanges for text in _typed_secrets(e)}
        known |= {unquote(k) for k in known}
        known = {form for k in known if len(k) >= _SHORTEST_KNOWN for form in (k, quote(k, safe=""), quote_plus(k))}
        self._known = tuple(sorted(known, key=len, reverse=True))

    def clean(self, text: str, *, count: bool = True) -> str:
        """The text without secrets. ``count``: whether what is found counts as removed from the output."""
        before = text
        text, emails = _EMAIL.subn(EMAIL.literal, text)
        without_emails = text
        for known in self._known:
            text = text.replace(known, REMOVED)
        text = _LONG.sub(_without_tokens, _SESSION.sub(rf"\1{REMOVED}", text))
        tokens = text != without_emails
        without_tokens = text
        text = CARD.sub(lambda m: CARD_NUMBER.literal if is_card(m[0]) else m[0], text)
        if count and before != text:
            found = ((EMAIL.noun, emails), ("session id or token", tokens), (CARD_NUMBER.noun, text != without_tokens))
            for noun, number in found:
                self.removed[noun] += int(number)
        return text

    def is_clean(self, text: str) -> bool:
        """Whether there is nothing to take out."""
        return self.clean(text, count=False) == text

    def note(self, noun: str) -> None:
        """Count a value that was replaced as a whole."""
        self.removed[noun] += 1


def _without_tokens(match: re.Match[str]) -> str:
    """What looks like a path is one: first only the parts between its slashes are taken for tokens."""
    if not is_token(match[0]):
        return match[0]
    kept = "".join(REMOVED if is_token(part) else part for part in re.split(r"([/.=])", match[0]))
    return REMOVED if is_token(kept) else kept


def _is_secret_cookie(name: str, value: str) -> bool:
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return is_token(value) or (names_token(name) and (has_both or len(value) >= 16)) or (has_both and len(value) >= 10)


def secret_headers(asked: Exchange) -> Iterator[tuple[str, Slot]]:
    """The headers that only this session could send, each name once: what stands before the secret, and the secret."""
    for name, value in {n: v for n, v in asked.headers if _HEADER_NAME.match(n)}.items():
        if name in ("authorization", "x-api-key") or names_token(name):
            scheme = _SCHEME.match(value)
            before = scheme[0] if scheme else ""
            yield before, Slot(where=Where.HEADER, name=name, text=value.removeprefix(before).strip())


def _credentials(exchange: Exchange) -> Iterable[str]:
    for name, value in exchange.headers:
        if name in ("authorization", "proxy-authorization", "x-api-key") or names_token(name):
            yield value.split(" ", 1)[-1].strip()


def _typed_secrets(exchange: Exchange) -> Iterable[str]:
    """Passwords and cards as they were typed, wherever else they may turn up."""
    try:
        request = request_of(exchange)
    except Unsendable:
        return
    for slot in slots(request):
        if standing_in(slot.field, slot.text) in (PASSWORD, CARD_NUMBER, CARD_CODE, EMAIL):
            yield slot.text
