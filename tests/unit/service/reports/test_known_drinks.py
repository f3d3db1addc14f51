from __future__ import annotations

import pytest

from service.reports.known_drinks import find, surroundings, well_known
from service.reports.view import NothingToShow, View


def test_well_known_ones_come_first_and_then_the_most_popular(view: View) -> None:
    names = [view.catalogue.drinks[row].id for row in well_known(view, 3)]
    assert names == ["drink-5", "drink-23", "drink-22"]


@pytest.mark.parametrize("text", ["drink-5", "Piña Cölada", "pina colada", " PIÑA COLADA "])
def test_a_drink_is_found_by_id_or_by_name_without_accents(view: View, text: str) -> None:
    assert find(view, text) == 5


def test_a_drink_that_is_not_there_is_refused_with_others(view: View) -> None:
    with pytest.raises(NothingToShow, match="Perhaps Piña Cölada"):
        find(view, "Pinna Colada")


def test_neighbours_are_alike_and_say_what_they_share(view: View) -> None:
    (neighbourhood,) = surroundings(view, [8], 4)
    assert neighbourhood.label == "Drink 8"
    assert [int(drink.id.partition("-")[2]) % 2 for drink in neighbourhood.nearest] == [0] * 4
    assert {"Bitter", "Gin"} <= set(neighbourhood.nearest[0].shared)
    assert neighbourhood.nearest[0].likeness >= neighbourhood.nearest[-1].likeness > 0.5
