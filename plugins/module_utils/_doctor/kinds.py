# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of problems that the doctor knows: which check finds them, how bad they are, and what to do. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from .._fleet.targets import WHERE_PIPELINES_ARE

SEVERITIES = ("error", "warning", "note")
_PROCESSOR_FILE = "Version 5 refuses a processor file of version 4 whole. Install the processor for version 5."


@dataclass(frozen=True)
class Kind:
    """``noun``: what is counted. ``many``: what is wrong, said of several. Without ``advice`` each finding has its own.

    ``short``: what is wrong, on a label.
    ``severity``: error for what does not work, warning for what may be meant so, note for what is good to know.
    """

    name: str
    check: str
    severity: str
    noun: str
    many: str
    short: str
    advice: str = ""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("unread", "", "error", "request", "no answer that can be used", "something could not be read"),
        Kind(
            "unreachable", "reachability", "error", "request", "there is no connection to the service", "no connection"
        ),
        Kind("tls_refused", "tls", "error", "request", "there is no safe connection", "no safe connection"),
        Kind(
            "tls_unchecked",
            "tls",
            "warning",
            "address",
            "certificates are not checked",
            "certificates are not checked",
            "Set validate_certs: true, and ca_path for an authority of your own.",
        ),
        Kind(
            "token_refused", "token", "error", "request", "there is no token that the service takes", "no valid token"
        ),
        Kind(
            "act_as_refused",
            "act_as",
            "error",
            "organisation",
            "the service refuses to act for it",
            "organisation refused",
            "Check that this account belongs to it, and that act_as has the right kind and id.",
        ),
        Kind(
            "contract_differs", "contract", "warning", "difference", "the API is not as it was known", "the API differs"
        ),
        Kind(
            "contract_inferred",
            "contract",
            "note",
            "line of the contract",
            "they are inferred only, and this run relied on them",
            "the API is partly inferred",
            "ansible-playbook nxai.cloud.first_contact finds out what they are. Lines of your contract are not listed.",
        ),
        Kind(
            "no_sites",
            "sites",
            "warning",
            "account",
            "there are no sites",
            "no sites",
            "Check the option sites, the account, and act_as: without it only the personal sites are shown.",
        ),
        Kind(
            "site_offline",
            "sites",
            "warning",
            "site",
            "they are off-line",
            "site off-line",
            "Check the server and its way to the internet: nothing can be assigned there.",
        ),
        Kind(
            "server_without_pipelines",
            "servers",
            "warning",
            "server",
            "the plugin does not support pipelines",
            "plugin cannot run pipelines",
            "Update the Nx AI Manager plugin there.",
        ),
        Kind(
            "server_not_running",
            "servers",
            "warning",
            "server",
            "their status is not that of a server that runs",
            "server does not run",
            "Start the server or its plugin, and look into its log.",
        ),
        Kind(
            "processor_missing",
            "servers",
            "warning",
            "processor",
            "their server does not offer what cameras should use",
            "processor is missing",
            _PROCESSOR_FILE,
        ),
        Kind(
            "assignment_unknown",
            "devices",
            "error",
            "camera",
            "their pipelines are not known",
            "not known what a camera runs",
            f"nxai_pipeline does not write there, as that could lose what runs. {WHERE_PIPELINES_ARE}",
        ),
        Kind(
            "device_idle",
            "devices",
            "warning",
            "camera",
            "they are enabled and run nothing",
            "camera runs nothing",
            "Assign a model with nxai_pipeline, or switch the plugin off there.",
        ),
        Kind(
            "device_not_enabled",
            "devices",
            "warning",
            "camera",
            "their server can run pipelines, and they are not enabled",
            "cameras not enabled",
            "Enable the plugin there in the Nx client, or leave it off if that is meant so.",
        ),
        Kind(
            "model_failed",
            "models_ready",
            "error",
            "model",
            "the conversion failed",
            "model conversion failed",
            "Look at the conversion log in the portal, correct the file, and upload it again.",
        ),
        Kind(
            "model_pending_in_use",
            "models_ready",
            "error",
            "model",
            "they are assigned and not ready",
            "model in use is not ready",
            "Wait for the conversion, then assign it again: what is assigned before does nothing.",
        ),
        Kind(
            "model_pending",
            "models_ready",
            "warning",
            "model",
            "they are not ready",
            "model is not ready",
            "Wait for the conversion.",
        ),
        Kind(
            "model_unseen",
            "models_catalogued",
            "warning",
            "model",
            "they are assigned, and this account does not see them",
            "model not visible to this account",
            "Put the model into a catalogue of the organisation of the cameras, or assign another one.",
        ),
        Kind(
            "model_uncatalogued",
            "models_catalogued",
            "warning",
            "model",
            "they are assigned, and no catalogue has them",
            "model is in no catalogue",
            "Put the model into a catalogue with nxai_catalogue or nxai_model: others cannot assign it.",
        ),
        Kind(
            "model_hidden",
            "models_catalogued",
            "warning",
            "model",
            "no catalogue shows them to an organisation whose cameras need them",
            "model hidden from its cameras",
            "Put the model into a catalogue that this organisation may use.",
        ),
        Kind(
            "runtime_unserved",
            "models_fit",
            "error",
            "camera",
            "their model has no file for the runtime of their server",
            "model does not fit the server",
            "Convert the model for that runtime (option conversions of nxai_model), or assign another one.",
        ),
        Kind(
            "release_unused",
            "releases",
            "note",
            "release",
            "they run on no camera",
            "release runs nowhere",
            "Roll the release out, or remove it (model_release_keep of the role model_release).",
        ),
    )
}
