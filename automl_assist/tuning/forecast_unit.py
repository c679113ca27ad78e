"""The unit of work of a forecast: one candidate, backtested and fitted to everything, in a worker process from data on disk."""

from __future__ import annotations

import json
import os
import shutil
import time
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.forecasting import Past, forecasters
from automl_assist.forecasting._backtests import Windows, backtest
from automl_assist.forecasting._forecaster import Request


@lru_cache(maxsize=1)
def _loaded(folder: str) -> tuple[Past, dict[str, Any]]:
    return Past.load(Path(folder)), json.loads((Path(folder) / "settings.json").read_text("utf-8"))


def forecast_unit(spec: dict[str, Any]) -> dict[str, Any]:
    """Backtest one candidate, write its forecasts and the forecaster, and return what happened.

    Parameters
    ----------
    spec : dict
        ``data`` (folder), ``out`` (folder to be made), ``family``, ``values``, ``seed``, ``seconds`` (or None), ``threads``.

    Returns
    -------
    dict
        ``fit_s``, ``size_mb``; `out` holds ``forecasts.npy``, of shape (w, n, h), and ``model/``.
    """
    warnings.simplefilter("ignore")
    past, settings = _loaded(spec["data"])
    windows = Windows.of(settings)
    begun = time.perf_counter()
    request = Request(past, spec["values"], settings, spec["seed"], spec["seconds"], spec["threads"])
    forecasts, fitted = backtest(forecasters()[spec["family"]], request, windows)
    if not np.isfinite(forecasts).all():
        raise ValueError("its forecasts are not finite")
    out = Path(spec["out"])
    temporary = out.with_name(f"{out.name}.tmp-{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    (temporary / "model").mkdir(parents=True)
    fitted.save(temporary / "model")
    np.save(temporary / "forecasts.npy", forecasts, allow_pickle=False)
    size = sum(f.stat().st_size for f in (temporary / "model").rglob("*") if f.is_file()) / 1e6
    result = {"fit_s": time.perf_counter() - begun, "size_mb": size}
    (temporary / "unit.json").write_text(json.dumps(result), "utf-8")
    shutil.rmtree(out, ignore_errors=True)
    os.replace(temporary, out)
    return result
