"""What operators watch, in Prometheus's format."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1.0, 5.0)

COSTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "tastegraph_http_requests_total",
            "HTTP requests, by path and status.",
            ["path", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "tastegraph_http_seconds",
            "Seconds until the answer, by path.",
            ["path"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.costs = Histogram(
            "tastegraph_query_cost",
            "Objects that an operation could answer with.",
            buckets=COSTS,
            registry=self._registry,
        )
        self.refusals = Counter(
            "tastegraph_refused_requests_total",
            "Requests refused before they ran, by reason.",
            ["reason"],
            registry=self._registry,
        )
        self.disagreements = Counter(
            "tastegraph_safety_disagreements_total",
            "Drinks that the masks passed and the graph did not; each was dropped.",
            registry=self._registry,
        )
        self.repeats = Counter(
            "tastegraph_stale_requests_total",
            "Requests repeated because the memory was older than the graph.",
            registry=self._registry,
        )
        self.model_failures = Counter(
            "tastegraph_model_failures_total",
            "Active models that could not be loaded; the previous one stays.",
            registry=self._registry,
        )
        self.shadow_comparisons = Counter(
            "tastegraph_shadow_comparisons_total",
            "Requests that the shadow model ranked too, after the answer.",
            registry=self._registry,
        )
        self.shadow_skips = Counter(
            "tastegraph_shadow_skipped_total",
            "Requests in the share that were not compared.",
            registry=self._registry,
        )
        self.shadow_overlap = Histogram(
            "tastegraph_shadow_overlap",
            "Share of the list that the active model and the shadow have in common.",
            buckets=SHARES,
            registry=self._registry,
        )
        self.shadow_correlation = Histogram(
            "tastegraph_shadow_rank_correlation",
            "Spearman's correlation of the two rankings, -1 to 1.",
            buckets=SHARES,
            registry=self._registry,
        )
        self.shadow_seconds = Histogram(
            "tastegraph_shadow_seconds",
            "Seconds that the shadow took to score a request.",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.lost_offers = Counter(
            "tastegraph_recommendations_lost_total",
            "Recommendations that are not remembered: too many waited for the graph.",
            registry=self._registry,
        )
        self.alerts = Counter(
            "tastegraph_alerts_total",
            "Safety alerts pushed to subscribers.",
            registry=self._registry,
        )
        self.subscriptions = Gauge(
            "tastegraph_subscriptions",
            "Subscriptions to safety alerts that are open.",
            registry=self._registry,
        )
        self.connections = Gauge(
            "tastegraph_connections",
            "Connections that are open, WebSockets too.",
            registry=self._registry,
        )
        self.drinks = Gauge(
            "tastegraph_catalogue_drinks", "Drinks in memory.", registry=self._registry
        )
        self.catalogue_version = Gauge(
            "tastegraph_catalogue_version", "Version of the catalogue.", registry=self._registry
        )

    def disagreed(self, drink_id: str) -> None:
        """Count a drink that the masks passed and the graph did not."""
        self.disagreements.inc()

    def repeated(self) -> None:
        """Count a request that started again."""
        self.repeats.inc()

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

    def text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self._registry)
