"""From paths of the graph to reasons: only what both the graph and the answer's memory have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from graph.catalogue.entities import Drink
from graph.people.drink_paths import DrinkPaths, LikedPath
from graph.people.profiles import Profile
from graph.vocabulary import EventType
from recommend.explain.redaction import Redaction
from recommend.safety.masks import reachable
from recommend.state.snapshot import Snapshot
from recommend.state.traits import Trait

MOST_NAMED = 2  # things that one sentence names
FEWEST_ALIKE = 5
COMMON = 0.2  # what more than this share of the drinks has says little

PathStep = tuple[str, str]
Source = tuple[str, str]
_VERBS = (
    (EventType.LIKE, "liked"),
    (EventType.PURCHASE, "had"),
    (EventType.RATING, "had"),
    (EventType.SAVE, "saved"),
    (EventType.CART, "looked at"),
    (EventType.CLICK, "looked at"),
    (EventType.VIEW, "looked at"),
)


class ReasonKind(Enum):
    """What connects a person with a drink."""

    SHARED_INGREDIENT = "SHARED_INGREDIENT"
    SHARED_FLAVOR = "SHARED_FLAVOR"
    SHARED_STYLE = "SHARED_STYLE"
    PEOPLE_ALIKE = "PEOPLE_ALIKE"
    LIKED_INGREDIENT = "LIKED_INGREDIENT"
    LIKED_FLAVOR = "LIKED_FLAVOR"
    LIKED_STYLE = "LIKED_STYLE"
    CONTEXT = "CONTEXT"
    TRENDING = "TRENDING"
    POPULAR = "POPULAR"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its path as ids with names, from what the person knows to the drink.

    `names` are the things that a sentence mentions, `verb` is what the person did, or the moment.
    `source` is what the score is recomputed without: ("drink", id) or a kind of likes and an id.
    `strength` is by how much the score then falls, in standard deviations of the person's
    scores.
    """

    kind: ReasonKind
    path: tuple[PathStep, ...]
    names: tuple[str, ...]
    verb: str = ""
    source: Source | None = None
    strength: float = 0.0


_SHARED = (
    ("ingredient", ReasonKind.SHARED_INGREDIENT),
    ("flavor", ReasonKind.SHARED_FLAVOR),
    ("style", ReasonKind.SHARED_STYLE),
)
_LIKED = {
    "ingredient": ReasonKind.LIKED_INGREDIENT,
    "flavor": ReasonKind.LIKED_FLAVOR,
    "style": ReasonKind.LIKED_STYLE,
}


