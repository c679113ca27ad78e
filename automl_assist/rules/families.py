"""Which kinds of model to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automl_assist.rules._backbones import named_backbone, tuned_epoch_s, tuned_from_s
from automl_assist.rules._rule import ASKED, FORCED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.columns import MOST_UNREADABLE, TABLES
from automl_assist.schema import Facts, Rejected

# By modality, in the order in which they are tried: an answer at once, then what wins most often for its cost. Each modality's own
# module under modalities/ names the same ones; a contract test holds the two together.
CLASSIC = {
    "tabular": ("baseline", "linear", "lightgbm", "catboost", "extra_trees", "kernel"),
    "text": ("baseline", "text_linear", "nb_linear", "text_boosted"),
    "sequence": ("baseline", "sequence_linear", "sequence_kernels", "sequence_quantiles", "sequence_boosted"),
    "image": ("baseline", "image_gradients", "image_patches"),
    "forecast": ("seasonal_naive", "drift", "seasonal_mean", "theta", "ets", "autoregression", "linear", "boosting"),
}
NEURAL: dict[str, tuple[str, ...]] = {
    "tabular": ("mlp",), "text": ("text_bag", "text_cnn", "text_rnn"),
    "sequence": ("sequence_cnn", "sequence_rnn"), "image": ("image_backbone", "image_fine_tuned", "image_cnn"),
    "forecast": ("window_network", "recurrent_network"),
}  # fmt: skip
# Beside the families of a table, where one of its columns is free text: what the words say joins the numbers and categories.
BESIDE_TEXTS_CLASSIC, BESIDE_TEXTS_NEURAL = ("text_boosted", "nb_linear"), ("joint", "text_bag")
# Where a column names pictures.
BESIDE_PICTURES_CLASSIC = ("image_gradients", "image_patches")
BESIDE_PICTURES_NEURAL = ("joint", "image_backbone", "image_fine_tuned", "image_cnn")
JOINT = "joint"  # reads and sees beside the columns in one network
JOINT_ROWS = 300  # from which it is tried; 500 were the fewest it was compared on
FINE_TUNED = "image_fine_tuned"
PRETRAINED = ("image_backbone", FINE_TUNED)  # only where weights were asked for
ALL_CLASSIC = frozenset(name for names in CLASSIC.values() for name in names)
# What all others are compared with, as far as there is such a one.
ALWAYS = ("baseline", "linear", "text_linear", "sequence_linear", "image_gradients", "seasonal_naive", "drift")
LIBRARIES = {
    "lightgbm": ("lightgbm",), "text_boosted": ("lightgbm",), "sequence_boosted": ("lightgbm",), "boosting": ("lightgbm",),
    "catboost": ("catboost",),
}  # fmt: skip
EXTRAS = {"catboost": "catboost"}  # libraries that no plain installation brings, by the name of the extra that does
OF_NETWORKS = ("keras", "jax")
NETWORK_START_S = 20.0  # importing Keras and compiling the first epoch takes about 8 s on two cores, measured
BYTES_A_CELL, COPIES = 8, 6  # of a table in memory, all processes together; measured
MEMORY_SHARE = 0.8  # of the machine's memory: beyond it the system ends what asks for more
HUNGRY = ("catboost", "extra_trees", "mlp")  # those that copy the whole table, as 32-bit numbers, in every worker
KERNEL_ROWS = 2_000  # rows up to which kernel machines are tried: a fold takes seconds there, and networks overtake them beyond
OF_FEW_ROWS = ("kernel",)
TINY_BUDGET_S = 8.0  # starting a worker and fitting one linear model takes about 5 s, measured


def families_of(facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the classic and the neural families that learn from this modality."""
    name = facts.profile.modality.name
    classic, neural = CLASSIC.get(name, CLASSIC["tabular"]), NEURAL.get(name, NEURAL["tabular"])
    if name == "tabular":
        classic, neural = _of_table(facts, classic, neural)
    left_out = {rejected.option for rejected in tuning_left_out(facts)} if facts.options.pretrained else PRETRAINED
    return classic, tuple(family for family in neural if family not in left_out)


