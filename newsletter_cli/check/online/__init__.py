"""Rules that need the network, run only when asked for: links, pictures, name servers. Never an unsubscribe link."""

from newsletter_cli.check.online.catalogue import ONLINE_RULES, OnlineRule
from newsletter_cli.check.online.dns import NameServers, Resolver, look_at_sender
from newsletter_cli.check.online.links import look_at_links
from newsletter_cli.check.online.pictures import look_at_pictures

__all__ = [
    "ONLINE_RULES",
    "NameServers",
    "OnlineRule",
    "Resolver",
    "look_at_links",
    "look_at_pictures",
    "look_at_sender",
]
