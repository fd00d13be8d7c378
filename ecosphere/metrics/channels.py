"""Where do we meet them?"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecosphere.model import Ask, Released


@dataclass(frozen=True)
class Channels:
    """The released tables of `channels`: people by channel, across channels, and smart service."""

    mix: Released
    sides: Released
    flows: Released
    service: Released
    complaints: Released
    definition: str

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "Channels":
        """Ask every question of the page. Options: `definition`, the qualifying event, of the mix;
        who goes from channel to channel did anything that counts."""
        chosen = {name: value for name, value in options.items() if name == "definition"}
        return cls(
            mix=ask("channels/mix", **chosen),
            sides=ask("channels/sides"),
            flows=ask("channels/flows"),
            service=ask("channels/service"),
            complaints=ask("channels/complaints"),
            definition=options.get("definition", "any_scene"),
        )


measure = Channels.measure
