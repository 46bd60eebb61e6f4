# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where devices show what runs on them, and what the members of a pipeline are called. Pure.

A place counts only if its elements name models that are listed: a wrong place would make pipelines invisible.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from ..._api.contract.contract import Contract
from ..._api.contract.forms import EACH, each_of, split
from ..._api.contract.lines import RECORDS
from ..._api.contract.translation import STEP, path_of, value_at
from ..._api.records.assignment import Known, Unknown, read_assignment
from ..._api.records.following import hidden_in, lines_of, lines_shown
from ..._api.records.pipeline import RESIZING_METHODS, models_of, understood_number
from ..._core.errors import BadInput
from ..._core.values import identity, plain
from .draft import Draft, Proposal
from .places import MOST_ROWS, Path, dotted, last, members, unpacked
from .records import Fits, Inferred, Row, Rows, ids_of, is_text

_PIPELINES = "fields.device.pipelines"
_MODEL = "fields.pipeline.model"
_LEFT_OUT = "assignment.left_out"
_SAID = {"chains": "what follows on it", "modelNMS": "a threshold", "resizingMethod": "how images are resized"}
# A name of what is no longer, not yet, or not for this device alone: a wrong place would be written over what runs.
_OTHER = re.compile(
    "default|previous|former|last|old|histor|past|backup|recommend|suggest|available|supported|possible|allowed|choice"
    "|template|preset|group|draft|plan|schedul|pending|next",
    re.IGNORECASE,
)


def infer_pipelines(rows: Rows, draft: Draft, models: set[str]) -> Inferred:
    """``rows``: of devices, raw. ``models``: the ids of all models that are listed."""
    rows, found = [row for row in list(rows)[:MOST_ROWS] if ids_of("device", row, draft.contract)], Inferred()
    if not _assigned(rows, draft.contract):
        place = _place(rows, draft, models)
        if place is not None and _is_partial(rows, draft.adding(place).contract):
            found.questions.append(
                f"{_PIPELINES}: pipelines were found at {place.lines.get(_PIPELINES)}, and beside them rows say that"
                " there are more than these. What is not shown would be lost. Where are all pipelines of a device?"
            )
        elif place is not None and (doubt := _doubt(rows, str(place.lines.get(_PIPELINES, "")), draft.adding(place))):
            found.questions.append(
                f"{_PIPELINES}: {doubt} If that is what each camera runs now, say so with this line: else that is lost."
            )
        elif place is not None:
            draft = draft.adding(place)
            found.proposals.append(place)
        elif any(_may_hold(row, models) for row in rows):
            found.questions.append(
                f"{_PIPELINES}: rows of devices name models, but not in a list that can be read as pipelines. Where are"
                " the pipelines of a device?"
            )
    elements = elements_of(rows, draft.contract)
    _infer_spelling("model", elements, draft.contract, found)
    for name, (fits, near) in _MEMBERS.items():
        _infer_member(name, elements, draft.contract, fits, near, found)
    _infer_left_out(rows, reduce(Draft.adding, found.proposals, draft).contract, found)
    return found


def _infer_left_out(rows: Rows, contract: Contract, found: Inferred) -> None:
    """Whether pipelines that do not show a setting have none: so it is where others show theirs."""
    pipelines = [pipeline for each in _assigned(rows, contract) for pipeline in each.pipelines]
    said = lines_of(contract.assignment.left_out)
    left = hidden_in(pipelines, said)
    if not left:
        return
    unclear = hidden_in(pipelines, said | lines_shown(pipelines))
    if clear := [name for name in left if name not in unclear]:
        why = "other pipelines show it where there is something"
        found.proposals.append(Proposal({_LEFT_OUT: [*contract.assignment.left_out, *clear]}, why))
    for name in unclear:
        found.questions.append(
            f"{_LEFT_OUT}: no pipeline shows {_SAID[name]} ({name}). Is there none? Then say so with"
            f" {_LEFT_OUT}: [{name}]. Else it would be lost, so nothing is written to such cameras."
        )


def running(rows: Rows, contract: Contract) -> set[str]:
    """The models that devices are known to run, by id."""
    return {model for each in _assigned(rows, contract) for model in models_of(each.pipelines)}


def _assigned(rows: Rows, contract: Contract) -> list[Known]:
    """What is known of the devices that run something."""
    known = map(read_assignment, contract.known("device", list(rows)))
    return [each for each in known if isinstance(each, Known) and each.pipelines]


def _is_partial(rows: Rows, contract: Contract) -> bool:
    """Whether a row says that it shows only some of its pipelines."""
    known = map(read_assignment, contract.known("device", list(rows)))
    return any(isinstance(each, Unknown) and each.partial for each in known)


def _doubt(rows: Rows, place: str, draft: Draft) -> str:
    """Why pipelines in another place may be something else than what runs; "" for no reason."""
    if place and _OTHER.search(place):
        return f"{place} looks like pipelines, and by its name like others than those that run."
    found = [*map(read_assignment, draft.contract.known("device", list(rows)))]
    shown = [each.pipelines for each in found if isinstance(each, Known) and each.pipelines]
    if place and 1 < len(found) == len(shown) and all(each == shown[0] for each in shown):
        return f"{place} looks like pipelines, and every camera shows the same ones there: so look defaults, too."
    return ""


def _may_hold(row: Row, models: set[str]) -> bool:
    return any(identity(value) in models for _path, value in members(row)) or bool([*_lists_of_models(row, models)])


