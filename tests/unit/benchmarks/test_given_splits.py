from pathlib import Path

from benchmarks.given_splits import given_split
from embeddings.data.splitting import seen


def test_valid_chooses_and_joins_what_is_fitted_and_masked_for_test(tmp_path: Path) -> None:
    tables = {"train": "0,0\n0,0\n1,2\n", "valid": "0,1\n", "test": "0,2\n1,4\n"}
    (tmp_path / "papers").mkdir()
    for name, rows in tables.items():
        (tmp_path / "papers" / f"{name}.csv").write_text(f"user,item\n{rows}")
    given = given_split(tmp_path, "papers")

    choosing, measuring = given.choosing, given.measuring
    assert (len(given.train.users), len(given.train.drinks)) == (2, 5)
    assert seen(choosing.train).toarray().tolist() == [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]]
    assert choosing.holdout.toarray().tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert seen(measuring.train).toarray().tolist() == [[1, 1, 0, 0, 0], [0, 0, 1, 0, 0]]
    assert measuring.holdout.toarray().tolist() == [[0, 0, 1, 0, 0], [0, 0, 0, 0, 1]]
