"""Checks an issue and its message for what a reader would trip over."""

from newsletter_cli.check.material import LocalPicture, Mail, Material, prepare
from newsletter_cli.check.rules import Example, Hit, Rule, all_rules, find_rule, run

__all__ = ["Example", "Hit", "LocalPicture", "Mail", "Material", "Rule", "all_rules", "find_rule", "prepare", "run"]
