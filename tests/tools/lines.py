# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables of docs/api.md from the lines of the contract, between the marks that are there.

``python -m tools.lines``, with ``--check`` to write nothing and fail where they differ.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import LINES, PARAMETERS, Line
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX
from tools.workplace import ROOT

PAGE = ROOT / "docs" / "api.md"
_PLACE = re.compile(r"(<!-- lines: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with each table made anew. KeyError for a mark that names none."""
    made = {"operations": _operations, "parameters": _parameters, "fields": _fields, "words": _words, "others": _others}
    return _PLACE.sub(lambda found: f"{found[1]}\n{_table(made[found[2]]())}\n{found[3]}", page)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head, *body = rows
    lines = [head, ("---",) * len(head), *body]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _operations() -> Iterator[tuple[str, ...]]:
    yield "operation", "call", "query", "evidence"
    for each in OPERATIONS.values():
        call = f"`{each.method} {PREFIX[each.api]}{each.path}`"
        yield f"`{each.name}`", call, _code(each.query), each.evidence


def _parameters() -> Iterator[tuple[str, ...]]:
    yield "parameter", "evidence", "meaning"
    for name, (evidence, meaning) in PARAMETERS.items():
        yield f"`{name}`", evidence, meaning


def _lines(*sections: str) -> Iterator[Line]:
    return (line for line in LINES.values() if line.key.partition(".")[0] in sections)


def _fields() -> Iterator[tuple[str, ...]]:
    yield "line", "where", "sent, too", "evidence", "meaning"
    for line in _lines("fields"):
        yield f"`{line.key}`", _code(line.default), "yes" if line.sent else "", line.evidence, line.meaning


def _words() -> Iterator[tuple[str, ...]]:
    yield "line", "words", "evidence", "what they say"
    for line in _lines("words"):
        yield f"`{line.key}`", _code(line.default), line.evidence, line.meaning


def _others() -> Iterator[tuple[str, ...]]:
    yield "line", "as known", "evidence", "meaning"
    for line in _lines("auth", "upload", "catalogue", "assignment", "no_pipelines"):
        known = line.default if isinstance(line.default, str) else ""
        yield f"`{line.key}`", f"`{known}`" if known else "none", line.evidence, line.meaning


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" if name else "the whole" for name in names)


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    text = filled(page)
    if text == page:
        return 0
    name = PAGE.relative_to(ROOT)
    if "--check" in sys.argv:
        print(f"{name}: its tables differ from plugins/module_utils/_api/contract/lines.py. Run: make returns")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"{name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
