# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of a rollout: its state, the snapshots of its waves, and its reports, each whole or not there."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._core.errors import BadInput
from .._core.files import check_name, check_trusted, check_trusted_file, make_folder, read_regular, replace_file
from .._core.limits import Memory, TooLarge, as_text, inflated, parsed
from .._core.values import mapping
from .report import as_html, as_report
from .schema import MOST_TEXT, Wrong, check_handed, check_state
from .state import FORMAT, State, key, snapshot_name

STATE = "state.json"
REPORT = "rollout-report.json"
PAGE = "rollout-report.html"
MOST_BYTES = 32 << 20  # of what a job hands on, unpacked: some 40,000 devices with their snapshots
MOST_PACKED = MOST_BYTES // 2  # characters as handed on: a whole one packs to a fifth


class RolloutFolder:
    """Only the owner can read what is in it: it names devices, and what they ran.

    What others may have put there is refused: it says what devices are given back.
    """

    def __init__(self, path: str, trusted_owner: str | None = None) -> None:
        self.path = Path(path)
        self.trusted_owner = trusted_owner
        self._handed: dict[str, list[dict[str, Any]]] = {}  # snapshots of another job, until they are on disk

    def load(self) -> State | None:
        """The state, or None where there is none."""
        check_trusted(f"Use {self.path}", str(self.path), self.trusted_owner)
        path = self.path / STATE
        return checked(self._read(path), f"Read {path}") if path.exists() else None

    def load_newer(self, saved: str) -> State | None:
        """The state on disk or that in ``saved``, whichever is newer. ``save`` puts the latter's snapshots on disk."""
        state = self.load()
        if not saved:
            return state
        handed, snapshots = _unpack(saved)
        if state is not None and state["revision"] >= handed["revision"]:
            return state
        self._handed = snapshots
        return handed

    def save(self, state: State, now: float) -> None:
        """The state before the reports, which can be made of it again."""
        for name, entries in self._handed.items():
            self._write(name, _json(entries))
        _cut(state)
        state["revision"] += 1
        state["updated_at"] = now
        self._write(STATE, _json(state))
        report = as_report(state)
        self._write(REPORT, _json(report, indent=2))
        self._write(PAGE, as_html(report))

    def snapshot(self, wave: State) -> list[dict[str, Any]]:
        name = snapshot_name(wave)
        path = self.path / name
        found: list[dict[str, Any]] = self._read(path) if name not in self._handed and path.exists() else []
        return self._handed.get(name, found)

    def add_snapshot(self, wave: State, entries: Sequence[dict[str, Any]]) -> None:
        """Keep what devices had before the wave. What is there already is never replaced: it is older."""
        kept = self.snapshot(wave)
        known = {key(entry) for entry in kept}
        self._write(snapshot_name(wave), _json([*kept, *(entry for entry in entries if key(entry) not in known)]))

    def pack(self, state: State) -> str:
        """All that another machine needs to go on, as text that no template engine takes for its own."""
        snapshots = {snapshot_name(wave): self.snapshot(wave) for wave in state["waves"] if wave["attempt"]}
        data = _json({"state": state, "snapshots": snapshots}).encode()
        return base64.b64encode(zlib.compress(data)).decode()

    def _read(self, path: Path) -> Any:
        check_trusted_file(f"Read {path}", str(path), self.trusted_owner)
        try:
            return json.loads(read_regular(str(path)))
        except (OSError, ValueError, RecursionError) as error:
            advice = "Restore the file, or choose another pipeline_rollout_path to start anew."
            raise BadInput(f"Read {path}", str(error), advice) from None

    def _write(self, name: str, text: str) -> None:
        """Replace a file as a whole, and return only when it is on the disk."""
        check_name(f"Write to {self.path}", name)
        try:
            make_folder(str(self.path))
            check_trusted(f"Use {self.path}", str(self.path), self.trusted_owner)
            replace_file(str(self.path / name), text.encode())
        except OSError as error:
            raise BadInput(f"Write {self.path / name}", str(error), "Choose another pipeline_rollout_path.") from None


def _json(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, sort_keys=indent is not None)


def _cut(state: State) -> None:
    """What others said, as far as it can be read back."""
    state["message"] = state["message"][:MOST_TEXT]
    for row in (*state["waves"], *(row for wave in state["waves"] for row in wave["devices"]), *state["aside"]):
        row["reason"] = row["reason"][:MOST_TEXT]


def checked(state: Any, tried: str) -> State:
    """A state as this version writes it. Raises BadInput for anything else."""
    _check_format(state, tried)
    try:
        check_state(state)
    except Wrong as error:
        raise BadInput(tried, f"its state{error}", "Use what an earlier run wrote, unchanged.") from None
    found: State = state
    return found


def _check_format(state: Any, tried: str) -> None:
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        advice = "Use the version of the collection that wrote it."
        raise BadInput(tried, "it is not a state of a rollout, or that of another version", advice)


def _unpack(saved: str) -> tuple[State, dict[str, list[dict[str, Any]]]]:
    """The state and, by the names of their files, the snapshots. These names are made here, and none is accepted."""
    tried = "Read pipeline_rollout_saved"
    advice = "Hand it on unchanged, or leave it out."
    try:
        if len(saved) > MOST_PACKED:
            raise TooLarge(f"it has more than {MOST_PACKED >> 20} MiB")
        content = inflated(base64.b64decode(saved, validate=True), MOST_BYTES)
        text = as_text(content, Memory.of(content))
        del content
        found = parsed(text)
        del text
        _check_format(mapping(found).get("state"), tried)
        check_handed(found)
        return found["state"], found["snapshots"]
    except TooLarge as error:
        raise BadInput(tried, str(error), f"{advice} Jobs that use the same pipeline_rollout_path need none.") from None
    except Wrong as error:
        raise BadInput(tried, f"it is not what this version hands on: its data{error}", advice) from None
    except ValueError as error:
        raise BadInput(tried, f"it is not what an earlier run handed on ({error})", advice) from None
