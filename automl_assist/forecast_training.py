"""Training a forecast, from a plan to everything a run folder holds: backtests, selection, test, model, report."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.errors import AssistError
from automl_assist.forecast_report import TrainedForecast, notes_on, report_on
from automl_assist.forecasting._backtests import Backtests, Windows
from automl_assist.forecasting._ensemble import choose, combined
from automl_assist.forecasting._intervals import widths
from automl_assist.forecasting._panel import form_of, last_steps, lay_out, needed_form, place_rows, some_series
from automl_assist.machine import this_machine
from automl_assist.metrics import metric
from automl_assist.plan import to_yaml
from automl_assist.report.recommendation import plan_header
from automl_assist.runs import RunFolder, StopFlag, new_folder, write_manifest, write_text
from automl_assist.schema import Message, Notify, Options, Plan
from automl_assist.serving.bundle import Member
from automl_assist.serving.forecaster import NEVER, ForecastBundle
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.forecast_search import REFERENCE, ForecastCandidate, ForecastSearch
from automl_assist.tuning.pool import WorkerPool

if TYPE_CHECKING:
    from automl_assist.planning import Understood

FEWEST_STEPS = 10  # of the longest series (contract, section 4: ten rows with a target)
STOPPED_S = 4.0  # for the finish of a run that the user has stopped


class ForecastTraining:
    """One training of a forecast.

    Parameters
    ----------
    run : RunFolder
        Claimed already.
    sensitive : bool
        No path and no cell value that forecasting can do without in anything written.
    """

    def __init__(
        self, run: RunFolder, pool: WorkerPool, clock: Clock, options: Options, notify: Notify, stop: StopFlag, *, sensitive: bool = False
    ):
        self.folder, self.pool, self.clock, self.options, self.notify, self.stop = run, pool, clock, options, notify, stop
        self.sensitive = sensitive
        self.machine = this_machine()

    def run(self, understood: Understood, plan: Plan) -> dict[str, Any]:
        """Backtest, choose, test, write the model and the plan, and return the report."""
        self.plan, self.profile = plan, understood.profile
        write_text(self.folder.plan, to_yaml(plan, plan_header(understood.profile, sensitive=self.sensitive)))
        self._lay_out(understood)
        understood.let_rows_go()
        self.backtests = Backtests.of(self.past, Windows.of(plan.settings), metric(plan["metric"]).name)
        self.notify.note(
            f"forecast of {self.form.target.name!r}: {self.past.n:,} series, {self.form.frequency.name}, {self.form.horizon} steps ahead, "
            f"{self.backtests.count} backtests and the last {self.form.horizon} steps locked away for the test"
        )
        outcome = ForecastSearch(
            self.backtests,
            plan,
            self.folder,
            self.pool,
            self.clock,
            self.notify,
            self.stop,
            seed=self.options.seed,
            checkpoint=lambda candidates: self._ship(candidates, {c.name: 1.0 for c in candidates}),
        ).run()
        if self.stop:
            self.clock.end_within(STOPPED_S)
        weights = self._choose(outcome.candidates)
        self._ship(outcome.candidates, weights)
        trained = TrainedForecast(
            understood,
            plan,
            self.options,
            self.machine,
            self.clock,
            self.stop,
            self.folder,
            self.backtests,
            self.names,
            outcome,
            weights,
            self._mixed(outcome.candidates, weights),
            self.sensitive,
        )
        notes = [*self.messages, *notes_on(trained)]
        for message in notes:
            self.notify.message(message)
        return report_on(trained, notes)

    # --- series

    def _lay_out(self, understood: Understood) -> None:
        self.form = form_of(understood.profile, understood.table.frame, understood.typed, self.plan.settings)
        rows = place_rows(understood.table.frame, understood.typed, self.form)
        last = last_steps(rows)
        keep = last != NEVER
        self.messages = list(rows.messages)
        if not keep.all():
            self.messages.append(Message("W0311", f"{int((~keep).sum()):,} series have no value and were left out"))
        rows = some_series(rows, keep)
        self.names = rows.names
        self.past = lay_out(rows, self.form, last[keep])
        longest = int((self.past.length - self.past.first).max(initial=0))
        windows = Windows.of(self.plan.settings)
        short = int((self.past.length - self.past.first <= windows.cuts[0] + 2).sum())
        if longest < max(FEWEST_STEPS, self.form.horizon + 5) or short == self.past.n:
            fitting = (longest - 5) // 3
            raise AssistError(
                "E0313",
                f"the longest series has {longest:,} step{'' if longest == 1 else 's'}: too few to forecast {self.form.horizon} more "
                "and to test that",
                where=f"{self.past.n:,} series, {self.form.frequency.name}",
                help=f"give longer series, or a smaller --horizon, such as {fitting}"
                if 0 < fitting < self.form.horizon
                else "give rows of more times; --time and --series say which columns tell them, where others were taken",
            )
        if short:
            self.messages.append(
                Message("W0318", f"{short:,} of {self.past.n:,} series are too short to be tested on; they are forecast all the same")
            )

    # --- the model

    def _choose(self, candidates: list[ForecastCandidate]) -> dict[str, float]:
        """Return the weight of each member."""
        forecasts = {c.name: c.forecasts[1:] for c in candidates if c.forecasts is not None}
        weights, _ = choose(
            forecasts,
            {c.name: c.family for c in candidates},
            self.backtests.truth[1:],
            self.backtests.scale,
            self.backtests.metric,
            chosen_by=self.plan["forecast.ensemble"],
            reference=f"{REFERENCE}-1",
        )
        return weights

    def _mixed(self, candidates: list[ForecastCandidate], weights: Mapping[str, float]) -> np.ndarray:
        by_name = {c.name: c.forecasts for c in candidates if c.forecasts is not None}
        return combined([by_name[name] for name in weights], list(weights.values()), self.plan["forecast.ensemble"]["kind"])

    def _ship(self, candidates: list[ForecastCandidate], weights: Mapping[str, float]) -> None:
        """Write model/ whole, in place of an earlier one; its intervals look at the test too."""
        by_name = {c.name: c for c in candidates}
        mixed = self._mixed(candidates, weights)
        bundle = ForecastBundle(
            metric=self.plan["metric"],
            metrics=tuple(self.plan["metrics"]),
            form=needed_form(self.form),
            names=self.names,
            reading=replace(self.profile.reading, path="", name="" if self.sensitive else self.profile.reading.name),
            members=tuple(Member(name, by_name[name].family, weight, (f"members/{name}",)) for name, weight in weights.items()),
            combination=self.plan["forecast.ensemble"]["kind"],
            coverage=self.plan["interval"]["coverage"],
            lowest=self.backtests.lowest,
        )
        kept = self.past.recent(max(int(self.plan["forecast.history"]["local"]), 4 * max(self.past.seasons), 2 * self.past.horizon))
        with new_folder(self.folder.model) as folder:
            for name in weights:
                shutil.copytree(by_name[name].folder / "model", folder / "members" / name)
            bundle.write(folder, kept, widths(self.backtests.truth, mixed, self.backtests.scale))
            write_manifest(folder, {"task": "forecast", "target": self.form.target.name, "classes": []})
