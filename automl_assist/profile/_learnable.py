"""Whether anything can be learnt: the errors that a training raises and a profile only reports."""

from __future__ import annotations

import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.profile._dates import is_clock
from automl_assist.schema import CLASSIFICATION, Options, Profile
from automl_assist.sources import FOLDERS

FEWEST_ROWS = 10  # with a target (contract, section 4)
VARYING_SHARE = 0.05  # of the series may have a label that changes: the most frequent one is taken, with a warning
FEWEST_GROUPS = 3  # one to learn from, one that chooses and one for the test
LARGEST, FINEST = 1e150, 1e-150  # squares of larger numbers overflow, of smaller differences vanish
DIFFERENT_SHARE = 0.9  # of the rows have a class of their own: nothing repeats that could be learnt

Problem = tuple[str, str, str]  # code, what is wrong, what to do


def target_problem(profile: Profile, task: str | None = None) -> Problem | None:
    """Return why the target cannot be learnt as `task` (else the inferred one), or None.

    Returns
    -------
    tuple of str
        The error's code, the sentence, and the advice.
    """
    if profile.target is None or profile.task is None:
        return None
    name, task = profile.target.name, task or profile.task.name
    column, rows = profile.column(name), profile.labelled_rows
    if rows == 0:
        return "E0302", f"the target {name!r} has no value in any of the {profile.rows:,} rows", "name another column with --target"
    if pictures := _pictures_problem(profile):
        return pictures
    if rows < FEWEST_ROWS:
        what = "rows" if profile.examples is None else "series"
        have = f"{rows} {what} have" if rows != 1 else f"one of the {what} has"
        return "E0302", f"only {have} a value of the target {name!r}; at least {FEWEST_ROWS} {what} are needed", f"add {what}"
    if varying := _varying(profile):
        return varying
    if column.distinct == 1 or column.kind == "constant":
        return (
            "E0303",
            f"the target {name!r} has only one value in {rows:,} rows: there is nothing to tell apart",
            "name another column with --target",
        )
    return _kind_problem(profile, name, task, rows)


def _pictures_problem(profile: Profile) -> Problem | None:
    """Return what is wrong with the class folders of a folder of pictures: too few of them, or one in each."""
    rows, classes = profile.labelled_rows, len(profile.classes)
    if profile.reading.format not in FOLDERS or profile.target is None or not classes:
        return None
    held = f"{profile.reading.name} holds {rows:,} pictures in {classes:,} class folders"
    advice = "add pictures to each class folder; ten of each are few, a hundred are a start"
    if rows < FEWEST_ROWS:
        return "E0302", f"{held}; at least {FEWEST_ROWS} are needed", advice
    if rows < 2 * classes:
        return "E0304", f"{held}: most classes have one picture, and none like it to be tested on", advice
    return None


def _varying(profile: Profile) -> Problem | None:
    """Return what is wrong where series have several labels each."""
    varying, labelled = profile.layout.get("varying") or 0, profile.labelled_rows
    if profile.modality.name != "sequence" or profile.target is None or varying <= VARYING_SHARE * labelled:
        return None
    return (
        "E0313",
        f"{varying:,} of {labelled:,} series have several values of the target {profile.target.name!r}: a sequence has one",
        "name another column with --series, or learn from the rows one by one with --modality tabular",
    )


