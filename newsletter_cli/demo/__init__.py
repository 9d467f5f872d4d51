"""The example data that `newsletter demo` brings along."""
