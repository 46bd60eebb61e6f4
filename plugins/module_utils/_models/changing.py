# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of models, after which what was not named is as it was: a service may give its defaults to what is not sent.

The contract can say that it does so. Without such a line the first change is looked at, and what has gone is sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._api.contract.lines import RECORDS
from .._api.contract.operations import UPDATE_MODEL
from .._api.records.pipeline import understood_number
from .._api.records.records import Model
from .._api.uploading import Progress
from .._core.errors import BadInput, NxaiError, Unexpected
from .._core.values import UUID_TEXT, plain, to_json
from .._engine.module import Task
from .._engine.reconcile import same
from .fields import FIELDS, is_whole, known_row
from .memberships import Memberships
from .texts import same_text

REPLACES = "operations.update_model.replaces"
_SENT = tuple(dict.fromkeys(each.wire[0] for each in FIELDS))
_READ_ONLY = frozenset(
    [plain(place.partition(".")[0]) for line in RECORDS["model"].values() if not line.sent for place in line.default]
    + ["namedinput", "namedoutput", "(not read)"]
)
_INPUT = "InputDriverDetails"
_DEAR = ("Documentation", _INPUT, "Catalogues")  # which every model has
_MOST = 4000  # characters of what is lost, in an error
_NOTHING: tuple[Any, ...] = (None, "", [], {}, 0)


class Changing:
    """Of one task."""

    def __init__(self, task: Task) -> None:
        self._compute = task.client.compute
        self._contract = task.client.contract
        self._transport = task.client.transport
        self._restless: frozenset[str] = frozenset()  # members that differed from look to look before anything was sent
        self._keeps = False  # whether a change was seen after which all else was as before

    @property
    def replaces(self) -> bool:
        known = self._transport.sent_as(UPDATE_MODEL).replaces
        return bool(self._transport.findings.found.get(REPLACES, known))

    def send(
        self, model: Model, data: Mapping[str, Any], file: str | None = None, progress: Progress | None = None
    ) -> None:
        """Change it. Where that replaces the whole, all that is understood of it goes along."""
        if self.replaces:
            data = {**self._whole(self._compute.in_full(model), data), **data}
        self._compute.update_model(model.uuid, data, file, progress)

    def expect(self, first: Model, second: Model) -> None:
        """Two looks before a change: what differs between them says nothing of the change."""
        one, other = _members(first), _members(second)
        self._restless = frozenset(each for each in {*one, *other} if one.get(each) != other.get(each))

    def put_back(self, before: Model, data: Mapping[str, Any], now: Model | None = None) -> bool:
        """Send back what is not there any more since ``data`` was sent. Whether that was needed.

        ``now``: the model after that, where it was looked at already. Raises ``Unexpected``, with the values, where
        that does not help.
        """
        kept = {name: value for name, value in _kept(before, data).items() if name not in self._restless}
        if self.replaces or self._keeps or not kept:
            return False
        gone = self._gone(before, kept, now)
        self._keeps = not gone
        if not gone:
            return False
        if not set(gone) <= set(data):
            what = f"A change of the model {before.name} has taken away or changed what was not named"
            was = f"{', '.join(gone)}. It is sent again as it was before: {to_json(gone)[:_MOST]}"
            self._transport.findings.note(f"{what}: {was}", {REPLACES: True})
        left, refusal = gone, ""
        try:
            self._compute.update_model(before.uuid, {**self._whole(before, data), **gone, **data})
        except NxaiError as error:
            refusal = f" ({error.answer})"
        left = self._gone(before, gone)
        if left:
            answer = "the service has taken away or changed what was to stay, and it does not come back"
            line = "fields.model.catalogues" if set(left) == {"Catalogues"} else REPLACES
            raise Unexpected(
                f"change the model {before.name}",
                f"{answer}{refusal}: {to_json(left)[:_MOST]}",
                f"Put it back in the portal. {self._contract.hint(line)}",
                result={"changed": True},
            )
        return True

    def _gone(self, before: Model, kept: Mapping[str, Any], now: Model | None = None) -> dict[str, Any]:
        """Those that hold nothing now, less, or something else, in both views. Of a model that does not show, none."""
        if now is None:
            now = next((each for each in self._compute.list_models() if each.uuid == before.uuid), None)
        single = None if now else self._compute.get_model(before.uuid)
        gone = _lacking(kept, now or single)
        return _lacking(gone, self._compute.in_full(now)) if gone and now else gone

    def _whole(self, model: Model, data: Mapping[str, Any]) -> dict[str, Any]:
        """All that is understood of it, to be sent. Raises ``BadInput`` where that is not the whole."""
        row = {name: value for name, value in _members(model).items() if value is not None}
        hidden = [name for name in _DEAR if name not in {**row, **data}]
        hidden += [name for name in row if name == _INPUT and name not in data and not is_whole(row[name])]
        catalogues = row.get("Catalogues") or []
        if not all(UUID_TEXT.fullmatch(each) for each in catalogues):
            known = Memberships(self._compute, self._contract, self._compute.list_catalogues())
            row["Catalogues"] = known.of(model)
        if hidden:
            raise BadInput(
                f"change the model {model.name}",
                f"a change replaces the whole of it, and the service does not show {', '.join(hidden)}",
                f"Declare these as well, or make the change in the portal. {self._contract.hint(REPLACES)}",
            )
        return row


def taken_away(before: Model, data: Mapping[str, Any], now: Model) -> dict[str, Any]:
    """What the model had beside ``data``, which was sent, and has not any more."""
    return _lacking(_kept(before, data), now)


def _kept(before: Model, data: Mapping[str, Any]) -> dict[str, Any]:
    members = {
        name: _unchanged(name, value, data[name]) if name in data else value for name, value in _members(before).items()
    }
    return {name: value for name, value in members.items() if value not in _NOTHING}


def _unchanged(name: str, before: Any, sent: Any) -> Any:
    """Of what was sent as a whole, what is in it as before: members of an object, or catalogues."""
    if name == "Catalogues" and isinstance(before, list):
        return [each for each in before if each in sent]
    if not isinstance(before, Mapping) or not isinstance(sent, Mapping):
        return None
    return {key: value for key, value in before.items() if key in sent and _same(sent[key], value)}


def _members(model: Model) -> dict[str, Any]:
    """What can be sent of it: its known members, and those that are not known."""
    return {name: value for name, value in known_row(model).items() if name in _SENT or plain(name) not in _READ_ONLY}


def _lacking(kept: Mapping[str, Any], now: Model | None) -> dict[str, Any]:
    row = _members(now) if now else dict(kept)
    return {
        name: value
        for name, value in kept.items()
        if _is_less(row.get(name), value) or (name in row and _is_other(name, row[name], value))
    }


def _is_less(now: Any, before: Any) -> bool:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return any(_is_less(now.get(name), value) for name, value in before.items())
    return before not in _NOTHING and now in _NOTHING


def _is_other(name: str, now: Any, before: Any) -> bool:
    """Whether a member that is known means something else than before. Others may be the service's, and change."""
    if name == "Catalogues" and isinstance(now, list):
        return not set(before) <= set(now)  # another run may have put it into more of them
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return any(key in now and not _same(now[key], value) for key, value in before.items())
    return name in _SENT and type(now) is type(before) and not _same(now, before)


def _same(one: Any, other: Any) -> bool:
    """Numbers may be texts, and texts be shown in another form."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    numbers = [understood_number(each) for each in (one, other)]
    if None not in numbers:
        return same(*numbers)
    return same(one, other) or (isinstance(one, str) and isinstance(other, str) and same_text(one, other))
