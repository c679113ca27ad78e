"""A plan in a few plain figures."""

from types import SimpleNamespace

from automl_assist.report.recommendation import _reasons


def test_reasons_are_those_of_most_columns_whatever_their_order():
    decisions = [
        SimpleNamespace(topic=topic, key=key, columns=columns, because=because)
        for topic, key, columns, because in [
            ("metric", "", (), "two classes"),
            ("columns.levels", "", ("a", "b", "c"), "it has 3 levels"),
            ("columns.levels", "", ("d", "e"), "it has 5 levels"),
            ("columns.levels", "", ("f", "g", "h"), "it has 4 levels"),
            ("columns.levels", "i", (), "it has 9 levels"),
        ]
    ]
    told = _reasons(SimpleNamespace(decisions=decisions))
    assert told == _reasons(SimpleNamespace(decisions=decisions[::-1])) == {"metric": "two classes", "columns.levels": "it has 4 levels"}
