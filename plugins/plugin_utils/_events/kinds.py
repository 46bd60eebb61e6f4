# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of events, and what has to be read for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...module_utils._core.errors import BadInput

SITES = ("site_added", "site_removed", "site_online", "site_offline")
SERVERS = ("server_stopped", "server_running", "plugin_updated")
DEVICES = ("device_added", "device_removed", "device_moved", "assignment_changed")
MODELS = ("model_ready", "model_failed")
CATALOGUES = ("catalogue_changed",)
SERVICE = ("service_down", "service_up")
KINDS = (*SITES, *SERVERS, *DEVICES, *MODELS, *CATALOGUES, *SERVICE)


def check_kinds(wanted: Iterable[str]) -> frozenset[str]:
    """All kinds where none is wanted. Raises BadInput for a word that is none."""
    chosen = list(wanted)
    wrong = sorted(set(chosen) - set(KINDS))
    if wrong:
        answer = f"{wrong[0]!a} is no kind of event"
        raise BadInput("Read the option kinds", answer, f"Use {', '.join(KINDS)}.")
    return frozenset(chosen or KINDS)


def needs(kinds: Collection[str], of: Iterable[str]) -> bool:
    return not set(of).isdisjoint(kinds)
