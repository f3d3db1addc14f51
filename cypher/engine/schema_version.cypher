// Schema version: which schema files this graph has seen.
/*
mode:    read
returns: version INTEGER
*/
MATCH (schema:SchemaVersion {id: 'schema'})
RETURN schema.version AS version
