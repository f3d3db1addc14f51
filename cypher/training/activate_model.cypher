// Activate a model: the previous one is retired in the same step.
/*
`despite` is why it was made active although the gate refused it.

mode:    write
returns: version STRING
:param version => '20261121T080000Z-0123abcd'
:param promotedAt => '2026-11-21T08:00:00.000Z'
:param promotedBy => 'anna'
:param despite => null
*/
MATCH (model:Model)
WHERE model.version = $version OR model.status = 'active'
SET model.status = CASE WHEN model.version = $version THEN 'active' ELSE 'retired' END
WITH model
WHERE model.version = $version
SET model.promotedAt = $promotedAt, model.promotedBy = $promotedBy, model.despite = $despite
RETURN model.version AS version
