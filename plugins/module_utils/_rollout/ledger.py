# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lines of a journal come to: the waves, and of each camera its status and its way back. Pure.

The way back of a camera is what it had at its first write since it was last proved to be back. A write that certainly
had no effect takes back the way back that it made itself, and no earlier one. Where a run was killed between a write
and its outcome, the camera may have been written, and its way back stays.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .._api.records.pipeline import Assignment, Pipeline
from .._core.values import identity
from .._core.wording import printable
from .._pipelines.readback import compare
from .lines import (
    Began,
    Judged,
    LetGo,
    Line,
    Opened,
    Outcome,
    Planned,
    Proof,
    Queued,
    Scoped,
    Stands,
    WaveBegun,
    Wire,
    Written,
    Wrong,
    line_of,
    unpacked,
)

DONE = ("applied", "unchanged")  # as declared
ASIDE = {"skip": "skipped", "queue": "queued"}  # what becomes of cameras that cannot be written to now
CLOSED = ("overtaken", "let_go")  # never to be written again by this rollout
NOT_FAILED = (*DONE, *ASIDE.values(), *CLOSED, "waiting", "rolled_back")
Key = tuple[str, str]


def camera_key(site: Any, nxid: Any) -> Key:
    """By which a camera is known, however its ids are written: the same NxID may be there at two sites."""
    return identity(site), identity(nxid)


@dataclass(frozen=True)
class Way:
    """What cameras had, and the number of the line that says so. None: that was not known."""

    line: int
    pipelines: Wire | None


@dataclass(eq=False)
class Camera:
    """``back``: its way back. ``fresh``: no outcome has said yet what became of the write that made it.

    ``foreign``: the lines that hold what somebody else had given it, before the rollout wrote over that.
    """

    number: int
    site: str
    site_name: str
    nxid: str
    name: str
    host: str
    wave: int  # 0: of none
    status: str = "waiting"
    reason: str = ""
    changed_at: float = 0.0
    back: Way | None = None
    sent: tuple[Wire, ...] = ()  # to it, since it had what is its way back
    fresh: bool = False
    on_its_way: bool = False  # what was sent last has not been seen there
    returning: bool = False  # and that is what it had
    excluded: bool = False
    foreign: tuple[int, ...] = ()

    @cached_property
    def key(self) -> Key:
        return camera_key(self.site, self.nxid)

    @property
    def label(self) -> str:
        return f"{printable(self.name or self.nxid)} at {printable(self.site_name or self.site)}"

    @property
    def left_out(self) -> bool:
        """Whether this run leaves it out, and nobody has written it."""
        return self.excluded and self.status in ("waiting", "queued", "skipped")

    @property
    def shown(self) -> str:
        """The status. What is left out says so, but for what is queued: a run that leaves it out does not end that."""
        return "excluded" if self.left_out and self.status != "queued" else self.status

    @property
    def failed(self) -> bool:
        return self.status not in NOT_FAILED

    @property
    def open(self) -> bool:
        """Whether a wave may write to it."""
        return not self.excluded and self.status not in CLOSED


@dataclass(eq=False)
class Wave:
    number: int
    name: str
    cameras: list[Camera] = field(default_factory=list)
    status: str = "waiting"  # writing, written, done, failed, rolled_back
    reason: str = ""
    attempt: int = 0
    begun_at: float | None = None
    written_at: float | None = None
    done_at: float | None = None
    soak: float = 0.0  # as asked for when it was written
    wrote: bool = False  # in its present attempt

    @property
    def unfinished(self) -> bool:
        return self.is_unfinished({each.number for each in self.cameras if each.excluded})

    def is_unfinished(self, excluded: Container[int]) -> bool:
        """In a scope without these cameras. A wave that is done is not, where cameras have come back into the scope."""
        inside = [each for each in self.cameras if each.number not in excluded and each.status not in CLOSED]
        return any(self.status != "done" or each.status == "waiting" for each in inside)


