// Running experiments: what servers need in order to assign people to arms.
/*
mode:    read
returns: id STRING, definition STRING, first INTEGER, size INTEGER, ramp FLOAT,
         stoppedArms STRING
*/
MATCH (experiment:Experiment {state: 'running'})
RETURN experiment.id AS id, experiment.definition AS definition, experiment.first AS first,
       experiment.size AS size, experiment.ramp AS ramp, experiment.stoppedArms AS stoppedArms
ORDER BY id
