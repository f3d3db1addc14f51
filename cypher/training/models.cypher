// Models: every registered model, newest first.
/*
mode:    read
returns: version STRING, status STRING, trainedAt STRING, promotedAt STRING,
         dataFingerprint STRING, metrics STRING, note STRING
*/
MATCH (model:Model)
RETURN model.version AS version, model.status AS status, model.trainedAt AS trainedAt,
       model.promotedAt AS promotedAt, model.dataFingerprint AS dataFingerprint,
       model.metrics AS metrics, model.note AS note
ORDER BY trainedAt DESC, version DESC
