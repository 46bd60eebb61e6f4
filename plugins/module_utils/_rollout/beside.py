# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other rollouts in folders beside that of this one: what they say of cameras, and which models they still need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .._api.records.pipeline import models_of
from .._core.errors import NxaiError
from .._core.values import identity
from .book import Book
from .journal import NAME
from .ledger import Camera, Key, Ledger, assignment_of


def overtaken_by(folder: Path, ledger: Ledger, cameras: Sequence[Camera], trusted_owner: str | None) -> dict[Key, str]:
    """Of these cameras, those that a newer rollout of related models has: in its words, why they are not to be done."""
    found: dict[Key, str] = {}
    if not cameras or ledger.plan is None:
        return found
    wanted = {each.key for each in cameras}
    for path in sorted(folder.resolve().parent.glob(f"*/{NAME}")):
        if path.parent == folder.resolve():
            continue
        other = _read(path.parent, trusted_owner)
        if other is None or other.started_at <= ledger.started_at or not other.written or not _related(ledger, other):
            continue
        for each in other.cameras:
            if each.key in wanted and each.status != "let_go" and other.status != "rolled_back":
                found[each.key] = f"the newer rollout {other.rollout} has {each.label}"
    return found


def _related(older: Ledger, newer: Ledger) -> bool:
    """Whether the older would take away what the newer gives."""
    one, other = older.plan, newer.plan
    if one is None or other is None:
        return False
    if one.declaration.get("state") == "exact" and not one.declaration.get("swap"):
        return True
    return not _models(older).isdisjoint(_models(newer))


def _models(ledger: Ledger) -> set[str]:
    plan = ledger.plan
    return {*plan.family, *map(identity, plan.models.values())} if plan else set()


def needed_models(ledger: Ledger) -> set[str]:
    """The models that cameras may have to get back: none, once all waves are done or all is back."""
    if ledger.status in ("finished", "rolled_back"):
        return set()
    ways = (each.back.pipelines for each in ledger.cameras if each.back and each.status != "let_go")
    return {model for pipelines in ways if pipelines for model in models_of(assignment_of(pipelines))}


def rollouts_at(patterns: Sequence[str], trusted_owner: str | None) -> Iterator[tuple[Path, Ledger]]:
    """The rollouts in these folders. ``*`` stands for any. Raises NxaiError for one that cannot be read."""
    for pattern in patterns:
        path = Path(pattern).expanduser()
        parts = path.parts[1:] if path.is_absolute() else path.parts
        base = Path(path.anchor) if path.is_absolute() else Path()
        for each in sorted(base.glob(str(Path(*parts, NAME)))) if parts else []:
            yield each.parent, read_ledger(each.parent, trusted_owner)


def read_ledger(folder: Path | str, trusted_owner: str | None) -> Ledger:
    book = Book(str(folder), trusted_owner, check_mode=True)
    book.read()
    return book.ledger


def _read(folder: Path, trusted_owner: str | None) -> Ledger | None:
    """None for what is none, or cannot be trusted."""
    try:
        return read_ledger(folder, trusted_owner)
    except NxaiError:
        return None
