// Catalogue version: how new the catalogue is.
/*
mode:    read
returns: version INTEGER, structureVersion INTEGER
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN catalogue.version AS version, catalogue.structureVersion AS structureVersion
