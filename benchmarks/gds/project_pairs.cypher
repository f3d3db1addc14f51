// Pairs as a graph in memory: who had what, without direction.
/*
Nodes are numbers: drinks from 0, people after them. Needs the plugin Graph Data Science.

mode:    read
returns: nodes INTEGER, relationships INTEGER
:param pairs => [[2, 0], [2, 1], [3, 1]]
*/
UNWIND $pairs AS pair
WITH gds.graph.project(
  'pairs', pair[0], pair[1], {}, {undirectedRelationshipTypes: ['*']}
) AS projected
RETURN projected.nodeCount AS nodes, projected.relationshipCount AS relationships
