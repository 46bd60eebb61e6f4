# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a model: one declaration gives the option, the API object and the diff.

Names on the wire are those of contract B2 and B3. Guesses: ``vars`` holds the scales of the portal's form, and
``order`` 0 is NCHW, 1 is NHWC.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._reconcile import Field, view
from ansible_collections.nxai.cloud.plugins.module_utils._records import Model, split_documentation

_LAYOUTS = {"nchw": 0, "nhwc": 1}


def _layout(order: Any) -> Any:
    return next((name for name, value in _LAYOUTS.items() if value == order), order)


def _text(documentation: Any) -> str:
    return split_documentation(documentation)[0] if isinstance(documentation, str) else ""


_INPUT = "InputDriverDetails"
_PER_CHANNEL = {"type": "list", "elements": "float"}

# Options that an argument spec takes as they are. The documentation is among them, but its digest mark is not.
OPTION_FIELDS = (
    Field("alias", ("Alias",), {"type": "str"}),
    Field("documentation", ("Documentation",), {"type": "str"}, decode=_text),
    Field("input_driver", ("InputDriver",), {"type": "str"}),
    Field("channels", (_INPUT, "channels"), {"type": "int", "choices": [1, 3]}),
    Field("height", (_INPUT, "height"), {"type": "int"}),
    Field("width", (_INPUT, "width"), {"type": "int"}),
    Field("means", (_INPUT, "means"), _PER_CHANNEL),
    Field("scales", (_INPUT, "vars"), _PER_CHANNEL),
    Field("layout", (_INPUT, "order"), {"type": "str", "choices": list(_LAYOUTS)}, _LAYOUTS.__getitem__, _layout),
    Field("output_driver", ("OutputDriver",), {"type": "str"}),
    Field("conversions", ("EnableConversions",), {"type": "list", "elements": "str"}),
    Field("source_name", ("SourceName",), {"type": "str"}),
    Field("source_url", ("SourceUrl",), {"type": "str"}),
)


def _catalogue_uuids(catalogues: Any) -> list[str]:
    """Rows of ``Catalogues`` are UUIDs or objects with one (unknown, contract B2)."""
    rows = catalogues if isinstance(catalogues, list) else []
    return [str(row.get("UUID") if isinstance(row, dict) else row).lower() for row in rows]


FIELDS = (
    Field("name", ("Name",), {"type": "str"}),
    *OPTION_FIELDS,
    Field("catalogues", ("Catalogues",), {"type": "list", "elements": "str"}, decode=_catalogue_uuids),
)


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
        "file": {"sha256": model.digest.sha256, "size": model.digest.size} if model.digest else None,
        "updated_at": model.updated_at,
        **view(FIELDS, model.raw),
    }
