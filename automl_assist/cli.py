"""The command line: a lazy group of commands, and the one place where whatever happens becomes a message and an exit code.

Nothing heavy is imported here, so that ``--help`` answers in a tenth of a second; a command's module is imported when it is named.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import IO

import click

from automl_assist import __version__
from automl_assist.errors import AssistError, Exit, did_you_mean

# command: (module, its one line of help). The help stands here so that `assist --help` imports nothing else.
LAZY = {
    "profile": ("automl_assist.commands.profile", "What is in this data, what is wrong with it, what to do about it."),
    "recommend": ("automl_assist.commands.recommend", "The plan: every choice, its reason, what would change it."),
    "train": ("automl_assist.commands.train", "Train and tune under a budget, test honestly, write the run folder."),
    "predict": ("automl_assist.commands.predict", "Predictions for new rows, in the order they came."),
    "evaluate": ("automl_assist.commands.evaluate", "Score a finished run on labelled rows it has never seen."),
    "report": ("automl_assist.commands.report", "Write report.html again from the run folder."),
    "why": ("automl_assist.commands.why", "Why the run is as it is: every decision with its reason."),
    "doctor": ("automl_assist.commands.doctor", "Versions, backend, cores, memory, what is installed."),
}
HEAVY = ("jax", "keras", "lightgbm", "sklearn")  # taking these down at exit costs time and saves nothing
COLLECTED_AFTER = 100_000, 20, 50  # objects, rounds, rounds: Python's own 700 take a tenth of the time of a table of thousands of columns
BROKEN_PIPE = 141  # what a shell shows for a program that SIGPIPE ended
LONGEST_START_S = 3.0  # an older process was something else before it became this program (exec)
BUG_REPORTS = "please report this with the crash file; it holds no values of your data"


def _process_start() -> float:
    """Return the start of this process on the clock of time.monotonic(): the budget covers the interpreter's own start."""
    now = time.monotonic()
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rsplit(b")", 1)[1].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return now
    return now - age if 0 <= age <= LONGEST_START_S else now


STARTED = _process_start()


class LazyGroup(click.Group):
    """Commands that are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of a first use."""
        return list(LAZY)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in LAZY:
            return None
        return importlib.import_module(LAZY[name][0]).command  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in LAZY.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="assist", message="%(prog)s %(version)s")
@click.pass_context
def assist(ctx: click.Context) -> None:
    r"""From a table to an honestly tested model and a report that says why.

    \b
    assist profile houses.csv
    assist train houses.csv --target price --time-budget 5m
    assist predict assist-run new.csv --out predictions.csv

    Nothing leaves this machine: no telemetry, no downloads.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


# --- the end of every command


class _Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP, where no command listens for them itself."""

    received = False  # a library that was at work may turn the exception into one of its own


def main() -> None:
    """Run the command line as a process of its own."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)
    if "--debug" not in sys.argv:
        import warnings

        warnings.simplefilter("ignore")  # ours go through Notify; those of libraries are for developers
    gc.set_threshold(*COLLECTED_AFTER)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        _drop_stdout()
    if any(name in sys.modules for name in HEAVY):
        os._exit(code)
    sys.exit(code)


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing is raised, everything is said.

    Parameters
    ----------
    argv : sequence of str
        The words after ``assist``.
    """
    _prepare_streams()
    words = list(argv[: argv.index("--")] if "--" in argv else argv)
    command = next((word for word in words if word in LAZY), None)
    try:
        with assist.make_context("assist", list(argv), obj=STARTED) as context:  # click's own main() has other exit codes
            result = assist.invoke(context)
        sys.stdout.flush()
        return result if isinstance(result, int) else int(Exit.DONE)
    except BrokenPipeError:
        _drop_stdout()
        return BROKEN_PIPE
    except KeyboardInterrupt as error:
        code = Exit.TERMINATED if isinstance(error, _Terminated) or _Terminated.received else Exit.INTERRUPTED
        return _end(AssistError("E0903", "interrupted before anything was finished", exit_code=code), command, words)
    except click.exceptions.Exit as error:
        return error.exit_code
    except BaseException as error:  # the last line of defence: no input of any kind ends in a traceback
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else int(Exit.BUG)
        if "--debug" in words:
            import traceback

            traceback.print_exc()
        return _end(_understand(error, command, words), command, words)


