"""Finds designs and renders their templates in a sandbox that knows no file but templates."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from newsletter_cli.compose.template_errors import FAULTS, DesignNotFound, TemplateFault, explain, undefined_type
from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import Workspace, make_folder, shipped

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")


class Design:
    """A design's name and the folders its files are looked for in, the workspace's own first."""

    def __init__(self, name: str, folders: tuple[Path, ...]) -> None:
        self.name, self.folders = name, folders

    def file(self, name: str) -> Path | None:
        """Where a file of the design is, or None."""
        return next((folder / name for folder in self.folders if (folder / name).is_file()), None)

    def sources(self) -> Iterable[Path]:
        """Every file a template could include, for watching."""
        return (path for folder in self.folders for path in sorted(folder.rglob("*")) if path.is_file())

    @cached_property
    def theme(self) -> Mapping[str, Any]:
        """The [theme] of the design's theme.toml; a workspace's file overrides single keys of the shipped one."""
        merged: dict[str, Any] = {}
        for folder in reversed(self.folders):
            path = folder / "theme.toml"
            if path.is_file():
                merged |= read_toml(path).get("theme", {})
        return merged


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file of a design. Raises NewsletterError with its line."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NewsletterError(
            f"{path} is not TOML: {error}.", 'Text goes in straight quotes: key = "value".'
        ) from error


def find_design(workspace: Workspace, name: str) -> Design:
    """The design of this name.

    Raises:
        DesignNotFound: there is none with an issue.html.
    """
    folders = (workspace.templates / name, workspace.templates, shipped("templates") / name, shipped("templates"))
    if not _NAME.match(name) or not any((folder / "issue.html").is_file() for folder in (folders[0], folders[2])):
        raise DesignNotFound(name, design_names(workspace))
    return Design(name, folders)


def design_names(workspace: Workspace) -> tuple[str, ...]:
    """All designs, shipped and the workspace's own."""
    roots = (workspace.templates, shipped("templates"))
    return tuple(sorted({path.parent.name for root in roots for path in root.glob("*/issue.html")}))


class Renderer:
    """Renders the templates of a design.

    Attributes:
        design: where they are.
        workspace: for the byte code cache, and for paths in messages.
        filters, tests, functions: what templates can call besides Jinja2's own.
        seen: the text of every template that had a part, by name.
    """

    def __init__(
        self,
        design: Design,
        workspace: Workspace,
        *,
        filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., bool]],
        functions: Mapping[str, Callable[..., Any]],
    ) -> None:
        self.design, self.workspace = design, workspace
        self.filters, self.tests, self.functions = filters, tests, functions
        self.seen: dict[str, str] = {}
        self._known: tuple[str, ...] = ()

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """The text of a template with this context.

        Raises:
            TemplateFault: with file, line, variable and the nearest name.
        """
        self._known = tuple(context)
        try:
            return str(self._environment.get_template(name).render(context))
        except NewsletterError:
            raise
        except UnicodeDecodeError as error:
            raise TemplateFault(name, 0, "a template is not UTF-8.", "Save the design's files as UTF-8.") from error
        except FAULTS as error:
            calls = (*self._environment.filters, *self._environment.tests)
            fault = explain(error, name, self._path, self._environment.list_templates(), calls)
            if fault is None:
                raise
            raise fault from error

    def _path(self, name: str) -> str:
        path = Path(name)
        root = shipped("templates").parent
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else self.workspace.relative(path)

    @cached_property
    def _environment(self) -> Any:
        from jinja2 import FileSystemLoader
        from jinja2.sandbox import SandboxedEnvironment

        from newsletter_cli.compose.compiled_templates import CompiledTemplates
        from newsletter_cli.compose.merge_values import default, guarded

        seen = self.seen

        class Loader(FileSystemLoader):
            """Remembers what it gave out: tokens are chosen so that they occur in none of it."""

            def get_source(self, environment: Any, template: str) -> Any:
                found = super().get_source(environment, template)
                seen[template] = found[0]
                return found

        environment = SandboxedEnvironment(
            loader=Loader([str(folder) for folder in self.design.folders]),
            undefined=undefined_type(lambda: (*self._known, *self.functions)),
            autoescape=lambda name: name is None or not name.endswith((".txt", ".css")),
            bytecode_cache=CompiledTemplates(str(self._cache_folder())),
            # To fold constants takes longer than a template that is rendered once gains by it.
            optimized=False,
            cache_size=-1,
            auto_reload=False,
        )
        filters = dict(environment.filters) | dict(self.filters) | {"default": default, "d": default}
        environment.filters = {name: guarded(name, each) for name, each in filters.items()}
        tests = dict(environment.tests) | dict(self.tests)
        environment.tests = {name: guarded(name, each) for name, each in tests.items()}
        environment.globals |= self.functions
        return environment

    def _cache_folder(self) -> Path:
        folder = self.workspace.cache / "templates"
        try:
            make_folder(folder)
        except OSError as error:
            hint = "Check the free disk space and that you may write to this folder."
            raise NewsletterError(f"{folder} could not be made: {error.strerror}.", hint) from error
        return folder


__all__ = ["Design", "Renderer", "TemplateFault", "design_names", "find_design"]
