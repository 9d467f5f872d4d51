"""Where prepared pictures are put for readers to fetch: a folder, or S3 and what speaks its language."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import write_file

# The name of a picture changes with its content, so nobody ever needs to ask again.
_KEEP = "public, max-age=31536000, immutable"
_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif"}


class ShelfError(NewsletterError):
    """The place for pictures cannot be used."""


class Shelf(ABC):
    """A place for files, each under a path such as `2022-02/cell-0f1e2d3c4b.jpg`."""

    #: The place as people write it.
    name: str

    @abstractmethod
    def has(self, path: str, size: int) -> bool:
        """Whether a file of this size is there. A name holds a hash of its content, so the size tells a torn copy."""

    @abstractmethod
    def put(self, path: str, data: bytes) -> None:
        """Put a file there; whole or not at all."""


class FolderShelf(Shelf):
    """A folder that a web server, a sync program or a git repository publishes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, str(folder)

    def has(self, path: str, size: int) -> bool:
        target = self.folder / path
        return target.is_file() and target.stat().st_size == size

    def put(self, path: str, data: bytes) -> None:
        write_file(self.folder / path, data)


class S3Shelf(Shelf):
    """A bucket of Amazon S3, or of a service with the same interface (`[images] endpoint`).

    Key and region come from where boto3 looks for them: AWS_ACCESS_KEY_ID, a profile, the machine's role.
    """

    def __init__(self, bucket: str, prefix: str, endpoint: str = "") -> None:
        self.bucket, self.prefix, self.name = (
            bucket,
            prefix.strip("/"),
            f"s3://{bucket}/{prefix.strip('/')}".rstrip("/"),
        )
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError as error:
            raise ShelfError("S3 needs the package boto3.", "Run: pip install 'newsletter-cli[s3]'") from error
        config = Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 4, "mode": "standard"})
        try:
            self._client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=config)
        except (BotoCoreError, ValueError) as error:
            raise self._fault("cannot be reached", error) from error

    def has(self, path: str, size: int) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return int(self._client.head_object(Bucket=self.bucket, Key=self._key(path))["ContentLength"]) == size
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
                return False
            raise self._fault("did not answer as it should", error) from error
        except BotoCoreError as error:
            raise self._fault("cannot be reached", error) from error

    def put(self, path: str, data: bytes) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        kind = _TYPES.get(Path(path).suffix, "application/octet-stream")
        try:
            self._client.put_object(
                Bucket=self.bucket, Key=self._key(path), Body=data, ContentType=kind, CacheControl=_KEEP
            )
        except (ClientError, BotoCoreError) as error:
            raise self._fault("did not take a picture", error) from error

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path

    def _fault(self, what: str, error: Exception) -> ShelfError:
        # The service's own words; they name bucket and reason, never the secret key.
        hint = (
            "Check bucket, region, endpoint and the AWS_… variables; the key must be allowed to put and head objects."
        )
        return ShelfError(f"{self.name} {what}: {error}", hint)


def open_shelf(target: str, root: Path, endpoint: str = "") -> Shelf:
    """The place that `[images] publish` names: `s3://bucket/folder`, or a folder (relative ones in the workspace).

    Raises:
        ShelfError: it is empty or of another kind, or boto3 is not installed.
    """
    if not target.strip():
        hint = (
            'Set `publish = "…"` under [images]: a folder that your web site serves, s3://bucket/folder, or "provider".'
        )
        raise ShelfError("newsletter.toml does not say where pictures are published.", hint)
    parts = urlsplit(target)
    if parts.scheme == "s3" and parts.netloc:
        return S3Shelf(parts.netloc, parts.path, endpoint)
    if "://" in target:
        raise ShelfError(f"Pictures cannot be published to {target}.", "Name a folder, or s3://bucket/folder.")
    folder = Path(target).expanduser()
    return FolderShelf(folder if folder.is_absolute() else root / folder)
