"""What clients send, and the checks that it can be used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from gql import described
from gql.request.failures import invalid
from gql.types.enums import EventType, Severity
from graph.people.event_rules import DAYPARTS, LONGEST_WORD, SEASONS
from recommend.context.model import RequestContext, daypart_of
from recommend.state.filters import DrinkFilter

MOST_DRINKS = 100
MOST_EXCLUDED = 1000
MOST_INTERACTIONS = 1000
LONGEST_TEXT = 200
MOST_FILTERS = 30
DEEPEST_FILTER = 4


@described.input_type(name="DrinkFilter")
class DrinkFilterInput:
    """Conditions that must all hold. An unknown quantity meets no limit."""

    kinds: list[str] = strawberry.field(default_factory=list, description="Any of these kinds.")
    styles: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Any of these styles, or a style under one of them."
    )
    flavors: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="All of these flavors."
    )
    ingredients: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="All of these ingredients, or one under each."
    )
    without_ingredients: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="None of these, nor anything under them; a drink with an unknown recipe is "
        "left out.",
    )
    max_abv: float | None = None
    max_caffeine_mg_per_100ml: float | None = None
    max_price: float | None = None
    served_hot: bool | None = None
    search: str | None = strawberry.field(
        default=None,
        description="Matches names, kinds and styles, however spelled; if nothing matches, typing "
        "errors are allowed for.",
    )
    producers: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="By any of these."
    )
    min_abv: float | None = None
    min_price: float | None = None
    max_sugar_g: float | None = strawberry.field(default=None, description="In grams per 100 ml.")
    all: list[DrinkFilterInput] = strawberry.field(
        default_factory=list, description="All of these must hold."
    )
    any: list[DrinkFilterInput] = strawberry.field(
        default_factory=list, description="At least one of these must hold."
    )
    negated: DrinkFilterInput | None = strawberry.field(
        name="not",
        default=None,
        description="This must be known not to hold: a drink of which it is not known meets "
        "neither a condition nor its opposite.",
    )

    def conditions(self) -> DrinkFilter:
        """Return the conditions; refuse what is too long, too deep or too much."""
        if self.size() > MOST_FILTERS:
            raise invalid(
                "filter", f"The filter has over {MOST_FILTERS} parts.", "Combine fewer filters."
            )
        return self._conditions(0)

    def nested(self) -> list[DrinkFilterInput]:
        """The filters that this one combines."""
        return [*self.all, *self.any, *([self.negated] if self.negated else [])]

    def size(self) -> int:
        """Return how many filters there are in it, itself included."""
        return 1 + sum(inner.size() for inner in self.nested())

    def _conditions(self, depth: int) -> DrinkFilter:
        if depth > DEEPEST_FILTER:
            raise invalid(
                "filter", f"The filter is over {DEEPEST_FILTER} levels deep.", "Make it flatter."
            )
        lists = (
            self.kinds,
            self.styles,
            self.flavors,
            self.ingredients,
            self.without_ingredients,
            self.producers,
        )
        if any(len(texts) > 50 for texts in lists):
            raise invalid("filter", "A list in the filter has over 50 entries.", "Send fewer.")
        if any(len(text) > LONGEST_TEXT for texts in lists for text in texts):
            raise invalid("filter", f"A text is over {LONGEST_TEXT} characters.", "Send ids.")
        if self.search is not None and len(self.search) > LONGEST_TEXT:
            raise invalid(
                "filter.search", "The text is over 200 characters.", "Send a shorter text."
            )
        return DrinkFilter(
            kinds=tuple(self.kinds),
            styles=tuple(self.styles),
            flavors=tuple(self.flavors),
            ingredients=tuple(self.ingredients),
            without_ingredients=tuple(self.without_ingredients),
            max_abv=self.max_abv,
            max_caffeine=self.max_caffeine_mg_per_100ml,
            max_price=self.max_price,
            served_hot=self.served_hot,
            search=self.search or None,
            producers=tuple(self.producers),
            min_abv=self.min_abv,
            min_price=self.min_price,
            max_sugar=self.max_sugar_g,
            all_of=tuple(inner._conditions(depth + 1) for inner in self.all),
            any_of=tuple(inner._conditions(depth + 1) for inner in self.any),
            negated=self.negated._conditions(depth + 1) if self.negated else None,
        )


@described.input_type(name="Context")
class ContextInput:
    """The moment you ask about; it shifts the order, never safety."""

    daypart: str | None = strawberry.field(
        default=None, description="morning, afternoon, evening or night."
    )
    season: str | None = strawberry.field(
        default=None, description="spring, summer, autumn or winter."
    )
    hour: int | None = strawberry.field(
        default=None, description="0 to 23, your local time; gives the daypart if that is left out."
    )
    weather: str | None = strawberry.field(
        default=None, description="A word such as hot, cold or rain."
    )
    place: str | None = strawberry.field(default=None, description="A word such as home or bar.")
    occasion: str | None = strawberry.field(
        default=None, description="A word such as party or brunch."
    )

    def moment(self) -> RequestContext:
        """Check the words; raises an `InvalidInput` refusal for one that is not known."""
        for name, value, known in (
            ("daypart", self.daypart, DAYPARTS),
            ("season", self.season, SEASONS),
        ):
            if value is not None and value not in known:
                raise invalid(
                    f"context.{name}", f"'{value}' is not a {name}.", f"Use {', '.join(known)}."
                )
        if self.hour is not None and not 0 <= self.hour <= 23:
            raise invalid("context.hour", f"hour is {self.hour}.", "Give 0 to 23.")
        daypart = self.daypart or (None if self.hour is None else daypart_of(self.hour))
        words = [_word(name, getattr(self, name)) for name in ("weather", "place", "occasion")]
        return RequestContext(daypart, self.season, *words)


def _word(name: str, text: str | None) -> str | None:
    """Return a word of a context in lower case; refuse anything else."""
    word = (text or "").strip().lower()
    if len(word) > LONGEST_WORD or not word.isprintable():
        raise invalid(
            f"context.{name}", "It is not a word.", f"Send one of up to {LONGEST_WORD} letters."
        )
    return word or None


@described.input_type()
class AllergyInput:
    """An allergy. Without a severity it counts as severe."""

    allergen_id: strawberry.ID = strawberry.field(
        description="Its id; or its everyday name in English, German, French, Spanish or Italian "
        "(soya, lactose, Ei), if that unambiguously means one allergen."
    )
    severity: Severity | None = None
    accepts_traces: bool = strawberry.field(
        default=False, description="Never applied to a severe allergy."
    )


@described.input_type()
class PreferencesInput:
    """What you like, or dislike, beyond single drinks."""

    flavors: list[strawberry.ID] = strawberry.field(default_factory=list)
    ingredients: list[strawberry.ID] = strawberry.field(default_factory=list)
    styles: list[strawberry.ID] = strawberry.field(default_factory=list)

    def by_kind(self) -> dict[str, list[str]]:
        """Ids by the graph's name of their kind: flavor, ingredient, style."""
        return {
            "flavor": [str(flavor) for flavor in self.flavors],
            "ingredient": [str(ingredient) for ingredient in self.ingredients],
            "style": [str(style) for style in self.styles],
        }


