// Experiments: what each is, its state, and all that was done to it.
/*
`definition`, `decision`, `stoppedArms` (when an arm was stopped before the others) and each step of
`history` are JSON; `first`, `size` and `ramp` are its part of its layer.

mode:    read
returns: id STRING, state STRING, definition STRING, first INTEGER, size INTEGER, ramp FLOAT,
         createdAt INTEGER, startedAt INTEGER, stoppedAt INTEGER, history LIST<STRING>,
         decision STRING, stoppedArms STRING
*/
MATCH (experiment:Experiment)
RETURN experiment.id AS id, experiment.state AS state, experiment.definition AS definition,
       experiment.first AS first, experiment.size AS size, experiment.ramp AS ramp,
       experiment.createdAt AS createdAt, experiment.startedAt AS startedAt,
       experiment.stoppedAt AS stoppedAt, experiment.history AS history,
       experiment.decision AS decision, experiment.stoppedArms AS stoppedArms
ORDER BY createdAt, id
