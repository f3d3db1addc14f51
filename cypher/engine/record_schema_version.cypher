// Record the schema version: and create the catalogue's own counter if it is missing.
/*
mode:    write
returns: version INTEGER
:param version => 2
*/
MERGE (catalogue:Catalogue {id: 'catalogue'})
  ON CREATE SET catalogue.version = 0, catalogue.structureVersion = 0
MERGE (schema:SchemaVersion {id: 'schema'})
SET schema.version = $version
RETURN schema.version AS version
