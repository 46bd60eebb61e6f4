# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays all scenes for one variant, without and with a contract file, and judges."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simulator.testing import Served

from .layer import Layer
from .scenes import SCENES, outcome
from .tasks import Bad, Play
from .variant import ADAPTED, STOPS, WORKS, Variant

WORST = ("lost", "silent", "obscure", "stops")
_MODULE = "ansible_collections.nxai.cloud.plugins.modules.nxai_first_contact"


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
    file = first_contact(variant, folder) if _worst(bare) == STOPS else ""
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


def first_contact(variant: Variant, folder: Path) -> str:
    """The path of a contract file for the variant; "" where there is none.

    Written by hand, from the table, as long as the collection has no module that finds it out. When there is one, it is
    to be run here: stage 1 in a world of its own, where ``layer.requests`` may hold no write and 60 requests at most.
    """
    if importlib.util.find_spec(_MODULE) is not None:
        raise NotImplementedError("run nxai_first_contact here, and give the path of its nxai-contract.yml")
    if not variant.contract:
        return ""
    path = folder / "nxai-contract.yml"
    path.write_text(json.dumps(variant.contract))
    return str(path)
