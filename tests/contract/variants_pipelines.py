# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How it is shown what a camera runs."""

from __future__ import annotations

import json
import struct
import uuid
from typing import Any

from .layer import Rewrite
from .rewrites import (
    DEVICE,
    MISSING,
    Row,
    dropped,
    each_pipeline,
    fresh_only,
    keys,
    member,
    moved,
    numbers_from_text,
    pipelines,
    rows,
    sent_pipelines,
    take,
)
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import COUNTS, FOREIGN, OTHER

_KEYS = ["modelUUID", "modelNMS", "resizingMethod", "Preprocessor", "Postprocessor", "UserSettings"]
_SPELT = {name.lower(): name for name in _KEYS}


def _nested_model(each: Row) -> Row:
    return {**each, "model": {"UUID": each.pop("modelUUID")}}


def _either_model(each: Row) -> Row:
    """A PUT takes it as it is shown, too."""
    nested = each.pop("model", None)
    return {**each, "modelUUID": nested["UUID"]} if isinstance(nested, dict) and "UUID" in nested else each


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


def _without_threshold(each: Row) -> Row:
    """The service keeps no threshold for a model that has no such input."""
    return (
        each
        if each["modelUUID"] in (FOREIGN, OTHER)
        else {name: value for name, value in each.items() if name != "modelNMS"}
    )


def _at(path: str) -> dict[str, Any]:
    return {"fields": {"device": {"pipelines": path}}}


def _fresh(value: Any, place: str = "nxAI.pipelines") -> Rewrite:
    def change(row: Row) -> Row:
        take(row, place)
        if value is not MISSING and place == "nxAI.pipelines":
            row["nxAI"]["pipelines"] = value
        elif value is not MISSING:
            row[place] = value
        return row

    return fresh_only(change)


_read = row_of("pipelines read")
VARIANTS = (
    _read(
        "top-level",
        "pipelines beside nxAI, in the row itself",
        moved(DEVICE, "nxAI.pipelines", "pipelines"),
        outcome=ADAPTED,
        **_at("pipelines"),
    ),
    _read(
        "top-level-pascal",
        "Pipelines in the row, and no nxAI",
        dropped(DEVICE, "nxAI"),
        moved(DEVICE, "nxAI.pipelines", "Pipelines"),
        outcome=ADAPTED,
        **_at("Pipelines"),
    ),
    _read(
        "assigned",
        "nxAI.assigned",
        moved(DEVICE, "nxAI.pipelines", "nxAI.assigned"),
        outcome=ADAPTED,
        **_at("nxAI.assigned"),
    ),
    _read(
        "deeper",
        "nxAI.state.pipelines",
        moved(DEVICE, "nxAI.pipelines", "nxAI.state.pipelines"),
        outcome=ADAPTED,
        **_at("nxAI.state.pipelines"),
    ),
    _read(
        "parameters",
        "parameters.nxAI.pipelines, as in the VMS",
        moved(DEVICE, "nxAI", "parameters.nxAI"),
        outcome=ADAPTED,
        **_at("parameters.nxAI.pipelines"),
    ),
    _read(
        "current-pipeline",
        "CurrentPipeline, with the list",
        moved(DEVICE, "nxAI.pipelines", "CurrentPipeline"),
        outcome=ADAPTED,
        **_at("CurrentPipeline"),
    ),
    _read(
        "hidden-name",
        "under a name that says nothing: nxAI.items",
        moved(DEVICE, "nxAI.pipelines", "nxAI.items"),
        outcome=ADAPTED,
        **_at("nxAI.items"),
    ),
    _read("pascal", "nxAI.Pipelines", moved(DEVICE, "nxAI.pipelines", "nxAI.Pipelines"), outcome=WORKS),
    _read("nxai-lower", "nxai.pipelines", moved(DEVICE, "nxAI", "nxai"), outcome=WORKS),
    _read("nxai-snake", "nx_ai.pipelines", moved(DEVICE, "nxAI", "nx_ai"), outcome=WORKS),
    _read("not-shown", "nxAI without pipelines", dropped(DEVICE, "nxAI.pipelines"), outcome=STOPS),
    _read("no-nxai", "no nxAI", dropped(DEVICE, "nxAI"), outcome=STOPS),
    _read("null-nxai", "null for nxAI", member(DEVICE, "nxAI", lambda _value: None), outcome=STOPS),
    _read("null-pipelines", "null for every camera's pipelines", pipelines(lambda _value: None), outcome=STOPS),
    _read("text-nxai", "nxAI is a text that holds JSON", member(DEVICE, "nxAI", json.dumps), outcome=WORKS),
    _read("text-pipelines", "nxAI.pipelines is a text that holds JSON", pipelines(json.dumps), outcome=WORKS),
    _read(
        "text-settings",
        "nxAI.PluginSettings is a text that holds JSON",
        member(DEVICE, "nxAI.PluginSettings", json.dumps),
        outcome=WORKS,
    ),
    _read(
        "text-cut",
        "nxAI is a text that holds JSON, cut short",
        member(DEVICE, "nxAI", lambda value: json.dumps(value)[:60]),
        outcome=STOPS,
    ),
    _read("fresh-null", "null for the pipelines of a fresh camera", _fresh(None)),
    _read("fresh-absent", "no pipelines for a fresh camera", _fresh(MISSING)),
    _read("fresh-no-nxai", "no nxAI for a fresh camera", _fresh(MISSING, "nxAI")),
    _read("fresh-null-nxai", "null for nxAI of a fresh camera", _fresh(None, "nxAI")),
    _read("fresh-empty-nxai", "{} for nxAI of a fresh camera", _fresh({}, "nxAI")),
    _read("fresh-text", '"" for the pipelines of a fresh camera', _fresh("")),
    _read("fresh-object", "{} for the pipelines of a fresh camera", _fresh({})),
    _read(
        "fresh-default",
        "a fresh camera shows a pipeline without a model",
        _fresh([{"modelUUID": "", "modelNMS": 0.42, "chains": []}]),
    ),
    _read(
        "fresh-zero",
        "a fresh camera shows a pipeline of the zero UUID",
        _fresh([{"modelUUID": "00000000-0000-0000-0000-000000000000", "chains": []}]),
    ),
    _read(
        "beside-models",
        "nxAI has models and selectedPipeline beside pipelines",
        rows(
            DEVICE,
            lambda row: {
                **row,
                "nxAI": {**row["nxAI"], "models": [{"UUID": FOREIGN, "Name": COUNTS}], "selectedPipeline": "Custom"},
            },
        ),
        outcome=WORKS,
    ),
    _read(
        "by-model",
        "an object by model in place of the list",
        pipelines(lambda found: {each["modelUUID"]: each for each in found}),
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
    ),
    _read(
        "in-envelope",
        "each pipeline inside {Pipeline: ...}",
        each_pipeline(lambda each: {"Pipeline": each}),
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
        outcome=WORKS,
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
        outcome=STOPS,
    ),
    _read(
        "new-ids",
        "each pipeline has an id that differs at each look",
        each_pipeline(_new_ids),
        sent_pipelines(lambda each: {name: value for name, value in each.items() if name != "UUID"}),
        outcome=WORKS,
    ),
    _read(
        "sorted",
        "pipelines in the order of their models",
        pipelines(lambda found: sorted(found, key=lambda each: str(each["modelUUID"]))),
        outcome=WORKS,
    ),
    _read(
        "upper-models",
        "modelUUID in upper case",
        each_pipeline(lambda each: {**each, "modelUUID": each["modelUUID"].upper()}),
        outcome=WORKS,
    ),
)
