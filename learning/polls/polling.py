"""Asking people: the question that is due, the drinks in it past both checks, and its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import numpy as np

from embeddings.data.dataset import FloatArray
from events.recording import Interaction, Recorded
from graph.audience.polls import Asked, answer_poll, ask_person, load_asked
from graph.catalogue.entities import Drink
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.people.profiles import Profile
from graph.vocabulary import EventType
from learning.audience import DAY, may_be_asked
from learning.errors import PollNotAsked, PollRefused
from learning.polls.definition import Poll, Polls
from learning.polls.due import Due, due, is_enough, open_question
from learning.polls.pairs import Pair, telling_pair
from learning.triggers.offers import Offers
from recommend.ranking.pipeline import RecommendationList
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.state.orderings import ByScores, Ranking
from recommend.state.snapshot import Snapshot
from recommend.state.snapshot_store import SnapshotStore

REMEMBERED_DAYS = 3650
CROWD = 2_000
"""Of so many of the best liked drinks that a person may have, pairs are judged."""

OTHER_PAIRS = 3
"""So many pairs are tried where one does not pass the gate."""

Record = Callable[[str, list[Interaction]], Awaitable[Recorded]]


@dataclass(frozen=True)
class Question:
    """What to ask a person. A pair has an `offer` of two drinks; others may be about a drink."""

    asked: Asked
    poll: Poll
    about: Drink | None = None
    offer: RecommendationList | None = None


class Polling:
    """Asks people what their taste is, and takes their answers."""

    def __init__(
        self,
        graph: Graph,
        snapshots: SnapshotStore,
        recommender: Recommender,
        record: Record,
        polls: Polls,
        clock: Clock = utc_now,
        offers: Offers | None = None,
    ) -> None:
        """Ask these polls, those that `offers` has first.

        `record` takes what an answer says of a drink, as an event.
        """
        self._graph = graph
        self._snapshots = snapshots
        self._recommender = recommender
        self._record = record
        self._polls = polls
        self._clock = clock
        self._offers = offers

    async def due(self, user_id: str) -> Question | None:
        """Return the question that is due for a person, and note that they were asked.

        Asked again within half an hour, it is the same. Raises a GraphError.
        """
        snapshot = await self._snapshots.snapshot()
        profile = await self._snapshots.profile(user_id)
        if not self._polls.polls or not may_be_asked(profile):
            return None
        now = milliseconds(self._clock())
        asked = await load_asked(self._graph, user_id, now - REMEMBERED_DAYS * DAY)
        if (current := open_question(asked, user_id, now)) and (
            question := await self._again(snapshot, current)
        ):
            return question
        wanted = await self._triggered(snapshot, profile, asked, now) or due(
            self._polls, profile, snapshot.catalogue, asked, now
        )
        if wanted is None:
            return None
        question = await self._question(snapshot, profile, wanted, asked, now)
        if question is None or not await ask_person(self._graph, question.asked):
            return None
        return question

    async def answer(self, user_id: str, ask_id: str, option_id: str | None) -> Poll:
        """Take an answer, which the next list follows; None says "not now". Return its poll.

        Raises PollNotAsked if that was not lately, PollRefused for what is no option of it.
        """
        now = milliseconds(self._clock())
        asked = await load_asked(self._graph, user_id, now - DAY)
        found = next((one for one in asked if one.ask_id == ask_id and one.person == user_id), None)
        poll = self._polls.poll(found.poll_id) if found else None
        if found is None or poll is None:
            raise PollNotAsked(f"You were not asked '{ask_id}' lately.", "Ask for duePoll.")
        if found.answered_at is not None:
            return poll
        await self._take(found, poll, option_id, now)
        self._snapshots.forget(user_id)
        return poll

    async def _triggered(
        self, snapshot: Snapshot, profile: Profile, asked: Sequence[Asked], now: int
    ) -> Due | None:
        """Return the question that a trigger asks for, if it was not asked since."""
        if self._offers is None or is_enough(self._polls.cap, asked, now):
            return None
        for poll_id, fired in await self._offers.polls(profile.user_id, profile):
            poll, rows = self._polls.poll(poll_id), snapshot.catalogue.rows([fired.drink_id])
            since = any(one.poll_id == poll_id and one.at >= fired.at for one in asked)
            if poll and poll.form == "options" and rows and not since:
                return Due(poll, snapshot.catalogue.drinks[rows[0]])
        return None

    async def _take(self, asked: Asked, poll: Poll, option_id: str | None, now: int) -> None:
        if option_id is None:
            return await answer_poll(self._graph, asked, None, now)
        if poll.form == "pair":
            if option_id not in asked.drink_ids:
                raise _no_option(poll, option_id)
            # before it counts as answered: sent again after a failure, the event counts once
            chosen = Interaction(f"poll-{asked.ask_id}", option_id, EventType.CLICK, None, now, {})
            await self._record(asked.person, [chosen])
            return await answer_poll(self._graph, asked, option_id, now)
        option = poll.option(option_id)
        if option is None:
            raise _no_option(poll, option_id)
        kept = "" if poll.declare else option.id
        likes, dislikes = option.likes, option.dislikes
        await answer_poll(self._graph, asked, kept, now, likes=likes, dislikes=dislikes)

    async def _again(self, snapshot: Snapshot, asked: Asked) -> Question | None:
        """Return an open question anew: the drinks of a pair pass both checks each time."""
        poll = self._polls.poll(asked.poll_id)
        if poll is None:
            return None
        if poll.form == "options":
            rows = snapshot.catalogue.rows(asked.drink_ids)
            return Question(asked, poll, snapshot.catalogue.drinks[rows[0]] if rows else None)
        rows = snapshot.catalogue.rows(asked.drink_ids)
        offer = await self._offer(asked.person, rows) if len(rows) == 2 else None
        return Question(asked, poll, offer=offer) if offer else None

    async def _question(
        self,
        snapshot: Snapshot,
        profile: Profile,
        wanted: Due,
        asked: Sequence[Asked],
        now: int,
    ) -> Question | None:
        poll, about = wanted.poll, wanted.about
        new = Asked(uuid4().hex, poll.id, profile.user_id, now)
        if poll.form == "options":
            return Question(replace(new, drink_ids=(about.id,) if about else ()), poll, about)
        offer = await self._pair(snapshot, profile, [one.drink_ids for one in asked])
        if offer is None:
            return None
        ids = tuple(item.drink.id for item in offer.items)
        return Question(replace(new, drink_ids=ids), poll, offer=offer)

    async def _pair(
        self, snapshot: Snapshot, profile: Profile, earlier: Sequence[tuple[str, ...]]
    ) -> RecommendationList | None:
        """Return the pair that tells most and passes both checks."""
        pairs = [
            (rows[0], rows[1]) for ids in earlier if len(rows := snapshot.catalogue.rows(ids)) == 2
        ]
        rows = self._well_liked(snapshot, profile)
        for _ in range(OTHER_PAIRS):
            pair = telling_pair(snapshot, rows, pairs)
            if pair is None:
                return None
            if offer := await self._offer(profile.user_id, pair):
                return offer
            rows = [row for row in rows if row not in pair]
        return None

    def _well_liked(self, snapshot: Snapshot, profile: Profile) -> list[int]:
        """Return what the masks pass for a person, in the order in which people like it."""
        anybody = replace(profile, history=(), likes=(), dislikes=())
        disliked = tuple(one.drink_id for one in profile.history if one.type == EventType.DISLIKE)
        request = RecommendationRequest(profile.user_id, CROWD, exclude=disliked)
        best = self._recommender.best(snapshot, anybody, request, profile.user_id)
        return [row for row, _, _ in best]

    async def _offer(self, user_id: str, rows: Sequence[int] | Pair) -> RecommendationList | None:
        """Return exactly these drinks, past both checks; None if one of them does not pass."""
        catalogue = (await self._snapshots.snapshot()).catalogue
        ids = [catalogue.drinks[row].id for row in rows]

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            scores = np.full(len(snapshot.catalogue.drinks), -np.inf, dtype=np.float32)
            for place, row in enumerate(snapshot.catalogue.rows(ids)):
                scores[row] = -place
            return ByScores(scores)

        request = RecommendationRequest(user_id, len(ids))
        offer = await self._recommender.in_order(request, rank, "poll")
        return offer if len(offer.items) == len(ids) else None


def _no_option(poll: Poll, option_id: str) -> PollRefused:
    return PollRefused(f"'{option_id}' is no option of '{poll.id}'.", "Send one of its ids.")
