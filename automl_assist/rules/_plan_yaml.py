"""plan.yaml as text: complete, commented with the reasons, one line a column; read back strictly, with the line of every mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from automl_assist.errors import AssistError, did_you_mean
from automl_assist.records import to_json
from automl_assist.rules._values import Topic
from automl_assist.schema import MODALITIES, Decision, Plan, are_settings

SCHEMA = "assist.plan/1"
LARGEST_BYTES = 20_000_000
HEADER = ("schema", "written_by", "data")
COLUMNS = "columns"
MOST_GATHERED, NAMED = 30, 3  # comments above the columns, and columns that each names
FRESH = "write a fresh plan with assist recommend to see a valid one"
BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # words that YAML reads as they are, but for these
SPECIAL_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}

Topics = Mapping[str, Topic]


class Edits(dict[str, Any]):
    """Values by topic, and the target under ``target``, with the line on which each stands."""

    def __init__(self, where: str, lines: Mapping[tuple[str, ...], int]):
        super().__init__()
        self.where = where
        self.lines = lines

    def at(self, *path: str) -> str:
        """Return the place of a value for people; of the nearest one above it where it has no line of its own."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return f"{self.where}, line {self.lines[path[:end]]}"
        return self.where

    def of_topic(self, topic: str, *part: str) -> str:
        """Return the place of a topic, or of a part of its value: of a column, where the topic goes by columns."""
        path = tuple(topic.split("."))
        return self.at(COLUMNS, *part) if part and path[0] == COLUMNS else self.at(*path, *part)


# --- writing


def write(plan: Plan, header: Mapping[str, str], topics: Topics) -> str:
    """Return plan.yaml."""
    reasons: dict[str, Decision] = {}
    for decision in plan.decisions:
        if not topics[decision.topic].by_column:
            reasons[decision.topic] = decision
    lines = ["# The plan: edit any value and give it back with `assist train DATA --plan plan.yaml`.", f"schema: {SCHEMA}"]
    lines += [f"{key}: {_flow(value)}" for key, value in header.items()]
    group = None
    for name, value in plan.settings.items():
        head, _, tail = name.partition(".")
        if head == COLUMNS:
            if not tail:
                lines += _column_lines(plan, topics)
            continue
        if tail and head != group:
            lines += ["", f"{head}:"]
        group = head if tail else None
        indent = "  " if tail else ""
        if not tail:
            lines.append("")
        lines += [f"{indent}{line}" for line in _comment(reasons.get(name))]
        if name in topics and topics[name].rows and isinstance(value, Mapping) and value:
            lines.append(f"{indent}{tail or head}:")
            for key, part in value.items():
                lines += _row(key, part, indent)
        else:
            lines.append(f"{indent}{tail or head}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _row(key: str, part: Any, indent: str) -> list[str]:
    """Return one part of a value that has many; of a list of mappings one entry a line, so that a line can be taken out."""
    if are_settings(part):
        return [f"{indent}  {_flow(key)}:", *(f"{indent}    - {_flow(entry)}" for entry in part)]
    return [f"{indent}  {_flow(key)}: {_flow(part)}"]


def _comment(decision: Decision | None) -> list[str]:
    if decision is None:
        return []
    lines = [f"# {decision.rule}: {_one_line(decision.because)}"]
    return [*lines, f"#   would change it: {_one_line(decision.flip)}"] if decision.flip else lines


def _column_lines(plan: Plan, topics: Topics) -> Iterator[str]:
    parts = {name.partition(".")[2]: value for name, value in plan.settings.items() if name.startswith(f"{COLUMNS}.")}
    own: dict[str, list[Decision]] = {}
    for decision in plan.decisions:
        if decision.topic.partition(".")[0] == COLUMNS and decision.key:
            own.setdefault(decision.key, []).append(decision)
    yield ""
    gathered = [d for d in plan.decisions if d.topic.partition(".")[0] == COLUMNS and not d.key]
    for decision in gathered[:MOST_GATHERED]:
        some = ", ".join(decision.columns[:NAMED]) + (
            f" and {len(decision.columns) - NAMED:,} more" if len(decision.columns) > NAMED else ""
        )
        yield f"# {decision.rule}, {topics[decision.topic].title}, {_one_line(some)}: {_one_line(decision.because)}"
    yield f"{COLUMNS}:" if plan.settings[COLUMNS] else f"{COLUMNS}: {{}}"
    for column, entry in plan.settings[COLUMNS].items():
        whole = {**entry, **{part: value[column] for part, value in parts.items() if column in value}}
        why = "; ".join(f"{d.rule}: {_one_line(d.because)}" for d in own.get(column, [])[:1])
        yield f"  {_flow(column)}: {_flow(whole)}" + (f"  # {why}" if why else "")


def _flow(value: Any) -> str:
    """Return a value in YAML's flow style on one line; only words that cannot be taken for anything else stand without quotes."""
    return _plain_flow(to_json(value))


def _plain_flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_plain_flow(key)}: {_plain_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain_flow(part) for part in value) + "]"
    if isinstance(value, str):
        return value if BARE.fullmatch(value) and value.lower() not in SPECIAL_WORDS else _quoted(value)
    if isinstance(value, float):
        text = repr(value)
        mantissa, _, exponent = text.partition("e")  # YAML reads 1e-05 as a word
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}" if exponent else text
    return json.dumps(value)


