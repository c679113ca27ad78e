"""What holds for every command, also for those to come."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from automl_assist import cli

COMMON = {"--config", "--json", "--quiet", "--verbose", "--debug"}
SAME_EVERYWHERE: dict[str, click.Option] = {}


def command(name: str) -> click.Command:
    found = cli.assist.get_command(click.Context(cli.assist), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", cli.LAZY)
def test_help_in_the_table_is_the_first_line_of_its_own(name):
    own = (command(name).help or "").strip().splitlines()[0]
    assert cli.LAZY[name][1] == own


@pytest.mark.parametrize("name", cli.LAZY)
def test_help_ends_well(name, capsys):
    assert cli.run([name, "--help"]) == 0
    assert "Usage: assist " + name in capsys.readouterr().out


@pytest.mark.parametrize("name", cli.LAZY)
def test_takes_the_common_options(name):
    assert {opt for param in command(name).params for opt in param.opts} >= COMMON


@pytest.mark.parametrize("name", cli.LAZY)
def test_every_option_is_explained(name):
    for param in command(name).params:
        if isinstance(param, click.Option):
            assert param.help, f"{param.opts} has no help"


@pytest.mark.parametrize("name", cli.LAZY)
def test_options_mean_the_same_everywhere(name):
    for param in command(name).params:
        if isinstance(param, click.Option) and param.opts[0] not in ("--out",):
            first = SAME_EVERYWHERE.setdefault(param.opts[0], param)
            assert (param.help, param.type.name, param.default, param.multiple) == (
                first.help,
                first.type.name,
                first.default,
                first.multiple,
            )


@pytest.mark.parametrize("name", cli.LAZY)
def test_stands_in_the_readme(name):
    readme = Path(__file__).resolve().parents[2] / "README.md"
    assert f"`assist {name}" in readme.read_text("utf-8")


def test_every_command_is_one_module():
    modules = {p.stem for p in Path(cli.__file__).parent.joinpath("commands").glob("[a-z]*.py")}
    assert modules == set(cli.LAZY)


@pytest.mark.parametrize("name", cli.LAZY)
def test_examples_stand_on_lines_of_their_own(name, capsys):
    cli.run([name, "--help"])
    shown = capsys.readouterr().out
    examples = [line for line in shown.splitlines() if line.startswith(f"  assist {name}")]
    assert "\\b" not in shown
    assert examples or name == "doctor"  # which takes nothing
    assert all(line.count(f"assist {name}") == 1 for line in examples)
