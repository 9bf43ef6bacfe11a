"""What a visit weighs on the wire, and what compression does or would do about it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from spikekit.files.echo import escaped
from spikekit.preflight.caching import obstacles
from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.visit import Visit
from spikekit.preflight.wire import Answer
from spikekit.wording import about, plural

HEAVY_BITS_PER_SECOND = 1e9
"""A peak that fills a whole gigabit link deserves a word: many a load balancer or machine has just one."""

HEAVY_BYTES = 2_000_000
"""Heavier than this is a heavy page where no peak is known; the median one of 2024 weighs 2.3 to 2.7 MB with all that
other hosts send (HTTP Archive, Web Almanac 2024), of which this host's share is less (judgement)."""

_ONE_PACKET = 1400
"""A body that fits into one packet gains nothing from compression."""

_TEXT = ("text/", "application/javascript", "application/json", "application/xml", "image/svg", "application/xhtml")
_BITS = 8


def weighing_findings(seen: Visit, peak: float | None) -> Iterator[Finding]:
    """Bytes of the page and of its assets here, and compression. ``peak`` in visitors/s; None: not known."""
    if seen.page is None:
        return
    yield _weight(seen, seen.page, peak)
    yield from _files(seen)
    yield from _compression(seen, seen.page)


def _weight(seen: Visit, page: Answer, peak: float | None) -> Finding:
    asked = sum(answer.packed_bytes for answer in seen.assets)
    files = len(seen.names)
    whole = asked if len(seen.assets) == files else asked / max(len(seen.assets), 1) * files
    visit = page.packed_bytes + whole
    text = f"the page weighs {size(page.packed_bytes)}"
    if files:
        roughly = "" if len(seen.assets) == files else f" (from the first {len(seen.assets)})"
        text += f", its {plural(files, 'file')} on this host {size(whole)}{roughly}: {_requests(seen)}"
    bits = visit * _BITS * (100 if peak is None else peak)
    at = (
        "every 100 visitors/s take"
        if peak is None
        else f"the campaign's peak of {about(peak)} visitors/s on production takes"
    )
    text += f"; {at} {about(bits / 1e6)} Mbit/s"
    figures = {
        "page_bytes": float(page.packed_bytes),
        "visit_bytes": visit,
        "requests_per_visit": float(seen.requests_each),
    }
    if peak is not None:
        figures["peak_bits_per_second"] = bits
    heavy = visit > HEAVY_BYTES if peak is None else bits > HEAVY_BITS_PER_SECOND
    return Finding(
        name="weight",
        weight=Weight.WARNING if heavy else Weight.FINE,
        text=text,
        hint="smaller images, fewer files, or a CDN for them; see that every link on the way is wide enough"
        if heavy
        else None,
        figures=figures,
    )


def _requests(seen: Visit) -> str:
    hops = len(seen.hops)
    among = f", {plural(hops, 'redirect')} among them" if hops else ""
    return f"{plural(seen.requests_each, 'request')} a visit{among}"


def _files(seen: Visit) -> Iterator[Finding]:
    gone = [a for a in seen.assets if a.status >= 400]
    loose = [a for a in seen.assets if a.status < 400 and obstacles(a)]
    told = []
    if gone:
        told.append(f"{plural(len(gone), 'file')} not given ({escaped(gone[0].target)}: {gone[0].status})")
    if loose:
        why = f"{escaped(loose[0].target)}: {obstacles(loose[0])[0]}"
        told.append(f"{plural(len(loose), 'file')} that no cache may keep ({why})")
    if told:
        yield Finding(
            name="files",
            weight=Weight.WARNING,
            text=f"of the {plural(len(seen.assets), 'file')} asked for, {' and '.join(told)}: each visitor asks the "
            "servers for them all the same",
            hint="mend the links; give files that do not change Cache-Control: public, max-age=86400",
            figures={"files_failed": float(len(gone)), "files_uncached": float(len(loose))},
        )


def _compression(seen: Visit, page: Answer) -> Iterator[Finding]:
    texts = [a for a in (page, *seen.assets) if a.status == 200 and _gains(a)]
    bare = [a for a in texts if not a.said("content-encoding")]
    if bare:
        now, then = sum(a.packed_bytes for a in bare), sum(len(zlib.compress(a.content)) for a in bare)
        what = "the page" if bare == [page] else f"{len(bare)} texts ({'page and ' * (page in bare)}files)"
        yield Finding(
            name="compression",
            weight=Weight.WARNING,
            text=f"{what} came without compression: {size(now)} where gzip would leave {size(then)}, "
            f"{about(now / max(then, 1))} times less to send",
            hint="switch on gzip for HTML, styles, scripts and SVG (nginx: gzip on, gzip_types, gzip_proxied any)",
            figures={"bytes": float(now), "gzip_bytes": float(then)},
        )
    elif page in texts:
        ratio = len(page.content) / max(page.packed_bytes, 1)
        brotli = seen.brotli
        takes = brotli is not None and brotli.said("content-encoding").lower() == "br"
        text = f"gzip leaves {size(page.packed_bytes)} of the page's {size(len(page.content))}"
        text += f"; brotli {size(brotli.packed_bytes)}" if takes and brotli else "; brotli was asked for and not given"
        yield Finding(name="compression", weight=Weight.FINE, text=text, figures={"gzip_ratio": ratio})


def _gains(answer: Answer) -> bool:
    kind = answer.said("content-type").strip().lower()
    return kind.startswith(_TEXT) and len(answer.content) > _ONE_PACKET


def size(number: float) -> str:
    """``840 bytes``, ``34 kB``, ``1.2 MB``."""
    for unit, one in (("MB", 1e6), ("kB", 1e3)):
        if number >= one:
            return f"{about(number / one)} {unit}"
    return f"{number:.0f} bytes"
