"""Somebody else who writes, with every change that they can make."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from graph.connection import Graph
from tests.support.changes.by_hand import HandWriter
from tests.support.changes.catalogue import CatalogueWriter
from tests.support.changes.people import PeopleWriter
from tests.support.random_graphs import World


class Writer(CatalogueWriter, PeopleWriter, HandWriter):
    """Somebody else who writes: an operator, another process, an analyst by hand.

    `ordinary` changes go through the queries of the house, which advance versions. `harmful` ones
    are written by hand past the versions, and can only make drinks unsafe; `raw` ones by hand, in
    either direction.
    """

    def __init__(self, world: World, graph: Graph, draw: random.Random) -> None:
        super().__init__(world, graph, draw)
        self.ordinary: list[Callable[[], Awaitable[None]]] = [
            self.review_ingredient,
            self.doubt,
            self.rewrite_drink,
            self.add_drink,
            self.rewrite_recipe,
            self.state_about_drink,
            self.state_about_drink,
            self.state_about_ingredient,
            self.regroup_ingredient,
            self.regroup_allergen,
            self.declare_allergies,
            self.declare_allergies,
            self.declare_avoids,
            self.declare_diets,
            self.record_deeds,
            self.record_deeds,
            self.import_user,
        ]
        self.harmful: list[Callable[[], Awaitable[None]]] = [
            self.add_allergen_by_hand,
            self.add_traces_by_hand,
            self.take_review_by_hand,
            self.take_recipe_by_hand,
            self.add_part_by_hand,
            self.add_allergy_by_hand,
            self.take_traces_by_hand,
            self.take_drink_by_hand,
            self.lower_limit_by_hand,
            self.avoid_by_hand,
            self.take_diets_review_by_hand,
            self.follow_by_hand,
            self.widen_diet_by_hand,
        ]
        self.raw = [*self.harmful, self.give_review_by_hand, self.drop_evidence_by_hand]
