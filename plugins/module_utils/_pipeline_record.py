# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One model on one device: the element of ``Pipelines``. Exact on the wire, snake_case for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._values import identity, number, text

RESIZING_METHODS = ("letterbox", "stretch", "crop")  # on the wire with a capital; only Letterbox was ever observed
_WIRE_NAMES = {
    "model": "modelUUID",
    "nms": "modelNMS",
    "resizing_method": "resizingMethod",
    "preprocessor": "Preprocessor",
    "postprocessor": "Postprocessor",
    "chains": "chains",
}
_EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Pipeline:
    """A pipeline. The defaults are those of the portal for a new one.

    ``model`` is the model's UUID in lower case. ``nms`` and ``resizing_method`` are None if the pipeline has none.
    ``extra`` holds every key that is not understood, and every known key whose value is not of the known type, under
    their wire names: they go back unchanged. Not hashable, as lists and dictionaries are not.
    """

    model: str
    nms: float | None = 0.42
    resizing_method: str | None = "letterbox"
    preprocessor: str = ""
    postprocessor: str = ""
    chains: list[Any] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Pipeline:
        """A pipeline as the API gave it, whatever is in it. A key that is absent or null counts as not set."""
        extra = dict(wire)

        def take(wire_name: str, read: Any) -> Any:
            value = wire.get(wire_name)
            understood = value if value is None else read(value)
            if value is None or understood is not None:
                extra.pop(wire_name, None)
            return understood

        return cls(
            model=take("modelUUID", lambda value: identity(value) or None) or "",
            nms=take("modelNMS", number),
            resizing_method=take("resizingMethod", _resizing_method),
            preprocessor=take("Preprocessor", text) or "",
            postprocessor=take("Postprocessor", text) or "",
            chains=list(take("chains", lambda value: value if isinstance(value, list) else None) or []),
            extra=extra,
        )

    def to_wire(self) -> dict[str, Any]:
        """The pipeline for the API. A known field that is set wins over a value of the same name in ``extra``."""
        known: dict[str, Any] = {wire_name: getattr(self, name) for name, wire_name in _WIRE_NAMES.items()}
        known["modelUUID"] = self.model or None
        known["resizingMethod"] = self.resizing_method.capitalize() if self.resizing_method else None
        known["chains"] = list(self.chains)
        kept = {name: value for name, value in self.extra.items() if known.get(name) in _EMPTY}
        return {name: value for name, value in known.items() if value is not None} | kept

    def to_option(self) -> dict[str, Any]:
        """The pipeline as users write it, and as it stands in facts and host variables."""
        option = {name: getattr(self, name) for name in _WIRE_NAMES}
        return {**option, "chains": list(self.chains), "extra": dict(self.extra)}

    @classmethod
    def from_option(cls, option: Mapping[str, Any]) -> Pipeline:
        """The reverse of ``to_option``. A key that is missing gets the default of a new pipeline; None means not set.

        Raises ``BadInput`` for a value of the wrong type.
        """
        for name, allowed in _OPTION_TYPES.items():
            value = option.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, allowed)):
                raise BadInput("Read a pipeline", f"{name} is of the wrong type", f"The pipeline is {dict(option)!r}.")
        resizing_method = option.get("resizing_method", cls.resizing_method)
        if resizing_method is not None and resizing_method not in RESIZING_METHODS:
            raise BadInput(
                "Read a pipeline", "resizing_method is not known", f"Use one of {', '.join(RESIZING_METHODS)}."
            )
        return cls(
            model=identity(option.get("model")),
            nms=option.get("nms", cls.nms),
            resizing_method=resizing_method,
            preprocessor=option.get("preprocessor") or "",
            postprocessor=option.get("postprocessor") or "",
            chains=list(option.get("chains") or []),
            extra=dict(option.get("extra") or {}),
        )


_OPTION_TYPES: dict[str, Any] = {
    "model": str,
    "nms": (int, float),
    "resizing_method": str,
    "preprocessor": str,
    "postprocessor": str,
    "chains": list,
    "extra": dict,
}


def _resizing_method(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and value.lower() in RESIZING_METHODS else None
