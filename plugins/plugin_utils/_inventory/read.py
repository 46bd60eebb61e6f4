# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory reads: which sites, what they hold, several at a time, and what to do when one cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ...module_utils._api.client import Client
from ...module_utils._api.device import DeviceApi
from ...module_utils._api.records.records import Catalogue, Device, Model, Server, Site
from ...module_utils._core.errors import BadInput, NxaiError, SignInFailed
from ...module_utils._core.voice import unheard
from ...module_utils._core.wording import counted, shortened
from ...module_utils._engine.lookup import Index, globbed, is_glob
from ...module_utils._engine.sites import in_parallel, is_off_line, say_unmatched
from .known import LastKnown

UNAUTHORISED = 401
DO_WITHOUT = "To do without what cannot be read: on_error: skip, or cached."
_Record = TypeVar("_Record", Site, Model, Catalogue)


@dataclass(frozen=True, kw_only=True)
class SiteListing:
    """One site with what was asked of it. An offline site is not asked: it holds nothing that could be listed.

    ``error``: why it could not be read. ``known_at``: the time (RFC 3339) of the last known data that it shows instead.
    """

    site: Site
    servers: Sequence[Server] = ()
    devices: Sequence[Device] = ()
    error: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the user wants read. ``rows``: devices keep theirs. ``on_error``: ``fail``, ``cached`` or ``skip``."""

    sites: Sequence[str] = ()
    online_only: bool = False
    servers: bool = False
    devices: bool = True
    models: bool = False
    catalogues: bool = False
    rows: bool = True
    concurrency: int = 8
    on_error: str = "fail"
    allow_empty: bool = True


@dataclass(frozen=True, kw_only=True)
class Estate:
    """What was read. ``sites`` are all of the account; ``listings`` are those selected, in a fixed order.

    ``fresh``: nothing is missing or old for want of an answer.
    """

    sites: Sequence[Site]
    listings: Sequence[SiteListing]
    models: Sequence[Model] = ()
    catalogues: Sequence[Catalogue] = ()
    warnings: Sequence[str] = ()
    fresh: bool = True


def select_sites(
    sites: Sequence[Site],
    entries: Sequence[str],
    online_only: bool,
    warn: Callable[[str], None] = unheard,
    allow_empty: bool = True,
) -> list[Site]:
    """The sites that an entry matches (all, without entries), by name and id.

    An entry is a site's name or UUID, which must match one site (BadInput), or a glob over names. One that matches none
    is warned of, and so is it where no site is left at all. Without ``allow_empty`` that is BadInput.
    """
    index = Index(sites, "site", "of this account")
    chosen: set[str] = set()
    for entry in entries:
        found = globbed(entry, sites) if is_glob(entry) else [index.find(entry)]
        if not found:
            say_unmatched(entry, sites, warn, allow_empty)
        chosen.update(site.id for site in found)
    left = [site for site in sites if (not entries or site.id in chosen) and not (online_only and site.online is False)]
    if not left:
        _say_empty(len(sites), warn, allow_empty)
    return sorted(left, key=lambda site: (site.name, site.id))


def _say_empty(sites: int, warn: Callable[[str], None], allow_empty: bool) -> None:
    answer = f"of {counted(sites, 'site')} of this account, none is left" if sites else "this account has no site"
    advice = "Check sites, online_only and act_as"
    if not allow_empty:
        raise BadInput("Choose the sites", answer, f"{advice}, or set allow_empty: true.")
    warn(f"The inventory is empty: {answer}. {advice}.")


def read_estate(client: Client, wanted: Wanted, known: LastKnown) -> Estate:
    """Read what is wanted. What comes is remembered in ``known``; offline sites show what is known from before.

    The first error ends it (``fail``), or is replaced by what is known from before (``cached``; where nothing is, it
    ends after all), or leaves its site out (``skip``). Bad credentials always end it.
    """
    return _Reader(client, wanted, known).read()


@dataclass
class _Reader:
    client: Client
    wanted: Wanted
    known: LastKnown
    warnings: list[str] = field(default_factory=list)  # of what is missing or old
    unmatched: list[str] = field(default_factory=list)
    cloud_error: NxaiError | None = None  # the cloud answers nothing: sites are not asked for

    def read(self) -> Estate:
        sites = self._listed("sites", self.client.device.list_sites, Site)
        wanted = self.wanted
        selected = select_sites(sites, wanted.sites, wanted.online_only, self.unmatched.append, wanted.allow_empty)
        listings = [self._settled(listing) for listing in self._listings(selected)]
        self._judge(listings)
        return Estate(
            sites=sites,
            listings=listings,
            models=self._listed("models", self.client.compute.list_models, Model) if self.wanted.models else (),
            catalogues=self._catalogues() if self.wanted.catalogues else (),
            warnings=[*self.unmatched, *self.warnings],
            fresh=not self.warnings,
        )

    def _catalogues(self) -> list[Catalogue]:
        return self._listed("catalogues", self.client.compute.list_catalogues, Catalogue)

    def _listed(self, what: str, fetch: Callable[[], Sequence[_Record]], kind: type[_Record]) -> list[_Record]:
        """A listing of the account: without it there is no inventory, so it cannot be skipped."""
        try:
            records = list(fetch())
        except NxaiError as error:
            before = self.known.get(what) if self.wanted.on_error == "cached" and _may_pass(error) else None
            if before is None:
                raise
            self.cloud_error = error
            self.warnings.append(f"The {what} are those known at {before.at}. {error}")
            return [kind.from_api(row) for row in before.rows]
        self.known.put(what, [record.raw for record in records])
        return records

    def _listings(self, sites: Sequence[Site]) -> list[SiteListing]:
        if self.cloud_error is not None:
            told = str(self.cloud_error)
            return [SiteListing(site=site, error=None if site.online is False else told) for site in sites]
        listings = read_listings(self.client.device, sites, self.wanted)
        silent = [each for each, site in zip(listings, sites, strict=True) if each.site is not site]
        if silent:
            self.warnings.append(f"{len(silent)} sites show nothing, and are taken for off-line: {_named(silent)}.")
        return listings

    def _settled(self, listing: SiteListing) -> SiteListing:
        """The listing, remembered if it was read; with what is known from before if there was nothing to read."""
        own_id, wanted = listing.site.id, self.wanted
        if listing.error is None and listing.site.online is not False:
            self.known.put_site(own_id, listing.servers, listing.devices)
            return listing
        before = self.known.get_site(own_id) if listing.error is None or wanted.on_error == "cached" else None
        if before is None:
            return listing
        return SiteListing(
            site=listing.site,
            servers=before.servers if wanted.servers else (),
            devices=before.devices if wanted.devices else (),
            error=listing.error,
            known_at=before.at,
        )

    def _judge(self, listings: Sequence[SiteListing]) -> None:
        """Warn of sites that are missing or old. NxaiError where that is not enough of an inventory."""
        failed = [listing for listing in listings if listing.error]
        missing = [listing for listing in failed if listing.known_at is None]
        if not failed:
            return
        if missing and self.wanted.on_error == "cached":
            answer = f"{_named(missing)} could not be read, and nothing is known of before. {missing[0].error}"
            raise NxaiError("Read the sites", answer, "Run again with on_error: skip to do without.")
        if missing and all(listing.error for listing in listings if listing.site.online is not False):
            raise NxaiError("Read the sites", f"none could be read. {missing[0].error}")
        how = "MISSING, with all that is at them" if missing else "shown as last known"
        self.warnings.append(
            f"{len(failed)} sites could not be read and are {how}: {_named(failed)}. {failed[0].error}"
        )


def _may_pass(error: NxaiError) -> bool:
    """Whether the error may go away by itself. What the user gave, or may not do at all, does not."""
    return not isinstance(error, (BadInput, SignInFailed)) and error.status != UNAUTHORISED


def _named(listings: Sequence[SiteListing]) -> str:
    return shortened([repr(listing.site.name) for listing in listings])


def read_listings(api: DeviceApi, sites: Collection[Site], wanted: Wanted) -> list[SiteListing]:
    """What each site holds, in the order of ``sites``. An error ends it, unless it is for the caller to judge.

    A site of which nothing says whether it is online may be off-line, and show that by an error. Where another site
    shows what it holds, that is no reason to end: the listing then has the site as off-line.
    """

    list_devices = api.list_devices if wanted.rows else api.list_devices_without_rows

    def listing(site: Site) -> SiteListing | NxaiError:
        if site.online is False:
            return SiteListing(site=site)
        try:
            return SiteListing(
                site=site,
                servers=api.list_servers(site.id) if wanted.servers else (),
                devices=list_devices(site.id) if wanted.devices else (),
            )
        except NxaiError as error:
            if is_off_line(site, error):
                return error
            if not _may_pass(error):
                raise
            if wanted.on_error == "fail":
                raise replace(error, advice=f"{error.advice} {DO_WITHOUT}".strip()) from None
            return SiteListing(site=site, error=str(error))

    found = in_parallel(listing, sites, wanted.concurrency)
    some = any(isinstance(each, SiteListing) and each.site.online is not False and not each.error for each in found)
    return [
        replace(each, devices=api.as_known(each.devices))
        if isinstance(each, SiteListing)
        else _silent(site, each, some, wanted)
        for site, each in zip(sites, found, strict=True)
    ]


def _silent(site: Site, error: NxaiError, some: bool, wanted: Wanted) -> SiteListing:
    if some:
        return SiteListing(site=replace(site, online=False))
    if wanted.on_error == "fail":
        raise replace(error, advice=f"{error.advice} {DO_WITHOUT}".strip())
    return SiteListing(site=site, error=str(error))
