"""What crosses a border between packages: frozen records (as JSON and back: :mod:`automl_assist.records`).

Everything here is plain data: no behaviour beyond small derived properties, nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

KINDS = (
    "number", "integer", "boolean", "category", "datetime", "text", "identifier",
    "url", "email", "image", "list", "constant", "empty",
)  # fmt: skip
NUMERIC_KINDS = ("number", "integer")
TASKS = ("binary", "multiclass", "multilabel", "regression", "count", "forecast")
CLASSIFICATION = ("binary", "multiclass")
STEP_UNITS = ("step", "second", "minute", "hour", "day", "week", "working day", "month")
MODALITIES = ("tabular", "text", "image", "sequence", "forecast")


# --- reading

DELIMITER_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
LONGEST_DELIMITER = 8  # characters


def delimiter_meant(said: str) -> str | None:
    """Return what separates cells where `said` was asked for: one character, a few marks, or one of them in words; None if it cannot."""
    meant = DELIMITER_WORDS.get(said.lower(), said)
    word = len(meant) > 1 and meant.isalnum()
    return None if word or not 0 < len(meant) <= LONGEST_DELIMITER or set(meant) & set('"\r\n\0') else meant


@dataclass(frozen=True)
class ReadOptions:
    """What the user overrides about reading; None means decided by the reader."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    no_header: bool = False
    dayfirst: bool | None = None


