"""What texts ask for, alone or beside numbers and categories."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import SPECIAL, Choice, Decided, Rule
from automl_assist.rules.families import NETWORK_START_S, families_of, installed, joint_left_out, needed, reads_texts
from automl_assist.schema import Facts, Rejected

# A convolution and a recurrent network see few examples of each order of words in fewer rows, and cost several times as much as
# counted n-grams. On single folds of 5,000 questions and 7,000 news they stayed behind these; where the line lies has not been swept.
LEAST_ROWS_IN_ORDER = 3_000
LEAST_BUDGET_IN_ORDER_S = 50.0  # they come last: with less, their first fold is rarely reached
IN_ORDER = ("text_cnn", "text_rnn")


def _texts(facts: Facts, decided: Decided) -> Iterator[Choice]:
    """Choose among the families of texts by rows and budget; the general rules answer budgets too short for a network."""
    budget = facts.options.budget_s
    short = facts.options.trials is None and budget < NETWORK_START_S
    if facts.profile.modality.name not in ("text", "tabular") or short or not reads_texts(facts):
        return
    classic, neural = families_of(facts)
    rows = facts.profile.labelled_rows
    few = rows < LEAST_ROWS_IN_ORDER
    hurried = facts.options.trials is None and budget < LEAST_BUDGET_IN_ORDER_S
    wanted = [name for name in (*classic, *neural) if not (name in IN_ORDER and (few or hurried))]
    there = installed(facts, tuple(wanted))
    why = f"{rows:,} rows are too few to learn the order of words from" if few else f"{budget:.0f} s do not reach them"
    texts = sum(c.kind == "text" for c in facts.profile.features)
    beside = facts.profile.modality.name == "tabular"
    yield Choice(
        list(there),
        f"{texts} of the columns {'are' if texts > 1 else 'is'} free text: "
        + (
            "what the words say joins numbers and categories in boosted trees and in one network, and competes with models of each alone"
            if beside
            else "counted words and letters are hard to beat, and models that learn what words mean err elsewhere"
        ),
        {"rows": rows, "texts": texts, "budget_s": budget},
        (
            *(Rejected(name, why) for name in IN_ORDER if name in neural and name not in wanted),
            *joint_left_out(facts),
            *(Rejected(name, f"{' and '.join(needed(name, facts))} cannot be imported") for name in wanted if name not in there),
        ),
        f"{LEAST_ROWS_IN_ORDER:,} rows and {LEAST_BUDGET_IN_ORDER_S:.0f} s bring in networks that read words in their order",
    )


TEXTS = Rule(
    "R541",
    "Models that read, where there are texts",
    "families",
    SPECIAL + 41,
    _texts,
    ("Wang and Manning 2012", "Zhang et al. 2015"),
    when="a column to learn from is free text, and the budget is long enough for a network",
)
