// Activate a model: the one before is retired in the same step.
/*
mode:    write
returns: version STRING
:param version => '20261121T080000Z-0123abcd'
:param promotedAt => '2026-11-21T08:00:00.000Z'
*/
MATCH (model:Model)
WHERE model.version = $version OR model.status = 'active'
SET model.status = CASE WHEN model.version = $version THEN 'active' ELSE 'retired' END
WITH model
WHERE model.version = $version
SET model.promotedAt = $promotedAt
RETURN model.version AS version
