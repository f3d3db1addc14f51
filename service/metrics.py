"""What operators watch, in the form that Prometheus reads."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1.0, 5.0)


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
            "Active models that could not be loaded; the one before stays.",
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

    def offers_lost(self, count: int) -> None:
        """Count recommendations that are not remembered."""
        self.lost_offers.inc(count)

    def alerted(self, count: int) -> None:
        """Count alerts that were pushed."""
        self.alerts.inc(count)

    def text(self) -> bytes:
        """Return all metrics as Prometheus reads them."""
        return generate_latest(self._registry)
