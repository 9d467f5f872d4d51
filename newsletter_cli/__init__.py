"""newsletter: articles become an issue, an issue becomes a checked, approved and accounted send."""

__version__ = "0.1.0"