def _quoted(text: str) -> str:
    """Return JSON's form of a text, but for characters beyond the BMP, which YAML escapes otherwise."""
    return "".join(
        c if c.isprintable() and ord(c) <= 0xFFFF else f"\\u{ord(c):04x}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08x}"
        for c in json.dumps(text, ensure_ascii=False)
    )


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


# --- reading


def read(text: str, where: str, topics: Topics) -> Edits:
    """Return the values of a plan.yaml by topic.

    Raises
    ------
    AssistError
        E0420 to E0423, E0425 with the line and a suggestion: no YAML, not ours, unknown keys, impossible values, a key twice.
    """
    if len(text) > LARGEST_BYTES:
        raise AssistError("E0420", f"the plan {where!r} has more than {LARGEST_BYTES // 1_000_000} MB", help=FRESH)
    try:
        node, data = _parsed(text)
        lines = _lines(node, where) if isinstance(node, yaml.MappingNode) else {}
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{where}, line {mark.line + 1}" if mark else where
        raise AssistError(
            "E0420", f"the plan {where!r} is not valid YAML", where=at, help="mend that line, or write a new plan with assist recommend"
        ) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise AssistError(
            "E0421",
            f"{where!r} is not a plan of ours: its first key must be 'schema: {SCHEMA}'",
            where=f"{where}, line {lines.get(('schema',), 1)}",
            help="write one with assist recommend DATA --out plan.yaml",
        )
    edits = Edits(where, lines)
    for key, value in data.items():
        if key not in HEADER:
            _take(edits, str(key), value, topics)
    return edits


def _parsed(text: str) -> tuple[Any, Any]:
    """Return the nodes of a YAML text and its data; by the parser in C, which is ten times as fast, where it is there and content."""
    if hasattr(yaml, "CSafeLoader"):
        try:
            return _loaded(yaml.CSafeLoader(text))
        except (yaml.YAMLError, ValueError):
            pass  # the other one reads some texts more, and says better what is wrong
    return _loaded(yaml.SafeLoader(text))


