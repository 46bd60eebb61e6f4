# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the words of the service mean, found from things whose state is sure. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..._api.contract.contract import Contract
from ..._api.contract.lines import RECORDS, WORDS
from ..._api.contract.translation import path_of, value_at
from ..._api.records.records import Model, Server, Site
from ..._core.errors import NxaiError
from ..._core.values import plain, text
from .draft import Draft, Proposal
from .places import MOST_ROWS, dotted, last, members
from .records import Inferred, Row, Rows, ids_of

_CODE = "fields.model.code_status"
_NOT_DONE = frozenset((*WORDS["failed"][0], *WORDS["pending"][0], ""))


def infer_model_words(rows: Rows, draft: Draft, running: set[str]) -> Inferred:
    """``running``: models that devices run, by id. These are done, and so is what devices can fetch."""
    found, done = Inferred(), [row for row in list(rows)[:MOST_ROWS] if _is_done(row, draft.contract, running)]
    if not done:
        return found
    place = _code_status(done, draft)
    if place is not None:
        draft = draft.adding(place)
        found.proposals.append(place)
    words = {word for row in done for word in _states(row, draft.contract)}
    strange = sorted(words - {*WORDS["ready"][0], *draft.contract.words.get("ready", ())} - _NOT_DONE)
    if strange and len(strange) <= 3:
        why = "so is the state of models that cameras run or can fetch"
        found.proposals.append(Proposal({"words.ready": strange}, why))
    elif strange:
        found.questions.append(f"words.ready: which of {', '.join(strange[:9])} says that a model is converted?")
    return found


def _is_done(row: Row, contract: Contract, running: set[str]) -> bool:
    model = _model(row, contract)
    downloads = any(value_at(row, path_of(place)) for place in contract.places("model.downloads"))
    return model is not None and (model.uuid in running or bool(model.cdn_uri) or downloads)


def _model(row: Row, contract: Contract) -> Model | None:
    try:
        return Model.from_api(contract.known("model", [row])[0])
    except NxaiError:
        return None


def _states(row: Row, contract: Contract) -> Iterator[str]:
    model = _model(row, contract)
    if model is not None:
        yield from (each.strip().lower() for each in (model.status, model.code_status) if each is not None)


def _code_status(done: Rows, draft: Draft) -> Proposal | None:
    """Where the state of the code is, if there is a Code without one: the only other member with a state."""
    code = RECORDS["model"]["code_status"].default[0].partition(".")[0]
    if not all(value_at(row, (code,)) for row in done) or any(
        text(value_at(row, path_of(place))) for row in done for place in draft.contract.places("model.code_status")
    ):
        return None
    paths = {
        path
        for row in done
        for path, value in members(row, 3)
        if isinstance(value, str)
        and (last(path) in ("status", "state") or (last(path) == plain(code) and len(path) == 1))
        if _may_be_word(value) and path != ("Status",) and dotted(path) not in draft.contract.places("model.status")
    }
    if len(paths) != 1:
        return None
    return Proposal({_CODE: dotted(paths.pop())}, f"there is no {RECORDS['model']['code_status'].default[0]}")


def _may_be_word(value: str) -> bool:
    return value.replace("_", "").replace("-", "").isalpha() and len(value) <= 20


def infer_site_words(rows: Rows, draft: Draft, shown: Mapping[str, bool]) -> Inferred:
    """``shown``: by the id of a site, whether it has shown its devices. Those that have are on-line."""
    found, words = Inferred(), _SiteWords(rows, draft.contract, shown)
    online, offline = words.of(True), words.of(False)
    if online and not online & offline:
        lines = {"words.online": sorted(online)}
        lines |= {"words.offline": sorted(offline)} if offline and len(offline) == 1 else {}
        found.proposals.append(
            Proposal(lines, "so is the state of sites that show their devices, and of those that do not")
        )
    elif online & offline:
        some = ", ".join(sorted(online & offline))
        found.questions.append(f"words.online, words.offline: what do these say of a site: {some}?")
    return found


class _SiteWords:
    """The words that are not known of sites whose state is not known."""

    def __init__(self, rows: Rows, contract: Contract, shown: Mapping[str, bool]) -> None:
        self._rows, self._contract, self._shown = rows, contract, shown

    def of(self, shown: bool) -> set[str]:
        return {
            word
            for row in self._rows
            if self._shown.get(ids_of("site", row, self._contract)) is shown
            for word in self._unknown(row)
        }

    def _unknown(self, row: Row) -> Iterator[str]:
        known = self._contract.known("site", [row])[0]
        try:
            if Site.from_api(known).online is not None:
                return
        except NxaiError:
            return
        for name in RECORDS["site"]["status"].default:
            word = (text(value_at(known, path_of(name))) or "").strip().lower()
            if word and _may_be_word(word):
                yield word


def infer_server_words(rows: Rows, draft: Draft) -> Inferred:
    """Nothing else says whether a server is well, so each unknown word becomes a question."""
    usual, *others = WORDS["running"][0]
    known = {usual, *draft.contract.words.get("running", ()), "stopped"}
    seen: set[str] = set()
    for row in rows:
        server = Server.from_api(draft.contract.known("server", [row])[0], embedded=True)
        seen |= {(server.status or "").lower()} - {""}
    found, alike = Inferred(), sorted(seen & set(others) - known)
    if alike:
        found.proposals.append(Proposal({"words.running": alike}, f"servers do not say {usual}"))
    strange = sorted(seen - known - set(others))
    if strange:
        found.questions.append(f"words.running: do these say that a server is well: {', '.join(strange[:9])}?")
    return found
