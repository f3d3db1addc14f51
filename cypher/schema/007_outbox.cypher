// The outbox: what has happened and is yet to be told, and what of it is in order.
CREATE CONSTRAINT outbox_event_id IF NOT EXISTS FOR (node:OutboxEvent) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT outgoing_event_position IF NOT EXISTS FOR (node:OutgoingEvent) REQUIRE node.position IS UNIQUE;
CREATE CONSTRAINT event_sink_id IF NOT EXISTS FOR (node:EventSink) REQUIRE node.id IS UNIQUE;
