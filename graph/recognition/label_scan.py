"""Finding the allergens in a label's words: strict, each word of an allergen counts.

A word counts as contained, unless the sentence says that it may be there, or a claim right before
or after it says that it is not. Whatever is in doubt counts as contained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from graph.recognition.label import Claim, Finding
from graph.recognition.label_answers import Answer
from graph.recognition.label_phrasebook import Phrasebook
from graph.recognition.label_remarks import Remarks
from graph.recognition.label_tokens import Kind, Token
from graph.recognition.label_words import MAY_CONTAIN, AllergenWord, Phrase, Vocabulary, Words

_WIDEST_GAP = 8
_WIDEST_SENTENCE = 60
# A phrase of so many words says all that it has to say ("for allergens see ingredients in bold").
_SENTENCE_WORDS = 5
_LONGEST_ANSWER = 3
_NOTICE_ENDS = frozenset(".!,;\n")
# A question mark, a colon, a cell's edge or a dash: before an answer.
_APART = re.compile(r"[:?|\t–—]|\s-")
_FREE = "free"
_NOT_FREE = frozenset({"range", "ranging", "run", "from", "of", "flowing", "flow"})
_FREE_ENDINGS = frozenset({"frei", "freie", "freier", "freies", "freien", "freiem", "vrij", "free"})


class Scan:
    """One pass over the tokens of a label.

    `understood` holds the places of all tokens whose meaning is known, `statement` those of
    sentences about allergens, which are no ingredients, and `function` those of words that say
    what an ingredient is for, of which `joint` only join two things. `claimed` are the places of
    things that a claim says are not there, `possible` those of what may be there. `cut_off` are
    beginnings of statements after which nothing is named.
    """

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        words: Vocabulary,
        answers: Iterable[Answer] = (),
    ) -> None:
        self.findings: list[Finding] = []
        self.claims: list[Claim] = []
        self.understood: set[int] = set()
        self.statement: set[int] = set()
        self.function: set[int] = set()
        self.joint: set[int] = set()
        self.claimed: set[int] = set()
        self.possible: set[int] = set()
        self.cut_off: list[str] = []
        self._text, self._tokens, self._words = text, tokens, words
        self._answers = {one.start: one for one in answers}
        self._book = Phrasebook.of(words.language)
        self._remarks = Remarks.of(words.language)
        self._place = 0
        self._unclosed = _unclosed(tokens)
        self._ends = _ends(tokens)
        self._traces = self._in_statement = self._claiming = False
        self._traces_named = False
        self._closing: tuple[int, int] | None = None
        self._brackets: list[tuple[bool, bool, bool]] = []
        self._partly = set[int]()
        self._naming: tuple[int, int] | None = None
        while self._place < len(tokens):
            self._step()
        self._nothing_named()
        self.understood -= self._partly

    def _step(self) -> None:
        token = self._tokens[self._place]
        if self._closing and self._place == self._closing[0]:
            self._take(self._closing[1], statement=True)
            self._traces, self._closing = False, None
        elif answer := self._answers.get(self._place):
            self._answer(answer)
        elif token.kind in (Kind.WORD, Kind.NUMBER):
            self._word()
        else:
            self._mark(token)
            self._place += 1

    def _answer(self, answer: Answer) -> None:
        """Read 'Milk: no', or 'Milk: yes', all of it."""
        if answer.present:
            _, found = self._allergens(self._place)
            self._add_findings(found or [], self._place + answer.named)
        else:
            self._naming = None
            self.claims.append(Claim(answer.allergen, self._slice(answer.start, answer.end)))
        self._take(answer.end - answer.start, statement=True)

    def _mark(self, token: Token) -> None:
        self.understood.add(self._place)
        if self._in_statement:
            self.statement.add(self._place)
        if token.kind is Kind.OPEN:
            self._brackets.append((self._traces, self._in_statement, self._claiming))
        elif token.kind is Kind.CLOSE and self._brackets:
            self._traces, self._in_statement, self._claiming = self._brackets.pop()
        elif self._ends_sentence(token):
            self._end_sentence()

    def _ends_sentence(self, token: Token) -> bool:
        if token.kind is Kind.LINE:
            return self._line_ends_sentence()
        return token.kind is Kind.STOP and not self._is_abbreviation()

    def _end_sentence(self) -> None:
        self._nothing_named()
        self._traces = self._in_statement = self._claiming = self._traces_named = False
        self._closing = None

    def _nothing_named(self) -> None:
        if self._naming:
            self.cut_off.append(self._slice(*self._naming))
        self._naming = None

    def _is_abbreviation(self) -> bool:
        before = self._tokens[self._place - 1] if self._place else None
        return before is not None and before.kind is Kind.WORD and len(before.text) == 1

    def _line_ends_sentence(self) -> bool:
        """Return whether a new line ends it: not where the sentence is open and has no allergen."""
        before = self._tokens[self._place - 1].kind if self._place else Kind.LINE
        if before is Kind.LINE or self._claiming:
            return True
        return self._traces_named and before is not Kind.COMMA

    def _word(self) -> None:
        if self._additive() or self._notice():
            return
        count, found = self._allergens(self._place)
        following = self._following(self._place)
        for phrase in self._words.phrases(following):
            if len(phrase.words) >= count and self._phrase(phrase):
                return
        if found is not None:
            self._allergen(count, found)
        else:
            sentence = self._in_statement and self._is_sentence()
            if not sentence:
                self._naming = None
            self._take(1, known=sentence)

    def _notice(self) -> bool:
        """Read a notice that is all that stands between two marks: 'shake well'."""
        inside = self._traces or self._claiming or self._in_statement or bool(self._brackets)
        if inside or self._kind_at(self._place - 1) in (Kind.WORD, Kind.NUMBER, Kind.COLON):
            return False
        said = self._following(self._place)
        end = self._place + len(said)
        after = self._tokens[end].text if end < len(self._tokens) else "."
        if after not in _NOTICE_ENDS or not self._remarks.is_notice(tuple(said)):
            return False
        self._take(len(said), statement=True)
        return True

    def _is_sentence(self) -> bool:
        """Return whether a word only belongs to a sentence about allergens ('which', 'auch')."""
        word = self._following(self._place)[:1]
        return any(self._words.is_kind(kind, "", word) for kind in ("sentence", "filler"))

    def _phrase(self, phrase: Phrase) -> bool:
        """Follow a phrase if it is one; return whether it was."""
        size, start = len(phrase.words), self._place
        if phrase.kind in ("ingredients", "contains"):
            # 'Enthalten' may end a sentence in which something was named.
            trailing = self._in_statement and self._traces_named
            self._take(size, statement=True)
            self._traces, self._claiming = False, False
            self._in_statement = phrase.kind == "contains"
            if self._in_statement and size < _SENTENCE_WORDS and not trailing:
                self._naming = start, self._place
        elif phrase.kind == "may_contain":
            if phrase.rest and not (size := self._gap(phrase, _WIDEST_GAP)):
                return False
            self._read_gap(phrase, size)
            self._take(len(phrase.rest or phrase.words), statement=True)
            self._begin_traces(start)
        elif phrase.kind == "may_between":
            if not (size := self._gap(phrase, _WIDEST_SENTENCE)):
                return False
            self._closing = (self._place + size - len(phrase.rest), len(phrase.rest))
            self._take(len(phrase.words), statement=True)
            self._begin_traces(start)
        elif phrase.kind == "free_from":
            self._claim(phrase)
        elif phrase.kind in ("function", "joint"):
            if phrase.kind == "joint":
                self.joint.update(range(self._place, self._place + size))
            self.function.update(range(self._place, self._place + size))
            self._take(size)
        else:
            return False
        return True

    def _begin_traces(self, start: int) -> None:
        if not self._traces_named:
            self._naming = start, self._place
        # What stands in a bracket that nobody closed may belong to the list again.
        self._traces = self._place <= self._unclosed
        self._in_statement = True
        self._traces_named = self._claiming = False

    def _gap(self, phrase: Phrase, widest: int) -> int:
        """Return how many tokens a phrase with a gap takes up; 0 if its rest does not follow."""
        start = self._place + len(phrase.words)
        for place in range(start, min(start + widest, len(self._tokens))):
            token = self._tokens[place]
            if token.kind is Kind.STOP:
                return 0
            if (
                token.text == phrase.rest[0]
                and tuple(self._following(place)[: len(phrase.rest)]) == phrase.rest
            ):
                return place + len(phrase.rest) - self._place
        return 0

    def _read_gap(self, phrase: Phrase, size: int) -> None:
        """Read what stands in the gap of a phrase as if the phrase were not there."""
        if not phrase.rest:
            return
        end = self._place + size - len(phrase.rest)
        self._take(len(phrase.words), statement=True)
        while self._place < end:
            count, found = self._allergens(self._place)
            if found and self._place + count <= end:
                self._allergen(count, found)
            else:
                self._take(1, statement=True, known=self._is_sentence() or self._is_function())

    def _is_function(self) -> bool:
        word = self._following(self._place)[:1]
        return any(self._words.is_kind(kind, "", word) for kind in ("function", "joint"))

    def _claim(self, phrase: Phrase) -> None:
        """Read 'free from milk or eggs': a claim, unless it is denied or stands among traces."""
        denied = self._traces or self._is_denied(phrase.language) or self._is_answered_no()
        start = self._place
        self._take(len(phrase.words), statement=True)
        if denied or start > self._unclosed:
            return
        if self._kind_at(self._place) is Kind.COLON:
            self._claiming = self._in_statement = True
            return
        while True:
            self._take_all("filler", phrase.language)
            count, found = self._allergens(self._place)
            if not found or not _is_said_in(phrase.language, found) or self._is_part(count, found):
                break
            self._add_claims(found, start, self._place + count)
            self._take(count, statement=True)
            if not self._words.is_kind("or", phrase.language, self._following(self._place)[:1]):
                return
            self._take(1, statement=True)
        self._other_claim(start, phrase.language)

    def _left_out(self, place: int, language: str) -> int:
        """Return where 'colours, flavours or sweeteners' ends; the place itself if it is none.

        A comma goes on with what is left out only up to an "or": after "no colours, flavouring" the
        flavouring may be in it.
        """
        certain, joined = place, True
        while size := self._remarks.left_out(self._following(place), language):
            end = place + size
            certain = end if joined else certain
            joined = self._words.is_kind("or", language, self._following(end)[:1])
            if not joined and self._text_at(end) != ",":
                break
            place = end + 1
            while self._words.is_kind("filler", language, self._following(place)[:1]):
                place += 1
        apart = self._kind_at(certain) not in (Kind.WORD, Kind.NUMBER, Kind.PERCENT, Kind.OPEN)
        return certain if apart else self._place

    def _text_at(self, place: int) -> str:
        return self._tokens[place].text if place < len(self._tokens) else ""

    def _other_claim(self, start: int, language: str) -> None:
        """Keep a claim about something else ('without sugar'), if no allergen follows in it."""
        if (end := self._left_out(self._place, language)) > self._place:
            self.claims.append(Claim(None, self._slice(start, end)))
            self.claimed.update(range(self._place, end))
            self._take(end - self._place, statement=True)
            return
        end = self._place
        while self._kind_at(end) in (Kind.WORD, Kind.NUMBER):
            if self._allergens(end)[1] or next(self._words.phrases(self._following(end)), None):
                return
            end += 1
        if end > self._place:
            self.claims.append(Claim(None, self._slice(start, end)))
            self.claimed.update(range(self._place, end))
            self._take(end - self._place, statement=True, known=False)

    def _allergen(self, count: int, found: list[AllergenWord]) -> None:
        end = self._place + count
        free = self._free_after(end)
        if found and not self._traces and self._claiming:
            self._add_claims(found, self._place, end)
        elif found and free is not None and not self._traces and self._is_free(count, found):
            self._add_claims(found, self._place, free)
            # "Gluten free beer" names an ingredient, "gluten free" alone is none.
            self._take(free - self._place, statement=not self._following(free))
            return
        else:
            self._add_findings(found, end)
        self._take(count)

    def _is_free(self, count: int, found: list[AllergenWord]) -> bool:
        """Return whether 'milk free' is a claim: not 'milk chocolate free', nor 'milk free: no'."""
        whole = self._free_after(self._place + count) == self._place + count or not self._is_part(
            count, found
        )
        return whole and not self._is_denied("") and not self._is_answered_no()

    def _is_part(self, count: int, found: list[AllergenWord]) -> bool:
        named = self._following(self._place)[:count]
        return self._book.is_part(named, frozenset(word.allergen for word in found))

    def _is_answered_no(self) -> bool:
        """Return whether 'no' answers what is said from here on: 'milk free: no', 'no milk? No'."""
        end = self._ends[self._place]
        for start in range(max(self._place + 1, end - _LONGEST_ANSWER), end):
            said = tuple(token.text for token in self._tokens[start:end])
            denied = Phrasebook.of(None).denies(said) or self._is_not(said[:1])
            if denied and _APART.search(self._text, *self._between(start)):
                return True
        return False

    def _is_not(self, said: Words) -> bool:
        # The Spanish "no" is a not; before other words it may begin a claim.
        return self._words.is_kind("not", "", said) and not Phrasebook.of(None).denies(said)

    def _between(self, place: int) -> tuple[int, int]:
        return self._tokens[place - 1].start, self._tokens[place].start

    def _free_after(self, end: int) -> int | None:
        """Return where 'milk free' or 'milchfrei' ends, if an allergen that ends here is that."""
        last = self._tokens[end - 1].text
        inside, until = self._words.inside(last)
        # "Eimilchfrei" may be egg and milk-free: only one word alone is claimed.
        if inside and last[until:] in _FREE_ENDINGS and self._words.is_piece(last[:until]):
            self._partly.discard(end - 1)
            return end
        following = self._following(end)
        if following[:1] == [_FREE] and not (following[1:2] and following[1] in _NOT_FREE):
            return end + 1
        return None

    def _allergens(self, place: int) -> tuple[int, list[AllergenWord] | None]:
        """Return how many tokens name what allergens; None if none is known there."""
        following = self._following(place)
        for count in range(min(self._words.longest, len(following)), 0, -1):
            if (found := self._words.allergens(following[:count])) is not None:
                return count, found
        if not following:
            return 0, None
        inside, end = self._words.inside(following[0])
        if not end:
            return 1, None
        split = self._words.split(following[0])
        if split is None:
            self._partly.add(place)
        return 1, [*inside, *(split or ())]

    def _additive(self) -> bool:
        """Read 'E322' or 'E 322'."""
        following = self._following(self._place)
        for count, number in ((1, following[0]), (2, "".join(following[:2]))):
            if number[:1] == "e" and number[1:] in self._words.additives:
                rows = self._words.additives[number[1:]]
                self._add_findings([row for row in rows if row.allergen], self._place + count)
                self._take(count)
                return True
        return False

    def _add_findings(self, found: list[AllergenWord], end: int) -> None:
        taken = self._tokens[self._place : end]
        self._traces_named = True
        self._naming = None
        strongest = {word.allergen: word for word in sorted(found, key=_weight)}
        for word in strongest.values():
            self.findings.append(
                Finding(
                    allergen=word.allergen,
                    status=MAY_CONTAIN if self._traces else word.status,
                    text=self._slice(self._place, end),
                    start=taken[0].start,
                    end=taken[-1].end,
                    emphasised=any(token.emphasised for token in taken),
                    source=word.source,
                )
            )

    def _add_claims(self, found: list[AllergenWord], start: int, end: int) -> None:
        self._naming = None
        for allergen in dict.fromkeys(word.allergen for word in found):
            self.claims.append(Claim(allergen, self._slice(start, end)))

    def _is_denied(self, language: str) -> bool:
        before = self._tokens[max(0, self._place - 3) : self._place]
        return any(self._words.is_kind("not", language, [token.text]) for token in before)

    def _take_all(self, kind: str, language: str) -> None:
        while self._words.is_kind(kind, language, self._following(self._place)[:1]):
            self._take(1, statement=True)

    def _take(self, count: int, *, statement: bool = False, known: bool = True) -> None:
        places = range(self._place, min(self._place + count, len(self._tokens)))
        if known:
            self.understood.update(places)
        if statement or self._in_statement:
            self.statement.update(places)
        if self._claiming:
            self.claimed.update(places)
        if self._traces:
            self.possible.update(places)
        self._place += count

    def _following(self, place: int) -> list[str]:
        """Return the words from a place on, up to the next mark; ten at most."""
        found: list[str] = []
        for token in self._tokens[place : place + 10]:
            if token.kind not in (Kind.WORD, Kind.NUMBER):
                break
            found.append(token.text)
        return found

    def _kind_at(self, place: int) -> Kind | None:
        return self._tokens[place].kind if 0 <= place < len(self._tokens) else None

    def _slice(self, start: int, end: int) -> str:
        return self._text[self._tokens[start].start : self._tokens[end - 1].end]


def _is_said_in(language: str, found: list[AllergenWord]) -> bool:
    return any(word.language == language for word in found)


def _weight(word: AllergenWord) -> tuple[bool, bool]:
    """Order what is said of one allergen: contained, and by the law, comes last."""
    return word.status != MAY_CONTAIN, word.source.startswith("Regulation")


def _ends(tokens: Sequence[Token]) -> list[int]:
    """Return for each place where its sentence ends; a question goes on with its answer."""
    found, end = [len(tokens)] * len(tokens), len(tokens)
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        if token.kind is Kind.LINE or (token.kind is Kind.STOP and token.text != "?"):
            end = place
        found[place] = end
    return found


def _unclosed(tokens: Sequence[Token]) -> int:
    """Return the place of the first bracket that is not closed, or the number of tokens."""
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            opened.append(place)
        elif token.kind is Kind.CLOSE and opened:
            opened.pop()
    return opened[0] if opened else len(tokens)
