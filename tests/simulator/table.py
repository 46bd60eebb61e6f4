# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""THE table of the two APIs: the routes, the OpenAPI documents, the log and the faults all come from it."""

from __future__ import annotations

from dataclasses import replace

from . import catalogues, compute, device, registry, schemas
from .operations import LIMIT, OFFSET, Operation, Parameter, paging
from .schemas import array

_CATALOGUE = Parameter(
    "Catalogue", schemas.UUID, "observed", "Models of this catalogue; the zero UUID means all that is available."
)
_BRAND = Parameter("Customization", schemas.TEXT, "observed", "Product brand, such as metavms.")
_GROUP = Parameter("Group", schemas.UUID, "inferred", "Devices of this group.")

_CREATE_MODEL = Operation(
    name="create_model", api="cpt", method="POST", path="/functions", handler=compute.create_model,
    summary="Upload a model. Its conversion takes place afterwards.", evidence="client", needs="write",
    body=schemas.MODEL_CREATE, upload=True, answer=schemas.OUTCOME, refusals=(404, 413),
)  # fmt: skip
_NO_PATCH_PLURAL = Operation(
    name="patch_model_plural", api="cpt", method="PATCH", path="/functions/{uuid}", handler=compute.refuse_plural,
    summary="Not there: the plural path is not for changes.", evidence="observed", needs="write", refusals=(404,),
)  # fmt: skip

COMPUTE = (
    Operation(
        name="list_models", api="cpt", method="GET", path="/functions", handler=compute.list_models,
        summary="Models that can be seen.", evidence="observed", paged=True,
        query=(_CATALOGUE, _BRAND, *paging("Name", "UpdatedAt", "UUID")), answer=array(schemas.FUNCTION),
    ),
    _CREATE_MODEL,
    replace(
        _CREATE_MODEL, name="create_model_singular", path="/function", evidence="documented",
        note="The page of the API names this path in prose; the official client posts to /functions.",
    ),
    Operation(
        name="model_statistics", api="cpt", method="GET", path="/functions/statistics",
        handler=compute.model_statistics, summary="Counts of models.", evidence="client",
        note="The members are guesses.", answer=schemas.OBJECT,
    ),
    Operation(
        name="get_model_plural", api="cpt", method="GET", path="/functions/{uuid}", handler=compute.get_plural,
        summary="A model through the plural path: an object with less in it.", evidence="observed",
        note="Reported by one client, in unclear words. The simulator can also answer in full, or 404.",
        answer=schemas.REDUCED_FUNCTION, refusals=(404,),
    ),
    _NO_PATCH_PLURAL,
    replace(_NO_PATCH_PLURAL, name="delete_model_plural", method="DELETE", evidence="inferred"),
    Operation(
        name="get_model", api="cpt", method="GET", path="/function/{uuid}", handler=compute.get_model,
        summary="One model.", evidence="client", answer=schemas.FUNCTION, refusals=(404,),
    ),
    Operation(
        name="update_model", api="cpt", method="PATCH", path="/function/{uuid}", handler=compute.update_model,
        summary="Change members of a model, its file, or both.", evidence="client", needs="write",
        note="That members can be changed without sending the file again is inferred.",
        body=schemas.MODEL_CHANGE, upload=True, answer=schemas.OUTCOME, refusals=(404, 413),
    ),
    Operation(
        name="delete_model", api="cpt", method="DELETE", path="/function/{uuid}", handler=compute.delete_model,
        summary="Delete a model.", evidence="client", needs="write", answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="list_catalogues", api="cpt", method="GET", path="/catalogues", handler=catalogues.list_catalogues,
        summary="Catalogues that can be seen.", evidence="documented", paged=True, query=paging("Name", "UUID"),
        answer=array(schemas.CATALOGUE),
    ),
    Operation(
        name="create_catalogue", api="cpt", method="POST", path="/catalogues", handler=catalogues.create_catalogue,
        summary="Make a catalogue.", evidence="client", needs="write", body=schemas.CATALOGUE_NAME,
        answer=schemas.OUTCOME,
    ),
    Operation(
        name="get_catalogue", api="cpt", method="GET", path="/catalogue/{uuid}", handler=catalogues.get_catalogue,
        summary="One catalogue.", evidence="documented", answer=schemas.CATALOGUE, refusals=(404,),
    ),
    Operation(
        name="rename_catalogue", api="cpt", method="PATCH", path="/catalogue/{uuid}",
        handler=catalogues.rename_catalogue, summary="Give a catalogue another name.", evidence="documented",
        needs="write", body=schemas.CATALOGUE_NAME, answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="delete_catalogue", api="cpt", method="DELETE", path="/catalogue/{uuid}",
        handler=catalogues.delete_catalogue, summary="Delete an empty catalogue.", evidence="documented",
        note="That a catalogue with models is refused is documented, the status 409 is inferred.",
        needs="write", answer=schemas.OUTCOME, refusals=(404, 409),
    ),
    Operation(
        name="configuration", api="cpt", method="GET", path="/configuration", handler=compute.configuration,
        summary="Parameters of the service.", evidence="client", note="The members are guesses.",
        answer=schemas.OBJECT,
    ),
    Operation(
        name="available_pipelines", api="cpt", method="GET",
        path="/rpc/pipelines/available/{site_id}/{customization}", handler=compute.available_pipelines,
        summary="Models that a site may use.", evidence="observed", query=(LIMIT, OFFSET), paged=True,
        answer=array(schemas.AVAILABLE), refusals=(404,),
    ),
)  # fmt: skip

