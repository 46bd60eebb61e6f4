# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cameras a rollout is to let go. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from .._core.errors import BadInput
from .._core.values import identity
from .._core.wording import counted, shortened
from .ledger import Camera, Ledger


def given_up(ledger: Ledger, words: Sequence[str]) -> list[Camera]:
    """Those that are not let go yet; none where nothing is planned.

    Raises BadInput for a word that means none, or several without saying so.
    """
    chosen: dict[int, Camera] = {}
    for wanted in words if ledger.plan else ():
        chosen.update((each.number, each) for each in _meant(ledger, wanted))
    return [each for each in chosen.values() if each.status != "let_go"]


def _meant(ledger: Ledger, wanted: str) -> list[Camera]:
    """By NxID, or by the name of the host or the camera, also with its site; only a pattern means several."""
    tried = f"Let cameras of the rollout {ledger.rollout} go"
    found = [each for each in ledger.cameras if identity(wanted) == identity(each.nxid) or wanted in _names(each)]
    if len(found) > 1:
        answer = f"{wanted} is {counted(len(found), 'camera')}: {shortened([each.label for each in found], 5)}"
        raise BadInput(tried, answer, "Give one as it is named here, or a pattern with * for several.")
    found = found or [each for each in ledger.cameras if any(fnmatchcase(name, wanted) for name in _names(each))]
    if not found:
        raise BadInput(tried, f"{wanted} is none of its cameras", "Give an NxID, or the name of a host or camera.")
    return found


def _names(camera: Camera) -> list[str]:
    return [name for name in (camera.host, camera.name, camera.label) if name]
