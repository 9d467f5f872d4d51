"""Runs the command line and turns every end of it into an exit status."""

import errno
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.root import newsletter
from newsletter_cli.errors import ExitStatus, NewsletterError

if TYPE_CHECKING:
    from newsletter_cli.cli.app import App

# What a machine refuses wherever a file is touched, and no fault of ours: told in words, without a traceback.
_OUTSIDE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run `newsletter` with these arguments (default: the process's own) and give the exit status."""
    if arguments is None and "_NEWSLETTER_COMPLETE" in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(newsletter, {}, "newsletter", "_NEWSLETTER_COMPLETE", os.environ["_NEWSLETTER_COMPLETE"])
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    context: click.Context | None = None
    try:
        with newsletter.make_context("newsletter", words) as context:
            newsletter.invoke(context)
        return int(ExitStatus.OK)
    except click.exceptions.Exit as end:
        return end.exit_code
    except NewsletterError as error:
        app = _app(context, as_json)
        if app.debug:
            raise
        app.report(error)
        return int(error.exit_status)
    except click.UsageError as error:
        _tell_misuse(error, as_json)
        return int(ExitStatus.USAGE)
    except click.ClickException as error:
        _app(context, as_json).report(NewsletterError(error.format_message()))
        return int(ExitStatus.FAILED)
    except (click.Abort, KeyboardInterrupt):
        _tell_stop(as_json)
        return int(ExitStatus.INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) has had enough: not a fault. Point stdout elsewhere so that the flush at exit is quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitStatus.OK)
    except OSError as error:
        app = _app(context, as_json)
        if error.errno not in _OUTSIDE or app.debug:
            raise
        where = f"{error.filename} could not be written: " if error.filename else ""
        app.report(
            NewsletterError(f"{where}{error.strerror}.", "Make room, or give yourself the right to write there.")
        )
        return int(ExitStatus.FAILED)


def _tell_misuse(error: click.UsageError, as_json: bool) -> None:
    if not as_json:
        error.show()
        return
    hint = f"Try `{error.ctx.command_path} --help`." if error.ctx else ""
    _emit_error(error.format_message(), hint, ExitStatus.USAGE)


def _tell_stop(as_json: bool) -> None:
    if as_json:
        _emit_error("Stopped.", "", ExitStatus.INTERRUPTED)
    else:
        click.echo("Stopped.", err=True)


def _emit_error(message: str, hint: str, status: ExitStatus) -> None:
    fault = {"message": message, "hint": hint, "problems": [], "exit_status": int(status)}
    _app(None, True).emit({"error": fault})


def _app(context: click.Context | None, as_json: bool) -> "App":
    from newsletter_cli.cli.app import App

    found = context.obj if context is not None else None
    return found if isinstance(found, App) else App(json=as_json)
