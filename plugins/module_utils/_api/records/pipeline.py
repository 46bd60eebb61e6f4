# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One model on one device: the element of ``Pipelines``. Exact on the wire, snake_case for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from ..._core.errors import BadInput
from ..._core.values import identity, is_uuid, number, plain, text
from ..contract.lines import WIRE_NAMES

RESIZING_METHODS = ("letterbox", "stretch", "crop")  # on the wire with a capital; only Letterbox was ever observed
PROCESSORS = ("Preprocessor", "Postprocessor")
_NMS_DIGITS = 4  # a threshold that went through single precision is still the same
_TRIED = "read a pipeline"
_UUID_PARTS = re.compile("-?".join(f"([0-9a-fA-F]{{{digits}}})" for digits in (8, 4, 4, 4, 12)))
_NUMBER = re.compile(r"[0-9]{0,9}\.?[0-9]{0,30}(?:[eE][+-]?[0-9]{1,3})?")
_BY_PLAIN_NAME = {plain(name): name for name in WIRE_NAMES.values()}
_MODEL = "modeluuid"
_ALSO_A_MODEL = re.compile(r"(?:model|function|network)(?:uuid|guid|id)?")
_NONE = ("none", "null", "nil", "-", "n/a")
# What the service says of a pipeline by itself: an id of its own, and when something was done to it.
_OWN_ID = re.compile(r"(?:pipeline|assignment|instance)?(?:uuid|guid|id)")
_OWN_TIME = re.compile(r"(?:created|updated|modified|changed|deployed|assigned)(?:at|on)")


@dataclass(frozen=True, eq=False)
class Pipeline:
    """A pipeline, held as the API gives and takes it: what is not understood or not changed goes back as it came.

    Two pipelines are equal where they mean the same: an absent name is an empty one, absent chains are no chains.
    ``spelling``: the known keys that the service spells in another way, which is how they go back.
    """

    wire: Mapping[str, Any]
    spelling: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, wire: Mapping[str, Any]) -> Pipeline:
        """A pipeline as it came. The known keys are known without regard to case, ``_`` and ``-``."""
        spelling = _spelling(tuple(wire))
        if not spelling:
            return cls(wire)
        known = {shown: name for name, shown in spelling.items()}
        return cls({known.get(key, key): value for key, value in wire.items()}, spelling)

    @classmethod
    def new(cls, option: Mapping[str, Any]) -> Pipeline:
        """A pipeline as users write it (``to_option``), with the portal's defaults for what is left out or None."""
        defaults = {"nms": 0.42, "resizing_method": "letterbox", "preprocessor": "", "postprocessor": "", "chains": []}
        declared = {name: value for name, value in option.items() if value is not None}
        return cls({}).with_option({**defaults, **declared})

    def with_option(self, option: Mapping[str, Any]) -> Pipeline:
        """The same pipeline with what is declared set. Keys that are missing or None are left.

        Raises BadInput for a value of the wrong type or out of range.
        """
        wire = dict(self.wire)
        for name, wire_name in WIRE_NAMES.items():
            value = option.get(name)
            if value is not None:
                wire[wire_name] = _CHECKS[name](name, value)
        extra = option.get("extra") or {}
        known = sorted(set(extra) & set(WIRE_NAMES.values()))
        if known:
            raise BadInput(_TRIED, f"extra holds {', '.join(known)}", "These have options of their own.")
        return Pipeline({**wire, **extra}, self.spelling)

    @property
    def model(self) -> str:
        """The UUID of the model in lower case, or "" where the API gave none."""
        return identity(self.wire.get("modelUUID"))

    @cached_property
    def models(self) -> tuple[Any, ...]:
        """Its models, those of chains too, each as it is written."""
        return tuple(models_in(self.wire))

    def with_models(self, rename: Callable[[str], str]) -> Pipeline:
        """The same pipeline with each of its models, those of chains too, replaced by what ``rename`` gives for it."""
        return Pipeline(with_models(self.wire, rename), self.spelling)

    def without(self, keys: Collection[str]) -> Pipeline:
        return Pipeline(without_keys(self.wire, keys), self.spelling)

    def to_wire(self) -> dict[str, Any]:
        """As it came, with what is changed."""
        return {self.spelling.get(key, key): value for key, value in self.wire.items()}

    def to_sent(self) -> dict[str, Any]:
        """As it is sent: a threshold that came as text is a number, as that of a new pipeline is."""
        return {key: _in_known_types(key, value) for key, value in self.to_wire().items()}

    def to_option(self) -> dict[str, Any]:
        """The pipeline as users write it, and as it stands in facts and host variables.

        A known key whose value is not of the known type is shown as None, and kept on the wire.
        """
        resizing = self.wire.get("resizingMethod")
        chains = self.wire.get("chains")
        return {
            "model": self.model,
            "nms": understood_number(self.wire.get("modelNMS")),
            "resizing_method": resizing.lower() if isinstance(resizing, str) else None,
            "preprocessor": processor_name(self.wire.get("Preprocessor")),
            "postprocessor": processor_name(self.wire.get("Postprocessor")),
            "chains": list(chains) if isinstance(chains, list) else [],
            "extra": {name: value for name, value in self.wire.items() if name not in WIRE_NAMES.values()},
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pipeline):
            return False
        # As text, 1 and True differ. That finds most of those that are equal, and their meaning takes longer.
        return self is other or repr(self.wire) == repr(other.wire) or self._meaning() == other._meaning()

    __hash__ = None  # type: ignore[assignment]  # equal ones may be written differently

    def _meaning(self) -> dict[str, Any]:
        """What is compared, by the names on the wire: the known keys in one form, all others as they are.

        What the service says of a pipeline by itself is no part of it.
        """
        option = self.to_option()
        if option["nms"] is not None:
            option["nms"] = round(option["nms"], _NMS_DIGITS)
        meaning = {key: value for key, value in self.wire.items() if not is_told(key, value)}
        for name, wire_name in WIRE_NAMES.items():
            value = self.wire.get(wire_name)
            is_none = wire_name in PROCESSORS and isinstance(value, str)
            if option[name] not in (None, "", []) or value in (None, "", []) or is_none:
                meaning[wire_name] = option[name]
        return meaning


