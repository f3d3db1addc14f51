"""Finding the allergens in a label's words, strictly: every word for an allergen counts.

A word counts as contained, unless the sentence says that it may be there, or a claim right before
or after it says that it is not. Whatever is in doubt counts as contained.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.recognition.labels.ahead import Ahead, first_unclosed
from graph.recognition.labels.answers import Answer
from graph.recognition.labels.denials import Denials
from graph.recognition.labels.label import Claim
from graph.recognition.labels.reading import Reading, findings_of
from graph.recognition.labels.remarks import Remarks
from graph.recognition.labels.tokens import Kind, Token
from graph.recognition.labels.vocabulary import AllergenWord, Phrase, Vocabulary
from graph.vocabulary import EvidenceStatus

_WIDEST_GAP = 8
_WIDEST_SENTENCE = 60
# A phrase of this many words is complete in itself ("for allergens see ingredients in bold").
_SENTENCE_WORDS = 5
_NOTICE_ENDS = frozenset(".!,;\n")


class Scan:
    """One pass over the tokens of a label, with the state of the sentence that it is in."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        words: Vocabulary,
        answers: Iterable[Answer] = (),
    ) -> None:
        self._read = Reading()
        self._tokens, self._words = tokens, words
        self._answers = {answer.start: answer for answer in answers}
        self._ahead = Ahead(text, tokens, words)
        self._denials = Denials(self._ahead)
        self._remarks = Remarks.of(words.language)
        self._place = 0
        self._unclosed = first_unclosed(tokens)
        self._traces = self._in_statement = self._claiming = False
        self._traces_named = False
        self._closing: tuple[int, int] | None = None
        self._brackets: list[tuple[bool, bool, bool]] = []
        self._naming: tuple[int, int] | None = None

    def run(self) -> Reading:
        """Read the label from its first token to its last."""
        while self._place < len(self._tokens):
            self._step()
        self._nothing_named()
        self._read.understood -= self._ahead.partly
        return self._read

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
            _, words = self._ahead.allergens(self._place)
            self._add_findings(words or [], self._place + answer.named)
        else:
            self._naming = None
            self._read.claims.append(
                Claim(answer.allergen, self._ahead.slice(answer.start, answer.end))
            )
        self._take(answer.end - answer.start, statement=True)

    def _mark(self, token: Token) -> None:
        self._read.understood.add(self._place)
        if self._in_statement:
            self._read.statement.add(self._place)
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
            self._read.cut_off.append(self._ahead.slice(*self._naming))
        self._naming = None

    def _is_abbreviation(self) -> bool:
        before = self._tokens[self._place - 1] if self._place else None
        return before is not None and before.kind is Kind.WORD and len(before.text) == 1

    def _line_ends_sentence(self) -> bool:
        """Return whether a new line ends it: not if it is open and has no allergen yet."""
        before = self._tokens[self._place - 1].kind if self._place else Kind.LINE
        if before is Kind.LINE or self._claiming:
            return True
        return self._traces_named and before is not Kind.COMMA

    def _word(self) -> None:
        if self._additive() or self._notice():
            return
        count, words = self._ahead.allergens(self._place)
        following = self._ahead.following(self._place)
        for phrase in self._words.phrases(following):
            if len(phrase.words) >= count and self._phrase(phrase):
                return
        if words is not None:
            self._allergen(count, words)
        else:
            sentence = self._in_statement and self._is_sentence()
            if not sentence:
                self._naming = None
            self._take(1, known=sentence)

    def _notice(self) -> bool:
        """Read a notice that is all there is between two marks: 'shake well'."""
        inside = self._traces or self._claiming or self._in_statement or bool(self._brackets)
        if inside or self._ahead.kind_at(self._place - 1) in (Kind.WORD, Kind.NUMBER, Kind.COLON):
            return False
        said = self._ahead.following(self._place)
        end = self._place + len(said)
        after = self._tokens[end].text if end < len(self._tokens) else "."
        if after not in _NOTICE_ENDS or not self._remarks.is_notice(tuple(said)):
            return False
        self._take(len(said), statement=True)
        return True

    def _is_sentence(self) -> bool:
        """Return whether a word only glues a sentence about allergens together ('auch')."""
        word = self._ahead.following(self._place)[:1]
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
            if phrase.rest and not (size := self._ahead.gap(self._place, phrase, _WIDEST_GAP)):
                return False
            self._read_gap(phrase, size)
            self._take(len(phrase.rest or phrase.words), statement=True)
            self._begin_traces(start)
        elif phrase.kind == "may_between":
            if not (size := self._ahead.gap(self._place, phrase, _WIDEST_SENTENCE)):
                return False
            self._closing = (self._place + size - len(phrase.rest), len(phrase.rest))
            self._take(len(phrase.words), statement=True)
            self._begin_traces(start)
        elif phrase.kind == "free_from":
            self._claim(phrase)
        elif phrase.kind in ("function", "joint"):
            if phrase.kind == "joint":
                self._read.joint.update(range(self._place, self._place + size))
            self._read.function.update(range(self._place, self._place + size))
            self._take(size)
        else:
            return False
        return True

    def _begin_traces(self, start: int) -> None:
        if not self._traces_named:
            self._naming = start, self._place
        # What follows an unclosed bracket may belong to the list again.
        self._traces = self._place <= self._unclosed
        self._in_statement = True
        self._traces_named = self._claiming = False

    def _read_gap(self, phrase: Phrase, size: int) -> None:
        """Read what is in the gap of a phrase as if the phrase were not there."""
        if not phrase.rest:
            return
        end = self._place + size - len(phrase.rest)
        self._take(len(phrase.words), statement=True)
        while self._place < end:
            count, words = self._ahead.allergens(self._place)
            if words and self._place + count <= end:
                self._allergen(count, words)
            else:
                self._take(1, statement=True, known=self._is_sentence() or self._is_function())

    def _is_function(self) -> bool:
        word = self._ahead.following(self._place)[:1]
        return any(self._words.is_kind(kind, "", word) for kind in ("function", "joint"))

    def _claim(self, phrase: Phrase) -> None:
        """Read 'free from milk or eggs': a claim, unless it is denied or among traces."""
        denied = self._traces or self._denials.around(self._place, phrase.language)
        start = self._place
        self._take(len(phrase.words), statement=True)
        if denied or start > self._unclosed:
            return
        if self._ahead.kind_at(self._place) is Kind.COLON:
            self._claiming = self._in_statement = True
            return
        while True:
            self._take_all("filler", phrase.language)
            count, words = self._ahead.allergens(self._place)
            if not words or not self._is_claimed(phrase.language, count, words):
                break
            self._add_claims(words, start, self._place + count)
            self._take(count, statement=True)
            if not self._is_next("or", phrase.language):
                return
            self._take(1, statement=True)
        self._other_claim(start, phrase.language)

    def _is_claimed(self, language: str, count: int, words: list[AllergenWord]) -> bool:
        said = any(word.language == language for word in words)
        return said and not self._denials.of_part(self._place, count, words)

    def _other_claim(self, start: int, language: str) -> None:
        """Keep a claim about something else ('without sugar'), if no allergen follows in it."""
        if (end := self._denials.left_out(self._place, language)) > self._place:
            self._read.claims.append(Claim(None, self._ahead.slice(start, end)))
            self._read.claimed.update(range(self._place, end))
            self._take(end - self._place, statement=True)
            return
        end = self._place
        while self._ahead.kind_at(end) in (Kind.WORD, Kind.NUMBER):
            following = self._ahead.following(end)
            if self._ahead.allergens(end)[1] or next(self._words.phrases(following), None):
                return
            end += 1
        if end > self._place:
            self._read.claims.append(Claim(None, self._ahead.slice(start, end)))
            self._read.claimed.update(range(self._place, end))
            self._take(end - self._place, statement=True, known=False)

    def _allergen(self, count: int, words: list[AllergenWord]) -> None:
        end = self._place + count
        free = self._ahead.free_after(end)
        if words and not self._traces and self._claiming:
            self._add_claims(words, self._place, end)
        elif words and free is not None and not self._traces and self._is_free(count, words):
            self._add_claims(words, self._place, free)
            # "Gluten free beer" names an ingredient, "gluten free" alone is none.
            self._take(free - self._place, statement=not self._ahead.following(free))
            return
        else:
            self._add_findings(words, end)
        self._take(count)

    def _is_free(self, count: int, words: list[AllergenWord]) -> bool:
        """Return whether 'milk free' is a claim: not 'milk chocolate free', nor 'milk free: no'."""
        end = self._place + count
        compound = self._ahead.free_after(end) == end
        whole = compound or not self._denials.of_part(self._place, count, words)
        return whole and not self._denials.around(self._place, "")

    def _additive(self) -> bool:
        """Read 'E322' or 'E 322'."""
        following = self._ahead.following(self._place)
        for count, number in ((1, following[0]), (2, "".join(following[:2]))):
            if number[:1] == "e" and number[1:] in self._words.additives:
                rows = self._words.additives[number[1:]]
                self._add_findings([row for row in rows if row.allergen], self._place + count)
                self._take(count)
                return True
        return False

    def _add_findings(self, words: list[AllergenWord], end: int) -> None:
        self._traces_named = True
        self._naming = None
        status = EvidenceStatus.MAY_CONTAIN if self._traces else None
        self._read.findings += findings_of(words, self._ahead, self._place, end, status)

    def _add_claims(self, words: list[AllergenWord], start: int, end: int) -> None:
        self._naming = None
        for allergen in dict.fromkeys(word.allergen for word in words):
            self._read.claims.append(Claim(allergen, self._ahead.slice(start, end)))

    def _take_all(self, kind: str, language: str) -> None:
        while self._is_next(kind, language):
            self._take(1, statement=True)

    def _is_next(self, kind: str, language: str) -> bool:
        return self._words.is_kind(kind, language, self._ahead.following(self._place)[:1])

    def _take(self, count: int, *, statement: bool = False, known: bool = True) -> None:
        places = range(self._place, min(self._place + count, len(self._tokens)))
        if known:
            self._read.understood.update(places)
        if statement or self._in_statement:
            self._read.statement.update(places)
        if self._claiming:
            self._read.claimed.update(places)
        if self._traces:
            self._read.possible.update(places)
        self._place += count
