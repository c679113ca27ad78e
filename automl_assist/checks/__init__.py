"""Checks of the data, one a file: each looks for one problem and says it with counts and a fix.

To add one, copy a neighbour, define ``CHECK`` with a code never used before, and write its test.
"""

from __future__ import annotations

import sys

from automl_assist._registry import collect
from automl_assist.checks._check import Check, CheckContext
from automl_assist.checks._order import in_canonical_order
from automl_assist.schema import Finding

__all__ = ["Check", "CheckContext", "checks", "find_all"]

SEVERITIES = ("error", "warning", "info")


def checks() -> dict[str, Check]:
    """Return every check by its code."""
    return collect(sys.modules[__name__], Check, key="code")


def find_all(context: CheckContext) -> tuple[Finding, ...]:
    """Run every check; findings come worst first, then by code and column, and do not depend on the order of rows and columns."""
    ordered = in_canonical_order(context)
    found = [finding for check in checks().values() for finding in check.run(ordered)]
    return tuple(sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.code, f.columns)))
