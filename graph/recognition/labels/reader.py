"""Reading a printed label: what it says about allergens, and its list of ingredients.

Made for people who check a bottle, not for deciding alone: no findings means that no
word for an allergen was understood, never that there is none in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.errors import LabelRefused
from graph.recognition.labels.answers import Answers, without_disputed
from graph.recognition.labels.items import Items
from graph.recognition.labels.label import LONGEST, Label, LabelFinding
from graph.recognition.labels.reading import Reading
from graph.recognition.labels.scan import Scan
from graph.recognition.labels.tokens import Kind, Token, tokens_of
from graph.recognition.labels.unread import unread
from graph.recognition.labels.vocabulary import Vocabulary, languages, vocabulary
from graph.recognition.recogniser import Recogniser


def read_label(text: str, known: Recogniser, language: str | None = None) -> Label:
    """Read a label; `language` is one of `languages()`, or None if it is unknown.

    Raises LabelRefused for a text of more than 10,000 characters and for an unknown language.
    """
    if len(text) > LONGEST:
        raise LabelRefused(
            "text",
            f"The label has {len(text):,} characters; at most {LONGEST:,} are read.",
            "Send only its list of ingredients and what it says about allergens.",
        )
    if language is not None and language not in languages():
        raise LabelRefused(
            "language",
            f"'{language}' is not a language Tastegraph knows.",
            f"Use one of {', '.join(languages())}, or leave it out if you are not sure.",
        )
    words = vocabulary(language)
    tokens = tokens_of(text)
    scan = _scan(text, tokens, words, known)
    items = Items(text, tokens, scan, words, known)
    lost = unread(text, tokens, scan, items, known)
    lost = list(dict.fromkeys((*lost, *_emphasised(text, tokens, scan))))
    return Label(
        findings=tuple(scan.findings),
        ingredients=items.all,
        claims=tuple(scan.claims),
        unread=tuple(lost),
        complete=bool(items.all) and items.balanced and not lost,
    )


def _scan(text: str, tokens: Sequence[Token], words: Vocabulary, known: Recogniser) -> Reading:
    """Scan a label, believing a 'no' only where nothing else on it names the allergen."""
    answers = list(Answers(text, tokens, words, known).all())
    while True:
        scan = Scan(text, tokens, words, answers).run()
        undisputed = list(
            without_disputed(answers, [finding.allergen for finding in scan.findings])
        )
        if len(undisputed) == len(answers):
            return scan
        answers = undisputed


def _emphasised(text: str, tokens: Sequence[Token], scan: Reading) -> list[str]:
    """Return what is printed like an allergen but was not understood as one."""
    places = {place for finding in scan.findings for place in range(finding.start, finding.end)}
    return [
        text[token.start : token.end]
        for place, token in enumerate(tokens)
        if token.kind is Kind.WORD
        and token.marked
        and place not in scan.understood
        and token.start not in places
    ]


__all__ = ["Label", "LabelFinding", "languages", "read_label"]
