"""The network of several inputs: how it learns, and how much of what pictures show it is given."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, Choice, Decided, Rule
from automl_assist.rules.families import JOINT, reads_texts, sees_pictures
from automl_assist.rules.network import by_rows
from automl_assist.schema import Facts, Rejected

# Compared on two folds of seven tables of 500 to 3,400 rows; what stands beyond has not been.
EPOCHS, FEWEST_EPOCHS = ((10_000, 60), (30_000, 30)), 12
BATCHES, LARGEST_BATCH = ((10_000, 64), (30_000, 128)), 256
PATIENCE = 0.25  # of the epochs: words are learned by heart soon after the best one
COMPONENTS = 64  # of what pictures show; twice as many lost on three of four tables


def usual_joint(rows: int) -> dict[str, int]:
    """Return how a network of several inputs learns from so many labelled rows."""
    epochs = by_rows(EPOCHS, FEWEST_EPOCHS, rows)
    return {
        "epochs": epochs,
        "batch_size": by_rows(BATCHES, LARGEST_BATCH, rows),
        "patience": round(PATIENCE * epochs),
        "components": COMPONENTS,
    }


def _joint(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if JOINT not in decided.get("families", ()):
        return
    rows, sees = facts.profile.labelled_rows, sees_pictures(facts, decided)
    chosen = usual_joint(rows)
    given = [what for what, there in (("the vectors of words", reads_texts(facts)), ("what pictures show", sees)) if there]
    yield Choice(
        chosen,
        f"{' and '.join(given) or 'all columns'} join numbers and categories before the network decides, so that it learns what depends on "
        f"two of them together; {rows:,} rows are seen up to {chosen['epochs']} times in batches of {chosen['batch_size']}"
        + (f", pictures by {chosen['components']} directions in which they differ most" if sees else ""),
        {"rows": rows},
        (
            Rejected("a network for each, averaged", "what one says could not change what the other means"),
            Rejected(f"{2 * COMPONENTS} directions", "a few hundred pictures are learned by heart from so many"),
        ),
        f"above {EPOCHS[0][0]:,} rows batches would be larger and epochs fewer; you have {rows:,}",
    )


NETWORK_OF_SEVERAL = Rule(
    "R551",
    "How a network of several inputs learns",
    "joint.network",
    ORDINARY,
    _joint,
    ("Holzmüller et al. 2024, RealMLP", "Joulin et al. 2017", "measured: two folds of seven tables of texts or pictures beside columns"),
    when="texts or pictures stand beside other columns",
)
