"""What stands for a node that a model knows nothing of: the nearest of its groups that it knows."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

# The groups that a node is in, and what it is made of, by id.
Parents = Callable[[str], Sequence[str]]


def nearest_known(ids: Iterable[str], parents: Parents, known: Container[str]) -> list[str]:
    """Return the ids, in place of an unknown one its ancestors of the nearest known generation.

    Without a known ancestor nothing stands for it.
    """
    nearest = [known_id for id_ in ids for known_id in _nearest(id_, parents, known)]
    return list(dict.fromkeys(nearest))


def _nearest(id_: str, parents: Parents, known: Container[str]) -> list[str]:
    generation, seen = [id_], {id_}
    while generation:
        nearest = [id_ for id_ in generation if id_ in known]
        if nearest:
            return nearest
        above = dict.fromkeys(parent for id_ in generation for parent in parents(id_))
        generation = [id_ for id_ in above if id_ not in seen]
        seen.update(generation)
    return []