DEVICE = (
    Operation(
        name="list_sites", api="dev", method="GET", path="/systems", handler=device.list_sites, paged=True,
        summary="Sites that can be seen.", evidence="inferred", query=paging("Name", "UpdatedAt", "UUID"),
        answer=array(schemas.SITE),
    ),
    Operation(
        name="list_servers", api="dev", method="GET", path="/system/{site_id}/servers",
        handler=device.list_servers, summary="Servers of a site.", evidence="inferred", paged=True,
        query=paging("Name", "UUID"), answer=array(schemas.SERVER), refusals=(404,),
    ),
    Operation(
        name="list_devices", api="dev", method="GET", path="/system/{site_id}/devices",
        handler=device.list_devices, summary="Devices of a site, with their pipelines.", evidence="observed",
        paged=True, query=paging("Name", "NxID"), answer=array(schemas.DEVICE), refusals=(404,),
    ),
    Operation(
        name="put_pipelines", api="dev", method="PUT", path="/system/{site_id}/devices/pipelines",
        handler=device.put_pipelines, summary="Replace the pipelines of devices.", evidence="observed",
        note="The answer's body is inferred; so is what happens to a list with applicable and other devices, and to a "
        "postprocessor that AI Manager 5 has refused.",
        needs="write", body=schemas.ASSIGNMENT, answer=schemas.OUTCOME, refusals=(400, 404), invalid=422,
    ),
    Operation(
        name="list_registry", api="dev", method="GET", path="/devices", handler=registry.list_devices, paged=True,
        summary="Devices of the older registry.", evidence="documented", query=(_GROUP, *paging("Name", "UUID")),
        answer=array(schemas.REGISTRY_DEVICE),
    ),
    Operation(
        name="create_registry_device", api="dev", method="POST", path="/devices", handler=registry.create_device,
        summary="Register a device.", evidence="client", needs="write", body=schemas.REGISTRY_CREATE,
        answer=schemas.OUTCOME,
    ),
    Operation(
        name="registry_statistics", api="dev", method="GET", path="/devices/statistics",
        handler=registry.statistics, summary="Counts of devices.", evidence="client",
        note="The members are guesses.", answer=schemas.OBJECT,
    ),
    Operation(
        name="get_registry_device", api="dev", method="GET", path="/device/{uuid}", handler=registry.get_device,
        summary="One device of the registry.", evidence="client", answer=schemas.REGISTRY_DEVICE, refusals=(404,),
    ),
    Operation(
        name="update_registry_device", api="dev", method="PATCH", path="/device/{uuid}",
        handler=registry.update_device, summary="Change a device of the registry.", evidence="client",
        needs="write", body=schemas.REGISTRY_CHANGE, answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="delete_registry_device", api="dev", method="DELETE", path="/device/{uuid}",
        handler=registry.delete_device, summary="Delete a device of the registry.", evidence="client",
        needs="write", answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="assign_functions", api="dev", method="POST", path="/device/{uuid}/functions",
        handler=registry.assign_functions, summary="Assign models to a device of the registry.",
        evidence="client", needs="write", body=schemas.REGISTRY_FUNCTIONS, answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="list_groups", api="dev", method="GET", path="/groups", handler=registry.list_groups, paged=True,
        summary="Groups of the registry.", evidence="documented", query=paging("Name", "UUID"),
        answer=array(schemas.GROUP),
    ),
    Operation(
        name="delete_group", api="dev", method="DELETE", path="/group/{uuid}", handler=registry.delete_group,
        summary="Delete a group.", evidence="client", needs="write", answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="add_to_group", api="dev", method="POST", path="/group/{uuid}/devices", handler=registry.add_to_group,
        summary="Put devices into a group.", evidence="client", needs="write", body=schemas.GROUP_DEVICES,
        answer=schemas.OUTCOME, refusals=(404,),
    ),
    Operation(
        name="leave_group", api="dev", method="DELETE", path="/device/{uuid}/group/{group}",
        handler=registry.leave_group, summary="Take a device out of a group.", evidence="client", needs="write",
        answer=schemas.OUTCOME, refusals=(404,),
    ),
)  # fmt: skip
