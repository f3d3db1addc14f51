// Put an experiment: a new one, or what has become of it.
/*
mode:    write
returns: id STRING
:param id => 'diverse-home'
:param state => 'running'
:param definition => '{"id": "diverse-home"}'
:param first => 0
:param size => 5000
:param ramp => 0.5
:param createdAt => 1793526000000
:param startedAt => 1793526000000
:param stoppedAt => null
:param history => ['{"to": "draft"}', '{"to": "running"}']
:param decision => null
:param stoppedArms => '{}'
*/
MERGE (experiment:Experiment {id: $id})
SET experiment.state = $state, experiment.definition = $definition, experiment.first = $first,
    experiment.size = $size, experiment.ramp = $ramp, experiment.createdAt = $createdAt,
    experiment.startedAt = $startedAt, experiment.stoppedAt = $stoppedAt,
    experiment.history = $history, experiment.decision = $decision,
    experiment.stoppedArms = $stoppedArms
RETURN experiment.id AS id
