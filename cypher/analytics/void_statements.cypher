// Void statements: what was declared absent and counts no longer, since when, and why.
/*
Ask those who said it to say it again: of the drink as it is now, with the day of today. `because` is
RECIPE_CHANGED, PARTS_CHANGED or RETIRED, or EXPIRED for what is older than the shelf life.

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
