"""Exports: what a bank may deliver, how its own files become that, and whether they may be used."""

from ecosphere.contract.checking import check
from ecosphere.contract.mapping import Mapping
from ecosphere.contract.reading import read_mapping
from ecosphere.contract.report import Attribute, Finding, Report, Source, attributes
from ecosphere.contract.terms import Column, Contract, Value, contracts
from ecosphere.contract.views import attach
from ecosphere.contract.whole import at_rest

__all__ = [
    "Attribute", "Column", "Contract", "Finding", "Mapping", "Report", "Source", "Value",
    "at_rest", "attach", "attributes", "check", "contracts", "read_mapping",
]  # fmt: skip
