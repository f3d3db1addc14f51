"""How many of the world's words for allergens are recognised on a label, and how fast.

    .venv/bin/python -m benchmarks.recognition [--page benchmarks/recognition.md]
    .venv/bin/python -m benchmarks.recognition --missed LANGUAGE
    .venv/bin/python -m benchmarks.recognition --unread

Needs the allergen taxonomy of Open Food Facts (ODbL) beside the project, in ../shared/data; it is
only measured against, and nothing of it is kept.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from time import perf_counter

from graph.recognition.labels.label import LONGEST
from graph.recognition.labels.reader import read_label
from graph.recognition.recogniser import Recogniser

TAXONOMY = Path(__file__).resolve().parents[2] / "shared/data/off_taxonomy/allergens.txt"
INGREDIENTS = TAXONOMY.parent / "ingredient_allergen_oracle.tsv"
# Pieces of printed labels, which the ingredient taxonomy quotes as comments.
QUOTED = TAXONOMY.parent / "ingredients.txt"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
ALLERGENS = {
    "gluten": {"gluten", "wheat", "rye", "barley", "oats", "spelt", "kamut"},
    "crustaceans": {"crustaceans", "shellfish"},
    "eggs": {"egg"},
    "fish": {"fish"},
    "peanuts": {"peanut"},
    "soybeans": {"soy"},
    "milk": {"milk"},
    "nuts": {
        *("tree-nuts", "almond", "hazelnut", "walnut", "cashew", "pecan", "brazil-nut"),
        *("pistachio", "macadamia"),
    },
    "celery": {"celery"},
    "mustard": {"mustard"},
    "sesame-seeds": {"sesame"},
    "sulphur-dioxide-and-sulphites": {"sulphites"},
    "lupin": {"lupin"},
    "molluscs": {"molluscs", "shellfish"},
}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--missed", choices=LANGUAGES)
    arguments.add_argument("--unread", action="store_true")
    arguments.add_argument("--page", type=Path)
    chosen = arguments.parse_args()
    if chosen.missed:
        for name, word in missed(chosen.missed):
            print(f"{name}\t{word}")
        return
    if chosen.unread:
        for text, count in unread().most_common():
            print(f"{count}\t{text}")
        return
    text = "\n".join([*INTRODUCTION, *recall(), *ingredients(), *printed(), *speed()]) + "\n"
    print(text)
    if chosen.page:
        chosen.page.write_text(text, encoding="utf-8")


BEFORE = [
    "Before additives were known by name, and plain foods, claims (*no artificial colours*) and",
    "notices (*shake well*) at all (2026-11-29), 7 of 161 were understood, 139 allergens named and",
    "567 pieces unread. What is now most often unread is unread on purpose: flavourings (*arôme*,",
    "8 labels), spices and enzymes may hold an allergen. Next come unknown languages.",
]
INTRODUCTION = [
    "# Words on labels",
    "",
    "Command: `.venv/bin/python -m benchmarks.recognition --page benchmarks/recognition.md`.",
    "",
    "Measured against the taxonomies of Open Food Facts (March 2022, ODbL), no part of which is in",
    "the project: for how many of their words `readLabel` names the same allergen, or one of its",
    "group, as contained or possible. The first run, before anybody had looked at what was missed,",
    "found 98 % of the English names, 95 % of the German, 90 % of the French, 90 % of the Spanish",
    "and 100 % of the Italian ones; the words missing then (above all kinds of fish and cheese)",
    "have been added since, from general knowledge. What is still missed is mostly not an allergen",
    "that the law lists (chestnuts, pine nuts), or a word with many other meanings (*bleu*,",
    "*lieu*, *room*).",
    "",
]


def synonyms() -> Iterator[tuple[str, str, str]]:
    """Yield each allergen of the law with a language and a word for it."""
    name = ""
    for line in TAXONOMY.read_text(encoding="utf-8").splitlines():
        language, _, rest = line.partition(":")
        if not line.strip():
            name = ""
        elif language == "en" and not name:
            name = rest.split(",")[0].strip().replace(" ", "-")
        if name in ALLERGENS and re.fullmatch(r"[a-z]{2}", language):
            for word in rest.split(","):
                if word.strip():
                    yield name, language, word.strip()


def is_found(name: str, word: str, known: Recogniser, language: str | None = None) -> bool:
    allergens = {finding.allergen for finding in read_label(word, known, language).findings}
    return bool(allergens & ALLERGENS[name])


def missed(language: str) -> list[tuple[str, str]]:
    known = Recogniser()
    return [
        (name, word)
        for name, of, word in dict.fromkeys(synonyms())
        if of == language and not is_found(name, word, known)
    ]


def recall() -> Iterator[str]:
    known = Recogniser()
    hits_of: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for name, language, word in dict.fromkeys(synonyms()):
        if language in LANGUAGES:
            hits_of[name, language].append(is_found(name, word, known))
    yield "## Names of the fourteen allergens and their members"
    yield ""
    yield f"| allergen | {' | '.join(LANGUAGES)} |"
    yield "|---|" + "---|" * len(LANGUAGES)
    for name in ALLERGENS:
        yield f"| {name} | {' | '.join(share(hits_of[name, language]) for language in LANGUAGES)} |"
    totals = [
        [hit for name in ALLERGENS for hit in hits_of[name, language]] for language in LANGUAGES
    ]
    yield f"| **all** | {' | '.join(share(hits) for hits in totals)} |"
    yield ""


def share(hits: list[bool]) -> str:
    return f"{sum(hits)} of {len(hits)} ({sum(hits) / len(hits):.1%})" if hits else "none there"


def ingredients() -> Iterator[str]:
    """Measure English names of ingredients with and without allergens."""
    known = Recogniser()
    hits: list[bool] = []
    with INGREDIENTS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            names = [tag.removeprefix("en:") for tag in row["allergens"].split(",")]
            if row["en_name"] and all(name in ALLERGENS for name in names):
                hits += [is_found(name, row["en_name"], known) for name in names]
    yield "## English names of ingredients that have an allergen"
    yield ""
    yield f"The allergen is named in {share(hits)} pairs of ingredient and allergen."
    yield ""


def quoted() -> list[str]:
    """Return the pieces of labels that the taxonomy quotes."""
    pattern = re.compile(r"#\s*usage:[a-z]{2}:\s*(.+)")
    lines = QUOTED.read_text(encoding="utf-8").splitlines()
    return [match[1] for line in lines if (match := pattern.match(line))]


def unread() -> Counter[str]:
    """Count by how many of the quoted labels each piece of text is not understood."""
    known = bundled()
    return Counter(text.lower() for label in quoted() for text in read_label(label, known).unread)


def printed() -> Iterator[str]:
    """Measure how much of printed labels is read."""
    known = bundled()
    labels = [read_label(text, known) for text in quoted()]
    findings = sum(len({finding.allergen for finding in label.findings}) for label in labels)
    yield "## Pieces of printed labels"
    yield ""
    yield f"The ingredient taxonomy quotes pieces of {len(labels)} labels, some in languages that"
    yield "are not supported. Understood in full (nothing unread):"
    yield f"{share([not label.unread for label in labels])}. Allergens named, once per label:"
    yield f"{findings}. Pieces of text left unread: {sum(len(label.unread) for label in labels)}."
    yield ""
    yield from BEFORE
    yield ""


def speed() -> Iterator[str]:
    known = bundled()
    part = "Wasser, Weizenmehl (12 %), MILCHpulver, emulsifier (SOY lecithin), may contain nuts. "
    hostile = {
        "a real list, repeated": part * 200,
        "opening brackets": "(" * LONGEST,
        "one word": "a" * LONGEST,
        "asterisks": "*a" * LONGEST,
        "'may contain' again and again": "may contain " * LONGEST,
        "'kann' without an end": "kann spuren " * LONGEST,
        "commas": "a," * LONGEST,
        "'milk and'": "milk and " * LONGEST,
    }
    yield "## Time for 10,000 characters"
    yield ""
    yield "On two virtual cores (AMD EPYC) that were busy with other work."
    yield ""
    yield "| text | ms |"
    yield "|---|---|"
    for name, text in hostile.items():
        started = perf_counter()
        read_label(text[:LONGEST], known)
        yield f"| {name} | {(perf_counter() - started) * 1000:,.0f} |"


def bundled() -> Recogniser:
    path = resources.files("graph").joinpath("knowledge", "ingredients", "ingredients.csv")
    known = Recogniser()
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        known.described.add(row["id"], row["name"], row["synonyms"].split("|"))
    return known


if __name__ == "__main__":
    main()