def _of_table(facts: Facts, classic: tuple[str, ...], neural: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if facts.profile.labelled_rows > KERNEL_ROWS:
        classic = tuple(family for family in classic if family not in OF_FEW_ROWS)
    if reads_texts(facts):
        classic, neural = classic[:2] + BESIDE_TEXTS_CLASSIC + classic[2:], BESIDE_TEXTS_NEURAL + neural
    if shows_pictures(facts):
        classic, neural = classic[:2] + BESIDE_PICTURES_CLASSIC + classic[2:], BESIDE_PICTURES_NEURAL + neural
    few = facts.profile.labelled_rows < JOINT_ROWS
    return classic, tuple(family for family in dict.fromkeys(neural) if not (family == JOINT and few))


def joint_left_out(facts: Facts) -> tuple[Rejected, ...]:
    """Return why the network of several inputs is not tried on a table that has texts or pictures; nothing where it is."""
    rows = facts.profile.labelled_rows
    if facts.profile.modality.name != "tabular" or rows >= JOINT_ROWS:
        return ()
    return (Rejected(JOINT, f"{rows:,} rows are too few to learn from several inputs at once; from {JOINT_ROWS} it would be tried"),)


def tuning_left_out(facts: Facts) -> tuple[Rejected, ...]:
    """Return why a network with weights from elsewhere does not learn on; nothing where it does, or where none was asked for."""
    options, rows = facts.options, facts.profile.labelled_rows
    found = named_backbone(options.pretrained) if options.pretrained else None
    if found is None or options.trials is not None or options.budget_s >= tuned_from_s(found[0], rows):
        return ()
    return (
        Rejected(
            FINE_TUNED,
            f"an epoch of {rows:,} pictures through {found[0]} would take a fold about {tuned_epoch_s(found[0], rows):.0f} s of one core; "
            f"it would be tried from a budget of {tuned_from_s(found[0], rows):.0f} s, or with --family {FINE_TUNED}",
        ),
    )


def reads_texts(facts: Facts) -> bool:
    """Whether a column to learn from is free text."""
    return any(column.kind == "text" for column in facts.profile.features)


def shows_pictures(facts: Facts) -> bool:
    """Whether a column names pictures most of which can be opened."""
    looks = facts.profile.layout.get("pictures", {}).values()
    return any("height" in seen and seen["unreadable"] <= MOST_UNREADABLE * seen["looked_at"] for seen in looks)


def sees_pictures(facts: Facts, decided: Decided) -> bool:
    """Whether pictures are learned from: in columns that the plan keeps, of a modality that opens them."""
    kept = any(action["use"] and action["kind"] == "image" for action in decided["columns"].values())
    return kept and shows_pictures(facts) and facts.profile.modality.name in ("image", "tabular")


def needed(name: str, facts: Facts) -> tuple[str, ...]:
    """Return the libraries that a family needs beyond the core."""
    return OF_NETWORKS if name in families_of(facts)[1] else LIBRARIES.get(name, ())


def installed(facts: Facts, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `names` whose libraries can be imported."""
    return tuple(n for n in names if all(library in facts.machine.installed for library in needed(n, facts)))


def to_install(libraries: Sequence[str]) -> str:
    """Return the pip line that brings libraries."""
    return "pip install " + " ".join(f"'automl-assist[{EXTRAS[name]}]'" if name in EXTRAS else name for name in libraries)


def _is_extra(name: str, facts: Facts) -> bool:
    """Whether a family needs a library that no plain installation brings."""
    return any(library in EXTRAS for library in needed(name, facts))


def _why_absent(libraries: tuple[str, ...]) -> str:
    if any(name in EXTRAS for name in libraries):
        return f"it is an extra that is not installed: {to_install(libraries)}"
    return f"{' and '.join(libraries)} cannot be imported"


def _all(facts: Facts, _: Decided) -> Iterator[Choice]:
    classic, neural = families_of(facts)
    wanted = classic + neural
    there = installed(facts, wanted)
    levels = any(column.kind == "category" for column in facts.profile.features)
    missed = [n for n in wanted if n not in there and (levels or not _is_extra(n, facts))]  # an extra is named where it would help
    absent = tuple(Rejected(n, _why_absent(needed(n, facts))) for n in missed)
    if facts.profile.modality.name == "tabular" and facts.profile.labelled_rows > KERNEL_ROWS:
        absent += (Rejected("kernel", f"every row is compared with every other: above {KERNEL_ROWS:,} rows that takes too long"),)
    yield Choice(
        list(there),
        "no kind of model wins on all tables: they compete, and the ensemble keeps what helps",
        {"rows": facts.profile.labelled_rows, "budget_s": facts.options.budget_s},
        absent,
        f"below {NETWORK_START_S:.0f} s the network would be left out; you give {facts.options.budget_s:.0f} s",
    )


def _short(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.budget_s < NETWORK_START_S and facts.options.trials is None:
        classic, neural = families_of(facts)
        yield Choice(
            list(installed(facts, classic)),
            f"{facts.options.budget_s:.0f} s are too short to start Keras and compile a network",
            {"budget_s": facts.options.budget_s},
            tuple(Rejected(n, "it would not finish a fold") for n in neural),
            f"from {NETWORK_START_S:.0f} s the network would be tried; you give {facts.options.budget_s:.0f} s",
        )


def _little_memory(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.profile.modality.name not in TABLES:
        return
    rows, columns = facts.profile.labelled_rows, len(facts.profile.features)
    needed_mb = rows * columns * BYTES_A_CELL * COPIES / 1e6
    if needed_mb <= MEMORY_SHARE * facts.machine.memory_mb:
        return
    classic, neural = families_of(facts)
    hungry = [name for name in (*classic, *neural) if name in HUNGRY]
    most = int(MEMORY_SHARE * facts.machine.memory_mb * 1e6 / (columns * BYTES_A_CELL * COPIES))
    yield Choice(
        [name for name in installed(facts, classic) if name not in HUNGRY],
        f"{rows:,} rows of {columns:,} columns take about {needed_mb / 1000:.0f} GB while they are learned from, and the machine has "
        f"{facts.machine.memory_mb / 1000:.0f} GB: only what needs few copies is tried",
        {"rows": rows, "columns": columns, "needed_mb": round(needed_mb), "memory_mb": facts.machine.memory_mb},
        tuple(Rejected(name, "it holds the whole table several times, and would be ended for want of memory") for name in hungry),
        f"up to {most:,} rows every kind of model would be tried here; you have {rows:,}",
    )


def _tiny(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.budget_s < TINY_BUDGET_S and facts.options.trials is None:
        yield Choice(
            [n for n in sum(families_of(facts), ()) if n in ALWAYS],
            f"{facts.options.budget_s:.0f} s are enough for the simplest models at most",
            {"budget_s": facts.options.budget_s},
            tuple(Rejected(n, "it would not finish a fold") for n in sum(families_of(facts), ()) if n not in ALWAYS),
            f"from {TINY_BUDGET_S:.0f} s trees would be tried too; you give {facts.options.budget_s:.0f} s",
        )


def _asked(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not facts.options.families:
        return
    classic, neural = families_of(facts)
    there = installed(facts, classic)
    groups = {"classic": tuple(n for n in classic if n in there or not _is_extra(n, facts)), "neural": neural}
    chosen = [member for name in facts.options.families for member in groups.get(name, (name,))]
    names = list(dict.fromkeys((families_of(facts)[0][0], *chosen)))
    yield Choice(
        names,
        f"you asked for {' and '.join(facts.options.families)} with --family; the baseline stays for comparison",
        flip="without --family every kind of model that is installed would be tried",
    )


def _nothing_to_learn_from(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.profile.modality.name != "forecast" and not any(action["use"] for action in decided["columns"].values()):
        yield Choice(
            ["baseline"],
            "no column is left to learn from: each is constant, empty, an identifier or a copy of the target",
            {"columns": len(decided["columns"])},
            tuple(Rejected(n, "it has nothing to look at") for n in sum(families_of(facts), ()) if n != "baseline"),
            "--kind COLUMN=category keeps a column that names something which comes again",
        )


ALL = Rule("R501", "Every kind of model that is installed", "families", ORDINARY, _all, ("Erickson et al. 2025, TabArena",), when="always")
SHORT = Rule(
    "R502",
    "No network in a short budget",
    "families",
    SPECIAL,
    _short,
    refs=("measured: importing Keras and compiling an epoch takes about 8 s on two cores",),
    when=f"the budget is below {NETWORK_START_S:.0f} s",
)
MEMORY = Rule(
    "R505",
    "No hungry kinds of model where memory is short",
    "families",
    SPECIAL + 1,
    _little_memory,
    refs=("measured: a table stands in memory six times while it is learned from",),
    when=f"a table takes more than {MEMORY_SHARE:.0%} of the memory while it is learned from",
)
TINY = Rule(
    "R503",
    "Only the simplest models in a tiny budget",
    "families",
    FORCED,
    _tiny,
    refs=("measured: starting a worker and fitting a linear model takes about 5 s",),
    when=f"the budget is below {TINY_BUDGET_S:.0f} s",
)
NOTHING = Rule(
    "R504",
    "Only the baseline without columns",
    "families",
    ASKED + 1,
    _nothing_to_learn_from,
    refs=("the contract, section 4: a baseline is a model",),
    when="no column is left",
)
FAMILIES_ASKED = Rule(
    "R509",
    "The kinds that were asked for",
    "families",
    ASKED,
    _asked,
    refs=("the contract, section 1: --family",),
    when="--family is given",
)
