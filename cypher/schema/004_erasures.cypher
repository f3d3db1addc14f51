// Erasures: one record for each person who was erased.
CREATE CONSTRAINT erasure_id IF NOT EXISTS FOR (node:Erasure) REQUIRE node.id IS UNIQUE;
