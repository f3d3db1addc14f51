"""Reasons: the strongest paths in the graph from a person to the drinks they were offered.

A path must be in the graph when it is read, after the gate, and in the catalogue of the answer: if
the graph has moved on in between, there are fewer reasons, never false ones. No reason names an
allergen, another person, or a drink that the person must not have.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from embeddings.serving.attribution import without_drink, without_like
from embeddings.serving.encoder import Taste
from graph.connection import Graph
from graph.errors import GraphError
from graph.people.drink_paths import count_people_alike, load_drink_paths
from recommend.explain.reason_paths import PathReader, Reason, ReasonKind, Source
from recommend.state.basis import Basis
from recommend.state.snapshot import Snapshot
from recommend.state.taste import inferred_taste
from recommend.state.traits import traits_of

MOST_ANCHORS = 4  # drinks of the history considered for each offered one
MOST_PEOPLE = 1_000  # people who had an anchor considered
LEAST_EFFECT = 0.05
POPULAR = 0.5  # more people had it than this share of the drinks

log = logging.getLogger("tastegraph.reasons")


async def find_reasons(
    graph: Graph, basis: Basis, drink_ids: Sequence[str]
) -> dict[str, list[Reason]]:
    """Return the reasons of each drink, the strongest first, read in two queries at most.

    What the person did and likes comes first, then the moment, then what most people like; if no
    model ranks it is the other way round, since popularity then ordered the drinks. Somebody who
    refused personal lists is told nothing about what they did or like. A drink may have none.
    Raises a GraphError.
    """
    basis = _consented(basis)
    listed = [drink_id for drink_id in drink_ids if drink_id in basis.snapshot.catalogue.row_of]
    if not listed:
        return {}
    anchors = _anchors(basis, listed)
    reader = PathReader(basis.snapshot, basis.profile)
    pairs = [(drink_id, had) for drink_id in listed for had in (None, *anchors[drink_id])]
    all_paths = await load_drink_paths(graph, basis.profile.user_id or None, pairs)
    alike = await _people_alike(graph, basis, reader, anchors)
    reasons_of: dict[str, list[Reason]] = {drink_id: [] for drink_id in listed}
    wanted: set[str] = set()
    for paths in all_paths:
        people = alike.get((paths.had_id, paths.drink_id), 0) if paths.had_id else 0
        reasons_of[paths.drink_id] += reader.reasons(paths, people)
        if paths.wanted:
            wanted.add(paths.drink_id)
    _weigh(basis, listed, reasons_of)
    for place, popular in enumerate(_popular(basis.snapshot, listed, wanted)):
        general = [*_of_context(basis, listed[place], reader), *popular]
        own = reasons_of[listed[place]]
        both = [*own, *general] if basis.snapshot.scorer.has_model else [*general, *own]
        reasons_of[listed[place]] = _each_once([*_trending(basis, listed[place]), *both])
    return reasons_of


async def _people_alike(
    graph: Graph, basis: Basis, reader: PathReader, anchors: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], int]:
    """Return how many others had an anchor and an offered drink that share nothing else.

    It is costly to find, and only asked for these; if it is late, the other reasons stand alone.
    """
    unlike = {
        drink_id: [had for had in own if not reader.shares(drink_id, had)]
        for drink_id, own in anchors.items()
    }
    had_ids = sorted({had for own in unlike.values() for had in own})
    if not had_ids:
        return {}
    try:
        return await count_people_alike(
            graph,
            basis.profile.user_id or None,
            had_ids,
            [drink_id for drink_id, own in unlike.items() if own],
            MOST_PEOPLE,
        )
    except GraphError as error:
        log.warning("who else had these drinks could not be read: %s", error.message)
        return {}


def _consented(basis: Basis) -> Basis:
    """Leave out what a person who refused personal lists did and likes."""
    if basis.profile.personalisation:
        return basis
    return replace(basis, profile=replace(basis.profile, history=(), likes=(), dislikes=()))


def _anchors(basis: Basis, listed: Sequence[str]) -> dict[str, list[str]]:
    """Return, for each listed drink, the drinks of the history most like it that are safe."""
    snapshot, row_of = basis.snapshot, basis.snapshot.catalogue.row_of
    safe = snapshot.view.safe(basis.profile)
    history = [
        drink
        for drink in inferred_taste(basis.profile).taste.drinks
        if drink in row_of and safe[row_of[drink]]
    ]
    if not history:
        return {drink_id: [] for drink_id in listed}
    alike = snapshot.scorer.alike(
        [row_of[drink_id] for drink_id in listed], [row_of[drink_id] for drink_id in history]
    )
    places = np.argsort(-alike, axis=1, kind="stable")[:, : MOST_ANCHORS + 1].tolist()
    return {
        drink_id: [history[place] for place in near if history[place] != drink_id][:MOST_ANCHORS]
        for drink_id, near in zip(listed, places, strict=True)
    }


def _weigh(basis: Basis, listed: Sequence[str], reasons_of: dict[str, list[Reason]]) -> None:
    """Give each reason its strength; what a model's score does not rest on is not a reason."""
    snapshot, taste = basis.snapshot, inferred_taste(basis.profile).taste
    sources = sorted(
        {reason.source for own in reasons_of.values() for reason in own if reason.source}
    )
    place = {source: number for number, source in enumerate(sources)}
    rows = [snapshot.catalogue.row_of[drink_id] for drink_id in listed]
    losses = snapshot.scorer.score_losses(
        taste, [_without(taste, source) for source in sources], rows
    )
    for column, drink in enumerate(listed):
        weighed = [
            replace(reason, strength=float(losses[place[reason.source], column]))
            for reason in reasons_of[drink]
            if reason.source
        ]
        kept = [
            reason for reason in weighed if reason.strength > 0 or not snapshot.scorer.has_model
        ]
        reasons_of[drink] = sorted(
            kept, key=lambda reason: (-reason.strength, reason.kind.value, reason.path)
        )


