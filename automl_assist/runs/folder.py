"""The run folder: who may write into it, where everything lies, and how it is opened again."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from automl_assist import __version__
from automl_assist.errors import AssistError
from automl_assist.records import to_json
from automl_assist.runs import lock, manifest
from automl_assist.runs.files import is_temporary, remove_tree, saying_where, write_json

MARKER = ".assist-run.json"  # says that a folder is ours; without it nothing in a folder is ever replaced
MARKER_SCHEMA = "assist.run/1"
WORK = ".work"  # what a run needs only while it is unfinished
OURS = frozenset({"report.html", "report.json", "profile.html", "profile.json", "plan.yaml", "trials.jsonl"})
REPORT_SCHEMA, REPORT_SCHEMA_VERSION = "assist.report", 1
MOST_REPORT_BYTES = 256 << 20
SHAPE = {"plan": dict, "metric": dict, "leaderboard": list, "checks": list, "findings": list, "messages": list}  # of parts of report.json
LONGEST_VALUE = 60  # characters of a value in a message


class RunFolder:
    """Where the parts of one run lie; made by :func:`claim` for writing or :func:`open_run` for reading.

    As a context manager it ends the claim: a folder in which nothing was finished is left as it was found.

    Attributes
    ----------
    path : Path
        The folder.
    kind : str
        ``"train"`` or ``"profile"``.
    report_html, report_json, plan, trials, model : Path
        The parts that the contract names, the report of a profile being called profile; `trials` is for a :class:`Journal`, `model` for
        :func:`new_folder`.
    work : Path
        For files needed only while the run is unfinished, such as fitted models to resume with; make it before use.
    earlier : str or None
        State of what was found when the folder was claimed: ``"ok"``, ``"interrupted"``, ``"running"`` (its process was
        killed), or None for a new folder.
    resumed : bool
        The claim goes on with an earlier run.
    """

    def __init__(self, path: Path, kind: str = "train"):
        self.path = path
        self.kind = kind
        report = "profile" if kind == "profile" else "report"
        self.report_html = path / f"{report}.html"
        self.report_json = path / f"{report}.json"
        self.plan = path / "plan.yaml"
        self.trials = path / "trials.jsonl"
        self.model = path / "model"
        self.work = path / WORK
        self.earlier: str | None = None
        self.resumed = False
        self._lock = lock.Lock(path)
        self._made: list[Path] = []  # folders that the claim created, outermost first
        self._marker: dict[str, Any] = {}
        self._begun = False
        self._finished = False

    def begin(self, identity: Mapping[str, Any] | None = None) -> None:
        """Start writing: call it once the input has been accepted, before the first file is written.

        Removes what an earlier run left when the claim replaces it; an error before this point has changed nothing.

        Parameters
        ----------
        identity : mapping, optional
            What must be the same for a run to be resumed, such as the digest of the data and the settings.

        Raises
        ------
        AssistError
            E0443 when an interrupted run was begun with something else.
        """
        wanted = to_json(dict(identity or {}))
        if self.resumed:
            _refuse_other_identity(self.path, self._marker.get("identity") or {}, wanted)
        elif self.earlier and (self.kind == "train" or self._marker.get("kind") != self.kind):
            _remove_earlier(self.path)
        self._marker = {
            "schema": MARKER_SCHEMA,
            "kind": self.kind,
            "version": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "status": "running",
            "identity": wanted,
        }
        write_json(self.path / MARKER, self._marker)
        self._begun = True

    def part(self, name: str) -> RunFolder:
        """Return a run of one's own within the work folder, for one of several targets, begun anew or gone on with as this one is.

        It needs no claim: it belongs to who claimed this folder.
        """
        path = self.work / "targets" / name
        path.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(path, self.kind)
        marker = read_marker(path)
        if marker:
            folder.earlier, folder.resumed, folder._marker = str(marker.get("status", "running")), True, marker
        return folder

    def finish(self, status: str = "ok") -> None:
        """Say how it ended (``"ok"`` or ``"interrupted"``) and give the lock back; a finished run keeps no work files."""
        if status == "ok":
            remove_tree(self.work)
        self._marker["status"] = status
        write_json(self.path / MARKER, self._marker)
        self._finished = True
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._finished:
            return
        finished_something = (self.trials.exists() and self.trials.stat().st_size > 0) or self.model.exists()
        worth_keeping = self.resumed or finished_something or (self.earlier and self.kind == "profile")
        if self._begun and worth_keeping:
            with suppress(AssistError):  # the disk may be full: the error under way says so
                self.finish("interrupted")
        elif self._begun or not self.earlier:
            self._abandon()
        self._lock.release()

    def _abandon(self) -> None:
        """Leave a folder in which nothing was finished as it was found."""
        if self._begun:
            _remove_earlier(self.path)
        with suppress(OSError):
            (self.path / MARKER).unlink(missing_ok=True)
        self._lock.release()
        for folder in reversed(self._made):
            with suppress(OSError):
                folder.rmdir()

    def read_report(self) -> dict[str, Any]:
        """Return what report.json, or profile.json of a profile, holds.

        Raises
        ------
        AssistError
            E0601 when it is missing, E0602 foreign, E0603 damaged, E0604 newer than this assist.
        """
        path = self.report_json
        try:
            if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > MOST_REPORT_BYTES:
                _refuse("E0602", self.path, f"{path.name} is not a plain file of a usual size")
            report = json.loads(path.read_bytes())
        except FileNotFoundError:
            _refuse("E0601", self.path, f"{path.name} is missing")
        except OSError as error:
            _refuse("E0601", self.path, f"{path.name}: {error.strerror}")
        except (ValueError, RecursionError):
            _refuse("E0603", self.path, f"{path.name} is damaged: not JSON")
        state = (
            manifest.check_schema_number(report.get("schema"), REPORT_SCHEMA, REPORT_SCHEMA_VERSION)
            if isinstance(report, dict)
            else "foreign"
        )
        if state == "newer":
            _refuse("E0604", self.path, f"{path.name} was written by a newer version of assist", "pip install --upgrade automl-assist")
        if state:
            _refuse("E0602", self.path, f"{path.name} is not one of ours")
        assert isinstance(report, dict)
        if report.get("kind") == "train" and (part := _unusable(report)) is not None:
            _refuse("E0603", self.path, f"{path.name} is damaged: its {part!r} cannot be used")
        return report


def _unusable(report: Mapping[str, Any]) -> str | None:
    """Return the name of a part of a report without which nothing can be told of the run, or None; an edit may leave JSON of any kind."""
    parts = report.get("targets", [report])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return "targets"
    for part in (report, *parts):
        for name, kind in SHAPE.items():
            if name in part and not isinstance(part[name], kind):
                return name
    for part in parts:
        plan = part.get("plan", {})
        if not isinstance(plan.get("settings"), dict) or not isinstance(plan.get("decisions"), list):
            return "plan"
        if "metric" not in part:
            return "metric"
    return None


# --- writing


def claim(path: str | Path, *, kind: str = "train", resume: bool = False, overwrite: bool = False) -> RunFolder:
    """Make `path` ours to write into, before any work, or say why not and touch nothing.

    A profile replaces an earlier profile without asking: it costs seconds to make again. A run does not.

    Raises
    ------
    AssistError
        E0440 it is a file, E0441 it holds something that is not ours, E0442 it holds an earlier run and neither `resume` nor
        `overwrite` is given (all exit 2); E0904 in use (exit 5); E0905 not writable, E0902 disk full (exit 6).
    """
    folder = RunFolder(Path(path), kind)
    require_place(folder.path)
    with saying_where(folder.path):
        _make(folder)
    try:
        folder._lock.acquire()
        _take(folder, resume, overwrite)
    except BaseException:
        folder._lock.release()
        for made in reversed(folder._made):
            with suppress(OSError):
                made.rmdir()
        raise
    return folder


def require_place(path: Path) -> None:
    """Refuse a place that can hold no folder of ours, E0440 or E0441 as for :func:`claim`; an earlier run may stand there."""
    if os.path.lexists(path) and not path.is_dir():
        raise AssistError(
            "E0440",
            f"--out {str(path)!r} is not a folder",
            where="it exists, and it is a file or a broken link",
            help="choose another --out",
        )
    with saying_where(path):
        if path.exists():
            _refuse_foreign(path)


def _make(folder: RunFolder) -> None:
    missing = [p for p in (folder.path, *folder.path.parents) if not p.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        folder._made.append(place)


def _take(folder: RunFolder, resume: bool, overwrite: bool) -> None:
    """Look, under the lock, at what stands here, and whether it may be replaced or gone on with."""
    marker = read_marker(folder.path)
    if marker:
        before = marker.get("kind")
        replaces_itself = before == folder.kind == "profile"
        if not (overwrite or replaces_itself or (resume and before == folder.kind)):
            _refuse_earlier(folder, marker)
        folder.earlier = str(marker.get("status", "running"))
        folder.resumed = resume and not overwrite and before == folder.kind
        folder._marker = marker
    for entry in os.scandir(folder.path):
        if is_temporary(entry.name):
            _remove(Path(entry.path))
    probe = folder.path / f".probe.tmp-{os.getpid()}-00000000"
    with saying_where(probe):  # the lock file may have existed in a folder that can no longer be written
        probe.touch()
        probe.unlink()


def read_marker(path: Path) -> dict[str, Any] | None:
    """Return what the marker of a folder of ours says, or None when there is no valid one."""
    try:
        marker = json.loads((path / MARKER).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return marker if isinstance(marker, dict) and marker.get("schema") == MARKER_SCHEMA else None


def _refuse_foreign(path: Path) -> None:
    names = sorted(os.listdir(path))
    if read_marker(path):
        foreign = [n for n in names if n not in OURS and n not in (MARKER, WORK, lock.NAME, "model") and not is_temporary(n)]
        foreign += [f"model/{n}" for n in _foreign_in_model(path / "model")]
    else:
        foreign = [n for n in names if n != lock.NAME and not is_temporary(n)]
    if foreign:
        shown = ", ".join(repr(n) for n in foreign[:4]) + (f" and {len(foreign) - 4} more" if len(foreign) > 4 else "")
        raise AssistError(
            "E0441",
            f"--out {str(path)!r} holds something that assist did not write",
            where=f"{shown}; nothing was touched",
            help="choose a new or empty folder with --out",
        )


def _foreign_in_model(model: Path) -> list[str]:
    if not model.exists():
        return []
    try:
        listed = {entry["name"] for entry in manifest.read_manifest(model)["files"]} | {manifest.NAME}
    except AssistError:
        listed = set()
    return sorted(name for name in (p.relative_to(model).as_posix() for p in model.rglob("*") if not p.is_dir()) if name not in listed)


def _refuse_earlier(folder: RunFolder, marker: Mapping[str, Any]) -> NoReturn:
    what = {"ok": "a finished", "interrupted": "an interrupted"}.get(str(marker.get("status")), "an unfinished")
    thing = "profile" if marker.get("kind") == "profile" else "run"
    ways = "--overwrite to replace it, or another --out"
    if thing == "run" and folder.kind == "train":
        ways = f"--resume to go on with it, {ways}"
    raise AssistError(
        "E0442", f"--out {str(folder.path)!r} holds {what} {thing} of {marker.get('created', 'an unknown time')}", help=f"use {ways}"
    )


def _refuse_other_identity(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    different = _differences(before, now)
    if different:
        name, then, here = different[0]
        more = f"; and {len(different) - 1} more" if len(different) > 1 else ""
        raise AssistError(
            "E0443",
            f"the run in {str(path)!r} cannot be resumed: what it began with is not what is given now",
            where=f"{name}: {_briefly(then)} then, {_briefly(here)} now{more}",
            help="resume with the same data, options and --time-budget, or start anew with --overwrite or another --out",
        )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], within: str = "") -> list[tuple[str, Any, Any]]:
    """Return what differs, by its innermost name: a plan has some hundred values, of which a few have changed."""
    found: list[tuple[str, Any, Any]] = []
    for key in sorted(set(before) | set(now)):
        then, here = before.get(key), now.get(key)
        name = f"{within} {key}".strip().replace("_", " ")
        if isinstance(then, Mapping) and isinstance(here, Mapping):
            found += _differences(then, here, name)
        elif then != here:
            found.append((name, then, here))
    return found


def _briefly(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


def _remove_earlier(path: Path) -> None:
    """Remove what an earlier run of ours left; the claim has seen that nothing else is there."""
    with saying_where(path):
        for name in (*sorted(OURS), "model", WORK):
            _remove(path / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# --- reading


def open_run(path: str | Path) -> RunFolder:
    """Return the run folder at `path` for reading; its model is verified when it is loaded.

    Raises
    ------
    AssistError
        E0601 when nothing usable is there, E0602 when it is a file (a pickle or an archive is never loaded).
    """
    place = Path(path)
    try:
        if place.is_symlink() and not place.exists():
            _refuse("E0601", place, "it is a link to nothing")
        if not place.exists():
            _refuse("E0601", place, "it does not exist", "train first: assist train DATA --target COLUMN")
        if not place.is_dir():
            _refuse("E0602", place, "it is a file, not a run folder; pickles and archives are never loaded")
        names = set(os.listdir(place))
    except OSError as error:
        _refuse("E0601", place, error.strerror or "cannot be read")
    if not names & {"model", "report.json", "profile.json"} and WORK in names and read_marker(place):
        help = f"go on with it: assist train DATA --resume --out {shlex.quote(str(place))}, with the options it was begun with"
        _refuse("E0601", place, "it is unfinished: its training goes on, or was stopped before a model was kept", help)
    if not names & {"model", "report.json", "profile.json"}:
        _refuse("E0601", place, "the folder is empty" if not names else "it holds neither a model nor a report")
    marker = read_marker(place)
    return RunFolder(place, str(marker.get("kind", "train")) if marker else "train")


def _refuse(code: str, path: Path, where: str, help: str = "give the folder that assist train wrote, such as assist-run") -> NoReturn:
    raise AssistError(code, f"{str(path)!r} is not a run that can be used", where=where, help=help)
