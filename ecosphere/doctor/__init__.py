"""What is wrong with HOME and its machine, and what to do next. Looks, and touches nothing."""

from collections.abc import Callable, Iterator, Mapping

from ecosphere.doctor import folder, machine, served
from ecosphere.doctor.sign import Case, Sign, State, Unopened
from ecosphere.model import Problem

__all__ = ["Case", "Sign", "State", "examine"]

Check = Callable[[Case], Iterator[Sign]]

# Each with what it means that a look is not possible at all.
CHECKS: Mapping[str, tuple[Check, State]] = {
    "home": (folder.folder, "fail"),
    "rights": (folder.rights, "fail"),
    "disk": (machine.disk, "warn"),
    "memory": (machine.memory, "warn"),
    "lock": (folder.lock, "warn"),
    "generation": (served.generation, "fail"),
    "settings": (served.settings, "fail"),
    "roles": (served.roles, "fail"),
    "data": (served.data, "warn"),
    "build": (served.last_build, "warn"),
    "clock": (served.clock, "warn"),
    "packages": (machine.packages, "warn"),
}


def examine(case: Case) -> tuple[Sign, ...]:
    """Every check, whatever state HOME is in: one that cannot look says so."""
    try:
        return tuple(sign for name in CHECKS for sign in _looked(name, case))
    finally:
        case.close()


def _looked(name: str, case: Case) -> list[Sign]:
    check, state = CHECKS[name]
    try:
        return list(check(case))
    except Unopened:
        return []  # the check of the generation tells why
    except Problem as problem:
        return [Sign(name, state, "problem", problem=problem)]
    except Exception as broken:  # noqa: BLE001  # the next check still has something to tell
        detail = f"{type(broken).__name__}: {broken}".splitlines()[0]
        return [Sign(name, state, "not_looked", {"detail": detail})]
