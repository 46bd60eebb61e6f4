# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of a rollout: its state, the snapshots of its waves, and its reports, each whole or not there."""

from __future__ import annotations

import base64
import json
import os
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._core.errors import BadInput
from .report import as_html, as_report
from .state import FORMAT, State, key

STATE = "state.json"
REPORT = "rollout-report.json"
PAGE = "rollout-report.html"


class RolloutFolder:
    """Only the owner can read what is in it: it names devices, and what they ran."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def load(self) -> State | None:
        """The state, or None where there is none."""
        path = self.path / STATE
        return _checked(_read(path), f"Read {path}") if path.exists() else None

    def load_newer(self, saved: str, check_mode: bool) -> State | None:
        """The state on disk or that in ``saved``, whichever is newer; the snapshots of the latter are put on disk."""
        state = self.load()
        if not saved:
            return state
        packed = _unpack(saved)
        if state is not None and state["revision"] >= packed["state"]["revision"]:
            return state
        for name, entries in packed["snapshots"].items():
            if not check_mode:
                self._write(os.path.basename(name), _json(entries))
        found: State = packed["state"]
        return found

    def save(self, state: State, now: float) -> None:
        """The state first; what it says of the reports can be made again."""
        state["revision"] += 1
        state["updated_at"] = now
        self._write(STATE, _json(state))
        report = as_report(state)
        self._write(REPORT, _json(report, indent=2))
        self._write(PAGE, as_html(report))

    def snapshot(self, wave: State) -> list[dict[str, Any]]:
        path = self.path / _snapshot_name(wave)
        found: list[dict[str, Any]] = _read(path) if path.exists() else []
        return found

    def add_snapshot(self, wave: State, entries: Sequence[dict[str, Any]]) -> None:
        """Keep what devices had before the wave. What is there already is never replaced: it is older."""
        kept = self.snapshot(wave)
        known = {key(entry) for entry in kept}
        self._write(_snapshot_name(wave), _json([*kept, *(entry for entry in entries if key(entry) not in known)]))

    def pack(self, state: State) -> str:
        """All that another machine needs to go on, as text that no template engine takes for its own."""
        snapshots = {_snapshot_name(wave): self.snapshot(wave) for wave in state["waves"] if wave["attempt"]}
        data = _json({"state": state, "snapshots": snapshots}).encode()
        return base64.b64encode(zlib.compress(data)).decode()

    def _write(self, name: str, text: str) -> None:
        """Replace a file as a whole, and return only when it is on the disk."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, self.path / name)
            except BaseException:
                os.unlink(temporary)
                raise
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise BadInput(f"Write {self.path / name}", str(error), "Choose another pipeline_rollout_path.") from None


def _snapshot_name(wave: State) -> str:
    return f"snapshot-wave-{wave['number']:03}-{wave['snapshots']}.json"


def _json(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, sort_keys=indent is not None)


def _checked(state: Any, tried: str) -> State:
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        advice = "Use the version of the collection that wrote it."
        raise BadInput(tried, "it is not a state of a rollout, or that of another version", advice)
    return state


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        advice = "Restore the file, or choose another pipeline_rollout_path to start anew."
        raise BadInput(f"Read {path}", str(error), advice) from None


def _unpack(saved: str) -> dict[str, Any]:
    tried = "Read pipeline_rollout_saved"
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(saved, validate=True)))
        return {"state": _checked(found["state"], tried), "snapshots": dict(found["snapshots"])}
    except (ValueError, zlib.error, KeyError, TypeError) as error:
        answer = f"it is not what an earlier run handed on ({type(error).__name__})"
        raise BadInput(tried, answer, "Hand it on unchanged, or leave it out.") from None
