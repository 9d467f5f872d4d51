"""What can go wrong when something is fetched, each fault with its own sentence."""

from newsletter_cli.errors import NewsletterError


class FetchError(NewsletterError):
    """Something could not be fetched; `url` is the address that failed, without credentials."""

    def __init__(self, url: str, what: str, hint: str = "") -> None:
        super().__init__(f"{url} {what}", hint)
        self.url = url


class AddressRefused(FetchError):
    """An address this program does not open: another scheme, credentials in it, or a private network."""


class RobotsRefused(FetchError):
    """robots.txt of the host asks programs to stay away from this address."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url, "is closed to programs by the site's robots.txt.", "Name the page itself to gather it by hand."
        )


class StatusRefused(FetchError):
    """The server answered, but not with what was asked for."""

    def __init__(self, url: str, status: int) -> None:
        self.status = status
        gone = "is gone" if status in (404, 410) else "was not given"
        super().__init__(
            url, f"{gone} (HTTP {status}).", "Open it in a browser; a page saved as HTML can be gathered from the file."
        )


class TooLarge(FetchError):
    """More bytes than the cap, counted after decompression."""

    def __init__(self, url: str, cap: int) -> None:
        super().__init__(url, f"is larger than {cap // 1_000_000 or 1} MB; it was not read to the end.")


class TooManyRedirects(FetchError):
    """More hops than allowed, or a loop."""

    def __init__(self, url: str, hops: int) -> None:
        super().__init__(url, f"redirects more than {hops} times.", "Use the address a browser ends at.")


class TooSlow(FetchError):
    """The whole exchange did not end before its deadline."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(url, f"did not answer in full within {seconds:g} seconds.", "Try again later.")


class Unreachable(FetchError):
    """No connection, or a connection that broke; `passing` when another try may help."""

    def __init__(self, url: str, why: str, *, passing: bool = True) -> None:
        self.passing = passing
        super().__init__(url, f"could not be reached: {why}.", "Check the address and the network.")
