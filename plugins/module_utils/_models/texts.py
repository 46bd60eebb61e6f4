# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a documentation that is shown is the one that was declared. A service may show it in another form."""

from __future__ import annotations

import html
import re
from typing import Any

from .._api.contract.contract import Contract
from .._api.records.file_mark import split_documentation
from .._core.values import text as text_of
from .._engine.module import Task

_RENDERED = re.compile(r"\s*<(?:p|h[1-6]|div|ul|ol|pre|table|blockquote|article|section|html|body)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TARGET = re.compile(r"\]\([^()]*\)")  # where a link of Markdown leads to


def same_text(shown: Any, declared: Any) -> bool:
    """Equal lines, whatever ends them, or the same text in one of the ways in which services show it."""
    return _lines(shown) == _lines(declared) or shown_as(shown, declared) is not None


def shown_as(shown: Any, declared: Any) -> str | None:
    """How the same text is shown, where that is not as it was declared. Then a change of some signs is not seen."""
    one, other = _lines(shown), _lines(declared)
    if one == other or not one or not other:
        return None
    if html.unescape(one) == other:
        return "with &lt; and the like"
    if "\n" in other and "\n" not in one and one.split() == other.split():
        return "in one line"
    if _RENDERED.match(one) and not _RENDERED.match(other) and _letters(one) == _letters(_TARGET.sub("]", other)):
        return "as HTML"
    return None


def warn_of_form(task: Task, header: str, shown: Any, declared: Any) -> None:
    """Of a documentation that counts as the declared one, and is shown in another form."""
    how = shown_as(split_documentation(text_of(shown) or "")[0], declared)
    if how:
        task.warn(
            f"The service shows the documentation of the {header} {how}. So a change of it that makes no "
            f"other difference is not noticed. {task.client.contract.hint('fields.model.documentation')}"
        )


def how_to_go_on(contract: Contract) -> str:
    """After a conversion that failed. That it did may be what words of the user's contract say alone."""
    words = [contract.hint(f"words.{each}") for each in ("failed", "ready") if each in contract.words]
    return " ".join(["Correct the file and upload again.", *words])


def _lines(text: Any) -> str:
    """Where the service drops the mark, the empty lines before it may stay."""
    return "\n".join((text or "").splitlines()).rstrip()


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", html.unescape(_TAG.sub("", text)))