@dataclass(frozen=True)
class Reading:
    """How a file was read: every assumption, so that `predict` reads the next file the same way."""

    path: str
    name: str
    format: str
    sha256: str
    size_bytes: int
    rows: int
    columns: int
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    decimal: str | None = None
    header: bool = True
    skipped_lines: int = 0
    dayfirst: bool | None = None
    sheet: str | None = None  # of a workbook
    cuts: tuple[int, ...] = ()  # where the columns of a file of fixed width begin
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A warning: a stable code such as ``W0104``, one sentence, and what to do about it."""

    code: str
    message: str
    help: str | None = None


# --- profile


@dataclass(frozen=True)
class NumberFacts:
    """Facts of a column that reads as numbers (or as times, in seconds since 1970)."""

    minimum: float
    maximum: float
    mean: float
    sd: float
    quantiles: tuple[float, ...]  # at 5, 25, 50, 75 and 95 %
    histogram: tuple[int, ...]  # counts of equally wide bins from minimum to maximum
    zeros: int
    negatives: int
    whole: bool  # every value is a whole number


@dataclass(frozen=True)
class Column:
    """One column as understood, with the evidence for it."""

    name: str
    position: int
    kind: str
    missing: int
    distinct: int
    evidence: str
    action: str = "keep"
    reason: str = ""
    missing_tokens: tuple[str, ...] = ()  # cells read as missing beside the empty one
    date_format: str | None = None  # strptime format, "mixed", "epoch_s" or _ms, _us, _ns, "excel"
    true_token: str | None = None  # of a boolean
    false_token: str | None = None
    thousands: str | None = None
    affix: str | None = None  # a unit or currency sign that was stripped
    numbers: NumberFacts | None = None
    top: tuple[tuple[str, int], ...] = ()  # the most frequent values, those seen at least ten times
    mean_length: float | None = None  # characters, of text
    association: float | None = None  # with the target, 0 to 1
    decimal: str | None = None  # of this column's numbers, where it is not the point; ".," where both marks are used
    ledger: bool = False  # numbers below zero stand in parentheses, or before their sign
    scaled: bool = False  # k, M, bn and the like behind the numbers say thousands, millions, ...
    notation: str | None = None  # of cells that are one number, though not written as one, such as durations and angles


@dataclass(frozen=True)
class Alternative:
    """A second opinion beside a guess."""

    name: str
    confidence: float
    reason: str = ""


@dataclass(frozen=True)
class Guess:
    """Something inferred: how sure, why, and what else it could be."""

    name: str
    confidence: float
    reason: str
    ambiguous: bool = False
    alternatives: tuple[Alternative, ...] = ()
    given: bool = False  # said by the user, not inferred


def named_column(option: str, column: str) -> Guess:
    """Return the column that the user named with ``--option``."""
    return Guess(column, 1.0, f"you named it with --{option} {column}", given=True)


@dataclass(frozen=True)
class Profile:
    """The facts of a data set; no opinions."""

    reading: Reading
    rows: int
    columns: tuple[Column, ...]
    modality: Guess
    target: Guess | None = None
    task: Guess | None = None
    classes: tuple[tuple[str, int], ...] = ()  # of a class target, most frequent first
    target_missing: int = 0
    duplicate_rows: int = 0
    sampled_rows: int | None = None  # of a table too large to hold, the rows behind what was not counted over all
    time: Guess | None = None  # the column that orders the rows
    series: Guess | None = None  # the column that names the series of a row
    group: Guess | None = None  # the column whose rows belong together
    layout: Mapping[str, Any] = field(default_factory=dict)  # how the examples of a modality stand in the table, with their sizes
    examples: int | None = None  # series with a target, where several rows are one; None where every row is an example

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in reversed(self.columns)}

    @cached_property
    def features(self) -> tuple[Column, ...]:
        """Every column but the target."""
        target = self.target.name if self.target else None
        return tuple(c for c in self.columns if c.name != target)

    @property
    def labelled_rows(self) -> int:
        """Examples that have a target: rows, or whole series where several rows are one."""
        return self.examples if self.examples is not None else self.rows - self.target_missing


@dataclass(frozen=True)
class Finding:
    """What a check found: a stable code, the evidence with counts, and a fix that can be pasted."""

    code: str
    title: str
    severity: str  # error, warning, info
    message: str
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()  # examples, counted from 1 below the header
    fix: str = ""


# --- plan


@dataclass(frozen=True)
class Options:
    """What the user asked for; None or empty means decided by the rules."""

    target: str | None = None
    targets: tuple[str, ...] = ()  # several of them, each to be predicted from the columns that are none; `target` is then None
    task: str | None = None
    modality: str | None = None
    time: str | None = None
    series: str | None = None
    group: str | None = None
    horizon: int | None = None
    metric: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    budget_s: float = 300.0
    trials: int | None = None
    max_predict_ms: float | None = None  # for 1,000 rows
    pretrained: str | None = None  # a backbone for pictures by name, or a file of its weights
    seed: int = 0
    read: ReadOptions = ReadOptions()

    def said(self) -> tuple[str, ...]:
        """Return what was said about the data, but for the target, as it stands on the command line: the next command needs it too."""
        texts: dict[str, Any] = {name: getattr(self, name) for name in ("task", "modality", "time", "series", "group", "horizon", "metric")}
        texts |= {name: getattr(self.read, name) for name in ("encoding", "delimiter", "decimal")}
        flags = {"--no-header": self.read.no_header, "--dayfirst": self.read.dayfirst, "--monthfirst": self.read.dayfirst is False}
        return (
            *(word for name, value in texts.items() if value is not None for word in (f"--{name}", str(value))),
            *(word for column, kind in self.kinds.items() for word in ("--kind", f"{column}={kind}")),
            *(flag for flag, wanted in flags.items() if wanted),
        )


@dataclass(frozen=True)
class Machine:
    """What the run may use."""

    cores: int
    memory_mb: int
    installed: tuple[str, ...] = ()  # optional libraries that can be imported, such as "keras"


@dataclass(frozen=True)
class Facts:
    """All that a rule may look at."""

    profile: Profile
    findings: tuple[Finding, ...]
    options: Options
    machine: Machine


@dataclass(frozen=True)
class Rejected:
    """An option that a rule did not take, and why."""

    option: str
    why: str


@dataclass(frozen=True)
class Decision:
    """The outcome of one rule for one topic, with everything needed to question it."""

    topic: str
    rule: str
    title: str
    outcome: Any
    because: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    flip: str = ""  # what would change it
    refs: tuple[str, ...] = ()
    priority: int = 0
    overrides: tuple[str, ...] = ()  # rules of lower priority that wanted something else
    key: str = ""  # of a topic with an outcome for each column, the column
    columns: tuple[str, ...] = ()  # or the columns that share an outcome for the same ordinary reason


@dataclass(frozen=True)
class Plan:
    """All decisions: a value for each topic, and the trace of how it came about."""

    settings: Mapping[str, Any]
    decisions: tuple[Decision, ...] = ()

    def __getitem__(self, topic: str) -> Any:
        return self.settings[topic]

    @property
    def kept_columns(self) -> tuple[str, ...]:
        """Names of the columns to learn from."""
        return tuple(name for name, action in self.settings["columns"].items() if action["use"])


# --- modelling


@dataclass(frozen=True)
class Problem:
    """What is to be learned, as every model family sees it."""

    task: str
    n_classes: int  # 2 for binary, 0 for regression
    metric: str  # what early stopping and selection look at
    rows: int  # rows to learn from, all folds together
    numbers: int  # columns of each kind after encoding
    categories: int
    texts: int
    settings: Mapping[str, Any] = field(default_factory=dict)  # the plan's choices for networks and losses
    blocks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # shape of one row of each dense block, such as a picture

    @property
    def is_classification(self) -> bool:
        """Whether a prediction is a row of class probabilities."""
        return self.task in CLASSIFICATION


LINEAR, LOGARITHMIC = "linear", "logarithmic"
AVERAGES = (LINEAR, LOGARITHMIC)
MOST_DOUBT = 0.1


@dataclass(frozen=True)
class Averaging:
    """How predictions are averaged: as they are, or class probabilities by their logarithms."""

    kind: str = LINEAR
    doubt: float = 0.0  # added to every probability before its logarithm is taken: the order of rows by one model stays

    def __post_init__(self) -> None:
        """Hold both within what there is; ValueError where they are not."""
        if self.kind not in AVERAGES or not 0 <= self.doubt <= MOST_DOUBT:
            raise ValueError("predictions cannot be averaged so")


AS_THEY_ARE = Averaging()
POWERS = (0.2, 20.0)  # least and most: beyond them held-out rows are too few or too easy to tell
MOST_SHARED = 0.5  # of a probability, among all classes alike
FARTHEST_SHIFT = 100.0  # as far as logits of 5 are moved by the highest power


@dataclass(frozen=True)
class Calibration:
    """What class probabilities go through; the order of rows by a class of two and, without a shift, the likeliest class stay."""

    power: float = 1.0  # they are raised to it: above 1 they get surer, below 1 less sure
    shift: float = 0.0  # added to the logit of the second of two classes
    doubt: float = 0.0  # share that all classes get alike at the end

    def __post_init__(self) -> None:
        """Hold all within their bounds; ValueError where they are not."""
        if not (POWERS[0] <= self.power <= POWERS[1] and abs(self.shift) <= FARTHEST_SHIFT and 0 <= self.doubt <= MOST_SHARED):
            raise ValueError("probabilities cannot be calibrated so")


UNCHANGED = Calibration()


@dataclass(frozen=True)
class Trial:
    """One evaluated candidate: a family with hyper-parameters, on the folds it was fitted on."""

    number: int
    family: str
    title: str
    values: Mapping[str, Any]
    origin: str  # baseline, portfolio, search
    status: str  # complete, partial, failed, skipped
    score: float | None  # mean over the folds done, natural sign of the metric
    fold_scores: tuple[float, ...] = ()
    fit_s: float = 0.0
    predict_ms_per_1000: float | None = None
    size_mb: float | None = None
    weight: float = 0.0  # in the ensemble
    error: str | None = None
    ended_s: float = 0.0  # seconds after the start of the command


# --- telling the user


class Notify(Protocol):
    """Where a command says what happens while it happens; standard error, in the end."""

    def message(self, message: Message) -> None:
        """Show a warning."""

    def note(self, text: str) -> None:
        """Show one line of progress."""

    def progress(self, done_s: float, budget_s: float, text: str, best: str | None) -> None:
        """Show time used against the budget, what runs, and the best score so far."""


def are_settings(value: Any) -> bool:
    """Whether a value is a list of settings of hyper-parameters, too long to be said in a line."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)
