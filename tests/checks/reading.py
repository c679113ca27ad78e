"""Tables on disk, read and understood as a user's are, and their findings."""

import pandas as pd

from automl_assist import sources
from automl_assist.checks import CheckContext, find_all
from automl_assist.profile import describe_rows
from automl_assist.schema import Options


def understood(frame: pd.DataFrame, folder, target=None, **options):
    """Return the profile and the findings of a frame written as CSV."""
    path = folder / "table.csv"
    frame.to_csv(path, index=False)
    profile, typed, cells = describe_rows(sources.read(str(path)), Options(target=target, **options))
    return profile, find_all(CheckContext(profile, cells, typed))


def codes(findings, *wanted):
    """Return the codes among `wanted` that were found, with their columns."""
    return {f.code: f.columns for f in findings if f.code in wanted}
