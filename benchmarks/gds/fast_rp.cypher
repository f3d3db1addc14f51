// FastRP: a vector for each node, from a number on, of the graph in memory named pairs.
/*
Needs the plugin Graph Data Science and the projection of project_pairs.cypher.

mode:    read
returns: node INTEGER, vector LIST<FLOAT>
:param first => 0
:param dimensions => 128
:param iterationWeights => [0.0, 1.0, 1.0]
:param normalization => 0.0
*/
CALL gds.fastRP.stream('pairs', {
  embeddingDimension: $dimensions,
  iterationWeights: $iterationWeights,
  normalizationStrength: $normalization,
  randomSeed: 0,
  concurrency: 1
})
YIELD nodeId, embedding
WHERE nodeId >= $first
RETURN nodeId AS node, embedding AS vector