def _terminate(number: int, frame: FrameType | None) -> None:
    _Terminated.received = True
    raise _Terminated


def _prepare_streams() -> None:
    """Let no character stop the output: what the encoding lacks is written as an escape."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 it lives as long as the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _drop_stdout() -> None:
    """Nobody reads any more: let the interpreter's own flush at exit go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _end(error: AssistError, command: str | None, words: Sequence[str]) -> int:
    """Say what went wrong, on standard error and with --json on standard output as well; return the exit code."""
    from automl_assist.commands._text import error_text, say, use_colour

    try:
        if "--json" in words:
            _write_document(error, command, sys.stdout)
        say(error_text(error, colour=use_colour(sys.stderr)), sys.stderr)
    except BrokenPipeError:
        _drop_stdout()
    except OSError:
        pass  # neither stream can be written: the exit code still says it
    return error.exit_code


def _write_document(error: AssistError, command: str | None, stream: IO[str]) -> None:
    interrupted = error.exit_code in (Exit.INTERRUPTED, Exit.TERMINATED)
    document = {
        "schema": f"assist.{command or 'assist'}/1",
        "command": command,
        "status": "interrupted" if interrupted else "failed",
        "exit_code": error.exit_code,
        "error": error.to_json(),
    }
    stream.write(json.dumps(document, sort_keys=True, indent=1) + "\n")  # ASCII with escapes: any encoding takes it
    stream.flush()


# --- what an exception means


def _understand(error: BaseException, command: str | None, words: Sequence[str]) -> AssistError:
    if isinstance(error, AssistError):
        return error
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return AssistError("E0404", error.format_message().rstrip("."))
    if isinstance(error, MemoryError):
        return AssistError("E0901", "there is not enough memory for this", help="use a sample of the rows, or a machine with more memory")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return AssistError("E0902", "the disk is full", where=error.strerror, help="free some space, or choose another place with --out")
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("automl_assist"):
        package = error.name.split(".")[0]
        return AssistError("E0801", f"the library {package!r} is not installed", help="pip install --upgrade automl-assist")
    place = _write_crash_file(error, command)
    return AssistError("E0001", f"assist crashed with {type(error).__name__}: this is a bug in assist", where=place, help=BUG_REPORTS)


def _usage(error: click.UsageError) -> AssistError:
    """Return a mistake on the command line in our form, with the nearest word that would have done."""
    ctx = error.ctx
    path = ctx.command_path if ctx else "assist"
    help = f"{path} --help lists what there is"
    if isinstance(error, click.exceptions.NoSuchOption):
        known = [name for param in ctx.command.get_params(ctx) for name in param.opts] if ctx else []
        near = did_you_mean(error.option_name, known)
        return AssistError("E0401", f"{path} has no option {error.option_name!r}", help=near or help)
    if isinstance(error, click.exceptions.NoSuchCommand):
        near = did_you_mean(error.command_name, LAZY)
        return AssistError(
            "E0402", f"there is no command {error.command_name!r}", where=f"the commands are {', '.join(LAZY)}", help=near or help
        )
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return AssistError("E0403", f"{path} needs {error.param.make_metavar(ctx) if ctx else error.param.name}", help=help)
    message = error.format_message().rstrip(".")
    return AssistError("E0404", message[:1].lower() + message[1:] if message.startswith("Invalid") else message, help=help)


def _write_crash_file(error: BaseException, command: str | None) -> str | None:
    """Keep where it happened: types, files, lines and functions, but no message and no value, which may come from the data."""
    import platform
    import tempfile
    import traceback

    lines = [f"assist {__version__}, command {command}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    link: BaseException | None = error
    while link is not None and len(lines) < 400:
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
        link = link.__cause__ or link.__context__
    try:
        descriptor, path = tempfile.mkstemp(prefix="assist-crash-", suffix=".txt")
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return path
