// How far the log of events has been read: one node for each partition of a log.
CREATE CONSTRAINT event_offset_id IF NOT EXISTS FOR (node:EventOffset) REQUIRE node.id IS UNIQUE;
