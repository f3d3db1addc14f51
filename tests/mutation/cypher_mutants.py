"""Mutants of a query: each changes one operator, constant, keyword, type or direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from graph.query import Query
from tests.mutation.python_mutants import Mutant

# What to look for, and what each find is changed to.
CHANGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bAND\b", ("OR",)),
    (r"\bOR\b", ("AND",)),
    (r"\bNOT ", ("",)),
    (r" IS NOT NULL\b", (" IS NULL",)),
    (r" IS NULL\b", (" IS NOT NULL",)),
    (r" <> ", (" = ",)),
    (r" = ", (" <> ",)),
    (r" <= ", (" < ", " >= ")),
    (r" >= ", (" > ",)),
    (r"\ball\(", ("any(", "none(")),
    (r"\bany\(", ("all(",)),
    (r"\btrue\b", ("false",)),
    (r"\bfalse\b", ("true",)),
    (r", 0\)", (", 1)",)),
    (r"\) > 0", (") > 1", ") >= 0")),
    (r"\) = 0", (") = 1", ") >= 0")),
    (r"\*0\.\.", ("*1..",)),
    (r"\*1\.\.", ("*2..", "*1..1")),
    (r"'[A-Z_]+'", ("'MUTANT'",)),
    (r"''", ("'MUTANT'",)),
    (r"\|(IS_A|MADE_OF|MAY_CONTAIN)\b", ("",)),
    (r"\b(CONTAINS|HAS_ALLERGEN)\|", ("",)),
    (r"-\[:PART_OF\*0\.\.\]->", ("<-[:PART_OF*0..]-",)),
    (r"<-\[:PART_OF\*0\.\.\]-(?!>)", ("-[:PART_OF*0..]->",)),
    (r"(?<=-\[:)(HAS_ALLERGEN|MAY_CONTAIN)(?=\])", ("FREE_FROM",)),
    (r"\bOPTIONAL MATCH\b", ("MATCH",)),
    (r" IN ", (" <> ",)),
    (r"\bpart\.reviewed\b", ("part.dietsReviewed",)),
    (r"\bpart\.dietsReviewed\b", ("part.reviewed",)),
    (r"\bdrink\.abv\b", ("drink.caffeineMgPer100ml",)),
    (r"\bdrink\.caffeineMgPer100ml\b", ("drink.abv",)),
    (r"\b(user|diet)\.maxAbv\b", (r"\1.maxCaffeineMgPer100ml",)),
    (r"\b(user|diet)\.maxCaffeineMgPer100ml\b", (r"\1.maxAbv",)),
    (r"\ballergy\.above\b", ("allergy.related",)),
    (r"\ballergy\.related\b", ("allergy.above",)),
    (r"\bperson\.maxAbv\b", ("person.maxCaffeine",)),
    (r"\bperson\.maxCaffeine\b", ("person.maxAbv",)),
    (r"\]\.maxAbv\b", ("].maxCaffeine",)),
    (r"\]\.maxCaffeine\b", ("].maxAbv",)),
    (r"\babv <=", ("caffeine <=",)),
    (r"\bcaffeine <=", ("abv <=",)),
    (r"\bcoalesce\(\$asks\[ask\]\.(allergies|avoids|diets|changes), \[\]\)", ("[]",)),
    (r"found = \[\(drink\)[^}]*\}\]", ("found = []",)),
    (r"found \+ \[\(part\)[^}]*\}\]", ("found",)),
    (r"\[id IN asked\.added \| [^|]*\]\)\]", ("[]",)),
    (r"\bDISTINCT ", ("",)),
)


def mutants(query: Query) -> Iterator[Mutant]:
    """Yield every mutant of a query's statement; its header stays."""
    start = len(query.text) - len(query.body)
    seen = {query.text}
    for pattern, replacements in CHANGES:
        for match in re.compile(pattern).finditer(query.text, start):
            for replacement in replacements:
                changed = match.expand(replacement)
                text = query.text[: match.start()] + changed + query.text[match.end() :]
                if text not in seen:
                    seen.add(text)
                    line = query.text[: match.start()].count("\n")
                    said = f"{match[0].strip()} -> {changed.strip() or 'nothing'}"
                    yield Mutant(query.text.splitlines()[line].strip(), said, text)


def changed(query: Query, mutant: Mutant) -> Query:
    """Return the query with the mutant's text."""
    return replace(query, text=mutant.text)