def _kind_problem(profile: Profile, name: str, task: str, rows: int) -> Problem | None:
    column, given = profile.column(name), profile.task is not None and profile.task.given
    another = "name another column with --target"
    if column.kind in ("identifier", "url", "email", "image") and not (given and column.numbers is not None):
        return (
            "E0304",
            f"the target {name!r} is of kind {column.kind}, {column.distinct:,} different values in {rows:,} rows: it names rows",
            another,
        )
    if column.kind == "text" and column.distinct > 0.5 * rows:
        return "E0304", f"the target {name!r} is free text, {column.distinct:,} different values in {rows:,} rows", another
    if column.kind == "datetime":
        clock = ("times of day", "seconds since midnight, or of a duration,")
        held, instead = clock if is_clock(column.date_format) else ("dates", "days since a fixed date")
        asked = f"cannot be predicted as {task}" if given else "are no answer that can be learnt"
        return "E0305", f"the target {name!r} holds {held}, which {asked}", f"use the {instead} as the target"
    if task in CLASSIFICATION:
        classes = len(profile.classes) or column.distinct
        if task == "binary" and classes > 2:
            return "E0305", f"the task binary needs two classes, and the target {name!r} has {classes:,}", "use --task multiclass"
        if classes > DIFFERENT_SHARE * rows:
            kind = "use --task regression" if column.numbers is not None else another
            return "E0304", f"nearly every value of the target {name!r} is different: {classes:,} classes in {rows:,} rows", kind
    if task in ("regression", "count", "forecast") and column.kind not in ("number", "integer"):
        return (
            "E0305",
            f"the target {name!r} is of kind {column.kind}, and {task} needs numbers",
            f"use --task {'binary' if (len(profile.classes) or column.distinct) == 2 else 'multiclass'}, or --kind to read it as number",
        )
    if column.numbers is not None and task not in CLASSIFICATION:
        least, most = column.numbers.minimum, column.numbers.maximum
        if max(-least, most) > LARGEST or 0 < most - least < FINEST:
            held = f"the target {name!r} goes from {least:.3g} to {most:.3g}: the squares of its errors cannot be computed"
            return "E0305", held, "give it in another unit, or give its logarithm"
    if task == "count" and column.numbers is not None and (column.numbers.negatives or not column.numbers.whole):
        return "E0305", f"the target {name!r} holds negative or broken numbers, and a count has none", "use --task regression"
    return None


def require_learnable(profile: Profile, typed: pd.DataFrame, options: Options) -> None:
    """Refuse a table from which nothing can be learnt.

    Raises
    ------
    AssistError
        E0302 too few rows, E0303 one value, E0304 all values different, E0305 a task the values do not allow, E0306 no columns to learn
        from, E0309 no target, E0310 too few groups, E0313 series of several labels, E0314 no series.
    """
    if profile.target is None:
        raise AssistError(
            "E0309", f"no column of {profile.reading.name} can be the target", help="name the column to predict with --target", exit_code=2
        )
    if profile.modality.name == "sequence" and not profile.layout:
        raise AssistError(
            "E0314",
            f"no series were found in {profile.reading.name}",
            where="neither numbered columns of one quantity, nor rows with a time and a column that names their series",
            help="name the column that names the series with --series COL, or learn from rows with --modality tabular",
        )
    if profile.modality.name == "image" and not any(column.kind == "image" for column in profile.features):
        raise AssistError(
            "E0306",
            f"no column of {profile.reading.name} names pictures, so that there are none to learn from",
            where=profile.modality.reason,
            help="leave out --modality to learn from its other columns, or name the column of pictures with --kind COL=image",
        )
    if problem := target_problem(profile, options.task):
        code, what, help = problem
        raise AssistError(code, what, where=f"{profile.reading.name}: {profile.rows:,} rows, {len(profile.columns):,} columns", help=help)
    if options.group and (groups := profile.column(options.group).distinct) < FEWEST_GROUPS:
        raise AssistError(
            "E0310",
            f"the column {options.group!r} holds {groups} group{'' if groups == 1 else 's'}; at least {FEWEST_GROUPS} are needed",
            where="rows of one group stand on one side of a split: one learns, one chooses, one tests",
            help="name another column with --group, or leave it out",
        )
    beside = [c for c in profile.features if c.kind != "empty" and c.name not in (options.group,)]
    if not beside and profile.modality.name != "forecast":  # which needs none
        numeric = profile.column(profile.target.name).numbers is not None
        held = "nothing but the target" if len(profile.columns) == 1 else "no other column that holds values"
        raise AssistError(
            "E0306",
            f"{profile.reading.name} has no columns to learn from: {held}",
            where=f"target {profile.target.name!r}",
            help="add columns that are known before the target is"
            + ("; --task forecast carries the rows on in their order" if len(profile.columns) == 1 and numeric else ""),
        )
