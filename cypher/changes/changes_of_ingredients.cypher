// Changes of ingredients: what was recorded about them and all they are or are made of.
/*
mode:    read
returns: id STRING, version INTEGER, at STRING, by STRING, kind STRING, source STRING, note STRING,
         subjectType STRING, subjectId STRING, subject STRING, before LIST<STRING>,
         after LIST<STRING>
:param ids => ['butter']
*/
UNWIND $ids AS wanted
MATCH (ingredient:Ingredient {id: wanted})-[:IS_A|MADE_OF*0..]->(subject:Ingredient)
WITH DISTINCT subject
MATCH (change:Change)-[:ABOUT]->(subject)
RETURN change.id AS id, change.version AS version, change.at AS at, change.by AS by,
       change.kind AS kind, change.source AS source, change.note AS note,
       'ingredient' AS subjectType, subject.id AS subjectId,
       coalesce(subject.name, subject.id) AS subject,
       coalesce(change.before, []) AS before, coalesce(change.after, []) AS after
ORDER BY version DESC, id