@dataclass
class Ledger:
    """All that is known of a rollout. ``apply`` takes one line after the other."""

    rollout: str = ""
    id: str = ""
    run: str = ""
    plan: Planned | None = None
    cameras: list[Camera] = field(default_factory=list)
    waves: list[Wave] = field(default_factory=list)
    status: str = "running"
    message: str = ""
    back: int | None = None  # the wave to take back, 0 for all; None: nothing is to be taken back
    pause: int = 0  # the wave before which it is paused
    passed: set[int] = field(default_factory=set)  # waves before which it was paused
    shapes: list[str] = field(default_factory=list)  # of rows that mean no pipelines
    asked: Proof | None = None
    written: bool = False  # a request may have gone out
    at_work: bool = False  # a run has begun and not said that it ends; it may have been killed
    started_at: float = 0.0
    at: float = 0.0
    lines: int = 0

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Ledger:
        """Raises Wrong, with the number of the line first."""
        ledger = cls()
        for number, row in enumerate(rows, 1):
            try:
                ledger.apply(line_of(row))
            except Wrong as error:
                raise Wrong(f"line {number}{error}") from None
        return ledger

    def apply(self, line: Line) -> None:
        """Raises Wrong for a line that cannot come here."""
        if isinstance(line, Began) != (self.lines == 0):
            raise Wrong(" is not where such a line can be")
        if self.plan is None and not isinstance(line, (Began, Opened, Planned)):
            raise Wrong(" comes before the plan")
        self.lines += 1
        steps: Mapping[type[Line], Callable[[Any], None]] = {
            Began: self._began, Opened: self._opened, Planned: self._planned, Scoped: self._scoped,
            Queued: self._queued, WaveBegun: self._wave_begun, Written: self._written, Outcome: self._outcome,
            Judged: self._judged, Stands: self._stands, Proof: self._proof, LetGo: self._let_go,
        }  # fmt: skip
        steps[type(line)](line)
        self.at = line.at

    # What is there

    def wave(self, number: int) -> Wave:
        if not 1 <= number <= len(self.waves):
            raise Wrong(f" names the wave {number}, and there are {len(self.waves)}")
        return self.waves[number - 1]

    def by_key(self) -> dict[Key, Camera]:
        return {each.key: each for each in self.cameras}

    def unfinished(self) -> list[Wave]:
        return [each for each in self.waves if each.unfinished]

    def to_restore(self) -> list[Camera]:
        """The cameras that are to get back what they had, as far as that is known."""
        return [each for each in self.owed() if each.back and each.back.pipelines is not None]

    def owed(self) -> Iterator[Camera]:
        """Those that are to be taken back, and may have been written to."""
        for each in self.cameras if self.back is not None else ():
            if each.back and not each.excluded and each.status != "let_go" and self.back in (0, each.wave):
                yield each

    def queued(self) -> list[Camera]:
        return [each for each in self.cameras if each.status == "queued" and not each.excluded]

    # Lines

    def _began(self, line: Began) -> None:
        self.rollout, self.id, self.started_at = line.rollout, line.id, line.at

    def _opened(self, line: Opened) -> None:
        self.run, self.at_work = line.run, True
        for each in self.cameras:
            each.fresh = False
        if self.status == "paused":
            self.passed.add(self.pause)

    def _planned(self, line: Planned) -> None:
        if self.written:
            raise Wrong(" is a plan, after something was written")
        self.plan, self.cameras, self.passed = line, [], set()
        self.waves = [Wave(number, name) for number, (name, _count) in enumerate(line.waves, 1)]
        places = [
            (number, "waiting", "") for number, (_name, count) in enumerate(line.waves, 1) for _each in range(count)
        ]
        places += [(0, status, reason) for status, reason, count in line.aside for _each in range(count)]
        if len(places) != len(line.cameras):
            raise Wrong(f".cameras are {len(line.cameras)}, and its waves have {len(places)}")
        for number, (row, (wave, status, reason)) in enumerate(zip(line.cameras, places, strict=True)):
            if row[0] >= len(line.sites):
                raise Wrong(f".cameras[{number}] names a site that is not there")
            site, site_name = line.sites[row[0]]
            _site, nxid, name, host = row
            made = Camera(number, site, site_name, nxid, name, host, wave, status, reason)
            self.cameras.append(made)
            if wave:
                self.waves[wave - 1].cameras.append(made)
        if len(self.by_key()) != len(self.cameras):
            raise Wrong(".cameras names one twice")

    def _scoped(self, line: Scoped) -> None:
        excluded = set(unpacked(line.excluded, len(self.cameras)))
        for each in self.cameras:
            each.excluded = each.number in excluded

    def _queued(self, line: Queued) -> None:
        chosen = self._chosen(line.cameras)
        made, moved = Wave(len(self.waves) + 1, "queue", chosen), {each.number for each in chosen}
        for each in self.waves:
            each.cameras = [camera for camera in each.cameras if camera.number not in moved]
        for camera in chosen:
            camera.wave, camera.status, camera.reason = made.number, "waiting", ""
        self.waves.append(made)

    def _wave_begun(self, line: WaveBegun) -> None:
        wave = self.wave(line.wave)
        wave.attempt, wave.status, wave.reason = line.attempt, "writing", ""
        wave.begun_at = line.at if wave.begun_at is None else wave.begun_at
        wave.wrote, wave.done_at = False, None

    def _written(self, line: Written) -> None:
        if len(line.cameras) != len(line.had):
            raise Wrong(".cameras are not as many as .had")
        self.written = True
        if line.wave:
            self.wave(line.wave).wrote = line.action == "assign"
        for had, numbers in zip(line.had, line.cameras, strict=True):
            way = Way(self.lines, had)
            for camera in self._chosen(numbers):
                if camera.back is not None and self._is_foreign(camera, had):
                    if line.action == "assign" and self._never_had(camera, had):
                        camera.back, camera.sent = way, ()
                    else:
                        camera.foreign = (*camera.foreign, self.lines)
                camera.fresh = line.action == "assign" and camera.back is None
                if camera.fresh:
                    camera.back = way
                camera.on_its_way, camera.returning = True, line.action == "restore"
                if line.action == "assign" and line.sent not in camera.sent:
                    camera.sent = (*camera.sent, line.sent)

    @staticmethod
    def _is_foreign(camera: Camera, had: Wire | None) -> bool:
        """Whether what it has is neither what it had nor what the rollout has sent."""
        own = [camera.back.pipelines if camera.back else None, *camera.sent]
        return had is not None and not any(each is not None and alike(each, had) for each in own)

    @staticmethod
    def _never_had(camera: Camera, had: Wire | None) -> bool:
        """Whether what was sent was never seen there, and is not in what somebody else has given it since.

        Then that is what it is to have again: it had it when it was really written.
        """
        before = camera.back.pipelines if camera.back else None
        new = [each for sent in camera.sent for each in sent if not any(alike([each], [one]) for one in before or [])]
        return camera.on_its_way and not any(alike([each], [one]) for each in new for one in had or [])

    def _outcome(self, line: Outcome) -> None:
        for status, reason, effect, numbers in line.groups:
            for camera in self._chosen(numbers):
                camera.status, camera.reason, camera.changed_at = status, reason, line.at
                if line.action == "gate":
                    continue
                if camera.fresh and not effect:
                    camera.back, camera.on_its_way, camera.sent = None, False, ()
                camera.fresh = False
                if status in ("applied", "rolled_back"):
                    camera.on_its_way = camera.returning = False
                if line.action == "restore" and status == "rolled_back":
                    camera.back, camera.sent = None, ()

    def _judged(self, line: Judged) -> None:
        wave = self.wave(line.wave)
        wave.status, wave.reason = line.verdict, line.reason
        if line.verdict == "written":
            wave.soak = line.soak
            if wave.wrote or wave.written_at is None:
                wave.written_at = line.at
        if line.verdict == "done":
            wave.done_at = line.at

    def _stands(self, line: Stands) -> None:
        if line.back:
            self.wave(line.back)
        # A run that begins to take back goes on. One that says so once more ends without having done it.
        self.at_work = line.status == "running" or (line.status == "rolling_back" and self.status != "rolling_back")
        self.status, self.message, self.pause = line.status, line.message, line.pause
        self.back = line.back if line.status == "rolling_back" else None

    def _proof(self, line: Proof) -> None:
        camera = self._chosen([line.camera])[0]
        self.asked = None if line.proved else line
        if line.proved:
            if line.shape not in self.shapes:
                self.shapes.append(line.shape)
            if camera.back and camera.back.pipelines is None:
                camera.back = Way(self.lines, [])

    def _let_go(self, line: LetGo) -> None:
        for camera in self._chosen(line.cameras):
            camera.status, camera.reason, camera.changed_at = "let_go", "let go on request", line.at

    def _chosen(self, numbers: Sequence[Any]) -> list[Camera]:
        return [self.cameras[each] for each in unpacked(numbers, len(self.cameras))]


def assignment_of(pipelines: Wire) -> Assignment:
    return tuple(map(Pipeline.read, pipelines))


def alike(one: Wire, other: Wire) -> bool:
    """Whether the second is what a camera would report that was given the first."""
    return one == other or compare(assignment_of(one), assignment_of(other)) is not None
