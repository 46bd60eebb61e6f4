# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page as a browser would read it: its elements, and the text of each."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = ("meta", "input", "link", "img", "br", "hr")


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], above: Element | None) -> None:
        self.tag, self.attributes, self.above = tag, attributes, above
        self.own: list[str] = []
        self.text = ""  # with that of the elements in it

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.wrong: list[str] = []  # ends that are none
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        self.wrong += [f"<{each.tag}> has no end" for each in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1] if self._open else None)
        self.elements.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.wrong.append(f"</{tag}> comes in between")

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.text += data

    def all(self, tag: str, kind: str = "") -> list[Element]:
        return [each for each in self.elements if each.tag == tag and (not kind or kind in each.classes)]

    def one(self, tag: str, kind: str = "") -> Element:
        (found,) = self.all(tag, kind)
        return found

    @property
    def structure(self) -> list[tuple[str, ...]]:
        """All that is no text: each element with the names of its attributes."""
        return [(each.tag, *sorted(each.attributes)) for each in self.elements]

    @property
    def text(self) -> str:
        return self.elements[0].text
