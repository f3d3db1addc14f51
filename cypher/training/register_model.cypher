// Register a model: a candidate until it is made active.
/*
mode:    write
returns: version STRING
:param version => '20261121T080000Z-0123abcd'
:param trainedAt => '2026-11-21T08:00:00Z'
:param dataFingerprint => 'sha256:0123'
:param metrics => '{"model": {"recall": 0.3}}'
:param note => 'beats popularity'
*/
MERGE (model:Model {version: $version})
SET model.trainedAt = $trainedAt, model.dataFingerprint = $dataFingerprint,
    model.metrics = $metrics, model.note = $note,
    model.status = coalesce(model.status, 'candidate')
RETURN model.version AS version
