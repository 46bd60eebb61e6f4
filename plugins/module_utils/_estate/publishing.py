# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the fleet, and write its page and what the next report is to know. Nothing is written to the cloud."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from .._core.errors import BadInput, NxaiError
from .._core.files import check_trusted, check_trusted_file, make_folder, read_regular, replace_file
from .._doctor.checks import diagnose
from .._doctor.reading import seen_by
from .._engine.module import Task
from .fleet.memory import MOST_BYTES, Memory, Wrong
from .fleet.report import Report, as_report
from .fleet.summary import summary_of
from .page.document import MARK_OF_PAGE, as_html

PAGE, MEMORY = "fleet.html", "fleet.json"
_TRIED = "Write the report of the fleet"


def write_report(task: Task) -> dict[str, Any]:
    """Some of its sites have to be there at least: a page of nothing would take the place of a good one."""
    files = Files(task.options["dir"], task.options["trusted_owner"], task.warn)
    seen = seen_by(task)
    if seen.sites is None:
        raise seen.errors["sites"][0]
    if not seen.sites and files.memory and files.memory.sites:
        advice = "Correct the option sites, or act_as. If it is so, move fleet.html and fleet.json away."
        raise BadInput(_TRIED, "there are no sites, and the last report had some: the page stays as it is", advice)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    report = replace(as_report(seen, diagnose(seen), files.memory, task.options["sites"], now), lost=files.lost)
    changed = report.changed or not files.has_page
    if not task.check_mode:
        files.write(report)
    return {
        "changed": changed,
        "files": files.paths,
        "previous_at": report.before_at,
        "totals": report.totals(),
        "changes": report.change_lines(),
        "problems": report.problem_lines(),
        "summary": summary_of(report),
        "unread_sites": [{"site": each.id, "name": each.name, "reason": each.why} for each in report.sites if each.why],
    }


class Files:
    """In a folder that nobody else can write to. ``memory``: what the last report knew, None where there is none.

    Only what is from a report is written over. A memory that cannot be used is named, and left as it is; ``lost`` says
    why.
    """

    def __init__(self, folder: str, trusted_owner: str | None, warn: Callable[[str], None]) -> None:
        self._folder = os.path.abspath(folder)
        self.paths = {"page": os.path.join(self._folder, PAGE), "memory": os.path.join(self._folder, MEMORY)}
        check_trusted(f"Use {self._folder}", self._folder, trusted_owner)
        self.has_page = self._check_page()
        self.memory: Memory | None = None
        self.lost = ""
        try:
            self.memory = self._read_memory(trusted_owner)
        except (NxaiError, Wrong, OSError) as error:
            self.lost = getattr(error, "answer", None) or getattr(error, "strerror", None) or str(error)
            warn(
                f"{self.paths['memory']} cannot be used: {self.lost}. It is left as it is, and this report knows "
                "nothing of earlier ones. Move it away, and the next report begins anew."
            )

    def _check_page(self) -> bool:
        path = self.paths["page"]
        if not os.path.lexists(path):
            return False
        advice = "Move it away, or choose another folder."
        try:
            if os.path.islink(path):
                raise BadInput(_TRIED, f"{path} is a link", advice)
            head = read_regular(path, 2_000)
        except OSError as error:
            raise BadInput(_TRIED, f"{path}: {error.strerror}", advice) from None
        if MARK_OF_PAGE.encode() not in head:
            raise BadInput(_TRIED, f"{path} is there already, and is no report of a fleet", advice)
        return True

    def _read_memory(self, trusted_owner: str | None) -> Memory | None:
        path = self.paths["memory"]
        if not os.path.lexists(path):
            return None
        if os.path.islink(path):
            raise Wrong("it is a link")
        check_trusted_file(f"Read {path}", path, trusted_owner)
        content = read_regular(path, MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Wrong(f"it has more than {MOST_BYTES >> 20} MiB")
        return Memory.of(content)

    def write(self, report: Report) -> None:
        """The page first: whatever ends this in between, the next report tells too much rather than too little."""
        try:
            make_folder(self._folder)
            replace_file(self.paths["page"], as_html(report).encode("utf-8", "replace"))
            if not self.lost:
                replace_file(self.paths["memory"], report.memory.as_bytes())
        except OSError as error:
            advice = "Make room, or let this user write there."
            raise BadInput(f"{_TRIED} in {self._folder}", str(error.strerror), advice) from None
