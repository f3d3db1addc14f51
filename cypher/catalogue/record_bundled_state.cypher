// Record the bundled state: the bundled data are loaded, or not wanted.
/*
mode:    write
returns: state STRING
:param state => 'complete'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
SET catalogue.bundled = $state
RETURN catalogue.bundled AS state