def _without(taste: Taste, source: Source) -> Taste:
    kind, name = source
    return without_drink(taste, name) if kind == "drink" else without_like(taste, kind, name)


def _of_context(basis: Basis, drink_id: str, reader: PathReader) -> list[Reason]:
    """Return the trait of a drink that is most wanted in the request's context."""
    catalogue = basis.snapshot.catalogue
    drink = catalogue.drinks[catalogue.row_of[drink_id]]
    traits = set(traits_of(drink))
    wanted = [
        reader.of_moment(drink, trait, (name, value), effect)
        for name, value, known in basis.context_effects
        for trait, effect in known.items()
        if effect >= LEAST_EFFECT and trait in traits
    ]
    best = sorted(
        (reason for reason in wanted if reason), key=lambda reason: (-reason.strength, reason.path)
    )
    return best[:1]


def _trending(basis: Basis, drink_id: str) -> list[Reason]:
    """Return that more people than usual want a drink, where that put it into the list."""
    if drink_id not in basis.trending:
        return []
    catalogue = basis.snapshot.catalogue
    path = ((drink_id, catalogue.drinks[catalogue.row_of[drink_id]].name),)
    return [Reason(ReasonKind.TRENDING, path, (), strength=basis.trending[drink_id])]


def _popular(snapshot: Snapshot, listed: Sequence[str], wanted: set[str]) -> list[list[Reason]]:
    """Return, for each drink, whether it is popular, by how far it stands out for just anybody."""
    floor = max(float(np.quantile(snapshot.scorer.popularity, POPULAR)), 0.0)
    rows = [snapshot.catalogue.row_of[drink_id] for drink_id in listed]
    z_scores = snapshot.scorer.z_scores(rows)
    all_reasons: list[list[Reason]] = []
    for row, drink, strength in zip(rows, listed, z_scores.tolist(), strict=True):
        popular = drink in wanted and snapshot.scorer.popularity[row] > floor
        path = ((drink, snapshot.catalogue.drinks[row].name),)
        reason = Reason(ReasonKind.POPULAR, path, (), strength=max(strength, 0.0))
        all_reasons.append([reason] if popular else [])
    return all_reasons


def _each_once(reasons: Sequence[Reason]) -> list[Reason]:
    """Leave out reasons that add nothing to a stronger one."""
    kept: list[Reason] = []
    said: dict[ReasonKind, set[tuple[str, ...]]] = defaultdict(set)
    for reason in reasons:
        about = (*reason.names, reason.path[0][0] if reason.kind is ReasonKind.PEOPLE_ALIKE else "")
        if about not in said[reason.kind]:
            said[reason.kind].add(about)
            kept.append(reason)
    return kept
