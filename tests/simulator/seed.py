# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeds: a YAML document, or numbers, from which a world is made. ``docs/simulator.md`` describes every key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from . import settings
from .estate import EPOCH, Numbers, generate
from .identifiers import braced, is_uuid, stable_uuid
from .reader import Reader, SeedError
from .records import (
    Account,
    Catalogue,
    Device,
    Model,
    Organisation,
    RegistryDevice,
    RegistryGroup,
    Server,
    Site,
    StoredFile,
)
from .views import MODEL_MEMBERS
from .world import World

AS_ASSIGNED = {"modelNMS": 0.42, "resizingMethod": "Letterbox"}  # what the portal always writes

DEFAULT_ORGANISATION = "Demo Retail"
DEFAULT_ACCOUNT = {"email": "demo@example.com", "password": "demo"}


@dataclass(frozen=True)
class Seed:
    document: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_yaml(cls, text: str) -> Seed:
        """Raises SeedError when the text is no YAML mapping. The keys are looked at by ``fill``."""
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise SeedError(f"not YAML: {' '.join(str(error).split())}") from None
        if data is not None and not isinstance(data, dict):
            raise SeedError("the seed must be a mapping of keys, such as sites: and models:")
        return cls(data or {})

    @classmethod
    def from_file(cls, path: Path) -> Seed:
        try:
            return cls.from_yaml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SeedError(f"cannot be read: {reason}") from None

    def fill(self, world: World) -> None:
        """Add what the document names to the world. Raises SeedError; what came before the error is there then."""
        _Maker(world, Reader(self.document)).make()


