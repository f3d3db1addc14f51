// Experiments: one node for each id.
CREATE CONSTRAINT experiment_id IF NOT EXISTS FOR (node:Experiment) REQUIRE node.id IS UNIQUE;
