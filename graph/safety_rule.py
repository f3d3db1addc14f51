"""The safety rule as an executable model, written to be read, not to be fast.

Everything that decides about a drink in the running service (the masks in memory and the gate
query in the graph) is tested against this page. It works on one plain graph: nodes are
("drink", id), ("ingredient", id), ("allergen", id), ("diet", id); edges carry the name of the
relationship as `type`, and evidence also its `source` and when it was `observed_at`. How much of an
allergen traces have (`protein_mg_per_serving`) may be there too; the rule does not read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.vocabulary import EvidenceType, Severity, Verdict

if TYPE_CHECKING:
    import networkx as nx

Node = tuple[str, str]


@dataclass(frozen=True)
class Allergy:
    """What one person says about one allergen; an unknown severity counts as SEVERE."""

    allergen: str
    severity: str | None = None
    accepts_traces: bool = False

    @property
    def traces_accepted(self) -> bool:
        """Traces are accepted only for an allergy that is known to be moderate or mild."""
        return self.accepts_traces and self.severity in (Severity.MODERATE, Severity.MILD)


@dataclass(frozen=True)
class Person:
    """What one person must not, or does not want to, drink."""

    allergies: tuple[Allergy, ...] = ()
    avoids: tuple[str, ...] = ()
    max_abv: float | None = None
    max_caffeine: float | None = None
    unresolved: tuple[str, ...] = ()
    diets: tuple[str, ...] = ()


class SafetyRule:
    """The rule over one graph, a networkx MultiDiGraph whose edges have a `type`."""

    def __init__(self, graph: nx.MultiDiGraph[Node]) -> None:
        self._graph = graph

    def is_safe(self, person: Person, drink: str) -> bool:
        """Return whether the drink may be offered to the person."""
        if person.unresolved or ("drink", drink) not in self._graph:
            return False
        return (
            all(self._allows(allergy, drink) for allergy in person.allergies)
            and self._avoids_nothing_of(person, drink)
            and self._within(person.max_abv, drink, "abv")
            and self._within(person.max_caffeine, drink, "caffeine")
            and all(self.suits(drink, diet) for diet in person.diets)
        )

    def suits(self, drink: str, diet: str) -> bool:
        """Return whether the drink suits a diet; one that is not known suits nobody's drink."""
        if ("diet", diet) not in self._graph:
            return False
        limits = self._graph.nodes["diet", diet]
        avoided = self._targets(("diet", diet), "AVOIDS")
        return (
            self.is_known_for_diets(drink)
            and self.parts(drink).isdisjoint(avoided)
            and self._within(limits.get("max_abv"), drink, "abv")
            and self._within(limits.get("max_caffeine"), drink, "caffeine")
        )

    def _allows(self, allergy: Allergy, drink: str) -> bool:
        for allergen in self.at_or_below(allergy.allergen):
            verdict = self.verdict(drink, allergen)
            traces = verdict is Verdict.MAY_CONTAIN and allergy.traces_accepted
            if verdict is not Verdict.ABSENT and not (traces and self.is_known(drink)):
                return False
        return True

    def verdict(self, drink: str, allergen: str) -> Verdict:
        """Return what the evidence says; presence wins every conflict."""
        parts = {("drink", drink)} | self.parts(drink)
        about = {
            relative
            for member in self.at_or_below(allergen)
            for relative in self.at_or_above(member)
        }
        if self._has_evidence(parts, EvidenceType.HAS_ALLERGEN, about):
            return Verdict.CONTAINS
        if self._has_evidence(parts, EvidenceType.MAY_CONTAIN, about):
            return Verdict.MAY_CONTAIN
        if self.is_known(drink) or self._is_declared_absent(drink, allergen):
            return Verdict.ABSENT
        return Verdict.UNKNOWN

    def is_known(self, drink: str) -> bool:
        """Return whether the recipe is complete and every part, all the way down, is reviewed."""
        parts = self.parts(drink)
        complete = self._graph.nodes["drink", drink].get("recipe_complete") is True
        return (
            complete
            and len(parts) > 0
            and all(self._graph.nodes[part].get("reviewed") is True for part in parts)
        )

    def is_known_for_diets(self, drink: str) -> bool:
        """Return whether the drink is known and every part was reviewed for diets too."""
        nodes = [self._graph.nodes[part] for part in self.parts(drink)]
        return self.is_known(drink) and all(node.get("diets_reviewed") is True for node in nodes)

    def parts(self, drink: str) -> set[Node]:
        """Return the ingredients of a drink, and everything these are or are made of."""
        return self._reachable(("drink", drink), {"CONTAINS", "IS_A", "MADE_OF"})

    def at_or_above(self, allergen: str) -> set[str]:
        """Return the allergen and the groups that it is part of."""
        groups = self._reachable(("allergen", allergen), {"PART_OF"})
        return {allergen} | {name for _, name in groups}

    def at_or_below(self, allergen: str) -> set[str]:
        """Return the allergen and everything that is part of it."""
        members = (name for kind, name in self._graph.nodes if kind == "allergen")
        return {allergen} | {name for name in members if allergen in self.at_or_above(name)}

    def _avoids_nothing_of(self, person: Person, drink: str) -> bool:
        if not person.avoids:
            return True
        parts = {name for _, name in self.parts(drink)}
        return self.is_known(drink) and parts.isdisjoint(person.avoids)

    def _within(self, limit: float | None, drink: str, quantity: str) -> bool:
        if limit is None:
            return True
        value = self._graph.nodes["drink", drink].get(quantity)
        return value is not None and value <= limit

    def _is_declared_absent(self, drink: str, allergen: str) -> bool:
        """Return whether the producer says so; a statement without source and date is none."""
        declared = {
            target
            for _, target, statement in self._graph.out_edges(("drink", drink), data=True)
            if statement["type"] == EvidenceType.FREE_FROM
            and statement.get("source")
            and statement.get("observed_at")
        }
        return any(("allergen", name) in declared for name in self.at_or_above(allergen))

    def _has_evidence(
        self, parts: Iterable[Node], type_: EvidenceType, about: Iterable[str]
    ) -> bool:
        wanted = {("allergen", name) for name in about}
        return any(self._targets(part, type_) & wanted for part in parts)

    def _targets(self, node: Node, type_: str) -> set[Node]:
        return {target for target, kind in self._edges(node) if kind == type_}

    def _edges(self, node: Node) -> list[tuple[Node, str]]:
        edges = self._graph.out_edges(node, data=True)
        return [(target, str(data["type"])) for _, target, data in edges]

    def _reachable(self, start: Node, types: set[str]) -> set[Node]:
        reached: set[Node] = set()
        waiting = [start]
        while waiting:
            for target, kind in self._edges(waiting.pop()):
                if kind in types and target not in reached:
                    reached.add(target)
                    waiting.append(target)
        return reached
