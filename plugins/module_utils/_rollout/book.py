# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout as a run has it in hand: its journal, what that comes to, and the pages that are made of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from .._core.errors import BadInput
from .._core.files import check_trusted, read_regular, replace_file
from .artefact import pack, to_take, unpack
from .journal import Content, Journal
from .ledger import Ledger
from .lines import Began, Line, Stands, Wrong, said
from .page.document import as_html
from .report import as_report

REPORT = "rollout-report.json"
PAGE = "rollout-report.html"
_EVERY = 30.0  # seconds: in a long wave the report is made anew so often, to show that a run is at work


class Book:
    """In check mode lines only count for this task: nothing is written."""

    def __init__(
        self, path: str, trusted_owner: str | None, check_mode: bool, clock: Callable[[], float] = time.time
    ) -> None:
        self.folder = Path(path)
        self.check_mode = check_mode
        self.ledger = Ledger()
        self.now = clock
        self._trusted_owner = trusted_owner
        self._journal = Journal(self.folder, trusted_owner)
        self._turn = Lock()
        self._others: bytes = b""  # of a journal that another machine handed on: what comes after the lines at hand
        self._content = Content()
        self._writing = False
        self._published = clock()

    @property
    def exists(self) -> bool:
        return self.ledger.plan is not None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """What is on the disk, and nobody else writes meanwhile."""
        with nullcontext() if self.check_mode else self._journal.locked():
            self.read()
            yield

    def read(self) -> None:
        self._content = self._journal.read()
        try:
            self.ledger = Ledger.of(self._content.rows)
        except Wrong as error:
            advice = "Use the version of the collection that wrote it, or choose another pipeline_rollout_path."
            raise BadInput(f"Read {self._journal.path}", str(error), advice) from None

    def torn(self) -> str:
        """For people: a part of a line was not on the disk when a run or the machine ended. Its request never went."""
        return "The last line of the journal was not whole: it is left out." if self._content.torn else ""

    def take(self, saved: str, rollout: str) -> str:
        """Go on with what another job handed on, where that is newer. Why it is not taken, for people."""
        handed = unpack(saved)
        taken, why = to_take(handed, self._content, rollout, self.ledger.id)
        if taken:
            self.ledger, self._others = handed.ledger, handed.data[self._content.size :]
            self._content = replace(handed.content, size=self._content.size, torn=self._content.torn)
        return why

    def begin(self, rollout: str, identifier: str) -> None:
        self.ledger = Ledger()
        self.add(Began(at=self.now(), format=1, rollout=rollout, id=identifier))

    def add(self, *lines: Line) -> None:
        """Return when the lines are on the disk. Threads may call it."""
        if self.check_mode:
            with self._turn:
                self._apply(lines)
            return
        with self._turn:
            if not self._writing:
                self._journal.begin(self._content, self._others)
                self._writing = True
            self._apply(lines)
            given = self._journal.give(line.as_data() for line in lines)
        self._journal.keep(given)
        if abs(self.now() - self._published) >= _EVERY:
            with suppress(BadInput):  # at the end of the step it is said
                self.publish()

    def stands(self, status: str, message: str, back: int = 0, pause: int = 0) -> Stands:
        """The line that says where the rollout stands now."""
        return Stands(at=self.now(), status=status, message=said(message), back=back, pause=pause)

    def adopt(self) -> None:
        """Have on the disk what was taken, also where there is nothing to add to it."""
        if self._others and not self._writing and not self.check_mode:
            self._journal.begin(self._content, self._others)
            self._writing = True

    def _apply(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            try:
                self.ledger.apply(line)
            except Wrong as error:
                advice = "Report this: no run may write such a line."
                raise BadInput(f"Write a line to {self._journal.path}", f"it{error}", advice) from None

    def publish(self) -> dict[str, Any]:
        """The report, and where this run has written its files, made anew. Threads may call it."""
        with self._turn:
            self._published = self.now()
            report = as_report(self.ledger)
        if not self._writing or not self.exists:
            return report
        check_trusted(f"Use {self.folder}", str(self.folder), self._trusted_owner)
        try:
            replace_file(str(self.folder / REPORT), json.dumps(report, indent=1).encode())
            replace_file(str(self.folder / PAGE), as_html(report).encode("utf-8", "replace"))
        except OSError as error:
            advice = "Make room, or let this user write there."
            raise BadInput(f"Write the report in {self.folder}", str(error.strerror), advice) from None
        return report

    def saved(self) -> str:
        """All that another machine needs to go on: whole lines, also where nothing was added after a torn one."""
        if self.check_mode:
            return ""
        size = self._journal.size if self._writing else self._content.size
        try:
            return pack(read_regular(str(self._journal.path))[:size])
        except OSError as error:
            raise BadInput(f"Read {self._journal.path}", str(error), "Restore the file.") from None
