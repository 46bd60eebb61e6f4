# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The value of a variable, from whatever a survey, -e or a file gives for it. Pure.

Surveys give text for everything, and an empty text for what is not filled in. What a text stands for follows from what
the argument specification declares, and from nothing else:

``str``, ``path``            the text as it is
``list`` of ``str``          one entry on each line, or a JSON list of texts
``list`` of ``raw``          the same, with commas as well: numbers, shares, names of groups
``raw``, by its ``default``  true or false, a number, or a list or dictionary in JSON or YAML. The check of ansible-core
                             would refuse the text of these before any task runs, and each empty one
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE, boolean

from ...module_utils._core.errors import BadInput
from ...module_utils._core.limits import MOST_DEPTH, TooLarge, is_deep, read_json
from ...module_utils._core.plain_yaml import plain_yaml
from ...module_utils._core.wording import printable, shortened

Spec = Mapping[str, Any]
UNSET = (None, "")
MOST_YAML = 8 << 20  # bytes of a text in YAML; the estate of 10,000 cameras has two
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


class _Wrong(Exception):
    """What to give in place of a value."""


def read_all(what: str, declared: Mapping[str, Spec], given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each variable that is declared, its default where none is given. Raises BadInput with all faults."""
    found, faults = {}, []
    for name, spec in declared.items():
        try:
            found[name] = read(name, given.get(name), spec)
        except BadInput as error:
            faults.append(f"{error.tried} {error.answer}")
    if faults:
        raise BadInput(
            f"Read the variables of {what}", "; ".join(faults), "Correct what the survey, -e or a file gives."
        )
    return found


def read(name: str, value: Any, spec: Spec) -> Any:
    """One value. Raises BadInput: the name, what came, what to give."""
    read_text = form_of(spec)
    if value is None or (isinstance(value, str) and (value if read_text is _text else value.strip()) == ""):
        if spec.get("required"):
            raise BadInput(name, "is not set, and has to be")
        return _default(spec)
    try:
        if is_deep(value):
            raise _Wrong(f"less than {MOST_DEPTH} lists and dictionaries in each other")
        return read_text(value, spec)
    except _Wrong as wrong:
        raise BadInput(name, f"is {_shown(value)}: give {wrong}") from None


def form_of(spec: Spec) -> Callable[[Any, Spec], Any]:
    """What reads a value of this. LookupError for what no survey can give: no variable is declared so."""
    kind, elements = spec.get("type", "str"), spec.get("elements")
    if kind == "list" and elements in _LISTS:
        return _LISTS[elements]
    if kind == "raw" and spec.get("default") is not None:
        return _BY_DEFAULT[type(spec["default"])]
    return {"str": _text, "path": _text}[kind]


def _default(spec: Spec) -> Any:
    default = spec.get("default")
    if default is None:
        return [] if spec.get("type") == "list" else ""
    return json.loads(json.dumps(default))  # nobody changes that of the specification


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else f"{value}"
    return printable(text if len(text) <= 60 else f"{text[:57]}...")


# Single values


def _text(value: Any, spec: Spec) -> str:
    choices = [each for each in spec.get("choices") or () if each not in UNSET]
    if choices and str(value) in ("True", "False"):  # YAML makes it of a word such as off
        words = BOOLEANS_TRUE if str(value) == "True" else BOOLEANS_FALSE
        meant = [each for each in choices if each in words]
        value = meant[0] if len(meant) == 1 else value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _Wrong(f"one of {', '.join(choices)}" if choices else "a text, in quotes where YAML reads something else")
    if choices and str(value) not in choices:
        raise _Wrong(f"one of {', '.join(choices)}")
    return str(value)


def _flag(value: Any, _spec: Spec) -> bool:
    try:
        return bool(boolean(value.strip() if isinstance(value, str) else value, strict=True))
    except (TypeError, AttributeError):
        raise _Wrong("true or false") from None


def _whole(value: Any, spec: Spec) -> int:
    number = value
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        number = int(value)
    if isinstance(value, float) and value.is_integer():
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int):
        raise _Wrong(f"a whole number{_such_as(spec)}")
    return number


def _number(value: Any, spec: Spec) -> float:
    try:
        number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _Wrong(f"a number{_such_as(spec)}")
    return number


def _such_as(spec: Spec) -> str:
    return f", such as {spec['default']}" if spec.get("default") is not None else ""


# Lists of single values


def _names(value: Any, _spec: Spec) -> list[str]:
    """A comma may be part of a name."""
    wanted = "one name on each line, or a list of texts"
    entries = value
    if isinstance(value, str):
        entries = _json_list(value)
        if entries is None:
            entries = value.splitlines()
    return [str(each).strip() for each in _single(entries, wanted) if str(each).strip()]


def _json_list(text: str) -> list[str] | None:
    """The list that the text as a whole is, if it is one of texts."""
    if text.lstrip()[:1] != "[":
        return None
    try:
        found = read_json(text.encode())
    except (ValueError, UnicodeError):
        return None
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else None


def _sizes(value: Any, _spec: Spec) -> list[Any]:
    """Numbers, shares and groups."""
    wanted = "numbers, shares or names, on lines of their own or with commas, such as 5%,25%"
    entries = _data(value, wanted) if isinstance(value, str) and re.match(r"\s*(\[|- )", value) else value
    found: list[Any] = []
    for each in _single(entries, wanted):
        found += re.split(r"[,\n]", each) if isinstance(each, str) else [each]
    return [each.strip() if isinstance(each, str) else each for each in found if str(each).strip()]


def _numbers(value: Any, spec: Spec) -> list[float]:
    return [_number(each, spec) for each in _sizes(value, spec)]


def _single(entries: Any, wanted: str) -> list[Any]:
    """A list of texts and numbers, also where one stands for it."""
    found = list(entries) if isinstance(entries, (list, tuple)) else [entries]
    if any(isinstance(each, bool) or not isinstance(each, (str, int, float)) for each in found):
        raise _Wrong(wanted)
    return found


# Lists and dictionaries in each other


def _rows(value: Any, spec: Spec) -> list[Any]:
    wanted = "a list of dictionaries, in JSON or YAML"
    found = _data(value, wanted)
    if found in ({}, None):
        return []
    if not isinstance(found, (list, tuple)) or not all(isinstance(each, Mapping) for each in found):
        raise _Wrong(wanted)
    return [_members(each, spec) for each in found]


def _dictionary(value: Any, spec: Spec) -> dict[str, Any]:
    wanted = "a dictionary, in JSON or YAML"
    found = _data(value, wanted)
    if found in ([], None):
        return {}
    if not isinstance(found, Mapping):
        raise _Wrong(wanted)
    return _members(found, spec)


def _members(found: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Each member of the type that is declared for it. Those without a declaration are for the module to check."""
    options: Mapping[str, Spec] | None = spec.get("options")
    if options is None:
        return dict(found)
    unknown = sorted(str(each) for each in found if each not in options)
    if unknown:
        raise _Wrong(f"no {shortened(unknown, 5)}, but only {', '.join(options)}")
    made = {}
    for name, value in found.items():
        declared = options[name]
        if value is None or (value == "" and declared.get("type") != "str"):
            continue
        try:
            made[name] = _MEMBERS[declared["type"], declared.get("elements")](value, declared)
        except _Wrong as wrong:
            raise _Wrong(f"for {name} {wrong}, and not {_shown(value)}") from None
    return made


def _data(value: Any, wanted: str) -> Any:
    """What a text says in JSON or YAML; other values as they are."""
    if not isinstance(value, str):
        return value
    content = value.encode("utf-8", "surrogatepass")
    try:
        if value.lstrip()[:1] in ("[", "{"):
            return read_json(content)
    except TooLarge as error:
        raise _Wrong(f"{wanted} ({error})") from None
    except ValueError:
        pass  # YAML has such brackets, too
    if len(content) > MOST_YAML:
        raise _Wrong(f"{wanted} (it has more than {MOST_YAML >> 20} MiB)")
    try:
        return plain_yaml(content, "Read it", "", large=True)
    except BadInput as error:
        raise _Wrong(f"{wanted} ({error.answer})") from None


_LISTS: dict[str, Callable[[Any, Spec], Any]] = {"str": _names, "raw": _sizes}
_BY_DEFAULT: dict[type, Callable[[Any, Spec], Any]] = {
    bool: _flag, int: _whole, float: _number, list: _rows, dict: _dictionary,
}  # fmt: skip
_MEMBERS: dict[tuple[str, str | None], Callable[[Any, Spec], Any]] = {
    ("str", None): _text, ("path", None): _text, ("int", None): _whole, ("float", None): _number, ("bool", None): _flag,
    ("list", "str"): _names, ("list", "float"): _numbers, ("dict", None): _dictionary,
}  # fmt: skip