def _place(rows: Rows, draft: Draft, models: set[str]) -> Proposal | None:
    """The place, with that of the model in each pipeline, from which the rows can be read; None if it is not clear."""
    count: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for path, model, weight in _lists_of_models(row, models):
            count[dotted(path), dotted(model)] += weight
    best = [each for each in count if count[each] == max(count.values())]
    good = [each for each in best if not _is_choice(each[0])]
    if len(good) != 1:
        return None
    where, name = good[0]
    lines = {} if _same(where, "device.pipelines") else {_PIPELINES: where}
    lines |= {} if _same(name, "pipeline.model") else {_MODEL: name}
    proposal = Proposal(lines, "nothing that runs is shown where it was expected; here each element names a model")
    try:
        return proposal if _assigned(rows, draft.adding(proposal).contract) else None
    except BadInput:
        return None


def _same(place: str, field: str) -> bool:
    record, _dot, name = field.partition(".")
    return any(plain(place) == plain(each) for each in RECORDS[record][name].default)


def _is_choice(place: str) -> bool:
    """The models that there are to choose from, beside the pipelines (as the media server keeps them)."""
    return plain(place).endswith(".models")


def _lists_of_models(row: Row, models: set[str]) -> Iterator[tuple[Path, Path, int]]:
    """Each list in a row whose elements all name a model in one place, one of them a listed one.

    With that place, and how much else in it looks like a pipeline.
    """
    for path, value in members(row):
        for form, elements in _forms(value):
            for inner, first in members(elements[0], 2):
                ids = [identity(value_at(each, inner)) for each in elements]
                if identity(first) and all(ids) and set(ids) & models and _is_model(elements[0], inner):
                    yield (*path, *form), inner, 1 + 10 * _nearness(elements)


def _forms(value: Any) -> Iterator[tuple[Path, list[Row]]]:
    """The elements that may be pipelines: of a list, of an object by model, and each inside of a member of its own."""
    data = unpacked(value)
    own = list(data.values()) if isinstance(data, Mapping) else data
    if not isinstance(own, list) or not own or not all(isinstance(each, Mapping) for each in own):
        return
    ways: list[Path] = [()] if isinstance(data, Mapping) else []
    ways += [(name,) for name in own[0] if len(own[0]) == 1 and STEP.fullmatch(str(name))]
    if isinstance(data, list):
        yield (), own
    for inside in ways:
        elements = each_of(data, inside, RECORDS["pipeline"]["model"].default)
        if elements and _nearness(elements):
            yield (EACH, *inside), [*elements]


def _nearness(elements: Sequence[Row]) -> int:
    """How many names of members are near to those of a pipeline."""
    names = {last(path) for each in elements for path, _value in members(each, 1)}
    return sum(any(near in name for near in _NEAR) for name in names)


def _is_model(element: Row, path: Path) -> bool:
    """Whether the place is one of a model alone: not the pipeline in an envelope, and not what is selected."""
    beside = value_at(element, path[:-1]) if path[:-1] else {}
    return last(path) != "selectedpipeline" and not any(near in plain(name) for name in beside for near in _NEAR)


def elements_of(rows: Rows, contract: Contract) -> list[Row]:
    """The pipelines of all devices, raw."""
    found: list[Row] = []
    for row in rows:
        for place in contract.places("device.pipelines"):
            path, inside = split(path_of(place))
            value = unpacked(value_at(row, path))
            if inside is not None:
                value = each_of(value, inside, contract.places("pipeline.model"))
            found += [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
    return found


def _infer_member(
    name: str, elements: Sequence[Row], contract: Contract, fits: Fits, near: tuple[str, ...], found: Inferred
) -> None:
    places = [path_of(place) for place in contract.places(f"pipeline.{name}")]
    if any(value_at(each, path) is not None for each in elements for path in places):
        _infer_spelling(name, elements, contract, found)
        return
    known = {plain(place) for each in RECORDS["pipeline"] for place in contract.places(f"pipeline.{each}")}
    names = {
        key
        for each in elements
        for key, value in each.items()
        if plain(key) not in known and any(word in plain(key) for word in near) and fits(value)
    }
    if len(names) == 1:
        why = f"no pipeline has {RECORDS['pipeline'][name].default[0]}"
        found.proposals.append(Proposal({f"fields.pipeline.{name}": names.pop()}, why))
    elif names:
        found.questions.append(f"fields.pipeline.{name}: is it {' or '.join(sorted(names))}?")


def _infer_spelling(name: str, elements: Sequence[Row], contract: Contract, found: Inferred) -> None:
    """What is read in any spelling is sent in one: that of new pipelines is to be the one that all are shown in."""
    place = contract.places(f"pipeline.{name}")[0]
    shown = {key for each in elements for key in each if plain(key) == plain(place)}
    if len(shown) == 1 and shown != {place}:
        why = f"no pipeline spells it {place}"
        found.proposals.append(Proposal({f"fields.pipeline.{name}": shown.pop()}, why))


def _is_share(value: Any) -> bool:
    found = understood_number(value)
    return found is not None and 0 <= found <= 1


def _is_method(value: Any) -> bool:
    return isinstance(value, str) and value.lower() in RESIZING_METHODS


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


_MEMBERS: dict[str, tuple[Fits, tuple[str, ...]]] = {
    "nms": (_is_share, ("nms", "sensitiv", "threshold", "confidence")),
    "resizing_method": (_is_method, ("resiz", "scal", "fit", "method")),
    "preprocessor": (is_text, ("preproc",)),
    "postprocessor": (is_text, ("postproc",)),
    "chains": (_is_list, ("chain", "child", "children")),
}
_NEAR = tuple(word for _fits, near in _MEMBERS.values() for word in near)
