# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a model: whether the cloud has it, as far as that can be known, and whether Nx would run it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from .._api.records.file_mark import FileMark, join_documentation, split_documentation
from .._api.records.records import Model
from .._core.errors import BadInput
from .._core.files import read_regular
from .._engine.module import Task
from .._engine.reconcile import Plan
from .._onnx.check import check_model
from .._onnx.header import inspect_file, other_format
from .._onnx.partial import missing_part
from .._onnx.report import PARTIAL
from .._onnx.runtime import has_library


class ModelFile:
    """The option ``file`` of a task, and what is said of it in the result."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._options = task.options
        self.mark: FileMark | None = None  # None: there is no such option
        self.is_sent = False
        self._stamp: tuple[int, ...] = ()
        self.findings: dict[str, Any] = {}

    def inspect(self) -> None:
        if self._options["file"]:
            self._stamp = _stamp(self._options["file"])
            self.mark = inspect_file(self._options["file"])

    @property
    def path(self) -> str | None:
        """What goes out with the model: the file, where it is to be sent."""
        return self._options["file"] if self.is_sent else None

    def planned(self, plan: Plan, found: Model | None, documentation: str | None, header: str) -> Plan:
        """The same plan with the file in it where it is to be sent, and the digest mark kept or renewed.

        ``documentation``: as declared or shown; None where it is neither, and so would be lost.
        """
        in_cloud = found.digest if found else None
        self.is_sent = self.mark is not None and self._differs(self.mark, found)
        if self.is_sent and documentation is None:
            raise BadInput(
                f"send the file of the {header}",
                "its digest goes into the documentation, which the service does not show and which would be lost",
                f"Declare the documentation as well. {self._task.client.contract.hint('fields.model.documentation')}",
            )
        if self.mark is not None and found is not None and in_cloud is None and not self.is_sent:
            self._task.warn(
                f"The {header} carries no digest, so it is not known whether it was made of {self._options['file']}. "
                "It was not sent; force: true sends it."
            )
        text = plan.send.get("Documentation", documentation) or ""
        send = dict(plan.send)
        if self.is_sent or "Documentation" in send:
            mark = self.mark if self.is_sent else in_cloud
            send["Documentation"] = join_documentation(split_documentation(text)[0], mark)
        if not self.is_sent:
            return replace(plan, send=send)
        self._check()
        before = {**plan.before, "file": _described(in_cloud)} if found else plan.before
        action = plan.action if plan.action == "create" else "update"
        return replace(
            plan, action=action, before=before, after={**plan.after, "file": _described(self.mark)}, send=send
        )

    def _differs(self, mark: FileMark, found: Model | None) -> bool:
        if found is None:
            return True
        if self._options["force"] and (found.digest is None or found.state == "failed"):
            return True
        if found.digest is not None:
            return found.digest.sha256 != mark.sha256
        return found.size is not None and found.size != mark.size

    def _check(self) -> None:
        """As strict as the option says. A file that is a part of a model only is refused in any case."""
        mode, file = self._mode(), self._options["file"]
        if mode == "off":
            self._refuse_a_part(file)
            return
        try:
            report = check_model(file, self._options["max_size"], self.mark, self._options)
        except BadInput as error:
            if mode == "strict":
                raise
            self._refuse_a_part(file)
            self._task.warn(str(error))
            return
        self._refuse_another(file)
        self.findings = {"findings": [asdict(each) for each in report.findings]}
        refusing = [each for each in report.errors if mode == "strict" or each.code in PARTIAL]
        if refusing:
            answer = " ".join(f"{each.message} {each.advice}" for each in refusing)
            raise BadInput(f"check the model file {file}", answer, "Nothing was sent.", result=self.findings)
        for each in report.findings:
            self._task.warn(f"{file}: {each.message} {each.advice}")

    def _mode(self) -> str:
        """Without the option: the check warns where it can be made, and nobody has to install anything for it."""
        chosen: str | None = self._options["check_file"]
        if chosen is not None:
            return chosen
        is_checked = other_format(self._options["file"]) is not None or has_library("onnx")
        return "warn" if is_checked else "off"

    def _refuse_a_part(self, file: str) -> None:
        """What needs no library, and no option takes: half a model is of no use to anybody."""
        try:
            missing = missing_part(file)
        except OSError as error:
            raise BadInput(f"check the model file {file}", error.strerror or "it cannot be read", "") from error
        self._refuse_another(file)
        if missing:
            advice = "Nothing was sent. nxai_model_prepare takes weights of other files into one; else export it again."
            raise BadInput(f"check the model file {file}", f"it is a part of a model only: {missing}", advice)

    def _refuse_another(self, file: str) -> None:
        """What is sent is held against the digest, and what was looked into against what is sent."""
        if _stamp(file) != self._stamp:
            raise BadInput(f"check the model file {file}", "it changed while it was looked into", "Run the task again.")

    def in_cloud(self, found: Model | None) -> dict[str, str]:
        """``same``, ``different`` or ``unknown``, for the file of the task against the model after the task."""
        if self.mark is None or found is None:
            return {}
        if found.digest is None:
            return {"file_in_cloud": "unknown"}
        return {"file_in_cloud": "same" if found.digest == self.mark else "different"}

    def read_back(self, found: Model, header: str) -> str | None:
        """After an upload: what is wrong with the file that was kept, if anything. Warns if no digest is."""
        if not self.is_sent:
            return None
        if found.digest is None:
            self._task.warn(
                f"The service does not keep or not show the digest that was sent with the {header}. So changes of its "
                "file cannot be noticed here: each further run says so, and sends the file only with force: true. "
                + self._task.client.contract.hint("fields.model.documentation")
            )
        elif found.digest != self.mark:
            return f"it carries the digest of another file now ({_described(found.digest)})"
        return None


def _stamp(path: str) -> tuple[int, ...]:
    """What tells a file from one that was put in its place, if only for a while; () where there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def documentation_of(options: Mapping[str, Any]) -> str | None:
    """As declared, without a mark: that belongs to the file, not to the text."""
    text = _text_of(options["documentation_file"]) if options["documentation_file"] else options["documentation"]
    return None if text is None else split_documentation(text)[0]


def _text_of(path: str) -> str:
    tried = f"read the documentation file {path}"
    try:
        return read_regular(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise BadInput(tried, "it is not text in UTF-8", "Convert it.") from None
    except OSError as error:
        raise BadInput(tried, error.strerror or "it cannot be read", "Check the path and who may read it.") from None


def _described(mark: FileMark | None) -> str:
    return f"sha256 {mark.sha256}, {mark.size} bytes" if mark else "unknown"
