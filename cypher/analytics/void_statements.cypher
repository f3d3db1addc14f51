// Void statements: declarations of absence that no longer count, since when, and why.
/*
Ask whoever made the statement to repeat it, about the drink as it is now and with today's date.
`because` is RECIPE_CHANGED, PARTS_CHANGED or RETIRED, or EXPIRED if it is older than the shelf
life.

mode:    read
returns: subject STRING, allergen STRING, source STRING, observedAt STRING, voidedAt STRING,
         because STRING
:param rows => 100
*/
MATCH (subject)-[was:WAS_FREE_FROM]->(allergen:Allergen)
RETURN subject.id AS subject, allergen.id AS allergen, was.source AS source,
       was.observedAt AS observedAt, was.voidedAt AS voidedAt, was.because AS because
ORDER BY coalesce(voidedAt, '') DESC, subject, allergen, coalesce(source, ''),
         coalesce(observedAt, '')
LIMIT $rows
