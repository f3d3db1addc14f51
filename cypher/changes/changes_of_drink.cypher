// Changes of a drink: what was recorded about it and everything now in it.
/*
The facts before and after, texts with ' | ' between their parts, show what an older recipe
contained.

mode:    read
returns: id STRING, version INTEGER, at STRING, by STRING, kind STRING, source STRING, note STRING,
         subjectType STRING, subjectId STRING, subject STRING, before LIST<STRING>,
         after LIST<STRING>
:param drinkId => 'flat-white'
*/
MATCH (drink:Drink {id: $drinkId})-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
WITH DISTINCT subject
MATCH (change:Change)-[:ABOUT]->(subject)
RETURN change.id AS id, change.version AS version, change.at AS at, change.by AS by,
       change.kind AS kind, change.source AS source, change.note AS note,
       CASE WHEN 'Drink' IN labels(subject) THEN 'drink' ELSE 'ingredient' END AS subjectType,
       subject.id AS subjectId, coalesce(subject.name, subject.id) AS subject,
       coalesce(change.before, []) AS before, coalesce(change.after, []) AS after
ORDER BY version DESC, id
