"""The command line: one file a command, each parses, calls the river and prints.

Commands are imported only when they run, so that ``spikekit --help`` stays near click's own start-up time.
"""

from __future__ import annotations

import difflib
import importlib
import json
import os
import signal
import sys
import traceback
from typing import Any

import click

from spikekit import __version__
from spikekit.errors import FileProblems, Interrupted, SpikekitError
from spikekit.vocabulary import DEFAULT_SEED, ExitCode

COMMANDS: dict[str, str] = {
    "demo": "The whole story on a sample shop, in under 90 seconds.",
    "init": "Write a commented project folder to start from.",
    "schema": "What editors need to help with campaign and site files.",
    "check": "Check campaign and site files; all problems at once.",
    "forecast": "The visitors a campaign will bring, with honest doubt.",
    "calendar": "Every campaign on one time line, and which collide.",
    "readiness": "Will it hold, and what would make it?",
    "past": "What past campaigns brought: every forecast learns from it.",
    "review": "What was forecast and what came; the next forecast learns.",
    "profile": "The load profile of a campaign's busiest window.",
    "record": "Write a journey from a browser's recording.",
    "preflight": "Look before any load: may we, is it there, are we strong enough?",
    "load": "Send a plain open load to a target and judge it.",
    "rehearse": "Run a campaign's spike against a target and judge it.",
    "capacity": "The most a target holds for ever, and how it fails.",
    "worker": "Lend this machine to a run that another one leads.",
    "locustfile": "Write a run as a file that plain Locust runs.",
    "report": "Show a run, in the terminal or as one HTML file.",
    "runs": "List, show, compare and export past runs.",
    "gate": "For CI: may this go live, with the campaigns that come?",
    "serve": "Numbers of every campaign for Prometheus.",
    "dashboards": "Grafana dashboards, Prometheus rules and runbooks, as files.",
    "deploy": "Files for compose, or for Locust's Kubernetes operator.",
    "watch": "Who is coming, why, and what comes next.",
    "drill": "A log to practise on, whose truth is known.",
}
"""Every command with its one line of help, in the order of the story; its code is ``spikekit.cli.<name>:command``."""


class _Commands(click.Group):
    """Loads a command's module when it is called, and suggests the nearest name for a mistyped one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"spikekit.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f'no command "{name}"' + (f"; did you mean {near[0]}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="spikekit")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def cli(debug: bool) -> None:
    """From a declared campaign to a site that holds.

    Marketing declares what is coming; spikekit forecasts the visitors, rehearses the spike on staging and says
    whether the site will hold.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code. Every failure is one message, never a traceback."""
    argv = sys.argv[1:] if arguments is None else arguments
    debug, as_json = "--debug" in argv[:1], "--json" in argv
    # Our matrices are small: threads of linear algebra would cost more than they bring.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for ending in (signal.SIGTERM, signal.SIGHUP):
        # A cancelled CI job and a closed terminal stop a run as Ctrl-C does: what was measured is kept.
        signal.signal(ending, signal.default_int_handler)
    try:
        result = cli.main(argv, prog_name="spikekit", standalone_mode=False)
        code = result if isinstance(result, int) else ExitCode.DONE
    except click.UsageError as error:
        code = ExitCode.USAGE
        if as_json:
            _print_error({"message": error.format_message(), "exit_code": int(code)})
        else:
            error.show()
    except SpikekitError as error:
        code = error.exit_code
        _show(error, as_json)
    except (KeyboardInterrupt, click.Abort):
        code = ExitCode.INTERRUPTED
        _show(Interrupted("stopped"), as_json)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong, and nothing more can be said.
        sys.stderr.close()
        code = ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - the last stop: a defect of ours still gets a message and its code
        code = ExitCode.INTERNAL
        if debug:
            traceback.print_exc()
        message = f"internal error: {type(error).__name__}: {error}"
        if as_json:
            _print_error({"message": message, "exit_code": int(code)})
        else:
            click.echo(f"spikekit: {message}\n  this is a defect; `spikekit --debug …` shows where", err=True)
    sys.exit(int(code))


def _show(error: SpikekitError, as_json: bool) -> None:
    if as_json:
        document: dict[str, Any] = {"message": error.message, "hint": error.hint, "exit_code": int(error.exit_code)}
        if isinstance(error, FileProblems):
            document["problems"] = [
                {"file": p.file, "line": p.line, "column": p.column, "path": p.path, "message": p.message}
                for p in error.problems
            ]
        _print_error(document)
        return
    if isinstance(error, FileProblems):
        from spikekit.cli.problems import show_problems

        show_problems(error.problems)
    else:
        click.echo(f"spikekit: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def _print_error(document: dict[str, Any]) -> None:
    from datetime import UTC, datetime

    from spikekit.cli.heading import heading

    head = heading("spikekit.error/1", created=datetime.now(UTC), seed=DEFAULT_SEED, inputs={})
    click.echo(json.dumps({**head, **document}))
