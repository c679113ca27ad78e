"""Defaults for options: --config FILE, else ./assist.toml, else [tool.assist] in ./pyproject.toml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn

import click

from automl_assist.errors import AssistError, did_you_mean

KEYS: set[str] = set()  # what may stand in a file; filled where the options are defined
OWN_FILE, SHARED_FILE = "assist.toml", "pyproject.toml"


def apply(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Make what the configuration says the defaults of this command; the command line wins.

    Raises
    ------
    AssistError
        E0406 an unknown key, E0407 a value of the wrong type, E0408 a file that cannot be read or is no TOML.
    """
    path, table, text = _find(value)
    if path is None:
        return
    defaults = {}
    by_key = {_key_of(p): p for p in ctx.command.params if isinstance(p, click.Option)}
    for key, given in table.items():
        name = key.replace("_", "-")
        where = f"{path}:{_line_of(key, text)}"
        if name not in KEYS:
            _fail(
                "E0431",
                f"{path} sets {key!r}, which is no option",
                where,
                did_you_mean(name, KEYS) or f"the options are {', '.join(sorted(KEYS))}",
            )
        option = by_key.get(name)
        if option is not None and option.name is not None:
            defaults[option.name] = _checked(ctx, option, key, given, where)
    ctx.default_map = defaults


def _key_of(option: click.Option) -> str:
    return max(option.opts, key=len).lstrip("-")


def _find(given: str | None) -> tuple[Path | None, dict[str, Any], str]:
    if given is not None:
        text, data = _load(Path(given))
        return Path(given), _table(data, given) if Path(given).name == SHARED_FILE else data, text
    if Path(OWN_FILE).is_file():
        text, data = _load(Path(OWN_FILE))
        return Path(OWN_FILE), data, text
    if Path(SHARED_FILE).is_file() and "tool.assist" in (text := _read(Path(SHARED_FILE))):
        return Path(SHARED_FILE), _table(_load(Path(SHARED_FILE))[1], SHARED_FILE), text
    return None, {}, ""


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    table = data.get("tool", {}).get("assist", {})
    if not isinstance(table, dict):
        _fail("E0432", f"{name}: tool.assist is not a table", name, "write [tool.assist] and the options below it")
    return table


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        _fail("E0433", f"the configuration {str(path)!r} cannot be read", str(reason), "give a TOML file with --config")


def _load(path: Path) -> tuple[str, dict[str, Any]]:
    import tomllib

    text = _read(path)
    try:
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else str(path)
        _fail("E0433", f"{path} is not valid TOML: {str(error)[:120]}", where, 'a line looks like: time-budget = "10m"')


def _line_of(key: str, text: str) -> int:
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line)), 1)


def _checked(ctx: click.Context, option: click.Option, key: str, given: Any, where: str) -> Any:
    wanted = _type_name(option)
    values = given if option.multiple and isinstance(given, list) else [given]
    if not all(_fits(option, value) for value in values):
        _fail("E0432", f"{key!r} must be {wanted}, not {given!r:.60}", where, f"such as {key} = {_example(option)}")
    texts: Any = tuple(str(v) for v in values) if option.multiple else given if option.is_flag or option.is_bool_flag else str(given)
    try:
        option.type_cast_value(ctx, texts)
    except click.BadParameter as error:
        _fail("E0432", f"{key!r} cannot be {given!r:.60}: {error.message.rstrip('.')}", where, f"such as {key} = {_example(option)}")
    return texts


def _fits(option: click.Option, value: Any) -> bool:
    if option.is_flag:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if isinstance(option.type, click.types.IntParamType):
        return isinstance(value, int)
    if isinstance(option.type, click.types.FloatParamType):
        return isinstance(value, int | float)
    return isinstance(value, str) or (_key_of(option) == "time-budget" and isinstance(value, int | float))


def _type_name(option: click.Option) -> str:
    if option.is_flag:
        return "true or false"
    if isinstance(option.type, click.types.IntParamType):
        return "a whole number"
    if isinstance(option.type, click.types.FloatParamType):
        return "a number"
    return "a text or a list of texts" if option.multiple else "a text"


def _example(option: click.Option) -> str:
    examples = {"time-budget": '"10m"', "kind": '["zip=category"]', "delimiter": '";"', "family": '["lightgbm"]'}
    if option.is_flag:
        return "true"
    if isinstance(option.type, click.Choice):
        return f'"{option.type.choices[0]}"'
    numbers = (click.types.IntParamType, click.types.FloatParamType)
    return examples.get(_key_of(option), "1" if isinstance(option.type, numbers) else '"name"')


def _fail(code: str, what: str, where: str, help: str) -> NoReturn:
    raise AssistError(code, what, where=where, help=help)
