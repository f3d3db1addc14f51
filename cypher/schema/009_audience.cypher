// Audience: one node for each poll, segment and trigger.
CREATE CONSTRAINT poll_id IF NOT EXISTS FOR (node:Poll) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT segment_id IF NOT EXISTS FOR (node:Segment) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT trigger_id IF NOT EXISTS FOR (node:Trigger) REQUIRE node.id IS UNIQUE;
