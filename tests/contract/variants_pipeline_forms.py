# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In what form the pipelines of a camera are shown, and what their members are."""

from __future__ import annotations

import re
import struct
import uuid
from collections import Counter
from typing import Any

from .layer import Ask, Asked, Rewrite, Told
from .rewrites import Row, each_pipeline, keys, numbers_from_text, pipelines, sent_pipelines
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import COUNTS, FOREIGN, OTHER

_KEYS = ["modelUUID", "modelNMS", "resizingMethod", "Preprocessor", "Postprocessor", "UserSettings"]


_SPELT = {name.lower(): name for name in _KEYS}


def _nested_model(each: Row) -> Row:
    model = each.pop("modelUUID")
    return {**each, "model": {"UUID": model}}


def _either_model(each: Row) -> Row:
    """A PUT takes it as it is shown, too."""
    nested = each.pop("model", None)
    return {**each, "modelUUID": nested["UUID"]} if isinstance(nested, dict) and "UUID" in nested else each


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _unsnake(each: Row) -> Row | str:
    """Each key has to be spelled so."""
    wrong = [name for name in each if name != _snake(name)]
    return f"unknown field {wrong[0]}" if wrong else dict(keys(each, lambda name: _UNSNAKED.get(name, name)))


_UNSNAKED = {_snake(name): name for name in _KEYS}


def _as_float32(value: Any) -> Any:
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value


def _new_ids(each: Row) -> Row:
    return {**each, "UUID": str(uuid.uuid4())}


def _renamed_key(ours: str, theirs: str, strict: bool = True) -> tuple[Rewrite, Rewrite]:
    """A key of a pipeline has another name, read and written; ours is not known, and theirs is required."""

    def shown(each: Row) -> Row:
        return {theirs if name == ours else name: value for name, value in each.items()}

    def taken(each: Row) -> Row | str:
        if theirs not in each and strict:
            return f"{theirs} is required"
        return {ours if name == theirs else name: value for name, value in each.items() if name != ours}

    return each_pipeline(shown), sent_pipelines(taken)


def _read_only_keys(refuse: bool) -> tuple[Rewrite, Rewrite]:
    """Pipelines are shown with keys that the service adds; in a PUT these are passed over, or refused."""
    extra = {"modelName": COUNTS, "Status": "deployed", "UpdatedAt": "2026-11-01T10:00:00Z"}

    def taken(each: Row) -> Row | str:
        if refuse and set(extra) & set(each):
            return "unknown field modelName"
        return {name: value for name, value in each.items() if name not in extra}

    return each_pipeline(lambda each: {**each, **extra}), sent_pipelines(taken)


