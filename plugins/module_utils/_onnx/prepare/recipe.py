# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nxai_model_prepare does: look whether it is done already, prepare, check, prove, and write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.errors import BadInput
from ..._core.files import other_kind, read_regular, remove_quietly, sync_folder
from ..archive import without_numbers
from ..check import check_model, onnx_library, read_outline
from ..report import Report
from ..runtime import is_there, require
from .mark import MARK, digest_of_rest, marked, result_in
from .network import Prepared, build
from .proof import Pair, Proof, prove
from .source import Source

RECIPE = 2  # another number where the same options make another file
_CHOICES = ("classes", "width", "height", "head", "iou_threshold", "max_boxes", "means", "scales", "normalisation")
_MOST_LABELS = 1 << 20  # bytes
_STEP = 1 << 20
_MOST_SIZE = 1 << 31


def prepare(options: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """The result of the module. Raises BadInput, and writes nothing then."""
    src, dest = options["src"], options["dest"]
    tried = f"prepare the model file {src}"
    _check_options(options, tried)
    onnx = onnx_library(tried)
    if options["proof"] == "require":
        require(tried)
    source = Source(onnx, src)
    labels = _labels(options["labels_file"]) if options["labels_file"] else None
    digest = _digest(source, options, labels)
    if before := result_in(onnx, dest, digest):
        return {**before, "changed": False, "dest": dest, "proof": None}
    before_words = [*_words(check_model(src, _MOST_SIZE)), *(f"weights in {place}" for place in source.places)]
    made = build(onnx, source, options, labels)
    with tempfile.TemporaryDirectory(prefix="nxai-prepare-") as folder:
        result, report, proof = _finished(onnx, made, source, digest, options, folder, tried)
        result["proof"] = proof.as_result(made.head) if proof is not None else None
        warnings = [f"{dest}: {each.message} {each.advice}" for each in report.findings]
        warnings += proof.warnings if proof is not None else []
        backup = {} if check_mode else _write(os.path.join(folder, "prepared.onnx"), dest, options["backup"], tried)
    steps = [f"{each['step']}: {each['said']}" for each in result["steps"]]
    diff = {
        "before_header": src, "after_header": dest,
        "before": _text(before_words), "after": _text([*_words(report), *steps]),
    }  # fmt: skip
    said = {"warnings": warnings} if warnings else {}
    return {"changed": True, "dest": dest, **result, **backup, "diff": diff, **said}


def _check_options(options: Mapping[str, Any], tried: str) -> None:
    src, dest = (os.path.realpath(options[name]) for name in ("src", "dest"))
    if src == dest:
        raise BadInput(tried, "src and dest are the same file", "Keep the original: it is needed to do this again.")
    if kind := other_kind(dest):
        raise BadInput(tried, f"dest is {kind}, not a file", "Name a file, such as model.nx.onnx.")
    if not os.path.isdir(os.path.dirname(dest)):
        raise BadInput(tried, f"the folder of dest, {os.path.dirname(dest)}, is not there", "Make it first.")
    if not 0 < options["iou_threshold"] <= 1:
        raise BadInput(tried, "iou_threshold is a part of 1", "Give a number above 0, up to 1.")
    if not 1 <= options["max_boxes"] <= 10_000:
        raise BadInput(tried, f"max_boxes is {options['max_boxes']}", "Give a number from 1 to 10000.")


def _labels(path: str) -> list[str]:
    """One class a line."""
    tried = f"read the labels {path}"
    try:
        lines = read_regular(path, _MOST_LABELS + 1).decode("utf-8-sig").rstrip().split("\n")
    except UnicodeDecodeError:
        raise BadInput(tried, "it is not text in UTF-8", "Convert it.") from None
    except OSError as error:
        raise BadInput(tried, error.strerror or "it cannot be read", "Check the path and who may read it.") from None
    labels = [each.strip() for each in lines]
    advice = "Write one class a line, in the order of the training."
    if labels == [""]:
        raise BadInput(tried, "it is empty", advice)
    if "" in labels:
        answer = (
            f"its line {labels.index('') + 1} is empty, so it is not known which numbers the classes behind it have"
        )
        raise BadInput(tried, answer, advice)
    return without_numbers(labels)


def _digest(source: Source, options: Mapping[str, Any], labels: Sequence[str] | None) -> str:
    """Of all that the result depends on."""
    chosen = {name: options[name] for name in _CHOICES}
    told = json.dumps([RECIPE, source.digest, chosen, labels], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _finished(
    onnx: Any, made: Prepared, source: Source, digest: str, options: Mapping[str, Any], folder: str, tried: str
) -> tuple[dict[str, Any], Report, Proof | None]:
    """The file in ``folder``, accepted by the check and held against the original. The result has what was found."""
    path = os.path.join(folder, "prepared.onnx")
    _save(made.model, path, tried)
    proof = _proof(onnx, made, source, options, folder, tried)
    result = {
        "head": made.head.kind,
        "steps": made.steps,
        "classes": {str(number): name for number, name in enumerate(made.names)},
        "settings": made.settings,
    }  # noted in the file, so it has nothing of this machine: the same source gives the same bytes
    _note(made.model, source, marked(digest, result))
    _save(made.model, path, tried)
    _note(made.model, source, marked(digest, result, digest_of_rest(path)))
    _save(made.model, path, tried)
    report = check_model(path, _MOST_SIZE)
    if report.errors:
        answer = " ".join(f"{each.message} {each.advice}" for each in report.errors)
        raise BadInput(tried, f"the check does not accept what was made of it: {answer}", "Nothing was written.")
    return result, report, proof


def _note(model: Any, source: Source, noted: str) -> None:
    """Beside all that the exporter noted."""
    del model.metadata_props[:]
    for key, value in {MARK: noted, **{key: value for key, value in source.metadata.items() if key != MARK}}.items():
        model.metadata_props.add(key=key, value=value)


def _proof(
    onnx: Any, made: Prepared, source: Source, options: Mapping[str, Any], folder: str, tried: str
) -> Proof | None:
    if options["proof"] == "off" or not is_there():
        return None
    original = source.path
    outline = read_outline(onnx, original, tried)
    if (outline.ir_version or 0) > made.model.ir_version and not source.places:
        original = os.path.join(folder, "original.onnx")  # the same network, in a form that old runtimes read too
        _restamp(onnx, source.path, original, made.model.ir_version, tried)
    pair = Pair(
        original, os.path.join(folder, "prepared.onnx"), made.head.output, made.head, made.image, made.means,
        made.scales, made.in_graph, options["iou_threshold"], options["max_boxes"], len(made.names),
    )  # fmt: skip
    return prove(pair, folder, tried)


def _restamp(onnx: Any, path: str, to: str, ir_version: int, tried: str) -> None:
    model = onnx.load(path, load_external_data=False)
    model.ir_version = ir_version
    _save(model, to, tried)


def _save(model: Any, path: str, tried: str) -> None:
    try:
        content = model.SerializeToString(deterministic=True)
    except Exception as error:
        raise BadInput(tried, f"it cannot be written as one file: {error}", "It may have at most 2 GiB.") from None
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise BadInput(tried, f"{path}: {error.strerror}", "Look whether the disk is full (TMPDIR).") from None


def _write(made: str, dest: str, backup: bool, tried: str) -> dict[str, str]:
    """In the place of what is there, whole or not at all."""
    dest = os.path.realpath(dest)
    folder, name = os.path.split(dest)
    found: dict[str, str] = {}
    try:
        mode = stat.S_IMODE(os.stat(dest).st_mode) if os.path.exists(dest) else 0o666 & ~_umask()
        if backup and os.path.exists(dest):
            found["backup_file"] = f"{dest}.{os.getpid()}.{time.strftime('%Y-%m-%d@%H:%M:%S~')}"
            shutil.copy2(dest, found["backup_file"])
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        try:
            with open(handle, "wb") as target, open(made, "rb") as file:
                shutil.copyfileobj(file, target, _STEP)
                target.flush()
                os.fsync(target.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, dest)
        except BaseException:
            remove_quietly(temporary)
            raise
        sync_folder(folder)
    except OSError as error:
        advice = "Look who may write there, and whether the disk is full."
        raise BadInput(tried, f"write {dest}: {error.strerror}", advice) from None
    return found


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _words(report: Report) -> list[str]:
    """A file in a few lines, as the diff shows it."""
    return [
        *(f"input {each}" for each in report.inputs),
        *(f"output {each}" for each in report.outputs),
        f"opset {report.opset}, IR version {report.ir_version}",
        f"{'usable' if not report.errors else 'not usable'} by Nx",
        *(f"{each.severity}: {each.message}" for each in report.findings),
    ]


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
