"""A plan in a few plain figures: what would be done and what it would cost."""

from __future__ import annotations

from typing import Any

from automl_assist import __version__
from automl_assist.records import to_json
from automl_assist.schema import Options, Plan, Profile

BYTES_A_CELL = 8
COPIES = 6  # of the table in memory, all processes together: as read, typed, coded, and a fold in each of two workers; measured
BASE_MEMORY_MB = 900  # parent and two workers with their libraries, measured
MODEL_MB = 20  # of a finished ensemble, at most, for tables of usual size


def recommendation(plan: Plan | None) -> dict[str, Any]:
    """Return the main decisions, or why there are none."""
    if plan is None:
        return {"possible": False, "reason": "there is no target that something could be learned about; name one with --target COL"}
    topics = ("task", "metric", "split.kind", "split.folds", "forecast.horizon", "forecast.frequency", "families", "search")
    return {
        "possible": True,
        **{topic.replace(".", "_"): to_json(plan[topic]) for topic in topics if topic in plan.settings},
        "dropped_columns": [name for name, action in plan["columns"].items() if not action["use"]],
        "reasons": _reasons(plan),
    }


def _reasons(plan: Plan) -> dict[str, str]:
    """Return why, for each topic; of a topic decided by column, what holds for most columns, whatever their order."""
    of = {topic: [d for d in plan.decisions if d.topic == topic and not d.key] for topic in dict.fromkeys(d.topic for d in plan.decisions)}
    return {topic: max(decisions, key=lambda d: (len(d.columns), d.because)).because for topic, decisions in of.items() if decisions}


def cost(plan: Plan, profile: Profile, options: Options) -> dict[str, Any]:
    """Return the time, memory, disk and trials that training by this plan would take."""
    table_mb = profile.rows * len(profile.columns) * BYTES_A_CELL / 1e6
    return {
        "time_s": options.budget_s,
        "memory_mb": round(BASE_MEMORY_MB + COPIES * table_mb),
        "disk_mb": round(MODEL_MB + table_mb),
        "trials": options.trials,
        "listed_trials": sum(len(settings) for settings in plan.settings.get("portfolio", {}).values()),
        "folds": plan["split.folds"] * plan.settings.get("split.repeats", 1) if "split.folds" in plan.settings else None,
        "backtests": plan["forecast.backtests"]["windows"] + 1 if "forecast.backtests" in plan.settings else None,
        "families": list(plan["families"]),
    }


def plan_header(profile: Profile, *, sensitive: bool = False) -> dict[str, str]:
    """Return the first lines of plan.yaml."""
    target, name = profile.target.name if profile.target else "", "(hidden)" if sensitive else profile.reading.name
    asked = {"modality": profile.modality.name} if profile.modality.given else {}
    return {"target": target, **asked, "data": name, "written_by": f"assist {__version__}"}