class PathReader:
    """Reads paths for one person and one memory."""

    def __init__(self, snapshot: Snapshot, profile: Profile) -> None:
        self._traits = snapshot.view.traits
        self._catalogue = snapshot.catalogue
        self._redaction = Redaction(snapshot.view.masks, profile)
        self._likes = {(liking.kind, liking.id) for liking in profile.likes}
        self._verbs = _verbs(profile)
        ingredients = self._catalogue.ingredients
        self._above: dict[str, Mapping[str, Iterable[str]]] = {
            "ingredient": {name: ingredient.parents for name, ingredient in ingredients.items()},
            "flavor": {name: flavor.groups for name, flavor in self._catalogue.flavors.items()},
            "style": {name: style.groups for name, style in self._catalogue.styles.items()},
        }

    def reasons(self, paths: DrinkPaths, alike: int = 0) -> list[Reason]:
        """Return the reasons in the paths, not yet weighed; `alike` people had both drinks."""
        drink = self._drink(paths.drink_id)
        if paths.had_id is None:
            return self._of_likes(drink, paths.liked)
        had = self._drink(paths.had_id)
        if had.id not in self._verbs or not self._redaction.allows_drink(had.name):
            return []
        shared = self._telling(drink, had, paths)
        if shared:
            return [shared]
        if alike < FEWEST_ALIKE:
            return []
        path = ((had.id, had.name), (drink.id, drink.name))
        return [self._of_drink(ReasonKind.PEOPLE_ALIKE, path, (), had)]

    def shares(self, drink_id: str, had_id: str) -> bool:
        """Return whether two drinks in memory share something telling."""
        return self._telling(self._drink(drink_id), self._drink(had_id)) is not None

    def of_moment(
        self, drink: Drink, trait: Trait, moment: tuple[str, str], effect: float
    ) -> Reason | None:
        """Return the reason that a kind, style or flavor is wanted at a moment."""
        kind, name = trait
        text = name if kind == "kind" else self._name(kind, name)
        if not self._redaction.allows_text(text):
            return None
        start = () if kind == "kind" else ((name, text),)
        path = (*start, (drink.id, drink.name))
        return Reason(ReasonKind.CONTEXT, path, (text,), ":".join(moment), strength=effect)

    def _telling(self, drink: Drink, had: Drink, paths: DrinkPaths | None = None) -> Reason | None:
        """Return what two drinks share, by memory and, with paths, by the graph too."""
        for kind, reason in _SHARED:
            ids = paths.shared[kind] if paths else getattr(had, f"{kind}s")
            shared = self._shared(drink, had, kind, reason, ids)
            if shared:
                return shared
        return None

    def _shared(
        self, drink: Drink, had: Drink, kind: str, reason: ReasonKind, ids: Iterable[str]
    ) -> Reason | None:
        """Return the rarest things that two drinks share; None if they are too common to matter."""
        both = _of(drink, kind) & _of(had, kind) & set(ids)
        nameable = [
            name for name in both if self._may_name(kind, name) and self._is_telling(kind, name)
        ]
        named = sorted(nameable, key=lambda name: (self._traits.count_with(kind, name), name))
        if not named:
            return None
        names = tuple(self._name(kind, name) for name in named[:MOST_NAMED])
        path = ((had.id, had.name), (named[0], names[0]), (drink.id, drink.name))
        return self._of_drink(reason, path, names, had)

    def _of_drink(
        self, kind: ReasonKind, path: tuple[PathStep, ...], names: tuple[str, ...], had: Drink
    ) -> Reason:
        return Reason(kind, path, names, self._verbs[had.id], ("drink", had.id))

    def _of_likes(self, drink: Drink, paths: Iterable[LikedPath]) -> list[Reason]:
        ways: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in paths:
            kind, liked, via = path.kind, path.liked, path.via
            known = via in _of(drink, kind) and liked in reachable(via, self._above[kind])
            nameable = self._may_name(kind, via) and self._may_name(kind, liked)
            if known and nameable and (kind, liked) in self._likes:
                ways[kind, liked].append(via)
        return [
            self._of_like(drink, kind, liked, sorted(vias, key=lambda via: (via != liked, via))[0])
            for (kind, liked), vias in ways.items()
        ]

    def _of_like(self, drink: Drink, kind: str, liked: str, via: str) -> Reason:
        names = (self._name(kind, via), self._name(kind, liked))
        steps = ((liked, names[1]),) if via == liked else ((liked, names[1]), (via, names[0]))
        path = (*steps, (drink.id, drink.name))
        return Reason(_LIKED[kind], path, names if via != liked else names[:1], "", (kind, liked))

    def _drink(self, drink_id: str) -> Drink:
        return self._catalogue.drinks[self._catalogue.row_of[drink_id]]

    def _is_telling(self, kind: str, name: str) -> bool:
        return self._traits.count_with(kind, name) <= COMMON * len(self._catalogue.drinks) + 2

    def _may_name(self, kind: str, name: str) -> bool:
        allowed = self._redaction.allows_text(self._name(kind, name))
        return allowed and (kind != "ingredient" or self._redaction.allows_ingredient(name))

    def _name(self, kind: str, name: str) -> str:
        known = {
            "ingredient": self._catalogue.ingredients,
            "flavor": self._catalogue.flavors,
            "style": self._catalogue.styles,
        }[kind].get(name)
        return known.name if known else name


def _of(drink: Drink, kind: str) -> set[str]:
    own: tuple[str, ...] = getattr(drink, f"{kind}s")
    return set(own)


def _verbs(profile: Profile) -> dict[str, str]:
    """Return, for each drink, the person's most telling event with it."""
    verb_of: dict[str, str] = {}
    for type_, verb in reversed(_VERBS):
        verb_of |= {event.drink_id: verb for event in profile.history if event.type == type_}
    return verb_of
