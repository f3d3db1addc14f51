// Bundled state: whether this graph has the bundled catalogue or its owner's.
/*
State is 'started' while the bundled data are loading, 'complete' once they are loaded, 'none' for a
graph with its owner's data, null before.

mode:    read
returns: state STRING, drinks INTEGER
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN catalogue.bundled AS state, COUNT { (:Drink) } AS drinks
