# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays all scenes for one variant, without and with a contract file, and judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simulator.testing import Served

from .layer import Layer
from .scenes import SCENES, first_contact, outcome
from .tasks import Bad, Play
from .variant import ADAPTED, STOPS, WORKS, Variant

WORST = ("lost", "silent", "obscure", "stops")


@dataclass
class Verdict:
    """``observed``: works, adapted, stops, obscure, silent or lost. ``ends``: how the worst scenes ended."""

    observed: str
    ends: Mapping[str, str] = field(default_factory=dict)
    touched: bool = True

    def line(self) -> str:
        return " | ".join(f"{scene}: {text}" for scene, text in self.ends.items())


def judge(variant: Variant, served: Served, layer: Layer, folder: Path) -> Verdict:
    """The worst that happens in any scene counts, with the file as without it."""
    bare, touched = _play(variant, served, layer, folder / "bare", "")
    if not bare:
        return Verdict(WORKS, {}, touched)
    file = ""
    if _worst(bare) == STOPS:
        own = folder / "first-contact"
        own.mkdir(parents=True)
        try:
            file = first_contact(Play(served, layer, variant.rewrites, own, ""))
        except Bad as bad:
            return Verdict(bad.kind, {"first contact": bad.text}, touched)
    again = _play(variant, served, layer, folder / "file", file)[0] if file else bare
    if not again:
        return Verdict(ADAPTED, _texts(bare), touched)
    return Verdict(
        _worst(again),
        {f"{scene}{' with the file' * bool(file)}": text for scene, text in _texts(again).items()},
        touched,
    )


def _worst(ends: Mapping[str, Bad]) -> str:
    return min((bad.kind for bad in ends.values()), key=WORST.index)


def _texts(ends: Mapping[str, Bad]) -> dict[str, str]:
    """How those scenes ended that ended worst."""
    return {scene: bad.text for scene, bad in ends.items() if bad.kind == _worst(ends)}


def _play(variant: Variant, served: Served, layer: Layer, folder: Path, file: str) -> tuple[dict[str, Bad], bool]:
    ends: dict[str, Bad] = {}
    touched = False
    for scene in SCENES:
        own = folder / scene.replace(" ", "-")
        own.mkdir(parents=True)
        bad = outcome(Play(served, layer, variant.rewrites, own, file), scene)
        touched = touched or layer.touched
        if bad:
            ends[scene] = bad
    return ends, touched
