"""Who the simulated people are: ways of drinking, and how common allergies are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

# Share of people with each allergy, of the order that European surveys report.
PREVALENCE: Mapping[str, float] = MappingProxyType(
    {
        "milk": 0.03,
        "egg": 0.01,
        "tree-nuts": 0.02,
        "peanut": 0.015,
        "gluten": 0.015,
        "soy": 0.005,
        "fish": 0.005,
        "crustaceans": 0.01,
        "sulphites": 0.01,
        "sesame": 0.003,
        "celery": 0.003,
        "mustard": 0.002,
    }
)
SEVERITIES, SEVERITY_SHARES = ("SEVERE", "MODERATE", "MILD"), (0.35, 0.35, 0.3)
ACCEPTS_TRACES = 0.4
UNDECLARED = 0.08
# Share of visits to a drink for its fame rather than one's own taste.
CURIOSITY = 0.15
# Ingredient groups people leave out for other reasons than alcohol or allergy.
AVOIDED_GROUPS = {"animal-product": 0.04, "caffeine-source": 0.03, "pork-product": 0.02}


class Archetype(NamedTuple):
    """A way of drinking: weights over words of kinds, styles and flavors, and over dayparts."""

    tastes: Mapping[str, float]
    dayparts: tuple[float, float, float, float]
    avoids_alcohol: float = 0.05


def _tastes(text: str) -> Mapping[str, float]:
    pairs = (pair.split("=") for pair in text.split())
    return MappingProxyType({word: float(weight) for word, weight in pairs})


ARCHETYPES: Mapping[str, Archetype] = MappingProxyType(
    {
        "coffee-lover": Archetype(
            _tastes("coffee=3 espresso=1.5 roasted=1 brewed=1 milk-coffee=1 fruity=-.5"),
            (0.5, 0.3, 0.15, 0.05),
        ),
        "sweet-tooth": Archetype(
            _tastes("sweet=2 caramel=1.5 vanilla=1.5 chocolate=1 soda=1 bitter=-2 dry=-1"),
            (0.15, 0.4, 0.35, 0.1),
        ),
        "classic-cocktails": Archetype(
            _tastes("cocktail=2 stirred=1.5 spirit=1.5 sours=1 juniper=1 oaky=1 orange=.5"),
            (0.02, 0.13, 0.6, 0.25),
        ),
        "beer-geek": Archetype(
            _tastes("beer=2.5 ale=1.5 ipa=1.5 stout=1 hoppy=1.5 malty=1.5 cider=.5 sweet=-1"),
            (0.02, 0.2, 0.63, 0.15),
        ),
        "health": Archetype(
            _tastes("smoothie=3 juice=2 green=1.5 vegetal=1 kombucha=1 protein=1 water=1 hot=-1"),
            (0.45, 0.35, 0.15, 0.05),
        ),
        "wine-drinker": Archetype(
            _tastes("wine=3 red=1 white=1 sparkling=1 tannic=1 grape=1 sweet=-.5 creamy=-1"),
            (0.02, 0.15, 0.7, 0.13),
        ),
        "tea-drinker": Archetype(
            _tastes("tea=3 infusion=1.5 floral=1.5 grassy=1 matcha=1 herbal=.5 honey=.5"),
            (0.4, 0.35, 0.2, 0.05),
        ),
        "alcohol-free": Archetype(
            _tastes("mocktail=3 lemonade=1.5 virgin=1.5 cooler=1 soda=1 fermented=1 juice=1"),
            (0.2, 0.35, 0.35, 0.1),
            avoids_alcohol=0.95,
        ),
        "bitter": Archetype(
            _tastes("bitter=3 aperitif=1.5 digestif=1.5 mixer=1 herbal=1 spritz=.5 sweet=-1.5"),
            (0.05, 0.25, 0.6, 0.1),
        ),
        "tropical": Archetype(
            _tastes("tropical=2 pineapple=2 coconut=1.5 mango=1.5 passion=1.5 rum=1.5 lime=1"),
            (0.1, 0.4, 0.35, 0.15),
        ),
        "creamy-dessert": Archetype(
            _tastes("creamy=2.5 milkshake=2 dessert=1.5 chocolate=1.5 buttery=1 nutty=1 sour=-1"),
            (0.1, 0.45, 0.35, 0.1),
        ),
        "night-owl": Archetype(
            _tastes("energy=3 highball=1.5 long=1.5 shot=1.5 cola=1.5 cocktail=1 coffee=.5"),
            (0.02, 0.08, 0.4, 0.5),
        ),
        "warming": Archetype(
            _tastes("hot=2 mulled=1.5 cinnamon=2 spicy=1.5 ginger=1.5 honey=1 clove=1 milk=.5"),
            (0.2, 0.25, 0.45, 0.1),
        ),
        "world-explorer": Archetype(
            _tastes("regional=3 fermented=2 wild=1.5 plant=1.5 salty=1 savoury=1 rice=1 earthy=.5"),
            (0.25, 0.35, 0.3, 0.1),
        ),
    }
)
