# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which colour stands for which release. Pure."""

from __future__ import annotations

from collections import Counter

from ..fleet.report import Report, SiteNow
from ..fleet.setups import NOTHING

MOST = 8  # colours that one can still tell apart; the others share one
OTHERS = f"r{MOST}"
IDLE, UNKNOWN = "rn", "q"  # runs nothing; not known


class Colours:
    """What runs, by its label, that of most cameras first."""

    def __init__(self, report: Report) -> None:
        setups = report.setups
        self._by_setup = [setups.label(each) for each in setups.all]
        self.counts = Counter(
            self._by_setup[each.then.setup]
            for site in report.sites
            for each in site.cameras
            if each.known and each.then.setup is not None
        )
        self.labels = sorted({*self._by_setup, *self.counts} - {NOTHING}, key=lambda each: (-self.counts[each], each))
        self._places = {each: number for number, each in enumerate(self.labels)}

    def of(self, setup: int) -> int:
        """The number of the label; -1 for nothing."""
        return self._places.get(self._by_setup[setup], -1)

    def kind(self, label: str) -> str:
        """The class that has its colour."""
        place = self._places.get(label)
        return IDLE if place is None else f"r{min(place, MOST)}"

    def at(self, site: SiteNow) -> list[tuple[str, str, int]]:
        """What runs at a site: label, class and the number of cameras. What is not known comes last."""
        counts = Counter(
            self._by_setup[each.then.setup] for each in site.cameras if each.known and each.then.setup is not None
        )
        rows = [(label, self.kind(label), number) for label, number in counts.most_common()]
        unknown = sum(not each.known for each in site.cameras)
        return [*rows, ("not known", UNKNOWN, unknown)] if unknown else rows
