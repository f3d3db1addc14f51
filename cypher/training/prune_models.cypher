// Prune models: their files are gone, so they can no longer be made active.
/*
mode:    write
returns: version STRING
:param versions => ['v0']
*/
UNWIND $versions AS version
MATCH (model:Model {version: version})
WHERE model.status <> 'active'
SET model.status = 'pruned', model.shadowShare = null
RETURN model.version AS version
ORDER BY version
