"""What operators watch, in Prometheus's format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

Joined = Literal["livesum", "livemostrecent"]
"""What a gauge of several processes is, of those that live."""

BUCKETS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1.0, 5.0)

COSTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)

FRESHNESS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


class ServiceMetrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self, folder: Path | None = None) -> None:
        """Count; in a worker the numbers of all workers are in a folder, and told together."""
        self._registry = CollectorRegistry()
        self._told = self._registry
        if folder:
            self._told = CollectorRegistry()
            MultiProcessCollector(self._told, str(folder))
        self._followed: list[tuple[Gauge, Callable[[], float]]] = []
        self._add_workers()
        self._add_requests()
        self._add_catalogue()
        self._add_shadow()
        self._add_alerts()
        self._add_events()
        self._add_windows()
        self._add_changes()
        self._add_outgoing()

    def _add_workers(self) -> None:
        self.workers = self._gauge("tastegraph_workers", "Serving processes that answer.")
        self.restarts = self._counter(
            "tastegraph_worker_restarts_total",
            "Workers that were started because one had ended unasked.",
        )

    def _add_requests(self) -> None:
        self.requests = self._counter(
            "tastegraph_http_requests_total", "HTTP requests, by path and status.", "path", "status"
        )
        self.seconds = self._histogram(
            "tastegraph_http_seconds", "Seconds until the answer, by path.", BUCKETS, "path"
        )
        self.costs = self._histogram(
            "tastegraph_query_cost", "Objects that an operation could answer with.", COSTS
        )
        self.refusals = self._counter(
            "tastegraph_refused_requests_total",
            "Requests refused before they ran, by reason.",
            "reason",
        )
        self.connections = self._gauge(
            "tastegraph_connections", "Connections that are open, WebSockets too."
        )
        self.waiting = self._gauge(
            "tastegraph_requests_waiting", "Requests that wait for their turn."
        )

    def _add_catalogue(self) -> None:
        self.disagreements = self._counter(
            "tastegraph_safety_disagreements_total",
            "Drinks that the masks passed and the graph did not; each was dropped.",
        )
        self.repeats = self._counter(
            "tastegraph_stale_requests_total",
            "Requests repeated because the memory was older than the graph.",
        )
        self.gate_answers = self._counter(
            "tastegraph_gate_answers_total",
            "Drinks of lists by how the graph judged them: kept (confirmed) or asked.",
            "how",
        )
        self.contradictions = self._counter(
            "tastegraph_gate_contradictions_total",
            "Drinks that were served on a kept answer, of which the gate then said otherwise.",
        )
        self.model_failures = self._counter(
            "tastegraph_model_failures_total",
            "Active models that could not be loaded; the previous one stays.",
        )
        self.model_stale = self._gauge(
            "tastegraph_model_stale",
            "Whether a newer model than the active one should be trained: 1 or 0.",
            "livemostrecent",
        )
        self.drinks = self._gauge(
            "tastegraph_catalogue_drinks", "Drinks in memory.", "livemostrecent"
        )
        self.catalogue_version = self._gauge(
            "tastegraph_catalogue_version", "Version of the catalogue.", "livemostrecent"
        )

    def _add_shadow(self) -> None:
        self.shadow_comparisons = self._counter(
            "tastegraph_shadow_comparisons_total",
            "Requests that the shadow model ranked too, after the answer.",
        )
        self.shadow_skips = self._counter(
            "tastegraph_shadow_skipped_total", "Requests in the share that were not compared."
        )
        self.shadow_overlap = self._histogram(
            "tastegraph_shadow_overlap",
            "Share of the list that the active model and the shadow have in common.",
            SHARES,
        )
        self.shadow_correlation = self._histogram(
            "tastegraph_shadow_rank_correlation",
            "Spearman's correlation of the two rankings, -1 to 1.",
            SHARES,
        )
        self.shadow_seconds = self._histogram(
            "tastegraph_shadow_seconds", "Seconds that the shadow took to score a request.", BUCKETS
        )

    def _add_alerts(self) -> None:
        self.lost_offers = self._counter(
            "tastegraph_recommendations_lost_total",
            "Recommendations that are not remembered: too many waited for the graph.",
        )
        self.alerts = self._counter(
            "tastegraph_alerts_total", "Safety alerts pushed to subscribers."
        )
        self.subscriptions = self._gauge(
            "tastegraph_subscriptions", "Subscriptions to alerts and lists that are open."
        )
        self.lists_pushed = self._counter(
            "tastegraph_lists_pushed_total",
            "Lists pushed to subscribers: the first, and changed ones.",
        )

    def _add_changes(self) -> None:
        self.changes_captured = self._counter(
            "tastegraph_changes_captured_total",
            "Changes of rows in a shop's own database, by what became of them.",
            "outcome",
        )
        self.changes_stopped = self._gauge(
            "tastegraph_changes_stopped",
            "Whether the topic of changes has come to a message that is no change: 1 or 0.",
        )
        self.changes_behind = self._gauge(
            "tastegraph_changes_behind",
            "Messages of the topic of changes that are still to be applied.",
            "livemostrecent",
        )
        self.changes_waiting = self._gauge(
            "tastegraph_changes_waiting_seconds",
            "How long the oldest of them has waited.",
            "livemostrecent",
        )
        self.changes_available = self._gauge(
            "tastegraph_changes_available",
            "Whether the topic of changes is there and could last be read: 1 or 0.",
            "livemostrecent",
        )
        self.changes_available.set(1)

    def _add_events(self) -> None:
        self.events_collected = self._counter(
            "tastegraph_events_collected_total",
            "Events sent to /v1/events, by what became of them.",
            "status",
        )
        self.events_consumed = self._counter(
            "tastegraph_events_consumed_total",
            "Events of the log that were written to the graph.",
        )
        self.events_repeated = self._counter(
            "tastegraph_events_repeated_total",
            "Events of the log that the graph had already.",
        )
        self.dead_letters = self._counter(
            "tastegraph_dead_letters_total", "Events of the log that cannot be written."
        )
        self.events_condensed = self._counter(
            "tastegraph_events_condensed_total", "Old events of the graph that became counts."
        )
        self.events_behind = self._gauge(
            "tastegraph_events_behind",
            "Events of the log that are still to be written.",
            "livemostrecent",
        )
        self.events_waiting = self._gauge(
            "tastegraph_events_waiting_seconds",
            "How long the oldest of them has waited.",
            "livemostrecent",
        )
        self.log_available = self._gauge(
            "tastegraph_log_available",
            "Whether the log of events could last be read: 1 or 0.",
            "livemostrecent",
        )
        self.partitions_stalled = self._gauge(
            "tastegraph_partitions_stalled",
            "Partitions of the log in which an event has waited for over a minute.",
            "livemostrecent",
        )

    def _add_windows(self) -> None:
        self.windows_left_out = self._counter(
            "tastegraph_windows_left_out_total",
            "Events in no window of the features, by reason: late, ahead, surplus.",
            "reason",
        )
        self.trends_seconds = self._histogram(
            "tastegraph_trends_seconds",
            "Seconds from the receipt of an event until the trends that count it.",
            FRESHNESS,
        )
        self.trends_age = self._gauge(
            "tastegraph_trends_age_seconds",
            "How old what this process says is trending is; -1 before there is any.",
            "livemostrecent",
        )

    def _add_outgoing(self) -> None:
        self.outgoing_told = self._counter(
            "tastegraph_outgoing_told_total", "Outgoing events that a webhook or other sink took."
        )
        self.outgoing_failures = self._counter(
            "tastegraph_outgoing_failures_total", "Attempts to tell a sink that failed."
        )
        self.trigger_alerts = self._counter(
            "tastegraph_trigger_alerts_total", "Alerts of triggers to whoever runs the shop."
        )
        self.outbox_waiting = self._gauge(
            "tastegraph_outbox_waiting_seconds",
            "How long the oldest event has waited in the outbox for a relay.",
            "livemostrecent",
        )
        self.sinks_failing = self._gauge(
            "tastegraph_sinks_failing",
            "Sinks that take no events, or are disabled for it.",
            "livemostrecent",
        )
        self.sinks_behind = self._gauge(
            "tastegraph_sinks_behind",
            "Outgoing events that the last of the sinks has yet to take.",
            "livemostrecent",
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def _histogram(
        self, name: str, meaning: str, buckets: Sequence[float], *labels: str
    ) -> Histogram:
        return Histogram(name, meaning, labels, buckets=buckets, registry=self._registry)

    def _gauge(self, name: str, meaning: str, joined: Joined = "livesum") -> Gauge:
        return Gauge(name, meaning, registry=self._registry, multiprocess_mode=joined)

    def follow(self, gauge: Gauge, read: Callable[[], float]) -> None:
        """Let a gauge say what is read whenever somebody asks."""
        self._followed.append((gauge, read))

    def refresh(self) -> None:
        """Read the gauges that follow something: another worker may be asked for them."""
        for gauge, read in self._followed:
            gauge.set(read())

    def disagreed(self, drink_id: str) -> None:
        """Count a drink that the masks passed and the graph did not."""
        self.disagreements.inc()

    def repeated(self) -> None:
        """Count a request that started again."""
        self.repeats.inc()

    def gate_answered(self, kept: int, asked: int) -> None:
        """Count drinks that the graph judged."""
        self.gate_answers.labels("kept").inc(kept)
        self.gate_answers.labels("asked").inc(asked)

    def gate_contradicted(self, drinks: int) -> None:
        """Count drinks of which the gate no longer says what was kept."""
        self.contradictions.inc(drinks)

    def shadow_compared(self, overlap: float, correlation: float, seconds: float) -> None:
        """Count a request that the shadow ranked too."""
        self.shadow_comparisons.inc()
        self.shadow_overlap.observe(overlap)
        self.shadow_correlation.observe(correlation)
        self.shadow_seconds.observe(seconds)

    def shadow_skipped(self) -> None:
        """Count a request that was to be compared and was not."""
        self.shadow_skips.inc()

    def impressions_lost(self, count: int) -> None:
        """Count recommendations that are not remembered."""
        self.lost_offers.inc(count)

    def alerted(self, count: int) -> None:
        """Count alerts that were pushed."""
        self.alerts.inc(count)

    def list_changed(self) -> None:
        """Count a list that was pushed."""
        self.lists_pushed.inc()

    def collected(self, counts: Mapping[str, int]) -> None:
        """Count events that were sent, by what became of them."""
        for status, count in counts.items():
            self.events_collected.labels(status).inc(count)

    def captured(self, counts: Mapping[str, int]) -> None:
        """Count changes of a shop's rows, by what became of them."""
        for outcome, count in counts.items():
            self.changes_captured.labels(outcome).inc(count)

    def consumed(self, new: int, repeated: int) -> None:
        """Count events of the log that were written, and those that were known."""
        self.events_consumed.inc(new)
        self.events_repeated.inc(repeated)

    def condensed(self, events: int) -> None:
        """Count old events that became counts."""
        self.events_condensed.inc(events)

    def died(self, count: int) -> None:
        """Count events that became dead letters."""
        self.dead_letters.inc(count)

    def behind(self, events: int, seconds: float, stalled: int) -> None:
        """Say how far the graph is behind the log."""
        self.events_behind.set(events)
        self.events_waiting.set(seconds)
        self.partitions_stalled.set(stalled)

    def left_out(self, late: int, ahead: int, surplus: int) -> None:
        """Count events in no window, by reason."""
        for reason, count in (("late", late), ("ahead", ahead), ("surplus", surplus)):
            self.windows_left_out.labels(reason).inc(count)

    def trends_published(self, seconds: float) -> None:
        """Say how long the first of the new events waited for its trend to be published."""
        self.trends_seconds.observe(seconds)

    def sent(self, count: int) -> None:
        """Count outgoing events that a sink took."""
        self.outgoing_told.inc(count)

    def sending_failed(self) -> None:
        """Count an attempt that failed."""
        self.outgoing_failures.inc()

    def sinks_are(self, failing: int, behind: int) -> None:
        """Say how many sinks fail, and how far the last of the others is behind."""
        self.sinks_failing.set(failing)
        self.sinks_behind.set(behind)

    def total(self, name: str, which: Callable[[Mapping[str, str]], bool] = lambda _: True) -> int:
        """The sum of a counter, over all workers, over those of its labels that are asked for."""
        samples = (sample for metric in self._told.collect() for sample in metric.samples)
        return int(sum(s.value for s in samples if s.name == name and which(s.labels)))

    def text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        self.refresh()
        return generate_latest(self._told)
