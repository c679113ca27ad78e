"""Facts for tests of rules and plans."""

from automl_assist.schema import Alternative, Column, Facts, Guess, Machine, Options, Profile, Reading


def make_facts(
    task="binary",
    /,
    rows=1_000,
    classes=(("no", 600), ("yes", 400)),
    installed=("lightgbm", "keras", "jax"),
    columns=(),
    findings=(),
    **options,
):
    """Return facts about a made-up table; keyword arguments beyond the named ones are options."""
    features = columns or (Column("age", 0, "number", 0, 50, "all numbers"), Column("id", 1, "identifier", 0, rows, "unique"))
    target = Column("y", len(features), "category", 0, 2, "words")
    profile = Profile(
        reading=Reading("t.csv", "t.csv", "csv", "0" * 64, 10, rows, len(features) + 1),
        rows=rows,
        columns=(*features, target),
        modality=Guess("tabular", 1.0, "columns of numbers and words"),
        target=Guess("y", 1.0, "given", given=True),
        task=Guess(task, 0.9, "its values look so", alternatives=(Alternative("regression", 0.1),)),
        classes=tuple(classes) if task in ("binary", "multiclass") else (),
    )
    return Facts(profile, tuple(findings), Options(target="y", **options), Machine(2, 8_000, tuple(installed)))
