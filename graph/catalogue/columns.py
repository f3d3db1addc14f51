"""Columns of texts and of lists, packed into arrays that may lie in a mapped file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

NONE = -1
_MANY_NAMES = 10_000
_AS_IT_IS = "surrogatepass"  # a text is kept even if it is no proper Unicode


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts in UTF-8, one after the other: text i is `letters[starts[i]:starts[i + 1]]`."""

    starts: Ints
    letters: Bytes

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Pack texts."""
        starts, letters = array("q", [0]), bytearray()
        for text in texts:
            letters += text.encode("utf-8", _AS_IT_IS)
            starts.append(len(letters))
        return cls(np.frombuffer(starts, np.int64), np.frombuffer(letters, np.uint8))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> str:
        """Return one text; a place below 0 or past the end is an IndexError."""
        if not 0 <= place < len(self.starts) - 1:
            raise IndexError(place)
        starts, letters = self._views
        return str(letters[starts[place] : starts[place + 1]], "utf-8", _AS_IT_IS)

    def listed(self) -> list[str]:
        """Return all of them."""
        letters, bounds = self.letters.tobytes(), self.starts.tolist()
        return [letters[start:end].decode("utf-8", _AS_IT_IS) for start, end in pairwise(bounds)]

    def taken(self, places: Ints) -> Texts:
        """Return the texts at these places."""
        starts, elements = _gathered(self.starts, places)
        return Texts(starts, self.letters[elements])

    def followed_by(self, other: Texts) -> Texts:
        """Return these texts, then those of another."""
        starts = np.concatenate([self.starts, other.starts[1:] + self.starts[-1]])
        return Texts(starts, np.concatenate([self.letters, other.letters]))

    def same_values(self, other: Texts) -> bool:
        """Whether both have the same texts in the same order."""
        return np.array_equal(self.starts, other.starts) and np.array_equal(
            self.letters, other.letters
        )

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        return self.starts.data, self.letters.data


class _Vocabulary:
    """Each text once: its place by text."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))


@dataclass(frozen=True, eq=False)
class Terms:
    """One of few texts for each row, or none: `names[codes[row]]`, and `NONE` for none."""

    names: Texts
    codes: Codes

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> Terms:
        """Pack texts, each distinct one once."""
        vocabulary, codes = _Vocabulary(), array("i")
        for text in texts:
            codes.append(NONE if text is None else vocabulary.place(text))
        return cls(Texts.of(vocabulary.places), np.frombuffer(codes, np.int32))

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.codes)

    def __getitem__(self, row: int) -> str | None:
        """Return the text of a row."""
        code: int = self._view[row]
        return None if code < 0 else self._name(code)

    def used(self) -> set[str]:
        """Return the texts that some row has."""
        return {self.names[code] for code in np.unique(self.codes).tolist() if code >= 0}

    def translated(self, value: Callable[[str], Any], none: Any, dtype: Any) -> npt.NDArray[Any]:
        """Return a value [rows] for each row, found once for each distinct text."""
        values = np.array([*map(value, self.names.listed()), none], dtype=dtype)
        return values[self.codes]

    def taken(self, rows: Ints) -> Terms:
        """Return these rows."""
        return Terms(self.names, self.codes[rows])

    def followed_by(self, other: Terms) -> Terms:
        """Return these rows, then those of another."""
        names, places = _merged(self.names, other.names)
        theirs = np.append(places, NONE).astype(np.int32)[other.codes]
        return Terms(names, np.concatenate([self.codes, theirs]))

    def same_values(self, other: Terms) -> bool:
        """Whether each row has the same text in both, however packed."""
        mine, theirs = _codes_alike(self.names.listed(), other.names.listed())
        return np.array_equal(mine[self.codes], theirs[other.codes])

    @cached_property
    def _view(self) -> memoryview:
        return self.codes.data

    @cached_property
    def _name(self) -> Callable[[int], str]:
        """Names as they are packed if nearly each row has its own, else all in memory."""
        few = len(self.names) * 4 < len(self.codes)
        return self.names.listed().__getitem__ if few else self.names.__getitem__


