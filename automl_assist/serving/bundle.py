"""What a shipped model consists of beside its fold models, and the folder it stands in.

``model/`` holds ``manifest.json`` (names and digests of all files), ``model.json`` (a :class:`Bundle`), ``coding.json`` and
``members/<candidate>/<fold>/`` as each family writes them. Nothing in it is a pickle, and nothing names code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automl_assist.errors import AssistError
from automl_assist.records import from_json, to_json
from automl_assist.schema import AS_THEY_ARE, UNCHANGED, Averaging, Calibration, Column, Reading

SCHEMA = "assist.model/2"  # 2: how rows become examples, and encoders that the plan chooses
LARGEST_JSON_BYTES = 500_000_000  # the vocabulary of a wide table; anything larger is not ours
MOST_MEMBERS = 1_000


@dataclass(frozen=True)
class Member:
    """One candidate of the ensemble and its fold models."""

    name: str
    family: str
    weight: float
    folders: tuple[str, ...]  # relative to model/


@dataclass(frozen=True)
class Bundle:
    """All that prediction needs to know, as plain data.

    Attributes
    ----------
    columns
        Feature columns in the order of training, with how their cells are read.
    target
        The column that was learned, to leave it out of new rows; its record for `evaluate`.
    classes
        Class names by code; empty for numbers.
    spellings
        How the file of training writes them, in the order of their codes.
    threshold
        On the probability of the second of two classes; None for the most probable class.
    levels, half_widths
        Shares, and the half width of the interval that holds that share of errors, for numbers.
    coverage
        The share that intervals hold unless another is asked for; 0 for classes.
    lowest
        Predictions are not below it, such as 0 for counts; None without a bound.
    calibration
        What class probabilities go through.
    averaging
        How the members and their fold models are averaged.
    modality, arrangement
        The kind of data, and how its rows become examples.
    """

    task: str
    metric: str
    target: Column
    columns: tuple[Column, ...]
    reading: Reading
    classes: tuple[str, ...]
    members: tuple[Member, ...]
    spellings: tuple[str, ...] = ()
    threshold: float | None = None
    levels: tuple[float, ...] = ()
    half_widths: tuple[float, ...] = ()
    coverage: float = 0.0
    lowest: float | None = None
    calibration: Calibration = UNCHANGED
    averaging: Averaging = AS_THEY_ARE
    modality: str = "tabular"
    arrangement: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> tuple[str, ...]:
        """The classes by code as they stand in predictions."""
        return self.spellings or self.classes

    def write(self, folder: Path, coding: dict[str, Any]) -> None:
        """Write ``model.json`` and ``coding.json`` into `folder`, a folder that is put in place as a whole later."""
        (folder / "model.json").write_text(json.dumps({"schema": SCHEMA, **to_json(self)}), "utf-8", "backslashreplace")
        (folder / "coding.json").write_text(json.dumps(to_json(coding)), "utf-8", "backslashreplace")


def read_bundle(folder: Path) -> tuple[Bundle, dict[str, Any]]:
    """Return what :meth:`Bundle.write` wrote.

    Raises
    ------
    AssistError
        E0603 if it is damaged, E0604 if a newer version wrote it.
    """
    data, coding = read_object(folder / "model.json"), read_object(folder / "coding.json")
    require_schema(data, SCHEMA, folder / "model.json")
    try:
        bundle = from_json(Bundle, data)
    except ValueError as error:
        raise damaged(folder / "model.json", str(error)) from error
    if not 1 <= len(bundle.members) <= MOST_MEMBERS or not all(member.folders for member in bundle.members):
        raise damaged(folder / "model.json", "it names no members")
    if bundle.spellings and len(bundle.spellings) != len(bundle.classes):
        raise damaged(folder / "model.json", "it writes other classes than it names")
    if bundle.averaging != AS_THEY_ARE and not bundle.classes:
        raise damaged(folder / "model.json", "it averages probabilities of numbers")
    return bundle, coding


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file of a model.

    Raises
    ------
    AssistError
        E0603 if there is none.
    """
    try:
        if path.stat().st_size > LARGEST_JSON_BYTES:
            raise ValueError("it is too large")
        data = json.loads(path.read_text("utf-8"))
        if not isinstance(data, dict):
            raise ValueError("it is not an object")
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path, str(error)) from error
    return data


def require_schema(data: dict[str, Any], schema: str, path: Path) -> None:
    """Take the schema out of what was read from `path`, and see that it is ours.

    Raises
    ------
    AssistError
        E0604 if another version wrote it.
    """
    found = data.pop("schema", None)
    if found != schema:
        raise AssistError(
            "E0604",
            f"the model was written by another version of assist: schema {str(found)[:40]!r}, this one reads {schema!r}",
            where=str(path),
            help="upgrade assist, or train again with this version",
        )


def parts_of(model: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Return the folder of the model of each target: `model` itself where there is one.

    Raises
    ------
    AssistError
        E0603 if the manifest names none.
    """
    if "targets" not in manifest:
        return [model]
    try:
        parts = [str(part["folder"]) for part in manifest["targets"]]
    except (TypeError, KeyError) as error:
        raise damaged(model, "its manifest names no targets") from error
    if not parts or not all(re.fullmatch(r"\d{2,4}", part) for part in parts):
        raise damaged(model, "its manifest names no targets")
    return [model / part for part in parts]


def damaged(path: Path, why: str) -> AssistError:
    """Return the error of a file of a model that cannot be used."""
    return AssistError(
        "E0603",
        f"the model is damaged: {path.name} cannot be used",
        where=f"{path}: {why[:200]}",
        help="train again, or restore the run folder",
    )
