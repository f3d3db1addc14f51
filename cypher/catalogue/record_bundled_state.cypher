// Record the bundled state: that the bundled data are in, or that they are not wanted.
/*
mode:    write
returns: state STRING
:param state => 'complete'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
SET catalogue.bundled = $state
RETURN catalogue.bundled AS state
