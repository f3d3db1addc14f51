// Link a model to its parent: the one that was active when it was trained.
/*
mode:    write
returns: version STRING
:param version => 'v1'
:param parent => 'v0'
*/
MATCH (model:Model {version: $version})
MATCH (parent:Model {version: $parent})
MERGE (model)-[:TRAINED_AFTER]->(parent)
RETURN model.version AS version
