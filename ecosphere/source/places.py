"""Where something was done: at which partners, in which scenes, through which channels."""

from dataclasses import dataclass

from ecosphere.model import NOT_STATED, Chosen

PARTNERS = "select partner from generation.stored.partner where"
CHANNELS = "select channel from generation.stored.channel where"
# A row of a table that says where, by what was chosen.
TESTS = {
    "scene": f"partner in ({PARTNERS} coalesce(scene, '{NOT_STATED}') = any($scene))",
    "partner": f"partner in ({PARTNERS} coalesce(nullif(partner_id, ''), '{NOT_STATED}') "
    "= any($partner))",
    "channel": f"channel in ({CHANNELS} coalesce(nullif(channel_id, ''), '{NOT_STATED}') "
    "= any($channel))",
}


@dataclass(frozen=True)
class Places:
    """The places a reader has chosen: values of one kind are OR, kinds must hold for one event."""

    chosen: Chosen = ()

    def __bool__(self) -> bool:
        return bool(self.chosen)

    def only(self, kinds: tuple[str, ...]) -> "Places":
        """What was chosen of these kinds."""
        return Places(tuple(pair for pair in self.chosen if pair[0] in kinds))

    def params(self) -> dict[str, object]:
        return {name: list(values) for name, values in self.chosen}

    def tests(self) -> list[str]:
        """Conditions on columns `partner` and `channel`."""
        return [TESTS[name] for name, _ in self.chosen]
