"""Changes of people, as they and an import make them."""

from __future__ import annotations

from dataclasses import replace

from events.recording import Interaction, record
from graph.people import declarations
from graph.query_files import load
from tests.support.changes.base import BaseWriter
from tests.support.random_offers import random_deed

UPSERT_USERS = load("people/upsert_users")
LINK_ALLERGIES = load("people/link_allergies")


class PeopleWriter(BaseWriter):
    """Declarations and events."""

    async def declare_allergies(self) -> None:
        user, names = self._somebody(), self.world.ids("allergen")
        chosen = self.draw.sample(names, k=self.draw.choice((0, 1, min(2, len(names)))))
        allergies = tuple(self._allergy(allergen) for allergen in sorted(chosen))
        person = self._person(user)
        rest = tuple(
            problem for problem in person.unresolved if not problem.startswith("allergies:")
        )
        self.world.people[user] = replace(person, allergies=allergies, unresolved=rest)
        self.world.declared.add(user)
        await declarations.declare_allergies(
            self.graph, user, allergies, "2026-11-21T08:00:00Z", None
        )

    async def declare_avoids(self) -> None:
        user = self._somebody()
        person = self._person(user)
        rest = tuple(problem for problem in person.unresolved if not problem.startswith("avoids:"))
        avoids = tuple(self.draw.sample(self.world.ids("ingredient"), k=self.draw.choice((0, 1))))
        abv, caffeine = self.draw.choice((None, None, 5.0)), self.draw.choice((None, None, 0.0))
        self.world.people[user] = replace(
            person, avoids=avoids, max_abv=abv, max_caffeine=caffeine, unresolved=rest
        )
        await declarations.declare_avoids(self.graph, user, avoids, abv, caffeine)

    async def declare_diets(self) -> None:
        user, names = self._somebody(), self.world.ids("diet")
        diets = tuple(self.draw.sample(names, k=self.draw.choice((0, min(1, len(names))))))
        person = self._person(user)
        rest = tuple(problem for problem in person.unresolved if not problem.startswith("diets:"))
        self.world.people[user] = replace(person, diets=diets, unresolved=rest)
        await declarations.declare_diets(self.graph, user, diets)

    async def record_deeds(self) -> None:
        user = self._somebody()
        deeds = [random_deed(self.draw, self.world) for _ in range(self.draw.choice((1, 3)))]
        self._person(user)
        self.world.histories.setdefault(user, []).extend(deeds)
        recording = await record(
            self.graph,
            user,
            [
                Interaction(deed.event_id, deed.drink, deed.type, deed.value, deed.at)
                for deed in deeds
            ],
        )
        assert (recording.recorded, dict(recording.rejected)) == (len(deeds), {})

    async def import_user(self) -> None:
        """An import adds to what a person declared; a text that it cannot read stops everything."""
        user, allergen = self._somebody(), self._any("allergen")
        unresolved = self.draw.choice(
            (("allergies: nuts?",), ("avoids: ?",), ("diets: ?",), (), ())
        )
        person, allergy = self._person(user), self._allergy(allergen)
        if allergen not in {allergy.allergen for allergy in person.allergies}:
            person = replace(person, allergies=(*person.allergies, allergy))
        self.world.people[user] = replace(person, unresolved=unresolved)
        self.world.declared.add(user)
        row = {"id": user, "regulation": None, "declaredAt": "2026-02-02T00:00:00Z"}
        said = {"severity": allergy.severity, "acceptsTraces": allergy.accepts_traces}
        await self.graph.run_together(
            [
                (
                    UPSERT_USERS,
                    {
                        "rows": [{**row, "unresolved": list(unresolved), "fingerprint": "f"}],
                        "simulated": False,
                        "ground": None,
                    },
                ),
                (LINK_ALLERGIES, {"rows": [{"id": user, "allergenId": allergen, **said}]}),
            ]
        )
