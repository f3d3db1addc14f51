// Models: every registered model, newest first, with its origin, checks and comparisons.
/*
`checks` and `metrics` and `settings` are JSON. The shadow's overlap, correlation and seconds are
sums over the comparisons.

mode:    read
returns: version STRING, status STRING, trainedAt STRING, promotedAt STRING, promotedBy STRING,
         despite STRING, dataFingerprint STRING, metrics STRING, note STRING, checks STRING,
         code STRING, seed INTEGER, seconds FLOAT, trainedBy STRING, drinks INTEGER,
         people INTEGER, events INTEGER, settings STRING, parent STRING, shadowShare FLOAT,
         shadowedAt STRING, shadowCompared INTEGER, shadowSkipped INTEGER, shadowOverlap FLOAT,
         shadowCorrelation FLOAT, shadowSeconds FLOAT, staleSince STRING, staleWhy STRING
*/
MATCH (model:Model)
OPTIONAL MATCH (model)-[:TRAINED_AFTER]->(parent:Model)
RETURN model.version AS version, model.status AS status, model.trainedAt AS trainedAt,
       model.promotedAt AS promotedAt, model.promotedBy AS promotedBy, model.despite AS despite,
       model.dataFingerprint AS dataFingerprint, model.metrics AS metrics, model.note AS note,
       model.checks AS checks, model.code AS code, model.seed AS seed, model.seconds AS seconds,
       model.trainedBy AS trainedBy, model.drinks AS drinks, model.people AS people,
       model.events AS events, model.settings AS settings, parent.version AS parent,
       model.shadowShare AS shadowShare, model.shadowedAt AS shadowedAt,
       model.shadowCompared AS shadowCompared, model.shadowSkipped AS shadowSkipped,
       model.shadowOverlap AS shadowOverlap, model.shadowCorrelation AS shadowCorrelation,
       model.shadowSeconds AS shadowSeconds,
       model.staleSince AS staleSince, model.staleWhy AS staleWhy
ORDER BY trainedAt DESC, version DESC
