// Changes: every recorded change of the catalogue after a version, without who made it.
/*
`before` and `after` hold all facts of the subject, texts with ' | ' between their parts.

mode:    read
returns: id STRING, version INTEGER, at STRING, kind STRING, source STRING, subjectType STRING,
         subjectId STRING, before LIST<STRING>, after LIST<STRING>
:param since => -1
*/
MATCH (change:Change)-[:ABOUT]->(subject)
WHERE change.version > $since
RETURN change.id AS id, change.version AS version, change.at AS at, change.kind AS kind,
       change.source AS source,
       CASE WHEN 'Drink' IN labels(subject) THEN 'drink' ELSE 'ingredient' END AS subjectType,
       subject.id AS subjectId, coalesce(change.before, []) AS before,
       coalesce(change.after, []) AS after
ORDER BY version, id, subjectId
