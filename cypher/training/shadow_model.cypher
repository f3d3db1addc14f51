// Shadow a model: from now on servers compare it, and no other, with the active one.
/*
Counting starts again. The active model cannot be its own shadow.

mode:    write
returns: version STRING
:param version => '20261121T080000Z-0123abcd'
:param share => 0.1
:param at => '2026-11-21T08:00:00.000Z'
*/
MATCH (model:Model)
WHERE model.version = $version OR model.shadowShare IS NOT NULL
SET model.shadowShare =
  CASE WHEN model.version = $version AND model.status <> 'active' THEN $share ELSE null END
WITH model
WHERE model.version = $version AND model.shadowShare IS NOT NULL
SET model.shadowedAt = $at, model.shadowCompared = 0, model.shadowSkipped = 0,
    model.shadowOverlap = 0.0, model.shadowCorrelation = 0.0, model.shadowSeconds = 0.0
RETURN model.version AS version
