// Models in use: the one that ranks now, and the one that is compared with it in its shadow.
/*
mode:    read
returns: version STRING, status STRING, shadowShare FLOAT
*/
MATCH (model:Model)
WHERE model.status = 'active' OR model.shadowShare > 0.0
RETURN model.version AS version, model.status AS status,
       coalesce(model.shadowShare, 0.0) AS shadowShare
ORDER BY version DESC
