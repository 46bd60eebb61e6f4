# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Compute API: models ("functions")."""

from __future__ import annotations

from typing import Any

from starlette.responses import FileResponse, Response

from . import views
from .answers import Refusal, outcome
from .checks import Check
from .clock import rfc3339
from .device import find_site
from .identifiers import ZERO_UUID, new_uuid
from .operations import Call
from .records import Model
from .schemas import CREATE_MEMBERS, MODEL_CHANGE, MODEL_CREATE
from .upload import Upload, receive

_CREATE, _CHANGE = Check(MODEL_CREATE), Check(MODEL_CHANGE)
_CREATE_STRICTLY = Check({**MODEL_CREATE, "required": CREATE_MEMBERS})
COLUMNS = {
    "Name": lambda model: model.name,
    "UUID": lambda model: model.uuid,
    "UpdatedAt": lambda model: model.updated_at,
}


def find_model(call: Call, to_change: bool = False) -> Model:
    """The model of the path. 404 unless it is seen from where the caller stands; 403 to change a foreign one."""
    model = call.world.models.get(call.path["uuid"].lower())
    if model is None or not call.world.sees_model(model, call.view):
        raise Refusal(404, "There is no such function")
    if to_change and model.owner not in call.view.owners:
        raise Refusal(403, "The function belongs to somebody else")
    return model


async def list_models(call: Call) -> Response:
    """``Catalogue`` is one catalogue, or the zero UUID for all that is available."""
    models = call.world.visible_models(call.view)
    catalogue = call.query.get("Catalogue", ZERO_UUID).lower()
    brand = call.query.get("Customization", "").lower()
    if catalogue != ZERO_UUID:
        models = [model for model in models if catalogue in model.catalogues]
    if brand:
        models = [model for model in models if _brand(model) in ("", brand)]
    return call.page(models, lambda model: views.function(call.world, model, call.base_url), COLUMNS)


def _brand(model: Model) -> str:
    return str(model.members.get("Customization") or "").lower()


async def create_model(call: Call) -> dict[str, Any]:
    world, upload = call.world, await _received(call)
    try:
        if upload.data is None:
            raise Refusal(400, "The part data is missing", {"data": "is required"})
        _refuse_faulty(upload.data, _CREATE_STRICTLY if world.quirks.require_create_members else _CREATE)
        model = Model(new_uuid(), str(upload.data["Name"]), call.view.acting, {})
        _take(call, model, upload)
    except Refusal:
        upload.discard()
        raise
    world.models[model.uuid] = model
    return outcome("Ok", model.uuid)


async def get_model(call: Call) -> dict[str, Any]:
    return views.function(call.world, find_model(call), call.base_url)


async def update_model(call: Call) -> dict[str, Any]:
    """Sets the members that are given; a file replaces the file and starts the conversion again."""
    model = find_model(call, to_change=True)
    upload = await _received(call)
    try:
        _refuse_faulty(upload.data or {}, _CHANGE)
        old = model.file
        _take(call, model, upload)
    except Refusal:
        upload.discard()
        raise
    if upload.file is not None and old is not None:
        Upload(None, old).discard()
    return outcome("Ok", model.uuid)


async def delete_model(call: Call) -> dict[str, Any]:
    model = find_model(call, to_change=True)
    call.world.remove_model(model)
    return outcome("Done", model.uuid)


async def get_plural(call: Call) -> dict[str, Any]:
    quirk = call.world.quirks.plural_items
    if quirk == "absent":
        return await refuse_plural(call)
    model = find_model(call)
    if quirk == "full":
        return views.function(call.world, model, call.base_url)
    return views.reduced_function(call.world, model)


async def refuse_plural(call: Call) -> dict[str, Any]:
    raise Refusal(404, "There is no such path")


async def model_statistics(call: Call) -> dict[str, Any]:
    models = call.world.visible_models(call.view)
    ready = sum(call.world.progress(model).ready for model in models)
    return {"Functions": len(models), "Ready": ready}


async def configuration(call: Call) -> dict[str, Any]:
    return {"Service": "Nx AI Cloud simulator", "Time": rfc3339(call.world.clock.now())}


async def available_pipelines(call: Call) -> Response:
    """What a site may use: only UUID and Name, and without the caller's own uploads."""
    world, site = call.world, find_site(call)
    brand = call.path["customization"].lower()
    managed = [
        model
        for model in world.models.values()
        if model.catalogues and _brand(model) in ("", brand) and world.usable_at(model, site, call.view)
    ]
    return call.page(managed, lambda model: {"UUID": model.uuid, "Name": model.name}, COLUMNS)


async def cdn_file(call: Call) -> Response:
    """The bytes that were uploaded. Seeded models have none."""
    model = call.world.models.get(call.path["uuid"].lower())
    file = model.file if model else None
    if model is None or file is None or file.path is None or not call.world.progress(model).has_cdn_uri:
        raise Refusal(404, "There is no such file")
    return FileResponse(file.path, media_type="application/octet-stream")


async def _received(call: Call) -> Upload:
    return await receive(call.request, call.world.folder, call.world.quirks.max_upload_bytes)


def _refuse_faulty(data: dict[str, Any], check: Check) -> None:
    found = check.problems(data)
    if found:
        raise Refusal(400, "Some members are missing or not right", found)


def _take(call: Call, model: Model, upload: Upload) -> None:
    """Put what was received into the model; raises before anything is changed."""
    data, world = upload.data or {}, call.world
    if data.get("Catalogues") is not None:
        model.catalogues = _catalogues(call, data["Catalogues"])
    model.name = data.get("Name") or model.name
    given = {name: data[name] for name in views.MODEL_MEMBERS if data.get(name) is not None}
    model.members = {**model.members, **given}
    model.updated_at = world.clock.now()
    if upload.file is not None:
        model.file = upload.file
        model.received_at = world.clock.now()
        model.fixed_status = ""


def _catalogues(call: Call, wanted: Any) -> list[str]:
    """UUIDs of catalogues, or objects with one. Other words are passed over: a client was seen to send some."""
    seen = {item.uuid for item in call.world.visible_catalogues(call.view)}
    uuids = []
    for item in wanted:
        uuid = str(item.get("UUID", "") if isinstance(item, dict) else item).lower()
        if uuid in seen:
            uuids.append(uuid)
        elif uuid.count("-") == 4:
            raise Refusal(404, "There is no such catalogue", {"Catalogues": f"{uuid[:40]} is not known"})
    return list(dict.fromkeys(uuids))
