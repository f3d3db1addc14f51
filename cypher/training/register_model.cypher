// Register a model: a candidate until it is made active, with its origin and the gate's checks.
/*
mode:    write
returns: version STRING
:param version => '20261121T080000Z-0123abcd'
:param trainedAt => '2026-11-21T08:00:00Z'
:param dataFingerprint => 'sha256:0123'
:param metrics => '{"model": {"recall": 0.3}}'
:param note => 'beats popularity'
:param checks => '[{"name": "popularity", "passed": true}]'
:param code => '0.1.0+0123456789ab'
:param seed => 0
:param seconds => 12.5
:param trainedBy => 'anna'
:param drinks => 400
:param people => 2000
:param events => 40000
:param settings => '{"ridge": 16.0}'
*/
MERGE (model:Model {version: $version})
SET model.trainedAt = $trainedAt, model.dataFingerprint = $dataFingerprint,
    model.metrics = $metrics, model.note = $note, model.checks = $checks, model.code = $code,
    model.seed = $seed, model.seconds = $seconds, model.trainedBy = $trainedBy,
    model.drinks = $drinks, model.people = $people, model.events = $events,
    model.settings = $settings, model.status = coalesce(model.status, 'candidate')
RETURN model.version AS version