class _Maker:
    def __init__(self, world: World, reader: Reader) -> None:
        self._world = world
        self._reader = reader
        self._named_so_far: Counter[tuple[str, str]] = Counter()
        self._owners = {item.name: item.id for item in world.organisations.values()}  # and e-mails of accounts
        self._owners.update((item.email, item.id) for item in world.accounts.values())

    def make(self) -> None:
        reader, world = self._reader, self._world
        try:
            settings.apply(world.times, reader.mapping("times"), "times.")
            settings.apply(world.quirks, reader.mapping("quirks"), "quirks.")
        except ValueError as error:
            raise SeedError(str(error)) from None
        partners = {item.text("name"): item for item in reader.readers("partners", "name")}
        for name, item in partners.items():
            world.partners[self._id(item, "partner", name)] = name
            item.done()
        self._organisations({name: key for key, name in world.partners.items()})
        self._accounts({name: key for key, name in world.partners.items()})
        self._catalogues()
        for item in reader.readers("models"):
            self._model(item)
        for item in reader.readers("sites"):
            self._site(item)
        self._registry(Reader(reader.mapping("registry"), "registry"))
        self._generate(Reader(reader.mapping("generate"), "generate"))
        reader.done()

    def _organisations(self, partners: Mapping[str, str]) -> None:
        found = list(self._reader.readers("organisations", "name"))
        if not found and not self._world.organisations:
            found = [Reader({"name": DEFAULT_ORGANISATION})]
        for item in found:
            name, partner = item.text("name"), item.text("partner", "")
            if partner and partner not in partners:
                raise SeedError(f"{item.place('partner')}: there is no partner {partner!r}")
            identifier = self._id(item, "organisation", name)
            item.done()
            self._world.organisations[identifier] = Organisation(identifier, name, partners.get(partner, ""))
            self._owners[name] = identifier

    def _accounts(self, partners: Mapping[str, str]) -> None:
        found = list(self._reader.readers("accounts"))
        if not found and not self._world.accounts:
            found = [Reader({**DEFAULT_ACCOUNT, "organisations": [next(iter(self._owners))]})]
        for item in found:
            email = item.text("email")
            account = Account(
                id=self._id(item, "account", email),
                email=email,
                password=item.text("password"),
                organisations=self._all_named(item, "organisations", self._owners),
                partners=self._all_named(item, "partners", partners),
                can_write=item.choice("role", ("writer", "viewer")) == "writer",
                mfa=item.choice("mfa", ("off", "answer", "refusal")),
                mfa_code=item.text("mfa_code", "123456"),
            )
            item.done()
            self._world.accounts[email.lower()] = account
            self._owners[email] = account.id

    def _catalogues(self) -> None:
        for item in self._reader.readers("catalogues", "name"):
            name = item.text("name")
            uuid = self._id(item, "catalogue", name)
            shared = self._all_named(item, "shared_with", self._owners)
            self._world.catalogues[uuid] = Catalogue(uuid, name, self._owner(item), shared, item.flag("public", False))
            item.done()

    def _model(self, item: Reader) -> None:
        name = item.text("name")
        uuid = self._id(item, "model", name)
        by_name = {catalogue.name: key for key, catalogue in self._world.catalogues.items()}
        members = dict(item.mapping("members"))
        unknown = sorted(set(members) - set(MODEL_MEMBERS))
        if unknown:
            raise SeedError(f"{item.place('members')}.{unknown[0]} is not known; known are {', '.join(MODEL_MEMBERS)}")
        members["Documentation"] = item.text("documentation", members.get("Documentation", ""))
        status = item.text("status", "ok")
        kind = item.choice("kind", ("onnx", "tflite", "zip", "unknown"))
        size = item.count("size", 1_000_000)
        file = StoredFile(item.text("file", "model.onnx"), size, item.text("sha256", ""), kind)
        model = Model(uuid, name, self._owner(item), members, file=None if status == "new" else file)
        model.catalogues = self._all_named(item, "catalogues", by_name)
        model.updated_at = EPOCH
        if status == "converting":
            model.received_at = model.updated_at = self._world.clock.now()
        elif status != "new":
            model.fixed_status = status
        item.done()
        self._world.models[uuid] = model

    def _site(self, item: Reader) -> None:
        name = item.text("name")
        identifier = self._id(item, "site", name)
        site = Site(identifier, name, self._owner(item), item.flag("online", True), updated_at=EPOCH)
        site.version = item.text("version", site.version)
        for child in item.readers("servers"):
            self._server(child, site)
        item.done()
        self._world.sites[identifier] = site

    def _server(self, item: Reader, site: Site) -> None:
        name, supports = item.text("name"), item.flag("supports_pipelines", True)
        server = Server(self._id(item, f"{site.id}/server", name), name, supports_pipelines=supports)
        server.status = item.text("status", "running")
        server.plugin_version = item.text("plugin_version", "4.2.0" if supports else "4.1.62-beta")
        for key in ("version", "runtime", "platform"):
            setattr(server, key, item.text(key, getattr(server, key)))
        server.licensed = item.flag("licensed", True)
        server.processors = item.words("processors")
        server.processor_version = item.count("processor_version", 5 if server.is_plugin_5 else 4)
        site.servers[server.uuid] = server
        for number, child in enumerate(item.readers("devices", "name")):
            self._device(child, site, server, number)
        item.done()

    def _device(self, item: Reader, site: Site, server: Server, number: int) -> None:
        name = item.text("name")
        nxid = braced(self._id(item, f"{server.uuid}/device/{number}", name))
        device = Device(nxid, name, server, item.flag("enabled", True), item.text("group", ""))
        if not item.flag("announced", True):
            device.silent_until = self._world.clock.now() + self._world.times.announce
        device.pipelines = [*item.take("pipelines", list, "a list of pipelines", [])]
        for index, pipeline in enumerate(device.pipelines):
            if not isinstance(pipeline, dict) or not is_uuid(pipeline.get("modelUUID")):
                raise SeedError(f"{item.place('pipelines')}[{index}] must be a mapping with a modelUUID")
            if AS_ASSIGNED.keys().isdisjoint(pipeline):
                device.pipelines[index] = {**pipeline, **AS_ASSIGNED}
        item.done()
        site.devices[nxid] = device

    def _registry(self, reader: Reader) -> None:
        owner = next(iter(self._owners.values()))
        groups: dict[str, str] = {}
        for item in reader.readers("groups", "name"):
            name = item.text("name")
            groups[name] = self._id(item, "group", name)
            item.done()
            self._world.groups[groups[name]] = RegistryGroup(groups[name], name, owner)
        for item in reader.readers("devices", "name"):
            name = item.text("name")
            uuid = self._id(item, "registry", name)
            members: dict[str, Any] = {"Name": name}
            members.update((key.capitalize(), item.text(key, "")) for key in ("runtime", "serial", "type"))
            own = self._all_named(item, "groups", groups)
            item.done()
            self._world.registry[uuid] = RegistryDevice(uuid, owner, members, groups=own)
        reader.done()

    def _generate(self, reader: Reader) -> None:
        values: dict[str, Any] = {}
        for item in fields(Numbers):
            default: Any = item.default
            values[item.name] = (reader.flag if isinstance(default, bool) else reader.count)(item.name, default)
        owner = self._owner(reader)
        reader.done()
        numbers = Numbers(**values)
        if numbers.devices and not numbers.servers and numbers.sites:
            raise SeedError("generate.servers must be at least 1 when there are devices")
        generate(self._world, numbers, owner)

    # Small things ----------------------------------------------------------------------------------------------

    def _owner(self, item: Reader) -> str:
        """``organisation`` or ``account`` of an item; the first organisation when it has neither."""
        organisation, account = item.text("organisation", ""), item.text("account", "")
        if organisation or account:
            key = "organisation" if organisation else "account"
            return self._named(item, key, organisation or account, self._owners)
        return next(iter(self._owners.values()))

    def _all_named(self, item: Reader, key: str, known: Mapping[str, str]) -> list[str]:
        return [self._named(item, key, name, known) for name in item.words(key)]

    @staticmethod
    def _named(item: Reader, key: str, name: str, known: Mapping[str, str]) -> str:
        if name not in known:
            raise SeedError(f"{item.place(key)}: there is no {name!r}; known are {', '.join(known) or 'none'}")
        return known[name]

    def _id(self, item: Reader, kind: str, name: str) -> str:
        """The id that is given, or one that is always the same for the n-th of this kind and name."""
        turn = self._named_so_far[kind, name]
        self._named_so_far[kind, name] += 1
        given = item.text("id", "").strip("{}")
        if given and not is_uuid(given):
            raise SeedError(f"{item.place('id')} must be a UUID, not {given!r:.60}")
        return given.lower() or stable_uuid(kind, name, *([turn] if turn else []))
