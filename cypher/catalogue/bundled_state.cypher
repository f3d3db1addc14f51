// Bundled state: whether this graph has the bundled catalogue, or is somebody's own.
/*
State is 'started' while the bundled data come in, 'complete' once they are, 'none' for a graph of
one's own, null before.

mode:    read
returns: state STRING, drinks INTEGER
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN catalogue.bundled AS state, COUNT { (:Drink) } AS drinks
