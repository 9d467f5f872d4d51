"""`newsletter images`: pictures prepared for mail, and put where readers fetch them."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import subcommand

if TYPE_CHECKING:
    from newsletter_cli.model.message import Image


class _ImagesGroup(click.Group):
    """`newsletter images ISSUE` is short for `newsletter images prepare ISSUE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not any(word in self.commands or word in ("-h", "--help") for word in args):
            args = ["prepare", *args]
        return super().parse_args(ctx, args)


@click.group("images", cls=_ImagesGroup)
def images() -> None:
    """Prepare an issue's pictures for mail, and publish them."""


@subcommand(images, "prepare")
@click.argument("issue_id", metavar="ISSUE")
def prepare(app: App, issue_id: str) -> None:
    """Prepare the pictures: upright, no metadata, right size and weight."""
    from newsletter_cli.workflow.images import prepare_images

    prepared = prepare_images(app.workspace, app.settings, issue_id)
    for each in prepared.images:
        app.result(_row(each))
    app.result(f"{plural(len(prepared.images), 'picture')}, {prepared.total / 1000:,.1f} KB")
    for finding in prepared.findings:
        app.note(f"{finding.severity}: {finding.file}: {finding.message} {finding.hint}")
    app.emit(
        {
            "issue": issue_id,
            "images": [_facts(each) for each in prepared.images],
            "bytes": prepared.total,
            "findings": [
                {"rule": each.rule, "severity": str(each.severity), "message": each.message, "file": each.file}
                for each in prepared.findings
            ],
        }
    )
    app.next(f"newsletter images publish {issue_id}")


@subcommand(images, "publish", dry_run=True)
@click.argument("issue_id", metavar="ISSUE")
def publish(app: App, issue_id: str) -> None:
    """Put the pictures where readers fetch them: a folder, S3, your provider."""
    from newsletter_cli.workflow.images import publish_images

    done = publish_images(app.workspace, app.settings, issue_id, app.environ, dry_run=app.dry_run)
    for each in done.new:
        app.result(f"{'would put' if app.dry_run else 'put'}  {each.src}")
    for each in done.there:
        app.result(f"there  {each.src}")
    verb = "to put" if app.dry_run else "put"
    app.result(f"{done.place}: {len(done.new)} {verb}, {len(done.there)} there already")
    app.emit(
        {
            "issue": issue_id,
            "place": done.place,
            "dry_run": app.dry_run,
            "new": [_facts(each) for each in done.new],
            "there": [_facts(each) for each in done.there],
        }
    )
    app.next(f"newsletter check {issue_id}")


def _row(image: "Image") -> str:
    name = PurePosixPath(image.file).name if image.file else image.src
    return f"{name:<44} {f'{image.width}×{image.height}':>10} {image.bytes / 1000:>8,.1f} KB"


def _facts(image: "Image") -> dict[str, Any]:
    return {
        "src": image.src,
        "file": image.file,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "alt": image.alt,
    }