@described.input_type()
class PriceInput:
    """What one drink cost."""

    amount: float = strawberry.field(description="With tax, as the person paid it.")
    currency: str = strawberry.field(description="ISO 4217, such as EUR.")


@described.input_type()
class InteractionInput:
    """One thing that you did with a drink."""

    event_id: strawberry.ID = strawberry.field(
        description="Your own unique id: sent twice, it counts once."
    )
    drink_id: strawberry.ID
    type: EventType
    value: float | None = strawberry.field(
        default=None, description="A rating from 1 to 5, or a number of drinks."
    )
    at: datetime | None = strawberry.field(default=None, description="When; default now.")
    context: ContextInput | None = None
    price: PriceInput | None = strawberry.field(
        default=None, description="What one of them cost, of a purchase or in a cart."
    )
    store: str | None = strawberry.field(default=None, description="Your id of the shop or bar.")
    channel: str | None = strawberry.field(
        default=None, description="A word such as till, web or app."
    )
    device: str | None = strawberry.field(
        default=None, description="A word such as phone or kiosk."
    )
    position: int | None = strawberry.field(
        default=None, description="The place of the drink in the list, from 1; of a view or click."
    )
    recommendation_id: strawberry.ID | None = strawberry.field(
        default=None, description="The list that it follows from, by the id it came with."
    )
    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="The visit that it belongs to: a random id of yours."
    )
    source: str | None = strawberry.field(
        default=None, description="What sent it, such as app; default api."
    )

    def said(self) -> dict[str, Any]:
        """Return the fields that go into the event as they are, in the words of its schema."""
        price = self.price and {"amount": self.price.amount, "currency": self.price.currency}
        fields = {
            "price": price,
            "position": self.position,
            "recommendationId": self.recommendation_id,
            "sessionId": self.session_id,
            "source": self.source,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def where(self) -> dict[str, str]:
        """Return where it was done, as a part of the event's context."""
        fields = {"store": self.store, "channel": self.channel, "device": self.device}
        return {name: word for name, word in fields.items() if word is not None}


def checked_first(first: int) -> int:
    """Return the number of drinks asked for; refuse what is out of range."""
    if not 1 <= first <= MOST_DRINKS:
        raise invalid(
            "first", f"first is {first}.", f"Ask for 1 to {MOST_DRINKS} drinks at a time."
        )
    return first


def checked_exclude(exclude: list[strawberry.ID] | None) -> list[str]:
    """Return the drinks to leave out; refuse a list that is too long."""
    drink_ids = [str(drink_id) for drink_id in exclude or []]
    if len(drink_ids) > MOST_EXCLUDED:
        raise invalid(
            "exclude", f"exclude has {len(drink_ids)} ids.", f"Send up to {MOST_EXCLUDED}."
        )
    return drink_ids
