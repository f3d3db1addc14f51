// Conflicting evidence: where one source says an allergen is absent and another says it is not.
/*
Presence wins: none of these drinks and ingredients counts as free of the allergen. `path` leads
from what was declared free to the part that contradicts it.

mode:    read
returns: subject STRING, allergen STRING, absentSource STRING, absentSince STRING,
         path LIST<STRING>, status STRING, source STRING, observedAt STRING
:param rows => 100
*/
MATCH (subject)-[absence:FREE_FROM]->(allergen:Allergen)
MATCH route = (subject)-[:CONTAINS|IS_A|MADE_OF*0..]->(part)
MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(allergen)
RETURN subject.id AS subject, allergen.id AS allergen, absence.source AS absentSource,
       absence.observedAt AS absentSince, [node IN nodes(route) | node.id] AS path,
       type(evidence) AS status, evidence.source AS source, evidence.observedAt AS observedAt
ORDER BY subject, allergen, size(path), path, status, source
LIMIT $rows
