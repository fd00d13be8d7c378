"""What a bank prepares: the contracts to read and take away, a mapping to start from, a check."""

from ecosphere.delivery.checks import Asked, Checks, Outcome, Running
from ecosphere.delivery.guide import as_csv, as_markdown, example
from ecosphere.delivery.starter import Proposal, propose

__all__ = [
    "Asked", "Checks", "Outcome", "Proposal", "Running", "as_csv", "as_markdown", "example",
    "propose",
]  # fmt: skip
