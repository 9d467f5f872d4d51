"""`newsletter completion`: the shell script that completes commands, options and issues."""

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command

VARIABLE = "_NEWSLETTER_COMPLETE"
_WHERE = {
    "bash": "newsletter completion bash > ~/.local/share/bash-completion/completions/newsletter",
    "zsh": "newsletter completion zsh > ~/.zfunc/_newsletter   (with fpath+=~/.zfunc before compinit)",
    "fish": "newsletter completion fish > ~/.config/fish/completions/newsletter.fish",
}


@command("completion")
@click.argument("shell", type=click.Choice(list(_WHERE)))
def completion(app: App, shell: str) -> None:
    """Print the completion script for bash, zsh or fish."""
    from click.shell_completion import get_completion_class

    from newsletter_cli.cli.root import newsletter

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"Click knows no completion for {shell}.")
    script = found(newsletter, {}, "newsletter", VARIABLE).source()
    app.result(script)
    app.emit({"shell": shell, "script": script})
    app.next(_WHERE[shell], "to keep it")
