# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a model goes out: in the form that the contract says, or in another one that the service turns out to want."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import Refused
from .._http.answer import Answer
from .._http.multipart import FORMS, Multipart
from .._http.operation import Operation
from .._http.transport import Transport
from .contract.contract import Contract
from .contract.operations import CREATE_MODEL
from .records.file_mark import FileMark

Progress = Callable[[int, int], None]  # bytes sent, bytes in all
_WORDS = {
    "multipart": "as a form of two parts",
    "multipart_json": "as a form whose part with the members says that it is JSON",
    "json": "as JSON, with the file in it",
}


class Uploading:
    """Of one client."""

    def __init__(self, transport: Transport, contract: Contract) -> None:
        self._transport = transport
        self._contract = contract

    def send(
        self,
        operation: Operation,
        path: Mapping[str, str],
        data: Mapping[str, Any],
        file: str | None,
        mark: FileMark | None,
        progress: Progress | None,
        found: Callable[[], str | None] | None = None,
    ) -> Answer | str:
        """Send it. Only a 415 says that nobody has looked at it: then it is sent in the other forms, one after another.

        ``found``: looks for what a creation may have made all the same; what it gives is returned.
        """
        key = f"upload.{'create' if operation.name == CREATE_MODEL.name else 'change'}_body"
        findings, first = self._transport.findings, self._form(key)
        refusal: Refused | None = None
        for form in (first, *(each for each in FORMS if each != first)):
            body = self._body(form, data, file, mark, progress)
            try:
                answer = self._transport.send(operation, path=path, body=body)
            except Refused as error:
                refusal = refusal or error
                if error.status != 415:
                    raise
                there = found() if found else None
                if there is not None:
                    return there
                continue
            if form != first:
                findings.note(f"The service takes {operation.name} only {_WORDS[form]}", {key: form})
            return answer
        raise refusal if refusal is not None else AssertionError("there is a form")

    def _form(self, key: str) -> str:
        known: str = getattr(self._contract.upload, key.partition(".")[2])
        return str(self._transport.findings.found.get(key, known))

    def _body(
        self, form: str, data: Mapping[str, Any], file: str | None, mark: FileMark | None, progress: Progress | None
    ) -> Multipart:
        names = self._contract.upload
        parts = (names.data, names.json_file if form == "json" else names.file)
        return Multipart(data, file, mark.size if mark else None, progress, mark.sha256 if mark else None, parts, form)
