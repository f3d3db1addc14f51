// Active model: the one that ranks now.
/*
mode:    read
returns: version STRING
*/
MATCH (model:Model {status: 'active'})
RETURN model.version AS version
ORDER BY version DESC
LIMIT 1
