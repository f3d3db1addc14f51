// Drop pairs: the graph in memory named pairs, if there is one.
/*
mode:    read
returns: name STRING
*/
CALL gds.graph.drop('pairs', false)
YIELD graphName
RETURN graphName AS name
