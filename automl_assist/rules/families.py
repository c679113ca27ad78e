"""Which kinds of model to try."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ASKED, FORCED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import Facts, Rejected

# By modality, in the order in which they are tried: an answer at once, then what wins most often for its cost. Each modality's own
# module under modalities/ names the same ones; a contract test holds the two together.
CLASSIC = {
    "tabular": ("baseline", "linear", "lightgbm", "extra_trees"),
    "text": ("baseline", "linear", "lightgbm", "extra_trees"),
}
NEURAL = {"tabular": ("mlp",), "text": ("mlp",)}
ALL_CLASSIC = frozenset(name for names in CLASSIC.values() for name in names)
ALWAYS = ("baseline", "linear")  # what every other model is compared with
LIBRARIES = {"lightgbm": ("lightgbm",)}
OF_NETWORKS = ("keras", "jax")
NETWORK_START_S = 20.0  # importing Keras and compiling the first epoch takes about 8 s on two cores, measured
TINY_BUDGET_S = 8.0  # starting a worker and fitting one linear model takes about 5 s, measured


def families_of(facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the classic and the neural families that learn from this modality."""
    name = facts.profile.modality.name
    return CLASSIC.get(name, CLASSIC["tabular"]), NEURAL.get(name, NEURAL["tabular"])


def needed(name: str, facts: Facts) -> tuple[str, ...]:
    """Return the libraries that a family needs beyond the core."""
    return OF_NETWORKS if name in families_of(facts)[1] else LIBRARIES.get(name, ())


def installed(facts: Facts, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `names` whose libraries can be imported."""
    return tuple(n for n in names if all(library in facts.machine.installed for library in needed(n, facts)))


def _all(facts: Facts, _: Decided) -> Iterator[Choice]:
    classic, neural = families_of(facts)
    wanted = classic + neural
    there = installed(facts, wanted)
    absent = tuple(Rejected(n, f"{' and '.join(needed(n, facts))} cannot be imported") for n in wanted if n not in there)
    yield Choice(
        list(there),
        "no kind of model wins on all tables: they compete, and the ensemble keeps what helps",
        {"rows": facts.profile.labelled_rows, "budget_s": facts.options.budget_s},
        absent,
        f"below {NETWORK_START_S:.0f} s the network would be left out",
    )


def _short(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.budget_s < NETWORK_START_S and facts.options.trials is None:
        classic, neural = families_of(facts)
        yield Choice(
            list(installed(facts, classic)),
            f"{facts.options.budget_s:.0f} s are too short to start Keras and compile a network",
            {"budget_s": facts.options.budget_s},
            tuple(Rejected(n, "it would not finish a fold") for n in neural),
            f"a budget of {NETWORK_START_S:.0f} s or more",
        )


def _tiny(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.budget_s < TINY_BUDGET_S and facts.options.trials is None:
        yield Choice(
            list(ALWAYS),
            f"{facts.options.budget_s:.0f} s are enough for the simplest models at most",
            {"budget_s": facts.options.budget_s},
            tuple(Rejected(n, "it would not finish a fold") for n in sum(families_of(facts), ()) if n not in ALWAYS),
            f"a budget of {TINY_BUDGET_S:.0f} s or more",
        )


def _asked(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not facts.options.families:
        return
    classic, neural = families_of(facts)
    groups = {"classic": classic, "neural": neural}
    chosen = [member for name in facts.options.families for member in groups.get(name, (name,))]
    names = list(dict.fromkeys(("baseline", *chosen)))
    yield Choice(names, f"you asked for {' and '.join(facts.options.families)} with --family; the baseline stays for comparison")


def _nothing_to_learn_from(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not any(action["use"] for action in decided["columns"].values()):
        yield Choice(
            ["baseline"],
            "no column is left to learn from: each is constant, empty, an identifier or a copy of the target",
            {"columns": len(decided["columns"])},
            tuple(Rejected(n, "it has nothing to look at") for n in sum(families_of(facts), ()) if n != "baseline"),
            "--kind COLUMN=category keeps a column that names something which comes again",
        )


ALL = Rule("R501", "Every kind of model that is installed", "families", ORDINARY, _all, ("Erickson et al. 2025, TabArena",))
SHORT = Rule("R502", "No network in a short budget", "families", SPECIAL, _short)
TINY = Rule("R503", "Only the simplest models in a tiny budget", "families", FORCED, _tiny)
NOTHING = Rule("R504", "Only the baseline without columns", "families", ASKED + 1, _nothing_to_learn_from)
FAMILIES_ASKED = Rule("R509", "The kinds that were asked for", "families", ASKED, _asked)
