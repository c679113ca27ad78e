"""How to get the same again: command, seed, data, versions, machine, and whether it can be repeated at all."""

from __future__ import annotations

from typing import Any

from automl_assist.report._context import is_training
from automl_assist.report._filters import counted, size
from automl_assist.report._section import Report, Section


def _context(report: Report) -> dict[str, Any]:
    run, data = report["run"], report["data"]
    machine = run.get("machine") or {}
    words = []
    if machine.get("cores"):
        words.append(counted(machine["cores"], "core"))
    if machine.get("memory_mb"):
        words.append(f"{size(machine['memory_mb'], 1e6)} of memory")
    if machine.get("system"):
        words.append(machine["system"])
    return {
        "command": run.get("command"),
        "seed": run.get("seed"),
        "data": data["name"],
        "sha256": data.get("sha256"),
        "machine": ", ".join(words),
        "versions": list((run.get("versions") or {}).items()),
        "version": run.get("version"),
        "made": run["created"].replace("T", " ").replace("Z", " UTC"),
        "id": run["id"],
        "train": is_training(report),
        "repeatable": run.get("repeatable"),
        "reason": run.get("repeatable_reason") or "",
    }


SECTION = Section("reproduce", "How to get the same again", 130, lambda report: True, _context)
