"""A project folder: one ``site.yaml``, its campaign files, and what is wrong with any of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from spikekit.campaign.declared import CampaignFile
from spikekit.campaign.file import campaign_from
from spikekit.campaign.model import Campaign
from spikekit.errors import FileProblems, Problem
from spikekit.files.echo import nearest
from spikekit.files.parse import parse_file
from spikekit.files.tree import Mapping, Node, Place, Reading
from spikekit.site.declared import SiteFile
from spikekit.site.file import SITE_FILE, find_site, journey_names, site_from
from spikekit.site.model import Site

SUFFIXES = (".yaml", ".yml")

ANYONES = frozenset({"version", "name", "id", "owner", "status", "value", "notes"})
"""Keys that any YAML file may have: they do not make it a campaign."""


class Kind(StrEnum):
    """What a file in a project folder is."""

    CAMPAIGN = "campaign"
    SITE = "site"


@dataclass(slots=True, kw_only=True)
class Checked:
    """One file that was read: what came of it, and all its problems in the order of their lines.

    ``id_at`` is where a campaign says its id, line and column.
    """

    path: Path
    kind: Kind | None
    problems: list[Problem]
    campaign: Campaign | None = None
    site: Site | None = None
    journeys: list[str] = field(default_factory=list)
    id_at: tuple[int, int] = (1, 1)


def check(paths: Sequence[Path], site_file: Path | None = None) -> list[Checked]:
    """Every file given, every file of the folders given, and the sites the campaigns belong to; in that order.

    Files are told apart by their keys. ``site_file`` serves instead of the ``site.yaml`` beside or above a campaign.
    """
    sites: dict[Path, Checked] = {}
    checked: dict[Path, Checked] = {}
    for path, is_named in _files(paths):
        if path.resolve() not in checked and (result := _read(path, site_file, sites, is_named)) is not None:
            checked[path.resolve()] = result
    for own, result in sites.items():
        checked.setdefault(own, result)
    results = list(checked.values())
    _ids_differ(results)
    return results


def campaign_files(folder: Path) -> list[Path]:
    """The YAML files in a folder and below, apart from hidden folders, in order of their names."""
    found = (p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def must_exist(path: Path) -> None:
    """Whoever misses a site asks first whether the campaign's file is there. Raises ``FileProblems``."""
    if not path.is_file():
        _node, reading = parse_file(path)
        _say_what_is_there(path, reading)
        raise FileProblems(reading.sorted())


def _files(paths: Iterable[Path]) -> Iterable[tuple[Path, bool]]:
    """Each file with whether it was named itself; in folders, the site first."""
    for path in paths:
        if not path.is_dir():
            yield path, True
            continue
        files = campaign_files(path)
        for file in sorted(files, key=lambda f: (f.name != SITE_FILE, f)):
            yield file, False
        if not files:
            yield path, True


def _read(path: Path, site_file: Path | None, sites: dict[Path, Checked], is_named: bool) -> Checked | None:
    if path.resolve() in sites:
        return sites[path.resolve()]
    node, reading = parse_file(path)
    if node is None:
        _say_what_is_there(path, reading)
        return Checked(path=path, kind=None, problems=reading.sorted())
    kind = _kind(node, path, is_named)
    if kind is Kind.SITE:
        sites[path.resolve()] = _site(path, node, reading)
        return sites[path.resolve()]
    if kind is None:
        if not is_named:
            # Lists of referrers, compose files and the like may live in the same folder.
            return None
        reading.add(1, 1, "", "neither a campaign (launch, channels) nor a site (site, targets, journeys)")
        return Checked(path=path, kind=None, problems=reading.sorted())
    site = _site_of(path, site_file, sites)
    journeys = None if site is None or site.kind is None else site.journeys
    campaign = campaign_from(node, reading, path, journeys)
    spot = Place(node, "", reading).at("id").node
    problems = reading.sorted()
    return Checked(path=path, kind=kind, problems=problems, campaign=campaign, id_at=(spot.line, spot.column))


def _site_of(path: Path, site_file: Path | None, sites: dict[Path, Checked]) -> Checked | None:
    file = find_site(path, site_file)
    if file is None:
        return None
    if file.resolve() not in sites:
        node, reading = parse_file(file)
        unread = Checked(path=file, kind=None, problems=reading.sorted())
        sites[file.resolve()] = unread if node is None else _site(file, node, reading)
    return sites[file.resolve()]


def _site(path: Path, node: Node, reading: Reading) -> Checked:
    site = site_from(node, reading, path)
    names = journey_names(node, reading)
    return Checked(path=path, kind=Kind.SITE, problems=reading.sorted(), site=site, journeys=names)


def _kind(node: Node, path: Path, is_named: bool) -> Kind | None:
    if path.name == SITE_FILE:
        return Kind.SITE
    keys = set(node.entries) if isinstance(node, Mapping) else set()
    if not is_named:
        keys -= ANYONES
    campaign, site = len(keys & CampaignFile.keys.keys()), len(keys & SiteFile.keys.keys())
    if not campaign and not site:
        return None
    return Kind.SITE if site > campaign else Kind.CAMPAIGN


def _say_what_is_there(path: Path, reading: Reading) -> None:
    """A missing file: the one that may have been meant; an empty folder: that it holds nothing to check."""
    if path.is_dir():
        reading.problems.clear()
        reading.add(0, 0, "", "no YAML file in this folder; `spikekit init DIR` writes a project to start from")
    elif not path.exists() and path.parent.is_dir():
        near = nearest(path.name, (p.name for p in path.parent.iterdir() if p.suffix in SUFFIXES))
        if near:
            reading.problems.clear()
            reading.add(0, 0, "", f"no such file; did you mean {path.parent / near}?")


def _ids_differ(results: Iterable[Checked]) -> None:
    first: dict[str, Checked] = {}
    for result in results:
        if result.campaign is None:
            continue
        other = first.setdefault(result.campaign.id, result)
        if other is not result:
            message = f'"{result.campaign.id}" is already the id of {other.path}; two campaigns need two ids'
            line, column = result.id_at
            result.problems.append(Problem(file=str(result.path), line=line, column=column, path="id", message=message))
