// Models in use: the active one, and whether it is stale, and the one that shadows it.
/*
mode:    read
returns: version STRING, status STRING, shadowShare FLOAT, stale BOOLEAN
*/
MATCH (model:Model)
WHERE model.status = 'active' OR model.shadowShare > 0.0
RETURN model.version AS version, model.status AS status,
       coalesce(model.shadowShare, 0.0) AS shadowShare, model.staleSince IS NOT NULL AS stale
ORDER BY version DESC
