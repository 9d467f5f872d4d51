"""Carries mail: one contract, one adapter per provider, a registry that finds them."""
