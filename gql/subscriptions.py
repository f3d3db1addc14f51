"""What the service pushes to clients."""

from __future__ import annotations

from gql import described
from gql.features.alerts import AlertSubscriptions
from gql.features.list_changes import ListSubscriptions


@described.object_type
class Subscription(AlertSubscriptions, ListSubscriptions):
    """What the service pushes, over a WebSocket."""
