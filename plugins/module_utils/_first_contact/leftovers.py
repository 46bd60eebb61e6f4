# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an earlier run has left that was killed: models and catalogues by their names, and cameras by its snapshot.

None of it is removed: a run beside this one may be at work with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._api.contract.contract import Contract
from .._api.records.records import Catalogue, Model
from .._core.errors import NxaiError
from .._core.values import identity
from .create import PREFIX
from .kept import Earlier, Kept
from .session import Session

_NAME = re.compile(rf"{PREFIX}[0-9a-f]{{8}}\b.*")


def made_by_earlier_runs(rows: Mapping[str, Sequence[Any]], contract: Contract) -> Iterator[Earlier]:
    """Models first: a catalogue has to be empty."""
    for kind, record in (("model", Model), ("catalogue", Catalogue)):
        seen = set[str]()
        for row in contract.known(kind, list(rows.get(kind, ()))):
            try:
                found = record.from_api(row)
            except NxaiError:
                continue
            if _NAME.fullmatch(found.name) and found.uuid not in seen:
                seen.add(found.uuid)
                remove = f'ansible localhost -m nxai.cloud.nxai_{kind} -a "name={found.uuid} state=absent"'
                yield Earlier(kind, found.name, found.uuid, f"If no other run is at work, remove it: {remove}")


def look_for_kept(kept: Kept, session: Session) -> None:
    """Look at each camera that is to get something back. What cannot be looked at stays as it is."""
    for target in kept.targets:
        try:
            listed = session.device(session.draft).list_devices(target.site)
        except NxaiError:
            continue
        wanted = identity(target.device)
        kept.looked_at(target.site, next((each for each in listed if identity(each.id) == wanted), None))
