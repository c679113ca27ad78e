"""What pictures ask for, alone or beside columns of a table: their size, their colours, which changes keep what they show, which models."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.families import NETWORK_START_S, families_of, installed, joint_left_out, needed, sees_pictures, tuning_left_out
from automl_assist.schema import Facts, Rejected

# Sides in pixels. Whitened patches of 6 pixels need some room, and above 64 few small sets gain anything for four times the cost.
LEAST_SIDE, MOST_SIDE, STEP = 16, 64, 4
PRETRAINED_SIDE = 96  # what networks with weights from elsewhere take at least
ALWAYS_SIDE = 32  # what any budget can pay for
PIXELS_A_SECOND = 60_000  # of all pictures together for each second of the budget; a fold of every family then fits into a fifth of it
MEMORY_SHARE = 0.1  # of the machine for one copy of the decoded pictures
EVEN_RATIO = 2.0  # from the narrowest to the widest: up to here stretching changes what is seen less than a border would
COLOURLESS = 0.98  # of the pictures without colours
WIDEST_RATIO = 3.0
ALIKE = 0.75  # of what a model gains on pictures it must keep on their mirror images
SEES_SOMETHING = 0.05  # gain of a model that tells pictures apart at all
SHIFT = 0.1  # of a side: about as far as photographs of one thing are off its centre
FITS = ("stretch", "pad")
PATCH_SIDE = 6  # pixels: what Coates et al. found best for pictures of 32 pixels
WHITENING = 0.1  # of normalised patches; what Coates et al. take
# Times the mean eigenvalue, strong first; three in a row that are worse for rows left out tell that the best is past.
PENALTIES = {"strongest": 10.0, "weakest": 1e-4, "a_decade": 2, "worse_in_a_row": 3, "softest": 0.5, "sharpest": 128.0}
LINEAR = ("image_gradients", "image_patches", "image_backbone", "image_fine_tuned")  # that begin with a linear model of what is seen
FEWEST_ENTRIES, MOST_ENTRIES = 150, 800
PATCH_SPEED = 3e10  # multiplications and additions a second, of one core, measured
FOLD_SHARE = 0.04  # of the budget for what a dictionary makes of all pictures, once for all folds: ten of them take a fifth of two cores


# Pictures seen in all, and how many at once; after airbench and its forerunners, within what a fold can pay for on two cores.
NETWORK_EPOCHS, FEWEST_EPOCHS = ((1_500, 60), (7_500, 40), (30_000, 24)), 12
NETWORK_BATCHES, LARGEST_BATCH = ((3_000, 32), (15_000, 64)), 128
# From so many pixels of the shorter side a network looks at a picture of half the size: four times as many epochs in the time.
NETWORK = {"label_smoothing": 0.1, "filters": 32, "most_stages": 3, "last_side": 5, "halved_from": 44}
# Of the budget for one fold, of which two cores complete five in three times that; the schedule is cut to end by then. Below the least
# seconds it would not get beyond compiling.
NETWORK_SHARE, NETWORK_LEAST_S = 0.08, 10.0


def usual_network(rows: int, budget_s: float | None = None) -> dict[str, Any]:
    """Return the sizes of a convolutional network for so many labelled pictures, and how it learns; without a budget in no fixed time."""
    return {
        "fold_seconds": 0.0 if budget_s is None else round(max(NETWORK_SHARE * budget_s, NETWORK_LEAST_S), 1),
        "epochs": next((epochs for most, epochs in NETWORK_EPOCHS if rows <= most), FEWEST_EPOCHS),
        "batch_size": next((size for most, size in NETWORK_BATCHES if rows <= most), LARGEST_BATCH),
        **NETWORK,
    }


def _seen(facts: Facts) -> Mapping[str, Any]:
    """Return what the first column of readable pictures is like."""
    found = [seen for seen in facts.profile.layout.get("pictures", {}).values() if "height" in seen]
    return found[0] if found else {}


def _input(facts: Facts, decided: Decided) -> Iterator[Choice]:
    seen = _seen(facts)
    if not seen or not sees_pictures(facts, decided):
        return
    rows = facts.profile.labelled_rows
    ratio = min(max(seen["ratio"], 1 / WIDEST_RATIO), WIDEST_RATIO)
    own = math.sqrt(seen["height"] * seen["width"])
    channels = 1 if seen["colourless"] >= COLOURLESS else 3
    budget = facts.options.budget_s
    by_time = math.inf if facts.options.trials is not None else math.sqrt(PIXELS_A_SECOND * budget / max(rows, 1))
    by_memory = math.sqrt(MEMORY_SHARE * facts.machine.memory_mb * 1e6 / (channels * max(rows, 1)))
    most = PRETRAINED_SIDE if facts.options.pretrained else MOST_SIDE
    side = min(max(own, LEAST_SIDE), most, max(by_time, ALWAYS_SIDE), by_memory)
    largest = "what the network asked for takes" if facts.options.pretrained else "the largest that small sets gain from"
    limit = {own: "their own size", most: largest, by_memory: "what memory holds"}
    spread = seen["widest"] / max(seen["narrowest"], 1e-9)
    value = {
        "height": _rounded(side / math.sqrt(ratio)),
        "width": _rounded(side * math.sqrt(ratio)),
        "channels": channels,
        "fit": "stretch" if spread <= EVEN_RATIO else "pad",
    }
    if "white" in seen:
        value["white"] = seen["white"]
    yield Choice(
        value,
        f"{rows:,} pictures of about {seen['width']:,} x {seen['height']:,} pixels become {value['width']} x {value['height']}: "
        f"{limit.get(side, 'what the budget pays for' if side < LEAST_SIDE or side == by_time else 'the least that shows anything')}"
        + (", without colours, which they do not have" if channels == 1 else "")
        + (
            f"; of their 16 bits {seen['white']:,} is white, the least full number of bits that holds all values" if "white" in seen else ""
        ),
        {"rows": rows, "budget_s": budget, **{k: seen[k] for k in ("height", "width", "narrowest", "widest", "colourless")}},
        (
            Rejected(
                "pad" if value["fit"] == "stretch" else "stretch",
                "borders of one colour would be most of what differs"
                if value["fit"] == "stretch"
                else "pictures of very different proportions would be bent out of shape",
            ),
        ),
        "a longer budget allows larger pictures; image.input in plan.yaml sets them",
    )


def _rounded(side: float) -> int:
    return max(8, STEP * round(side / STEP))


def usual_patches(rows: int, pixels: int, channels: int, mirror: bool, budget_s: float) -> dict[str, Any]:
    """Return the side, the number and the step of whitened patches for so many pictures of so many pixels.

    As many entries as a fold can pay for: they tell the more the more there are (Coates et al. 2011, figure 4). Every second patch costs a
    quarter and tells less: log loss was 4 and 16 % higher on single folds of two sets of 64 pixels a side.
    """
    work = max(rows, 1) * pixels * PATCH_SIDE**2 * channels * 2 * (2 if mirror else 1)  # for each entry
    affordable = FOLD_SHARE * budget_s * PATCH_SPEED / work
    step = 1 if affordable >= FEWEST_ENTRIES else 2
    entries = min(max(affordable * step**2, FEWEST_ENTRIES), MOST_ENTRIES)
    return {"side": PATCH_SIDE, "entries": 50 * round(entries / 50), "step": step, "whitening": WHITENING}


def _patches(facts: Facts, decided: Decided) -> Iterator[Choice]:
    given = decided.get("image.input")
    if not given or "image.augmentation" not in decided:
        return
    rows, budget = facts.profile.labelled_rows, facts.options.budget_s
    pixels = given["height"] * given["width"]
    value = usual_patches(rows, pixels, given["channels"], decided["image.augmentation"]["mirror"], budget)
    yield Choice(
        value,
        f"{value['entries']} patches of {PATCH_SIDE} x {PATCH_SIDE} pixels are a dictionary that a fold can pay for: {rows:,} pictures of "
        f"{pixels:,} pixels in {budget:.0f} s" + ("" if value["step"] == 1 else ", each second patch looked at"),
        {"rows": rows, "pixels": pixels, "budget_s": budget},
        (Rejected(f"{2 * value['entries']} patches", "a fold would take twice as long, for a little more"),),
        f"a longer budget allows up to {MOST_ENTRIES}; image.patches in plan.yaml sets them",
    )


def _penalties(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not set(LINEAR).isdisjoint(decided["families"]):
        yield Choice(
            dict(PENALTIES),
            f"from {PENALTIES['strongest']:g} down to {PENALTIES['weakest']:g} times what a direction weighs on average, two a decade, "
            "until answers for rows left out get worse three times",
            {"rows": facts.profile.labelled_rows},
            (Rejected("one penalty", "a hundred pictures want one a thousand times as strong as ten thousand do"),),
            "with more than 2,500 rows and as many features one a decade is tried, since each takes a fit of its own",
        )


def _network(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "image.input" not in decided or "image_cnn" not in decided.get("families", ()):
        return
    rows = facts.profile.labelled_rows
    value = usual_network(rows, facts.options.budget_s if facts.options.trials is None else None)
    yield Choice(
        value,
        f"{rows:,} pictures are seen up to {value['epochs']} times in batches of {value['batch_size']}"
        + (f", as often as {value['fold_seconds']:g} s a fold allow" if value["fold_seconds"] else "")
        + f"; each stage halves them, until about {value['last_side']} pixels are left of a side",
        {"rows": rows, "budget_s": facts.options.budget_s},
        (Rejected("a deeper network", "it learns little more from so few pictures, and an epoch takes twice as long"),),
        f"up to {NETWORK_EPOCHS[0][0]:,} pictures are seen {NETWORK_EPOCHS[0][1]} times, more than {NETWORK_EPOCHS[-1][0]:,} only "
        f"{FEWEST_EPOCHS} times",
    )


def _augmentation(facts: Facts, decided: Decided) -> Iterator[Choice]:
    seen = _seen(facts)
    if not seen or not sees_pictures(facts, decided):
        return
    tried = seen.get("mirrored")
    if not tried or tried["plain"] < SEES_SOMETHING:
        mirror = seen["colourless"] < COLOURLESS
        why = "a simple model tells nothing apart, so mirror images cannot be judged: photographs in colour are taken to allow them"
    else:
        mirror = tried["mirror_images"] >= ALIKE * tried["plain"]
        gained, kept = f"{tried['plain']:.0%}", f"{max(tried['mirror_images'], 0):.0%}"
        why = f"a simple model gains {gained} of what there is to gain on new pictures, and {kept} on the same pictures mirrored: " + (
            "mirror images look like their own kind"
            if mirror
            else "left and right matter here, as in digits and letters, or all pictures face one way"
        )
    yield Choice(
        {"mirror": mirror, "shift": SHIFT},
        why,
        dict(tried or {}),
        (
            Rejected(
                "no mirror images" if mirror else "mirror images", "half as many examples" if mirror else "they would look like others"
            ),
        ),
        f"mirror images are used where a model keeps {ALIKE:.0%} of its gain on them; image.augmentation in plan.yaml sets it",
    )


def _families(facts: Facts, decided: Decided) -> Iterator[Choice]:
    """Choose among the families that see; the general rules answer budgets too short for a network."""
    budget = facts.options.budget_s
    short = facts.options.trials is None and budget < NETWORK_START_S
    if not sees_pictures(facts, decided) or short:
        return
    classic, neural = families_of(facts)
    wanted = (*classic, *neural)
    there = installed(facts, wanted)
    rows = facts.profile.labelled_rows
    beside = facts.profile.modality.name != "image"
    yield Choice(
        list(there),
        "a dictionary of patches and the directions of edges are hard to beat with few pictures; a network learns what to look for"
        + (", and numbers and categories stand beside what each of them sees" if beside else ""),
        {"rows": rows, "budget_s": budget},
        (
            *joint_left_out(facts),
            *tuning_left_out(facts),
            *(Rejected(name, f"{' and '.join(needed(name, facts))} cannot be imported") for name in wanted if name not in there),
        ),
        f"below {NETWORK_START_S:.0f} s the network would be left out; you give {budget:.0f} s",
    )


INPUT = Rule(
    "R561",
    "The size and the colours of pictures",
    "image.input",
    ORDINARY,
    _input,
    ("Sabottke and Spieler 2020, image resolution",),
    when="pictures are learned from",
)
AUGMENTATION = Rule(
    "R562",
    "Changes that keep what a picture shows",
    "image.augmentation",
    ORDINARY,
    _augmentation,
    ("Brigato and Iocchi 2020", "measured on the data: a ridge model on thumbnails and on their mirror images"),
    when="pictures are learned from",
)
PATCHES = Rule(
    "R564",
    "A dictionary of patches that a fold can pay for",
    "image.patches",
    ORDINARY,
    _patches,
    ("Coates et al. 2011", "measured: 30 thousand million operations a second on one core"),
    when="pictures are learned from",
)
HELD_BACK = Rule(
    "R568",
    "Penalties of what is seen",
    "image.penalties",
    ORDINARY,
    _penalties,
    ("Allen 1974",),
    when="a linear model looks at pictures",
)
FAMILIES = Rule(
    "R563",
    "Models that see, where there are pictures",
    "families",
    SPECIAL + 43,
    _families,
    ("Coates et al. 2011", "Dalal and Triggs 2005"),
    when="pictures are learned from, and the budget is long enough for a network",
)
NETWORK_RULE = Rule(
    "R565",
    "Sizes of a network that sees, and how long it learns",
    "image.network",
    ORDINARY,
    _network,
    ("Jordan 2024, airbench",),
    when="a convolutional network is tried",
)