def _revision() -> Rewrite:
    """Each pipeline shows how often its camera was written to, whatever a PUT says of it."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        written = asked.memory.setdefault("written", Counter())
        if asked.operation == "put_pipelines":
            data = asked.data
            data["Pipelines"] = [
                {name: value for name, value in each.items() if name != "Revision"} for each in data["Pipelines"]
            ]
            asked.data = data
        answer = await ask(asked)
        if asked.operation == "put_pipelines" and answer.good:
            written.update(map(str.lower, asked.data["Devices"]))
        if asked.operation == "list_devices":
            found = answer.data
            for row in found:
                for each in row["nxAI"]["pipelines"]:
                    each["Revision"] = 7 + written[row["NxID"].lower()]
            answer.data = found
        return answer

    return rewrite


def _lost_keys() -> tuple[Rewrite, ...]:
    """The same, but what is shown so is a setting of another page, and each PUT takes it away."""
    adding, refusing = _read_only_keys(refuse=True)

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        written = asked.memory.setdefault("written", set())
        answer = await ask(asked)
        if asked.operation == "put_pipelines" and answer.good:
            written.update(map(str.lower, asked.data["Devices"]))
        if asked.operation == "list_devices":
            found = answer.data
            for row in (each for each in found if each["NxID"].lower() in written):
                row["nxAI"]["pipelines"] = [
                    {name: value for name, value in each.items() if name != "Status"}
                    for each in row["nxAI"]["pipelines"]
                ]
            answer.data = found
        return answer

    return rewrite, adding, refusing


def _without_threshold(each: Row) -> Row:
    """The service keeps no threshold for a model that has no such input."""
    return (
        each
        if each["modelUUID"] in (FOREIGN, OTHER)
        else {name: value for name, value in each.items() if name != "modelNMS"}
    )


def _at(path: str) -> dict[str, Any]:
    return {"fields": {"device": {"pipelines": path}}}


_read = row_of("pipelines read")
VARIANTS = (
    _read(
        "by-model",
        "an object by model in place of the list",
        pipelines(lambda found: {each["modelUUID"]: each for each in found}),
        outcome=ADAPTED,
        **_at("nxAI.pipelines.*"),
    ),
    _read(
        "by-model-alone",
        "an object by model, and the key alone says which it is",
        pipelines(lambda found: {each.pop("modelUUID"): each for each in found}),
        outcome=ADAPTED,
        **_at("nxAI.pipelines.*"),
    ),
    _read(
        "by-place",
        "an object by place, each pipeline inside {settings: ...}",
        pipelines(lambda found: {str(place): {"settings": each} for place, each in enumerate(found)}),
        outcome=ADAPTED,
        **_at("nxAI.pipelines.*.settings"),
    ),
    _read(
        "by-zone",
        "an object by a zone, which is said nowhere else",
        pipelines(lambda found: {f"zone {place + 7}": each for place, each in enumerate(found)}),
        outcome=STOPS,
    ),
    _read(
        "one-object",
        "one pipeline is an object, not a list",
        pipelines(lambda found: found[0] if len(found) == 1 else found),
        outcome=WORKS,
    ),
    _read("only-ids", "a list of UUIDs", each_pipeline(lambda each: each["modelUUID"]), outcome=STOPS),
    _read(
        "model-names",
        "modelUUID holds the name of the model",
        each_pipeline(
            lambda each: {**each, "modelUUID": COUNTS if each["modelUUID"] == FOREIGN else each["modelUUID"]}
        ),
        outcome=STOPS,
    ),
    _read(
        "nested-model",
        "model: {UUID: ...} in place of modelUUID",
        each_pipeline(_nested_model),
        sent_pipelines(_either_model),
        outcome=ADAPTED,
        fields={"pipeline": {"model": "model.UUID"}},
    ),
    _read(
        "in-envelope",
        "each pipeline inside {Pipeline: ...}",
        each_pipeline(lambda each: {"Pipeline": each}),
        outcome=ADAPTED,
        **_at("nxAI.pipelines.*.Pipeline"),
    ),
    _read(
        "in-envelope-switched",
        "each pipeline inside {Pipeline: ..., Active: true}, which nothing else says",
        each_pipeline(lambda each: {"Pipeline": each, "Active": True}),
        outcome=STOPS,
    ),
    _read(
        "pipeline-model-id",
        "modelId in place of modelUUID, also when written",
        *_renamed_key("modelUUID", "modelId"),
        outcome=ADAPTED,
        fields={"pipeline": {"model": "modelId"}},
    ),
    _read(
        "function-uuid",
        "FunctionUUID in place of modelUUID, also when written",
        *_renamed_key("modelUUID", "FunctionUUID"),
        outcome=ADAPTED,
        fields={"pipeline": {"model": "FunctionUUID"}},
    ),
    _read(
        "nms",
        "Sensitivity in place of modelNMS, also when written",
        *_renamed_key("modelNMS", "Sensitivity"),
        outcome=ADAPTED,
        fields={"pipeline": {"nms": "Sensitivity"}},
    ),
    _read(
        "nms-lenient",
        "the same, but the PUT does without",
        *_renamed_key("modelNMS", "Sensitivity", strict=False),
        outcome=ADAPTED,
        fields={"pipeline": {"nms": "Sensitivity"}},
    ),
    _read(
        "pipeline-lower-keys",
        "the keys of pipelines in lower case; any case is taken, as Go does",
        pipelines(lambda found: keys(found, str.lower)),
        sent_pipelines(lambda each: dict(keys(each, lambda name: _SPELT.get(name.lower(), name)))),
        outcome=WORKS,
    ),
    _read(
        "pipeline-snake-keys",
        "model_uuid, model_nms, ..., also when written",
        pipelines(lambda found: keys(found, _snake)),
        sent_pipelines(_unsnake),
        outcome=ADAPTED,
        fields={"pipeline": {"model": "model_uuid", "nms": "model_nms"}},
    ),
    _read(
        "threshold-text",
        "modelNMS as text",
        each_pipeline(lambda each: {**each, "modelNMS": str(each["modelNMS"])}),
        numbers_from_text(),
        outcome=WORKS,
    ),
    _read(
        "threshold-text-shown",
        "modelNMS as text, and only a number is taken",
        each_pipeline(lambda each: {**each, "modelNMS": str(each["modelNMS"])}),
        sent_pipelines(lambda each: "modelNMS is no number" if isinstance(each.get("modelNMS"), str) else each),
        outcome=WORKS,
    ),
    _read(
        "threshold-float32",
        "modelNMS as a float of 32 bits shows",
        each_pipeline(lambda each: {**each, "modelNMS": _as_float32(each["modelNMS"])}),
        outcome=WORKS,
    ),
    _read(
        "threshold-dropped",
        "no modelNMS for the new model, which has no such input",
        sent_pipelines(_without_threshold),
        outcome=WORKS,
    ),
    _read(
        "lower-words",
        "letterbox in lower case",
        each_pipeline(lambda each: {**each, "resizingMethod": each["resizingMethod"].lower()}),
        sent_pipelines(lambda each: {**each, "resizingMethod": each["resizingMethod"].capitalize()}),
        outcome=WORKS,
    ),
    _read(
        "empty-null",
        "null for empty processors and chains",
        each_pipeline(lambda each: {name: value or None for name, value in each.items()}),
        outcome=WORKS,
    ),
    _read(
        "empty-absent",
        "empty processors and chains are left out",
        each_pipeline(lambda each: {name: value for name, value in each.items() if value not in ("", [])}),
        outcome=WORKS,
    ),
    _read(
        "processor-none",
        "None in place of an empty processor",
        each_pipeline(lambda each: {**each, "Preprocessor": each["Preprocessor"] or "None"}),
        sent_pipelines(lambda each: {**each, "Preprocessor": each["Preprocessor"].replace("None", "")}),
        outcome=WORKS,
    ),
    _read(
        "read-only-keys",
        "keys that the service adds, and passes over in a PUT",
        *_read_only_keys(refuse=False),
        outcome=WORKS,
    ),
    _read(
        "read-only-keys-refused",
        "keys that the service adds, and refuses in a PUT",
        *_read_only_keys(refuse=True),
        outcome=ADAPTED,
        assignment={"read_only": ["Status", "UpdatedAt", "modelName"]},
    ),
    _read(
        "new-ids",
        "each pipeline has an id that differs at each look",
        each_pipeline(_new_ids),
        sent_pipelines(lambda each: {name: value for name, value in each.items() if name != "UUID"}),
        outcome=WORKS,
    ),
    _read(
        "revision",
        "each pipeline has a number that each PUT counts up",
        _revision(),
        outcome=ADAPTED,
        assignment={"read_only": ["Revision"]},
    ),
    _read(
        "threshold-percent",
        "modelNMS in percent, also when written",
        each_pipeline(lambda each: {**each, "modelNMS": 100 * each["modelNMS"]}),
        sent_pipelines(lambda each: {**each, "modelNMS": each["modelNMS"] / 100}),
        outcome=STOPS,
    ),
    _read(
        "threshold-percent-shown",
        "modelNMS in percent, and written as it is known",
        each_pipeline(lambda each: {**each, "modelNMS": 100 * each["modelNMS"]}),
        outcome=STOPS,
    ),
    _read(
        "other-keys-refused",
        "keys that a PUT refuses, and one of which it takes away",
        *_lost_keys(),
        outcome=STOPS,
    ),
    _read(
        "new-handles",
        "each pipeline has a handle that differs at each look",
        each_pipeline(lambda each: {**each, "handle": str(uuid.uuid4())}),
        sent_pipelines(lambda each: {name: value for name, value in each.items() if name != "handle"}),
        outcome=ADAPTED,
        assignment={"read_only": ["handle"]},
    ),
    _read(
        "sorted",
        "pipelines in the order of their models",
        pipelines(lambda found: sorted(found, key=lambda each: str(each["modelUUID"]))),
        outcome=WORKS,
    ),
    _read("doubled", "each pipeline is shown twice", pipelines(lambda found: [*found, *found]), outcome=STOPS),
    _read(
        "braced-models",
        "modelUUID in braces, which a PUT refuses",
        each_pipeline(lambda each: {**each, "modelUUID": f"{{{each['modelUUID']}}}"}),
        sent_pipelines(lambda each: "modelUUID is no UUID" if "{" in each["modelUUID"] else each),
        outcome=WORKS,
    ),
    _read(
        "upper-models",
        "modelUUID in upper case",
        each_pipeline(lambda each: {**each, "modelUUID": each["modelUUID"].upper()}),
        outcome=WORKS,
    ),
)
