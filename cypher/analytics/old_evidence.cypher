// Old evidence: statements last seen before a day, or never dated, oldest first.
/*
Last year's recipe says little about today's bottle. `drinks` is how many drinks rest on the
statement: look at the rows with the most first. For evidence older than six months, give the date
six months ago.

mode:    read
returns: subject STRING, allergen STRING, status STRING, source STRING, observedAt STRING,
         drinks INTEGER
:param before => '2026-05-21'
:param rows => 100
*/
MATCH (subject)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM]->(allergen:Allergen)
WHERE coalesce(evidence.observedAt, '') < $before
OPTIONAL MATCH (drink:Drink)-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
WITH subject, evidence, allergen, count(DISTINCT drink) AS drinks
RETURN subject.id AS subject, allergen.id AS allergen, type(evidence) AS status,
       evidence.source AS source, evidence.observedAt AS observedAt, drinks
ORDER BY drinks DESC, coalesce(observedAt, ''), subject, allergen, status, source
LIMIT $rows
