# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a model: one declaration gives the option, the API object and the diff.

Names on the wire are those of contract B2, B3 and I2. That ``vars`` holds the scales of the portal's form is a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._api.records.file_mark import split_documentation
from .._api.records.pipeline import understood_number
from .._api.records.records import Model
from .._core.values import mapping, plain, text
from .._engine.module import CONNECTION_SPEC
from .._engine.reconcile import Field, view
from .texts import same_text

_LAYOUTS = {"nchw": 0, "nhwc": 1}
_CHANNELS = (1, 3)


def _documentation(value: Any) -> str:
    return split_documentation(value)[0] if isinstance(value, str) else ""


def _whole(value: Any) -> Any:
    """A whole number, also one that the service writes as text."""
    found = understood_number(value) if isinstance(value, str) else value
    whole = int(found) if isinstance(value, str) and found is not None and found.is_integer() else found
    return whole if isinstance(whole, int) and not isinstance(whole, bool) else None


def _channels(value: Any) -> Any:
    return _whole(value) if _whole(value) in _CHANNELS else None


def _numbers(value: Any) -> Any:
    found = [understood_number(each) for each in value] if isinstance(value, list) else [None]
    return None if None in found else found


def _texts(value: Any) -> Any:
    return value if isinstance(value, list) and all(isinstance(each, str) for each in value) else None


def _same_members(one: Any, other: Any) -> bool:
    return set(one or ()) == set(other or ())  # the order is the service's


def _layout(order: Any) -> Any:
    return next((name for name, known in _LAYOUTS.items() if known == _whole(order)), None)


_INPUT = "InputDriverDetails"
# Which the portal's form and every client give to each new model. What is no list of numbers is not what it has.
_EVERY = {"means": _numbers, "vars": _numbers}
_PER_CHANNEL = {"type": "list", "elements": "float"}
_ORDER = {"type": "str", "choices": list(_LAYOUTS)}
_INPUT_FIELDS = (
    Field(
        "channels", (_INPUT, "channels"), {"type": "int", "choices": list(_CHANNELS)}, decode=_channels, beside=_EVERY
    ),
    Field("height", (_INPUT, "height"), {"type": "int"}, decode=_whole, beside=_EVERY),
    Field("width", (_INPUT, "width"), {"type": "int"}, decode=_whole, beside=_EVERY),
    Field("means", (_INPUT, "means"), _PER_CHANNEL, decode=_numbers, beside=_EVERY),
    Field("scales", (_INPUT, "vars"), _PER_CHANNEL, decode=_numbers, beside=_EVERY),
    Field("layout", (_INPUT, "order"), _ORDER, _LAYOUTS.__getitem__, _layout, beside=_EVERY),
)


def _input_details(details: Any) -> dict[str, Any]:
    """What is in there beside the options of its own, and what those cannot say."""
    told = {each.wire[-1]: each.decode for each in _INPUT_FIELDS}
    return {key: value for key, value in mapping(details).items() if key not in told or told[key](value) is None}


# Options that an argument spec takes as they are. The documentation is among them, but its digest mark is not.
OPTION_FIELDS = (
    Field("alias", ("Alias",), {"type": "str"}, decode=text),
    Field("documentation", ("Documentation",), {"type": "str"}, decode=_documentation, alike=same_text),
    Field("input_driver", ("InputDriver",), {"type": "str"}, decode=text),
    *_INPUT_FIELDS,
    Field("input_details", (_INPUT,), {"type": "dict"}, decode=_input_details, merge=True, beside=_EVERY),
    Field("output_driver", ("OutputDriver",), {"type": "str"}, decode=text),
    Field("output_details", ("OutputDriverDetails",), {"type": "dict"}, decode=mapping, merge=True),
    Field("conversions", ("EnableConversions",), {"type": "list", "elements": "str"}, decode=_texts, shape=list),
    Field("source_name", ("SourceName",), {"type": "str"}, decode=text),
    Field("source_url", ("SourceUrl",), {"type": "str"}, decode=text),
)

FIELDS = (
    Field("name", ("Name",), {"type": "str"}, decode=text),
    Field("customization", ("Customization",), CONNECTION_SPEC["customization"], decode=text),
    *OPTION_FIELDS,
    Field("catalogues", ("Catalogues",), {"type": "list", "elements": "str"}, shape=list, alike=_same_members),
)
_NAMES = {plain(each.wire[0]): each.wire[0] for each in FIELDS}
_INNER_NAMES = {plain(each.wire[1]): each.wire[1] for each in FIELDS if len(each.wire) > 1}


def known_row(model: Model) -> dict[str, Any]:
    """The model in the names of the fields, whatever their spelling; its catalogues by UUID, None if not known."""
    row = {_NAMES.get(plain(name), name): value for name, value in model.raw.items()}
    details = row.get(_INPUT)
    if isinstance(details, Mapping):
        row[_INPUT] = {_INNER_NAMES.get(plain(name), name): value for name, value in details.items()}
    return {**row, "Catalogues": None if model.catalogue_uuids is None else list(model.catalogue_uuids)}


def is_whole(details: Any) -> bool:
    """Whether the details of an input are all there, as far as a row by itself shows that."""
    return _INPUT_FIELDS[0].is_whole(mapping(details))


def fields_of(model: Model | None, listed: Iterable[Model]) -> tuple[Field, ...]:
    """The fields, where a detail of the input may be hidden that no model shows.

    The portal's form gives all to each new model. This collection does not, so one with its digest may lack any.
    """
    if model is None:
        return FIELDS
    shown = {name for each in (model, *listed) for name in mapping(known_row(each).get(_INPUT))}
    hidden = {each.wire[1]: each.decode for each in _INPUT_FIELDS if each.wire[1] not in shown}
    if model.digest or not hidden:
        return FIELDS
    return tuple(replace(each, beside={**hidden, **_EVERY}) if each.beside else each for each in FIELDS)


def has_artefact(there: Iterable[str], wanted: str) -> bool:
    """By its whole MIME type, or by the accelerator that it is for: ``application/x-onnx; device=hailo``, ``hailo``."""
    word = wanted.lower().replace(" ", "")
    return any(word == mime or f"device={word}" in mime.split(";") for mime in there)


def new_model(customization: str) -> dict[str, Any]:
    """What a created model has where nothing is declared: the members that creation needs (contract B3)."""
    return {
        "Customization": customization,
        "InputDriver": "vision",
        "InputDriverDetails": {"means": [0.0, 0.0, 0.0], "vars": [1.0, 1.0, 1.0]},
        "OutputDriver": "vision",
        "OutputDriverDetails": {"postProcessing": None},
        "EnableConversions": [],
    }


def describe_model(model: Model) -> dict[str, Any]:
    """A model as the modules return it: its state, its file, and all else in the words of the options."""
    return {
        "uuid": model.uuid,
        "state": model.state,
        "status": model.status,
        "code_status": model.code_status,
        "downloadable": bool(model.cdn_uri),
        "file": {"sha256": model.digest.sha256, "size": model.digest.size} if model.digest else None,
        "organisation": model.organisation.id,
        "updated_at": model.updated_at,
        "conversion_log": model.conversion_log if model.state == "failed" else None,
        "artefacts": None if model.artefacts is None else list(model.artefacts),
        **view(FIELDS, known_row(model)),
    }
