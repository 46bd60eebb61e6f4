# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML that says no more than JSON could. What is in it is data, never code."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from .errors import BadInput, missing_library
from .limits import MOST_DEPTH

MOST_DIGITS = 40
_QUOTED = re.compile(r"'(?!<)[^']{3,}'")  # of the file, in YAML's own words; '<scalar>' is its own word
_SHOWN = re.compile(r"[A-Za-z0-9_-]{1,40}")  # a longer one may be a secret, in a file that is something else
# What a YAML library makes of a value that is not what its form promises.
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_MERGE = "tag:yaml.org,2002:merge"
_BREAKS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def shown_name(name: object) -> str:
    """The name in quotes, or "" for one that is better not shown."""
    return repr(str(name)) if _SHOWN.fullmatch(str(name)) else ""


def plain_yaml(content: bytes, tried: str, advice: str, otherwise: str = "", large: bool = False) -> Any:
    """The data of it. Raises BadInput, which names the line. ``otherwise``: what to do where PyYAML is not there.

    ``large``: with the parser in C, where PyYAML has it. It is six times as fast, and words errors in its own way.
    """
    try:
        import yaml
    except ImportError:
        install = "Install it for the Python that runs this task (pip install PyYAML)"
        raise missing_library(tried, "PyYAML", f"{install}{otherwise}.") from None

    base: Any = _fast_loader() if large and yaml.__with_libyaml__ else yaml.SafeLoader

    class Loader(base):  # type: ignore[misc]
        """What JSON could say as well: no aliases, which a few bytes make millions of, no tags, no key twice.

        Long numbers are refused as they are: those to the base of 60 take seconds.
        """

        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event: Any = self.peek_event()
            if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                self.refuse("it holds an alias or a tag", event)
            self.depth += 1
            if self.depth > MOST_DEPTH:
                self.refuse(f"its values are nested more than {MOST_DEPTH} deep", event)
            try:
                node = super().compose_node(parent, index)
            finally:
                self.depth -= 1
            if isinstance(node, yaml.ScalarNode) and node.tag in _NUMBERS and len(node.value) > MOST_DIGITS:
                self.refuse(f"it holds a number of more than {MOST_DIGITS} digits", event)
            return node

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key in (key for key, _value in node.value if not isinstance(key, yaml.ScalarNode)):
                self.refuse("a key begins with a bracket, so it has to be in quotes,", key)
            for key in (key for key, _value in node.value if isinstance(key, yaml.ScalarNode)):
                if key.tag == _MERGE:  # its members go below those that are there, without a word
                    self.refuse("it holds a merge (<<)", key)
                if key.value in seen:
                    shown = shown_name(key.value)
                    self.refuse(f"{f'the key {shown}' if shown else 'a key'} is there twice", node)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

        def refuse(self, problem: str, where: Any) -> NoReturn:
            raise BadInput(tried, f"it is not plain YAML: {problem} in line {where.start_mark.line + 1}", advice)

    try:
        return yaml.load(content, Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = _QUOTED.sub("…", getattr(error, "problem", None) or "it is no text that YAML allows")
        raise BadInput(tried, f"it is not plain YAML: {problem}{where}", advice) from None
    except _BREAKS:
        raise BadInput(tried, "it is not plain YAML: a value is not what its form promises", advice) from None


def _fast_loader() -> Any:
    """The parser in C, below the rest in Python: what is in there is looked at before anything is made of it."""
    from yaml._yaml import CParser
    from yaml.composer import Composer
    from yaml.constructor import SafeConstructor
    from yaml.resolver import Resolver

    class FastLoader(Composer, CParser, SafeConstructor, Resolver):
        def __init__(self, stream: Any) -> None:
            CParser.__init__(self, stream)
            for each in (Composer, SafeConstructor, Resolver):
                each.__init__(self)

    return FastLoader
