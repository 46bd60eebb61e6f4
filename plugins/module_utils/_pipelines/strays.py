# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices to which nothing was sent, and which lost what they had for what was sent to another. Pure.

A service may take a request for all devices of a site, a server or a group, or for all that those are to run, and
nothing but a look at these says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from .._api.contract.lines import hint
from .._api.records.pipeline import Assignment, models_of
from .._api.records.records import Device
from .._core.wording import shortened
from .readback import compare
from .reconcile import Batch, DeviceChange

_LINE = "fields.assignment.devices"


def strays(
    sent: Iterable[Assignment], others: Iterable[DeviceChange], now: Mapping[str, Device]
) -> list[tuple[DeviceChange, Assignment]]:
    """Those with what they show ``now``, by NxID: what was sent, or less than they had. ``others``: as they were listed
    before anything was sent."""
    wanted = [*sent]
    found = []
    for each in others:
        device = now.get(each.device.id)
        shown = device.as_read if device else None
        if shown is None or not each.before or shown == each.device.as_read:
            continue
        if _lacks(shown, each.before) and (_shows(wanted, shown) or _is_less(wanted, shown, each.before)):
            found.append((each, shown))
    return found


def _shows(sent: Iterable[Assignment], shown: Assignment) -> bool:
    return any(compare(one, shown) is not None for one in sent)


def _is_less(sent: Iterable[Assignment], shown: Assignment, before: Assignment) -> bool:
    """Whether all is gone, or all that is gone are pipelines of models that were sent to another."""
    models = {model for each in sent for model in models_of(each)}
    gone = [each for each in before if each not in shown]
    return all(each in before for each in shown) and (not shown or models.issuperset(models_of(gone)))


def _lacks(shown: Assignment, before: Assignment) -> bool:
    return any(each not in shown for each in before)


class Strays:
    """Of one task. ``listed``: all devices of its sites, by site, before anything was sent. ``lost``: those that the
    service has written to.

    Another task of the same play may give some devices just what this one gives its own. So those that show what this
    task would have made of them are only ``doubtful``, and no question where others of their server keep what they had.
    Those that show less may just be on a server that starts: see ``believe_less``.
    """

    def __init__(self) -> None:
        self.lost: dict[tuple[str, str], DeviceChange] = {}
        self.doubtful: dict[tuple[str, str], DeviceChange] = {}
        self.listed: dict[str, list[DeviceChange]] = {}
        self._less: dict[str, list[DeviceChange]] = {}
        self._sent: dict[str, list[Assignment]] = {}
        self._beside: set[tuple[str, str]] = set()
        self._rules: Sequence[Callable[[Assignment], Assignment]] = ()

    def expect(
        self,
        planned: Iterable[DeviceChange],
        beside: Iterable[DeviceChange],
        rules: Sequence[Callable[[Assignment], Assignment]],
    ) -> None:
        """``planned``: those of the task. ``beside``: what else their sites list. ``rules``: what it makes of one."""
        self._rules = rules
        self._beside = {each.key for each in beside}
        for each in (*planned, *beside):
            self.listed.setdefault(each.site.id, []).append(each)

    def leave_out(self, keys: Collection[tuple[str, str]], key_of: Callable[[DeviceChange], tuple[str, str]]) -> None:
        """Those to which something is on its way that was sent to them before."""
        for site, its in self.listed.items():
            self.listed[site] = [each for each in its if key_of(each) not in keys]

    def sends(self, change: DeviceChange) -> None:
        sent = self._sent.setdefault(change.site.id, [])
        if change.after not in sent:
            sent.append(change.after)

    def may_be_at(self, batch: Batch) -> bool:
        """Whether devices of its site have something, and are not in it."""
        keys = {each.key for each in batch.changes}
        return any(each.before and each.key not in keys for each in self.listed.get(batch.site.id, ()))

    def look(self, site_id: str, reached: Collection[tuple[str, str]], now: Mapping[str, Device]) -> bool:
        """Whether one more was found at this site that has lost something for certain."""
        sent = self._sent.get(site_id, [])
        others = [each for each in self.listed.get(site_id, ()) if each.key not in reached] if sent else []
        found = strays(sent, others, now)
        self._less[site_id] = [each for each, shown in found if not _shows(sent, shown)]
        found = [(each, shown) for each, shown in found if _shows(sent, shown)]
        doubtful = {each.key for each, shown in found if self._is_alike(each, shown)}
        kept = {each.device.server for each in others if each.key not in doubtful and each.before not in ((), *sent)}
        for each, _shown in found:
            if each.key not in doubtful:
                self.lost.setdefault(each.key, each)
            elif each.device.server not in kept:
                self.doubtful.setdefault(each.key, each)
        return len(doubtful) < len(found)

    def less_at(self, sites: Iterable[str]) -> list[str]:
        """Those of these sites where others showed less than they had when they were looked at last."""
        return [each for each in sites if self._less.get(each)]

    def believe_less(self, sites: Iterable[str]) -> list[str]:
        """They do so for good. Gives the sites where that is lost for certain: a single one may have been changed by
        somebody else, if the task did not mean it."""
        certain = []
        for site in self.less_at(sites):
            its = self._less.pop(site)
            alone = len(its) == 1 and self.is_beside(its[0].key)
            (self.doubtful if alone else self.lost).update((each.key, each) for each in its)
            certain += [] if alone else [site]
        return certain

    def is_beside(self, key: tuple[str, str]) -> bool:
        """Whether the task did not mean this device."""
        return key in self._beside

    def _is_alike(self, change: DeviceChange, shown: Assignment) -> bool:
        if not self.is_beside(change.key):
            return False
        return any(compare(rule(change.before), shown) is not None for rule in self._rules)

    @property
    def beside(self) -> list[DeviceChange]:
        """Those that the task did not mean, as they were before."""
        return [each for key, each in {**self.lost, **self.doubtful}.items() if self.is_beside(key)]

    def as_reason(self) -> str:
        return (
            f"it was sent to, and {_labels(self.lost)}, to which nothing was sent, lost what they had and show what it"
            f" was sent, or less: the service writes to more devices than it is asked to. {_ADVICE}"
        )

    def as_warning(self) -> str:
        if not self.doubtful:
            return ""
        return (
            f"{_labels(self.doubtful)} lost what they had while the task ran, and show what it sent to others, or less."
            f" If no other task did that, the service writes to more devices than it is asked to. {_ADVICE}"
        )


_ADVICE = f"What they had is in the snapshot. Write nothing more before you know why. {hint(_LINE)}"


def _labels(changes: Mapping[tuple[str, str], DeviceChange]) -> str:
    return shortened([each.label for each in changes.values()])