@dataclass(frozen=True, eq=False)
class Lists:
    """A list of texts for each row: `names` of `codes[starts[row]:starts[row + 1]]`."""

    names: tuple[str, ...]
    starts: Ints
    codes: Codes

    @classmethod
    def of(cls, lists: Iterable[Iterable[str]]) -> Lists:
        """Pack lists, each distinct text once."""
        vocabulary, starts, codes = _Vocabulary(), array("q", [0]), array("i")
        for texts in lists:
            codes.extend(map(vocabulary.place, texts))
            starts.append(len(codes))
        arrays = np.frombuffer(starts, np.int64), np.frombuffer(codes, np.int32)
        return cls(tuple(vocabulary.places), *arrays)

    @classmethod
    def of_each(cls, terms: Terms) -> Lists:
        """Return a list of one term for each row that has one."""
        there = terms.codes >= 0
        starts = np.zeros(len(there) + 1, dtype=np.int64)
        starts[1:] = np.cumsum(there)
        return cls(tuple(terms.names.listed()), starts, terms.codes[there])

    def __getitem__(self, row: int) -> tuple[str, ...]:
        """Return the list of a row."""
        starts, codes = self._views
        start, end = starts[row], starts[row + 1]
        if start == end:
            return ()
        names = self.names
        return tuple([names[code] for code in codes[start:end]])

    @property
    def counts(self) -> Ints:
        """How long the list of each row is, [rows]."""
        return np.diff(self.starts)

    @property
    def rows(self) -> Ints:
        """The row of each entry of `codes`."""
        return np.repeat(np.arange(len(self.starts) - 1), self.counts)

    def used(self) -> set[str]:
        """Return the texts that are in some list."""
        return {self.names[code] for code in np.unique(self.codes).tolist()}

    def having(self, text: str) -> Bools:
        """Return which rows have a text in their list, bool [rows]."""
        found = np.zeros(len(self.starts) - 1, dtype=bool)
        if text in self.names:
            found[self.rows[self.codes == self.names.index(text)]] = True
        return found

    def rows_by_name(self) -> Mapping[str, Ints]:
        """Return the rows, ascending, that have each text that some row has."""
        order = np.argsort(self.codes, kind="stable")
        rows, bounds = (
            self.rows[order],
            np.searchsorted(self.codes[order], np.arange(len(self.names) + 1)),
        )
        pairs = zip(self.names, bounds[:-1], bounds[1:], strict=True)
        return {name: rows[start:end] for name, start, end in pairs if start < end}

    def taken(self, rows: Ints) -> Lists:
        """Return these rows."""
        starts, elements = _gathered(self.starts, rows)
        return Lists(self.names, starts, self.codes[elements])

    def followed_by(self, other: Lists) -> Lists:
        """Return these rows, then those of another."""
        known = {name: place for place, name in enumerate(self.names)}
        places = [known.setdefault(name, len(known)) for name in other.names]
        theirs = np.array(places, dtype=np.int32)[other.codes]
        starts = np.concatenate([self.starts, other.starts[1:] + self.starts[-1]])
        return Lists(tuple(known), starts, np.concatenate([self.codes, theirs]))

    def same_values(self, other: Lists) -> bool:
        """Whether each row has the same texts in both, in whatever order and however packed."""
        if not np.array_equal(self.starts, other.starts):
            return False
        mine, theirs = _codes_alike(self.names, other.names)
        return np.array_equal(
            _sorted_entries(self.rows, mine[self.codes]),
            _sorted_entries(other.rows, theirs[other.codes]),
        )

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        return self.starts.data, self.codes.data


def _codes_alike(names: Iterable[str], others: Iterable[str]) -> tuple[Ints, Ints]:
    """Return a code for each of some names and of others, the same for the same name.

    Each is followed by `NONE`, which is so found at its own place.
    """
    codes = dict[str, int]()
    each = [[codes.setdefault(name, len(codes)) for name in some] for some in (names, others)]
    mine, theirs = (np.array([*some, NONE], dtype=np.int64) for some in each)
    return mine, theirs


def _sorted_entries(rows: Ints, codes: Ints) -> Ints:
    return np.sort((rows << 32) | codes)


def _gathered(starts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return the starts of some rows one after the other, and where their elements are."""
    begins = starts[rows]
    counts = starts[rows + 1] - begins
    own = np.zeros(len(rows) + 1, dtype=np.int64)
    own[1:] = np.cumsum(counts)
    shifts: Ints = np.repeat(begins - own[:-1], counts)
    return own, shifts + np.arange(len(shifts))


def _merged(names: Texts, others: Texts) -> tuple[Texts, Ints]:
    """Return the names of both, and the places of the others among them.

    Many names are not looked through: one that is there already is then there twice.
    """
    texts = others.listed()
    few = len(names) <= _MANY_NAMES
    known = {name: place for place, name in enumerate(names.listed())} if few else {}
    new = [name for name in texts if name not in known]
    known |= {name: len(names) + place for place, name in enumerate(new)}
    places = np.array([known[name] for name in texts], dtype=np.int64)
    return names.followed_by(Texts.of(new)), places
