// Newest version: how new the catalogue is, and nothing else of it.
/*
mode:    read
returns: version INTEGER
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN catalogue.version AS version
ORDER BY version
