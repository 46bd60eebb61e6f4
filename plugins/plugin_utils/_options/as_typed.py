# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody has typed into a survey, where ansible-core has made something else of it.

A controller hands answers on in a file of extra variables, with ``!unsafe`` before each text, so that none is a
template. ansible-core 2.19 and newer looks at such a text as if it had no quotes: ``2026.50`` is a number then,
``0042`` is 34, ``2026-11-28`` a date, and what was left empty is nothing. The file still has what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

_MARK = "!unsafe"


class Typed:
    """The extra variables of a command that have a marked text in them. ``arguments``: what follows each ``-e``."""

    def __init__(self, arguments: Iterable[Any]) -> None:
        self._found: dict[str, tuple[Any, Any]] = {}
        for argument in map(str, arguments):
            if argument.startswith("@"):
                self._found |= _marked_in(Path(argument[1:]))

    def instead_of(self, name: str, value: Any) -> Any:
        """What was typed, if ``value`` is what ansible-core makes of it. Else it comes from elsewhere, and stays."""
        typed, read = self._found.get(name, (value, value))
        return typed if typed != read == value else value


def _marked_in(file: Path) -> dict[str, tuple[Any, Any]]:
    """Each variable as it was typed, and as ansible-core reads it."""
    import yaml  # the controller has it

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class AsTyped(base):  # type: ignore[misc]
        pass

    class AsRead(base):  # type: ignore[misc]
        pass

    def as_read(loader: Any, node: Any) -> Any:
        plain = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value)
        return loader.construct_object(plain, deep=True)

    AsTyped.add_constructor(_MARK, lambda loader, node: loader.construct_scalar(node))
    AsRead.add_constructor(_MARK, as_read)
    try:
        content = file.read_bytes()
        if _MARK.encode() not in content:
            return {}
        typed, read = (yaml.load(content, Loader) for Loader in (AsTyped, AsRead))
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError):
        return {}  # encrypted, or with what only ansible-core reads
    names = zip(typed, read, strict=True) if isinstance(typed, dict) and len(typed) == len(read) else ()
    return {str(name): (typed[name], read[as_it_reads]) for name, as_it_reads in names}