Assignment = tuple[Pipeline, ...]  # of one device, in order


@lru_cache(maxsize=1024)
def _spelling(keys: tuple[str, ...]) -> Mapping[str, str]:
    """How each known key is spelled that is not there as it is known. Of two that may be one, neither is."""
    shown: dict[str, list[str]] = {}
    for key in keys:
        name = _BY_PLAIN_NAME.get(plain(key))
        if name is not None and name not in keys:
            shown.setdefault(name, []).append(key)
    return {name: found[0] for name, found in shown.items() if len(found) == 1}


def is_told(key: str, value: Any) -> bool:
    """Whether a member of a pipeline is only what the service says of it by itself, which differs when it will."""
    if not isinstance(value, (str, int)) or key in WIRE_NAMES.values():
        return False
    return bool(_OWN_ID.fullmatch(plain(key)) or _OWN_TIME.fullmatch(plain(key)))


def without_keys(wire: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """A pipeline as it is on the wire, without these members of it and of those in its chains, however spelled."""
    names = set(map(plain, keys))
    return {key: _pruned(key, value, names) for key, value in wire.items() if plain(key) not in names}


def _pruned(key: str, value: Any, names: set[str]) -> Any:
    if not names or plain(key) != "chains" or not isinstance(value, list):
        return value
    return [without_keys(each, names) if isinstance(each, Mapping) else each for each in value]


def processor_name(value: Any) -> str:
    """The name of a processor; "" for none, for which a word such as None stands as well."""
    name = text(value) or ""
    return "" if name.strip().lower() in _NONE else name


def _in_known_types(key: object, value: Any) -> Any:
    """Elements of chains are as pipelines are, which is a guess."""
    if plain(key) == "modelnms":
        found = understood_number(value)
        return value if found is None else found
    if plain(key) != "chains":
        return value
    return _with_leaves(value, lambda outer, place: _in_known_types(place, outer[place]))


def understood_number(value: Any) -> float | None:
    """A number, also one that the service writes as text."""
    if isinstance(value, str) and value and _NUMBER.fullmatch(value):
        try:
            return number(float(value))
        except ValueError:
            return None
    return number(value)


def models_of(assignment: Iterable[Pipeline]) -> list[str]:
    """The models that an assignment uses, those of chains too: each once, in order, in lower case without braces.

    Where a chain names its models is a guess: see ``_names_a_model``.
    """
    return list(dict.fromkeys(filter(None, (identity(each) for one in assignment for each in one.models))))


def with_models(value: Any, rename: Callable[[Any], Any]) -> Any:
    """A copy of a wire value in which every model, at any depth (see ``models_of``), is what ``rename`` makes of it."""

    def renamed(outer: Any, place: Any) -> Any:
        return rename(outer[place]) if _names_a_model(outer, place) else outer[place]

    return _with_leaves(value, renamed)


def _with_leaves(value: Any, change: Callable[[Any, Any], Any]) -> Any:
    """A copy of a wire value in which each leaf is what ``change`` makes of what it is in, and its key or place."""
    made: Any
    places: Iterable[Any]
    if isinstance(value, list):
        made, places = list(value), range(len(value))
    elif isinstance(value, Mapping):
        made, places = dict(value), value
    else:
        return value
    for place in places:  # a loop: a comprehension takes a second frame for each level
        inner = value[place]
        nested = isinstance(inner, (list, Mapping))
        made[place] = _with_leaves(inner, change) if nested else change(value, place)
    return made


def ids_in(value: Any, aside: re.Pattern[str] | None = None) -> Iterator[str]:
    """Every id that occurs somewhere in there, as ids are compared: as a value, as a key, and inside any text.

    What matches ``aside`` is left out of each text.
    Before a model is deleted this is asked, not ``models_of``: it also finds what pipelines of an unknown shape name.
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            waiting += [*item, *item.values()]
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str):
            item = aside.sub("", item) if aside else item
            yield identity(item)
            yield from ("-".join(parts).lower() for parts in _UUID_PARTS.findall(item))


def models_in(value: Any) -> Iterator[Any]:
    """The models of a wire value at any depth, each as it is written there."""
    waiting = [value]
    while waiting:
        outer = waiting.pop()
        if isinstance(outer, list):
            waiting += reversed(outer)
        elif isinstance(outer, Mapping):
            yield from (inner for key, inner in outer.items() if _names_a_model(outer, key))
            waiting += [inner for inner in reversed([*outer.values()]) if isinstance(inner, (list, Mapping))]


def _names_a_model(outer: Any, place: Any) -> bool:
    """By ``modelUUID``, however its letters are written. Of an object without one, by another such name of a UUID."""
    if isinstance(outer, list) or not isinstance(outer[place], (str, int)):
        return False
    name = plain(place)
    if name == _MODEL or not _also_a_model(name):
        return name == _MODEL
    return is_uuid(outer[place]) and _MODEL not in map(plain, outer)


@lru_cache(maxsize=2048)
def _also_a_model(name: str) -> bool:
    return _ALSO_A_MODEL.fullmatch(name) is not None


def _wrong(name: str, wanted: str) -> BadInput:
    return BadInput(_TRIED, f"{name} is not {wanted}", "Correct the pipeline and run the task again.")


def _model(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(name, "a UUID")
    return identity(value)


def _nms(name: str, value: Any) -> float:
    threshold = number(value)
    if threshold is None or not 0 <= threshold <= 1:
        raise _wrong(name, "a number from 0 to 1")
    return threshold


def _resizing_method(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.lower().isalpha():
        raise _wrong(name, f"one of {', '.join(RESIZING_METHODS)}")
    return value.capitalize()


def _processor(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "a name")
    return value


def _chains(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(name, "a list")
    return list(value)


_CHECKS = {
    "model": _model,
    "nms": _nms,
    "resizing_method": _resizing_method,
    "preprocessor": _processor,
    "postprocessor": _processor,
    "chains": _chains,
}
