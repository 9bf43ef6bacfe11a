"""The one colour scale can be read, and told apart, by everybody."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from spikekit.report.palette import LIGHTS, PAINTS, Role, held_light, painted
from spikekit.vocabulary import Verdict

PAPER = {"light": "#ffffff", "dark": "#1a2129"}

# Severe protanopia, deuteranopia and tritanopia in linear RGB: Machado, Oliveira and Fernandes 2009, table 1.
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def _linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(to_xyz @ np.clip(linear, 0, 1), 1e-6, None) / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _luminance(colour: str) -> float:
    return float(_linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("paper", PAPER)
def test_what_shares_a_chart_is_told_apart_with_every_colour_blindness(blindness: str, paper: str) -> None:
    together = [Role.REAL, Role.FAILED, Role.OBJECTIVE]
    seen = {role: _lab(BLINDNESS[blindness] @ _linear(getattr(PAINTS[role], paper))) for role in together}
    apart = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in itertools.combinations(together, 2)}
    assert min(apart.values()) > 15, apart


@pytest.mark.parametrize("paper", PAPER)
def test_every_colour_of_words_can_be_read_on_its_paper(paper: str) -> None:
    ground = _luminance(PAPER[paper])
    for role in set(Role) - {Role.BAND}:  # Only areas have the band's colour.
        ink = _luminance(getattr(PAINTS[role], paper))
        contrast = (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)
        assert contrast >= 4.5, f"{role}: {contrast:.2f}"


def test_every_verdict_has_its_own_shape_and_word() -> None:
    assert len({LIGHTS[v].symbol for v in Verdict}) == len({LIGHTS[v].word for v in Verdict}) == 3
    assert len({held_light(held).symbol for held in (True, False, None)}) == 3


def test_paint_leaves_text_as_it_is_without_colour() -> None:
    assert painted("ready", Role.READY, colour=False) == "ready"
    assert painted("ready", Role.READY, colour=True) == "\x1b[32mready\x1b[0m"
