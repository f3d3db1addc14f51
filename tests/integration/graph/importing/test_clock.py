"""An import goes by the clock that is handed in."""

from datetime import UTC, datetime
from pathlib import Path

from graph.catalogue.history import safety_history
from graph.connection import Graph
from graph.people.profiles import load_profile
from tests.integration.graph.importing.support import OPERATOR, Importer, values
from tests.support.consents import set_consents

THEN = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
EVIDENCE = "subject_type,subject,allergen,status,source,observed_at\n"


async def test_what_an_import_writes_is_of_its_day(graph: Graph, tmp_path: Path) -> None:
    load = Importer(graph, tmp_path, clock=lambda: THEN)
    await load.knowledge()
    await load(**OPERATOR)
    assert (await load_profile(graph, "ann")).allergies_declared_at == "2030-05-06T07:08:09+00:00"
    assert {change.at for change in await safety_history(graph, "gimlet")} == {
        "2030-05-06T07:08:09Z"
    }
    said = "drink,gimlet,{},absent,Maker,{}\n"
    written = await load(allergen_evidence=EVIDENCE + said.format("egg", "2030-05-07"))
    assert (written.table("allergen_evidence").written, written.rejected) == (1, 0)
    assert (await load(allergen_evidence=EVIDENCE + said.format("egg", "2030-05-08"))).rejected == 1
    assert [reject[3] for reject in load.rejects()] == ["2030-05-08"]  # the day after tomorrow
    events = "user_id,drink_id,type,at\nann,gimlet,view,{}\n"
    early = await load(interactions=events.format("2030-05-06T07:00:00Z"))
    late = await load(interactions=events.format("2030-05-08T07:00:00Z"))
    assert (early.rejected, late.rejected) == (0, 1)


async def test_consents_are_of_the_moment_when_they_were_given(
    graph: Graph, tmp_path: Path
) -> None:
    load = Importer(graph, tmp_path)
    await load.knowledge()
    await load(users="id,allergies\nann,none\n")
    await set_consents(graph, "ann", personalisation=False, remembering=None, clock=lambda: THEN)
    assert await values(graph, "User", "consentsSetAt") == {
        "ann": "2030-05-06T07:08:09.000000+00:00"
    }
