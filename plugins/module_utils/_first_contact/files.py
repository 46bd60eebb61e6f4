# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files. Only what first contact itself has written is written over, and a snapshot that is open never is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress

from .._core.errors import BadInput
from .._core.files import make_folder, read_regular, replace_file
from .evidence import MARK as EVIDENCE_MARK
from .kept import Kept
from .report import MARK as REPORT_MARK

CONTRACT_MARK = "# A contract of nxai.cloud, written by first contact."
_HEAD = f"""{CONTRACT_MARK} Its next run in this folder begins with it.
# To use it: export NXAI_CONTRACT=PATH-OF-THIS-FILE
"""
SNAPSHOT = "first-contact-snapshot.json"
NAMES = {"contract": "nxai-contract.yml", "report": "first-contact.md", "evidence": "first-contact-evidence.json"}
_MARKS = {"contract": CONTRACT_MARK, "report": REPORT_MARK, "evidence": f'"written_by": "{EVIDENCE_MARK}"'}
_MARKS["snapshot"] = _MARKS["evidence"]
_MOST = 1 << 22
_TRIED = "Write the files of first contact"


def contract_text(lines: str, nothing: str) -> str:
    """The file that holds these lines of YAML. Where there are none it says ``nothing``."""
    return f"{_HEAD}---\n{lines}" if lines else f"{_HEAD}# {nothing}\n"


class Files:
    """In a folder. Raises ``BadInput`` where one of them could not be written. ``kept``: the snapshot."""

    def __init__(self, folder: str) -> None:
        self.paths = {name: os.path.join(os.path.abspath(folder), file) for name, file in NAMES.items()}
        self._all = {**self.paths, "snapshot": os.path.join(os.path.abspath(folder), SNAPSHOT)}
        self.before = {name: self._content(name, path) for name, path in self._all.items()}
        path, content = self._all["snapshot"], self.before["snapshot"]
        age = time.time() - os.path.getmtime(path) if content else 0.0
        self.kept = Kept(path, content, age, self.paths["contract"] if self.before["contract"] else "")

    def _content(self, name: str, path: str) -> str:
        """What is there, "" for nothing."""
        if not os.path.lexists(path):
            return ""
        advice = "Move it away, or choose another folder with first_contact_dir."
        try:
            if os.path.islink(path):
                raise BadInput(_TRIED, f"{path} is a link", advice)
            content = read_regular(path, _MOST).decode("utf-8", "replace")
        except OSError as error:
            raise BadInput(_TRIED, f"{path}: {error.strerror}", advice) from None
        if _MARKS[name] not in content[:200]:
            raise BadInput(_TRIED, f"{path} is there already, and is not from first contact", advice)
        return content

    def keep(self) -> None:
        """Write down what a camera has before it is taken from it."""
        self._replace(self.kept.path, self.kept.as_text())

    def write(self, contents: Mapping[str, str]) -> None:
        """One without content is left out, and the snapshot removed then."""
        for name, path in self._all.items():
            if contents[name]:
                self._replace(path, contents[name])
        if not contents["snapshot"]:
            with suppress(FileNotFoundError):
                os.unlink(self.kept.path)

    @staticmethod
    def _replace(path: str, content: str) -> None:
        try:
            make_folder(os.path.dirname(path))
            replace_file(path, content.encode())
        except OSError as error:
            raise BadInput(_TRIED, f"{error.filename}: {error.strerror}", "Choose another first_contact_dir.") from None
