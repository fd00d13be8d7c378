"""Behavioural cohorts: people chosen by what they did, as of a day, in a fixed vocabulary.

active(partner=meituan, from=-3, days=3) and not holds(wealth)
"""

from ecosphere.cohorts.known import Known, exports, read_known
from ecosphere.cohorts.members import members
from ecosphere.cohorts.parsing import parse
from ecosphere.cohorts.terms import Cohort
from ecosphere.cohorts.uploads import read_ids
from ecosphere.cohorts.words import sentence

__all__ = ["Cohort", "Known", "exports", "members", "parse", "read_ids", "read_known", "sentence"]
