# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract: what is relied on of the API, as it is known or as a file says. The one place that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..._connection.settings import ActAs
from ..._core.errors import NxaiError
from ..._core.values import identity
from ..._http.answer import Answer
from ..._http.operation import Operation, relied_on
from .lines import LINES, WORDS, hint
from .operations import OPERATIONS
from .translation import Translation, path_of, value_at

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Auth:
    """How a token is sent, how one is asked for, which one signs what writes, and for whom all is done."""

    scheme: str = LINES["auth.scheme"].default
    token_request: str = LINES["auth.token_request"].default
    token_on_writes: str = LINES["auth.token_on_writes"].default
    scope: str = LINES["auth.scope"].default
    act_as: ActAs | None = None


@dataclass(frozen=True)
class Upload:
    """The names of the two parts of an upload, what each new model is sent with besides, and in which forms."""

    data: str = LINES["upload.data"].default
    file: str = LINES["upload.file"].default
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    create_body: str = LINES["upload.create_body"].default
    change_body: str = LINES["upload.change_body"].default
    json_file: str = LINES["upload.json_file"].default
    catalogues: str = LINES["upload.catalogues"].default


@dataclass(frozen=True)
class Assigning:
    """What is otherwise of the request that assigns pipelines, beside its names.

    ``devices_at_once``: 0 for as many as are wanted. ``read_only``: keys that the service shows and does not take.
    ``left_out``: those that it leaves out where they are empty. ``shown_whole``: names like those of secrets, whose
    values it shows. ``site``: the member that holds the id of the site, which is in the path as well; "" for none.
    """

    devices_at_once: int = LINES["assignment.devices_at_once"].default
    as_list: bool = LINES["assignment.as_list"].default
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    read_only: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    shown_whole: tuple[str, ...] = ()
    site: str = LINES["assignment.site"].default


@dataclass(frozen=True)
class Contract:
    """``operations``: all, by name. ``fields`` and ``words``: those that the file gives, ``device.pipelines`` -> paths.

    Inside of the collection all has its known name. ``known`` and ``outgoing`` translate at the edge.
    """

    operations: Mapping[str, Operation] = field(default_factory=lambda: dict(OPERATIONS))
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    auth: Auth = Auth()
    upload: Upload = Upload()
    new_catalogue: Mapping[str, Any] = field(default_factory=dict, hash=False)  # what each is sent with besides
    assignment: Assigning = Assigning()
    no_pipelines: frozenset[str] = frozenset()

    @cached_property
    def _translation(self) -> Translation:
        return Translation(self.fields, self.words)

    def known(self, record: str, rows: list[Row]) -> list[Row]:
        """Records of an answer in the known names; the same list where the file says nothing of them."""
        if not self._translation.changes(record):
            return rows
        return [self._translation.incoming(record, row) for row in rows]

    def outgoing(self, record: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be sent, in the names of the service."""
        return self._translation.outgoing(record, data)

    def places(self, name: str) -> tuple[str, ...]:
        """Where a field is looked for, such as ``device.pipelines``: dotted paths, the first that is there counts."""
        found: tuple[str, ...] = self.fields.get(name) or LINES[f"fields.{name}"].default
        return found

    def rows(self, data: Any) -> list[Any] | None:
        """The list in the answer to a listing, or None."""
        lists = (value_at(data, path_of(place)) for place in self.places("answer.rows"))
        return next((each for each in lists if isinstance(each, list)), None)

    def total(self, answer: Answer) -> int | None:
        """The number of all rows, where the answer tells it: in a header, or in its body."""
        for place in self.places("answer.total"):
            found = answer.headers.get(place)
            found = value_at(answer.data, path_of(place)) if found is None and isinstance(answer.data, dict) else found
            said = str(found).strip()
            if said.isascii() and said.isdigit() and len(said) < 10:
                return int(said)
        return None

    def created(self, data: Any) -> str | None:
        """The UUID of what was created, or None."""
        found = (identity(value_at(data, path_of(place))) for place in self.places("answer.created"))
        return next(filter(None, found), None)

    def is_not_applicable(self, error: NxaiError) -> bool:
        """Whether a refusal says that no device can take pipelines. The same statuses have other meanings, too."""
        words = (*WORDS["not_applicable"][0], *self.words.get("not_applicable", ()))
        return error.status in (400, 409, 422) and any(word in error.answer.lower() for word in words)

    def hint(self, key: str) -> str:
        """For the end of an error's advice: that it relied on this line."""
        section, _dot, name = key.partition(".")
        given = name in {"fields": self.fields, "words": self.words}.get(section, {})
        return relied_on(key, "your contract") if given else hint(key)


KNOWN = Contract()