def _loaded(loader: Any) -> tuple[Any, Any]:
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _lines(node: Any, where: str, path: tuple[str, ...] = (), seen: set[int] | None = None) -> dict[tuple[str, ...], int]:
    """Return the line of every key and of every entry of a list, counted from 1, by its path; a key twice, or an alias, is refused."""
    seen = set() if seen is None else seen
    found: dict[tuple[str, ...], int] = {}
    if id(node) in seen:
        raise ValueError("a plan has no anchors and aliases")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for place, entry in enumerate(node.value):
            here = (*path, str(place))
            found[here] = entry.start_mark.line + 1
            found |= _lines(entry, where, here, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here, line = (*path, str(key.value)), key.start_mark.line + 1
            if here in found:
                raise AssistError(
                    "E0425",
                    f"{'.'.join(here)} stands twice in the plan",
                    where=f"{where}, line {line}; first in line {found[here]}",
                    help=f"leave out one of the two lines for {here[-1]!r}",
                )
            found[here] = line
            found |= _lines(value, where, here, seen)
    return found


def _take(edits: Edits, key: str, value: Any, topics: Topics) -> None:
    """Put the value of a top-level key among the edits, checked."""
    if key == "target":
        if not isinstance(value, str) or not value:
            raise AssistError("E0423", "target must be the name of a column", where=edits.at(key), help="put a name like 2024 in quotes")
        edits[key] = value
    elif key == "modality":
        if value not in MODALITIES:
            help = did_you_mean(str(value), MODALITIES) or f"one of {', '.join(MODALITIES)}; without the line it is inferred"
            raise AssistError("E0423", f"{value!r} is no modality", where=edits.at(key), help=help)
        edits[key] = value
    elif key == COLUMNS:
        _take_columns(edits, value, topics)
    elif key in topics:
        _check(edits, key, value, topics)
    elif any(name.startswith(f"{key}.") for name in topics):
        if not isinstance(value, Mapping):
            parts = ", ".join(name.partition(".")[2] for name in topics if name.startswith(f"{key}."))
            raise AssistError("E0423", f"{key} must have the keys {parts}", where=edits.at(key), help=FRESH)
        for part, inner in value.items():
            if f"{key}.{part}" not in topics:
                raise _unknown(edits, (key, str(part)), [n.partition(".")[2] for n in topics if n.startswith(f"{key}.")])
            _check(edits, f"{key}.{part}", inner, topics)
    else:
        raise _unknown(edits, (key,), list(dict.fromkeys(["target", *(n.partition(".")[0] for n in topics)])))


def _take_columns(edits: Edits, value: Any, topics: Topics) -> None:
    if not isinstance(value, Mapping):
        raise AssistError("E0423", "columns must map each column to {use: true, kind: KIND}", where=edits.at(COLUMNS), help=FRESH)
    own = {name.partition(".")[2]: name for name in topics if name.startswith(f"{COLUMNS}.")}
    by_topic: dict[str, dict[str, Any]] = {COLUMNS: {}}
    for column, entry in value.items():
        if not isinstance(column, str):
            line = edits.at(COLUMNS, str(column))
            raise AssistError("E0423", f"the column name {column!r} must stand in quotes", where=line, help=f'write "{column}": ...')
        if not isinstance(entry, Mapping):
            entry = {"use": entry}
        by_topic[COLUMNS][column] = {part: found for part, found in entry.items() if part not in own}
        for part, name in own.items():
            if part in entry:
                by_topic.setdefault(name, {})[column] = entry[part]
    for name, found in by_topic.items():
        _check(edits, name, found, topics)


def _check(edits: Edits, name: str, value: Any, topics: Topics) -> None:
    wrong = topics[name].valid(value)
    if wrong:
        said, _, hint = wrong.partition("; ")
        raise AssistError("E0423", f"{name} {said}", where=edits.of_topic(name, *getattr(wrong, "path", ())), help=hint or FRESH)
    edits[name] = value


def _unknown(edits: Edits, path: tuple[str, ...], known: list[str]) -> AssistError:
    return AssistError(
        "E0422",
        f"unknown key {'.'.join(path)!r} in the plan",
        where=edits.at(*path),
        help=did_you_mean(path[-1], known) or f"known keys: {', '.join(known)}",
    )
