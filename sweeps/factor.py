"""One uncertain input of a study."""

from dataclasses import dataclass

from .distribution import Distribution


@dataclass(frozen=True, slots=True)
class StudyFactor:
    """A factor of the engine, what it is drawn from, and the group with which its index is reported."""

    name: str
    distribution: Distribution
    group: str | None = None

    @property
    def index_name(self) -> str:
        """The name under which variance is attributed: the group, or the factor itself."""
        return self.group or self.name


def index_names(factors: tuple[StudyFactor, ...]) -> tuple[str, ...]:
    """Groups and ungrouped factors, in the order in which they first appear."""
    return tuple(dict.fromkeys(factor.index_name for factor in factors))
