# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a state of a rollout and its snapshots look like. Pure.

Anybody who may start a job can hand in such data, so each member is checked before one of them is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .state import FORMAT, State, snapshot_name

Check = Callable[[Any], None]
MOST_TEXT = 1 << 16  # characters of one text: a reason can hold what a task printed
_LATEST = 253_402_300_799  # seconds: the end of the year 9999
_LARGEST = 1 << 53  # of a whole number


class Wrong(ValueError):
    """The message names the place first: ``.waves[0].name is not a text``."""


def _any(_value: Any) -> None:
    """Checked later."""


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise Wrong(" is not a text")
    if len(value) > MOST_TEXT:
        raise Wrong(f" has more than {MOST_TEXT:,} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Wrong(" holds half a character (a lone surrogate)") from None


def _whole(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise Wrong(" is not a whole number from 0 on")


def _place(value: Any) -> None:
    """The number of a wave, or how often something was tried: it becomes a part of file names."""
    _whole(value)
    if not 1 <= value <= 1_000_000:
        raise Wrong(" is not a number from 1 on")


def _moment(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _LATEST:
        raise Wrong(" is not a time in seconds since 1970")


def _flag(value: Any) -> None:
    if not isinstance(value, bool):
        raise Wrong(" is neither true nor false")


def _status(value: Any) -> None:
    """Of a device: a word of nxai_pipeline or of the rollout."""
    _text(value)
    if not value.replace("_", "").isalpha() or not value.isascii() or len(value) > 40:
        raise Wrong(" is not a status")


def _one_of(*words: Any) -> Check:
    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (str, int)) or value not in words:
            raise Wrong(f" is not one of {', '.join(map(str, words))}")

    return check


def _list_of(each: Check) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, list):
            raise Wrong(" is not a list")
        for number, inner in enumerate(value):
            try:
                each(inner)
            except Wrong as error:
                raise Wrong(f"[{number}]{error}") from None

    return check


def _record(members: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    every = {**members, **(optional or {})}

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise Wrong(" is not an object")
        if not members.keys() <= value.keys() <= every.keys():
            raise Wrong(" has too few members, or one that is not known")
        for name, inner in value.items():
            try:
                every[name](inner)
            except Wrong as error:
                raise Wrong(f".{name}{error}") from None

    return check


def _object(value: Any) -> None:
    """What the service or the user wrote: any names and values that can be written again."""
    if not isinstance(value, dict):
        raise Wrong(" is not an object")
    waiting: list[Any] = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            waiting += [*inner, *inner.values()]
        elif isinstance(inner, list):
            waiting += inner
        elif isinstance(inner, str):
            _text(inner)
        elif isinstance(inner, float) and not math.isfinite(inner):
            raise Wrong(f" holds {inner}, which is no number")


_DEVICE: dict[str, Check] = {"site": _text, "site_name": _text, "device": _text, "name": _text}
_ASIDE = {**_DEVICE, "status": _status, "reason": _text}
_WAVE: dict[str, Check] = {
    "number": _place,
    "name": _text,
    "status": _one_of("waiting", "writing", "written", "done", "failed", "rolled_back"),
    "reason": _text,
    "attempt": _whole,
    "snapshots": _place,
    "devices": _list_of(_record({**_ASIDE, "written": _whole}, {"snapshot_of": _place})),
}
_STATE: dict[str, Check] = {
    "format": _one_of(FORMAT),
    "name": _text,
    "declaration": _object,
    "revision": _whole,
    "run": _text,
    "status": _one_of("running", "interrupted", "paused", "stopped", "rolling_back", "rolled_back", "finished"),
    "message": _text,
    "started_at": _moment,
    "updated_at": _moment,
    "passed": _list_of(_place),
    "rollback": lambda value: None if value is None else _record({"waves": _list_of(_place), "all": _flag})(value),
    "waves": _list_of(_record(_WAVE, dict.fromkeys(("begun_at", "written_at", "done_at"), _moment))),
    "aside": _list_of(_record(_ASIDE)),
}
_PROOF = _record({"site": _text, "device": _text, "shape": _text})  # asked of a device, and not answered yet
_check_state = _record(_STATE, {"paused_before": _place, "proof": _PROOF, "no_pipelines": _list_of(_text)})
_SNAPSHOT: dict[str, Check] = {"site": _text, "device": _text, "pipelines": _list_of(_object)}
_check_snapshot = _list_of(_record(_SNAPSHOT, {"name": _text}))  # of one wave


def check_handed(found: Any) -> None:
    """Raises Wrong for what no job hands on: a state, and a snapshot of each wave that was begun."""
    _record({"state": check_state, "snapshots": _any})(found)
    begun = [snapshot_name(wave) for wave in found["state"]["waves"] if wave["attempt"]]
    try:
        _record(dict.fromkeys(begun, _check_snapshot))(found["snapshots"])
    except Wrong as error:
        raise Wrong(f".snapshots{error}") from None


def check_state(state: State) -> None:
    """Raises Wrong for a state that no run can have left."""
    _check_state(state)
    waves = state["waves"]
    if [wave["number"] for wave in waves] != list(range(1, len(waves) + 1)):
        raise Wrong(".waves are not numbered from 1 on")
    named = {*state["passed"], *(state["rollback"] or {"waves": ()})["waves"], state.get("paused_before", 1)}
    named |= {row.get("snapshot_of", wave["number"]) for wave in waves for row in wave["devices"]}
    if waves and max(named) > len(waves):
        raise Wrong(f" names the wave {max(named)}, and there are {len(waves)}")
    if (state["status"] == "rolling_back") != (state["rollback"] is not None):
        raise Wrong(".rollback does not fit its status")
    if state["status"] == "paused" and "paused_before" not in state:
        raise Wrong(".paused_before is missing")
