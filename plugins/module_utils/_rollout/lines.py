# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines of a journal: what each kind says, and that it says it properly. Pure.

Anybody who may start a job can hand in a journal, so each member is checked before one of them is used. Cameras are
numbers: the n-th camera of the line ``plan``, counted from 0. A list of numbers holds them one by one, or as
``[first, last]``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, get_type_hints

from .._core.values import text

FORMAT = 1
MOST_TEXT = 1 << 16  # characters of one text: a reason can hold what a task printed
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")  # all but the end of a line
_MOST_NUMBER = 1_000_000
_LATEST = 253_402_300_799  # seconds: the end of the year 9999
STATUSES = ("running", "interrupted", "paused", "stopped", "rolling_back", "rolled_back", "finished")
Check = Callable[[Any], None]
Wire = list[dict[str, Any]]  # the pipelines of a camera, as the service has them


class Wrong(ValueError):
    """The message names the place first: ``.waves[0] is not a text``."""


# Values


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise Wrong(" is not a text")
    if len(value) > MOST_TEXT:
        raise Wrong(f" has more than {MOST_TEXT:,} characters")
    if not value.isascii() and text(value) != value:
        raise Wrong(" holds half a character (a lone surrogate)")


def _whole(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_NUMBER:
        raise Wrong(" is not a whole number from 0 on")


def _moment(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _LATEST:
        raise Wrong(" is not a time in seconds since 1970")


def _flag(value: Any) -> None:
    if not isinstance(value, bool):
        raise Wrong(" is neither true nor false")


def _status(value: Any) -> None:
    _text(value)
    if not value.isascii() or not value.replace("_", "").isalpha() or len(value) > 40:
        raise Wrong(" is not a status")


def _one_of(*words: Any) -> Check:
    def check(value: Any) -> None:
        if type(value) not in (str, int) or value not in words:
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


def _row(*members: Check) -> Check:
    """A list with one value for each check."""

    def check(value: Any) -> None:
        if not isinstance(value, list) or len(value) != len(members):
            raise Wrong(f" is not a list of {len(members)} values")
        for number, (inner, each) in enumerate(zip(value, members, strict=True)):
            try:
                each(inner)
            except Wrong as error:
                raise Wrong(f"[{number}]{error}") from None

    return check


def _texts(value: Any) -> None:
    if not isinstance(value, dict):
        raise Wrong(" is not an object")
    for name, inner in value.items():
        _text(name)
        _text(inner)


def _object(value: Any) -> None:
    """What the service or the user wrote: any names and values that can be written again."""
    if not isinstance(value, dict):
        raise Wrong(" is not an object")
    waiting: list[Any] = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner
        elif isinstance(inner, float) and not math.isfinite(inner):
            raise Wrong(f" holds {inner}, which is no number")


def _numbers(value: Any) -> None:
    if not isinstance(value, list):
        raise Wrong(" is not a list")
    for each in value:
        pair = each if isinstance(each, list) and len(each) == 2 else [each, each]
        for number in pair:
            _whole(number)
        if pair[0] > pair[1]:
            raise Wrong(" counts backwards")


def _had(value: Any) -> None:
    """The pipelines that cameras had; null where that was not known."""
    if value is not None:
        _list_of(_object)(value)


def packed(numbers: Iterable[int]) -> list[Any]:
    """Numbers as lines have them, in order."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [each for first, last in found for each in ([[first, last]] if last > first + 1 else range(first, last + 1))]


def unpacked(numbers: Iterable[Any], most: int) -> list[int]:
    """The numbers one by one. Raises Wrong for one of ``most`` or more."""
    found: list[int] = []
    for each in numbers:
        first, last = each if isinstance(each, list) else (each, each)
        if last >= most:
            raise Wrong(f" names the camera {last}, and there are {most}")
        found += range(first, last + 1)
    return found


# Lines


@dataclass(frozen=True, kw_only=True)
class Line:
    """``at``: seconds since 1970."""

    kind: ClassVar[str]
    at: Annotated[float, _moment]

    def as_data(self) -> dict[str, Any]:
        return {"line": self.kind, **{each.name: getattr(self, each.name) for each in fields(self)}}


@dataclass(frozen=True, kw_only=True)
class Began(Line):
    """The first line, and only that. ``id`` tells two rollouts of one name apart."""

    kind = "journal"
    format: Annotated[int, _one_of(FORMAT)]
    rollout: Annotated[str, _text]
    id: Annotated[str, _text]


@dataclass(frozen=True, kw_only=True)
class Opened(Line):
    """A run begins. From now on no other run may append."""

    kind = "open"
    run: Annotated[str, _text]
    action: Annotated[str, _one_of("rollout", "rollback")]


@dataclass(frozen=True, kw_only=True)
class Planned(Line):
    """What is to be rolled out to which cameras. It can come again until the first request went out.

    ``declaration`` has models by UUID, ``given`` as they were named. ``models``: the UUID of each that is named.
    ``family``: the models that are replaced, or are other releases of it, as far as they were there then. ``cameras``:
    place in ``sites``, NxID, name, host; wave by wave, those aside at last.
    ``waves``: name and number of cameras. ``aside``: status, reason and number of cameras.
    """

    kind = "plan"
    declaration: Annotated[dict[str, Any], _object]
    given: Annotated[dict[str, Any], _object]
    models: Annotated[dict[str, str], _texts]
    family: Annotated[list[str], _list_of(_text)]
    hosts: Annotated[str, _text]
    limit: Annotated[str, _text]
    divided: Annotated[dict[str, Any], _object]
    sites: Annotated[list[list[str]], _list_of(_row(_text, _text))]
    cameras: Annotated[list[list[Any]], _list_of(_row(_whole, _text, _text, _text))]
    waves: Annotated[list[list[Any]], _list_of(_row(_text, _whole))]
    aside: Annotated[list[list[Any]], _list_of(_row(_status, _text, _whole))]


@dataclass(frozen=True, kw_only=True)
class Scoped(Line):
    """The cameras that this run leaves out, as its hosts or its limit say."""

    kind = "scope"
    excluded: Annotated[list[Any], _numbers]


@dataclass(frozen=True, kw_only=True)
class Queued(Line):
    """Cameras that were aside get a wave of their own."""

    kind = "queue"
    cameras: Annotated[list[Any], _numbers]


@dataclass(frozen=True, kw_only=True)
class WaveBegun(Line):
    kind = "wave"
    wave: Annotated[int, _whole]
    attempt: Annotated[int, _whole]


@dataclass(frozen=True, kw_only=True)
class Written(Line):
    """Before a request: what goes out (``sent``), and what each camera had: ``cameras[n]`` had ``had[n]``."""

    kind = "write"
    wave: Annotated[int, _whole]
    action: Annotated[str, _one_of("assign", "restore")]
    sent: Annotated[Wire, _list_of(_object)]
    had: Annotated[list[Wire | None], _list_of(_had)]
    cameras: Annotated[list[list[Any]], _list_of(_numbers)]


@dataclass(frozen=True, kw_only=True)
class Outcome(Line):
    """What became of cameras: status, reason, whether a request may have had an effect, and which they are."""

    kind = "outcome"
    wave: Annotated[int, _whole]
    action: Annotated[str, _one_of("assign", "restore", "gate")]
    groups: Annotated[list[list[Any]], _list_of(_row(_status, _text, _flag, _numbers))]


@dataclass(frozen=True, kw_only=True)
class Judged(Line):
    """``verdict``: a wave is written and soaks for ``soak`` seconds, is done, failed, or is back as it was."""

    kind = "judged"
    wave: Annotated[int, _whole]
    verdict: Annotated[str, _one_of("written", "done", "failed", "rolled_back")]
    reason: Annotated[str, _text]
    soak: Annotated[float, _moment]


@dataclass(frozen=True, kw_only=True)
class Stands(Line):
    """Where the rollout stands. ``back``: of rolling_back, the wave to take back; 0 for all. ``pause``: of paused."""

    kind = "stand"
    status: Annotated[str, _one_of(*STATUSES)]
    message: Annotated[str, _text]
    back: Annotated[int, _whole]
    pause: Annotated[int, _whole]


@dataclass(frozen=True, kw_only=True)
class Proof(Line):
    """Whether rows of a shape mean that nothing runs: asked of a camera, or proved by it."""

    kind = "proof"
    camera: Annotated[int, _whole]
    shape: Annotated[str, _text]
    proved: Annotated[bool, _flag]


@dataclass(frozen=True, kw_only=True)
class LetGo(Line):
    """Cameras that are not looked after any more."""

    kind = "give_up"
    cameras: Annotated[list[Any], _numbers]


_KINDS: Mapping[str, type[Line]] = {
    each.kind: each
    for each in (
        Began, Opened, Planned, Scoped, Queued, WaveBegun, Written, Outcome, Judged, Stands, Proof, LetGo,
    )
}  # fmt: skip


@cache
def _checks(kind: str) -> dict[str, Check]:
    hints = get_type_hints(_KINDS[kind], include_extras=True)
    return {each.name: hints[each.name].__metadata__[0] for each in fields(_KINDS[kind])}


def line_of(data: Any) -> Line:
    """The line that a JSON object is. Raises Wrong."""
    kind = _KINDS.get(str(data.get("line"))) if isinstance(data, dict) else None
    if kind is None:
        raise Wrong(" is of no kind that this version knows")
    checks = _checks(kind.kind)
    if data.keys() != {"line", *checks}:
        raise Wrong(" has too few members, or one that is not known")
    for name, check in checks.items():
        try:
            check(data[name])
        except Wrong as error:
            raise Wrong(f".{name}{error}") from None
    return kind(**{name: data[name] for name in checks})


def said(reason: str) -> str:
    """What others said, as far as a line may hold it, and without what moves the cursor of a terminal."""
    return _CONTROLS.sub(" ", text(reason) or "")[:MOST_TEXT]


def groups(rows: Sequence[tuple[int, str, str, bool]]) -> list[list[Any]]:
    """Number, status, reason and effect of cameras, as an outcome has them."""
    found: dict[tuple[str, str, bool], list[int]] = {}
    for number, status, reason, effect in rows:
        found.setdefault((status, said(reason), effect), []).append(number)
    return [[status, reason, effect, packed(numbers)] for (status, reason, effect), numbers in found.items()]
