"""Demo data: a bank's exports with planted truths, equal at every start."""

from ecosphere.demo.exports import make

__all__ = ["make"]
