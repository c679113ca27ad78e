"""Files to predict that are written in another way than the one of training."""

import pandas as pd
import pytest

from automl_assist.profile import cast, cast_as_written
from automl_assist.schema import Column


def _column(kind, **more):
    return Column("x", 0, kind, 0, 5, "", missing_tokens=("?",), **more)


@pytest.mark.parametrize(
    ("column", "cells", "decimal", "expected"),
    [
        (_column("number"), ["0,5", "1,25", "-2,75"], ",", [0.5, 1.25, -2.75]),
        (_column("number"), ["0.5 €", "1,250.00 €"], ".", [0.5, 1250.0]),
        (_column("number", affix="$"), ["($1,234.50)", "$3.00"], ".", [-1234.5, 3.0]),
        (_column("number", affix="kg"), ["39,7 kg"], ".", [39.7]),  # a single row: that kg is a unit is known from training
        (_column("number", affix="kg"), ["500 g", "1250 g", "80 g", "2 kg"], ".", [0.5, 1.25, 0.08, 2.0]),
        (_column("number", affix="kg"), ["500 g"], ".", [0.5]),
        (_column("number", affix="kg"), ["1.250,5 kg", "39,7 kg", "2 kg"], ".", [1250.5, 39.7, 2.0]),
        (_column("number", affix="km"), ["1500.5 m", "250 m", "40 m"], ".", [1.5005, 0.25, 0.04]),
        (_column("number", affix="°C"), ["50 °F", "68.5 °F", "41 °F"], ".", [50.0, 68.5, 41.0]),  # told, as of no unit that is known
        (_column("datetime", date_format="ISO8601"), ["31/12/2023", "01/02/2024"], ".", ["2023-12-31", "2024-02-01"]),
        (_column("boolean", true_token="yes", false_token="no"), ["1", "0", "1", "?"], ".", ["true", "false", "true", "None"]),
        (_column("boolean", true_token="yes", false_token="no"), ["N"], ".", ["false"]),
        (_column("boolean", true_token="1", false_token="0"), ["Yes", "No", "yes"], ".", ["true", "false", "true"]),
        (_column("boolean", true_token="yes", false_token="no"), [1.0, 0.0], ".", ["true", "false"]),  # a typed file
        (_column("datetime", date_format="from 1931: %d/%m/%y"), ["13-Jan-05", "27-May-40"], ".", ["2005-01-13", "1940-05-27"]),
        (_column("datetime", date_format="%d/%m/%y"), ["13-Jan-55", "27-May-60"], ".", ["2055-01-13", "2060-05-27"]),
    ],
)
def test_what_reads_otherwise_without_doubt_is_read_so(column, cells, decimal, expected):
    frame = pd.DataFrame({"x": cells})
    typed, unread, changed = cast_as_written(frame, [column], decimal)
    assert changed == ["x"] and not unread
    assert [v if isinstance(v, float) else str(v)[:10] for v in typed["x"]] == expected


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (_column("number"), ["1.5", "2.5", "oops"]),
        (_column("number"), ["red", "blue"]),
        (_column("datetime", date_format="ISO8601"), ["03/04/2023", "01/02/2024"]),  # day or month: nobody can tell
        (_column("category"), ["1,5"]),
        (_column("boolean", true_token="open", false_token="shut"), ["1", "0"]),  # which of the two is meant, nobody can tell
        (_column("boolean", true_token="yes", false_token="no"), ["1", "2"]),
        (_column("boolean", true_token="2", false_token="1"), ["1", "0"]),
    ],
)
def test_what_is_in_doubt_stays_as_it_was(column, cells):
    frame = pd.DataFrame({"x": cells})
    typed, unread, changed = cast_as_written(frame, [column], None)
    same, lost = cast(frame, [column])
    assert changed == [] and typed.equals(same) and unread == lost
