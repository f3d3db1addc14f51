"""The bundled diets in a real graph: masks, gate and the rule's model say the same."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph
from graph.importing import BUNDLED, Silent, import_folder
from graph.verdicts.gate import ask_gate
from recommend.safety.masks import Masks
from tests.unit.knowledge.bundle import rows
from tests.unit.knowledge.diets import suiting

DIETS = [row["id"] for row in rows("diets/diets")]


async def load_bundle(graph: Graph, folder: Path) -> None:
    for name in ("law", "ingredients", "diets", "drinks"):
        with resources.as_file(resources.files("graph") / "knowledge" / name) as path:
            await import_folder(
                graph, path, rejects=folder / "r.csv", progress=Silent(), source=BUNDLED
            )
    assert not (folder / "r.csv").exists()
    lines = ["id,diets", *(f"{diet}-guest,{diet}" for diet in DIETS)]
    (folder / "users.csv").write_text("\n".join(lines), encoding="utf-8")
    await import_folder(graph, folder, rejects=folder / "r.csv", progress=Silent())


async def test_the_masks_and_the_gate_agree_with_the_model(graph: Graph, tmp_path: Path) -> None:
    await load_bundle(graph, tmp_path)
    catalogue = await load_catalogue(graph)
    masks = Masks(catalogue)
    drinks = [drink.id for drink in catalogue.drinks]
    assert set(catalogue.diets) == set(DIETS)
    for diet in DIETS:
        allowed = zip(drinks, masks.suiting(diet), strict=True)
        assert {drink for drink, yes in allowed if yes} == suiting(diet)
        answers = await ask_gate(graph, f"{diet}-guest", drinks)
        assert {drink for drink, answer in answers.items() if answer.safe} == suiting(diet)
        unsuited = {drink for drink, answer in answers.items() if answer.unsuited_diets == (diet,)}
        assert unsuited == set(drinks) - suiting(diet)
