"""The time budget of a whole command: one monotonic deadline, set at the start of the process."""

from __future__ import annotations

import time

# What comes after the search (ensemble, test, importance, files, report) gets a share of the budget within bounds: 4 s is what
# it takes at least on two busy cores, and more than 25 s would only buy more repeats of the importance.
FINISH_SHARE, FINISH_LEAST_S, FINISH_MOST_S = 0.10, 4.0, 25.0
# Of the time that reading took, for writing about as many columns; the first second is in the above. Measured beside the above, 2,000 to
# 20,000 columns on two busy cores: 6 to 15 %.
READ_AGAIN_SHARE = 0.15
LAST_S = 1.5  # of these for the page and the end of the process: nothing that can be cut short may run into them
SHIP_S = 0.5  # for writing the model once more after its last fit
# Seconds for one of processor time until the search begins: up to two where the workers start meanwhile, more where other programs hold the
# processors, which then make the finish as much longer.
USUAL_WAIT, LONGEST_WAIT = 2.0, 4.0
TINY_FINISH_SHARE = 0.35  # of a budget so small that FINISH_LEAST_S would leave nothing

ENOUGH_S, MORE = 60.0, 4  # what is advised to who gave too little: seconds at least, and times what was given


def more_time(asked_s: float) -> str:
    """Return the advice to give more time than the `asked_s` seconds that did not do."""
    return f"give more time, such as --time-budget {max(ENOUGH_S, MORE * asked_s):.0f}s"


class Clock:
    """Time used and left.

    Parameters
    ----------
    started : float
        ``time.monotonic()`` at the start of the process.
    budget_s : float or None
        Seconds for the whole command; None means no limit.
    """

    def __init__(self, started: float, budget_s: float | None):
        self.started = started
        self.budget_s = budget_s
        self.ends = float("inf") if budget_s is None else started + budget_s  # of time.monotonic(): then the budget is used up
        self.last_s = LAST_S
        self.waits = 1.0  # how many times as long as usual this process waited for a processor
        self._finish_from = self.search_until = self.ends - self._finish_s(0.0)

    def begin_search(self) -> None:
        """Set the end of the search by how long the reading took, and by how long the processors let it wait.

        A table that is slow to read is slow to write about, and what waits now will wait then.
        """
        self.waits = max(1.0, self.used_s / max(time.process_time(), 0.1) / USUAL_WAIT)
        self._finish_from = self.search_until = self.ends - self._finish_s(self.used_s, min(self.waits, LONGEST_WAIT))

    def keep(self, seconds: float, share: float) -> None:
        """Keep so many seconds after the search for a last fit, at most a share of the budget.

        The finish takes place at the same time, but for its last steps.
        """
        if self.budget_s is not None:
            needed = min(seconds, share * self.budget_s) + self.last_s + SHIP_S
            self.search_until = min(self._finish_from, self.ends - needed)

    @property
    def refit_until(self) -> float:
        """The time of ``time.monotonic()`` at which the last fit must end."""
        return self.ends - self.last_s - SHIP_S

    def end_within(self, seconds: float) -> None:
        """Bring the end forward: who stops a run wants the answer now."""
        self.ends = min(self.ends, time.monotonic() + seconds)
        self.search_until = self._finish_from = min(self.search_until, self.ends)

    def _finish_s(self, read_s: float, waits: float = 1.0) -> float:
        if self.budget_s is None:
            return 0.0
        slow = READ_AGAIN_SHARE * read_s
        self.last_s = min(waits * LAST_S + slow / 2, 0.1 * self.budget_s)
        finish = min(max(self.budget_s * FINISH_SHARE, waits * FINISH_LEAST_S), FINISH_MOST_S) + max(slow - 1.0, 0.0)
        return min(finish, self.budget_s * TINY_FINISH_SHARE)

    @property
    def used_s(self) -> float:
        """Seconds since the start of the process."""
        return time.monotonic() - self.started

    @property
    def search_left_s(self) -> float:
        """Seconds left for fitting."""
        return self.search_until - time.monotonic()

    def share_until(self, share: float, most_s: float = float("inf")) -> float:
        """Return the time by which a step of the finish must end that may take a share of the time still left.

        Without an end there is no such time, so that what is computed cannot depend on how fast the machine is.
        """
        if self.ends == float("inf"):
            return self.ends
        now = time.monotonic()
        left = self.ends - self.last_s - now
        return now + min(max(left, 0.0) * share, most_s)
