// Changes since: what was recorded about drinks and their parts, since a moment for each drink.
/*
`since` is the first of a drink's changes; `changes` are the newest of them. A change within the
same second as the moment counts as later.

mode:    read
returns: drinkId STRING, since STRING, changes LIST<MAP>
:param rows => [{drinkId: 'flat-white', moment: '2026-01-01T00:00:00'}]
:param most => 20
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.drinkId})-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
WITH DISTINCT drink, row.moment AS moment, subject
MATCH (subject)<-[:ABOUT]-(change:Change)
WHERE change.at > moment
WITH drink, subject, change
ORDER BY change.version DESC, change.id
WITH drink, min(change.at) AS since, collect({
       id: change.id, version: change.version, at: change.at, by: change.by, kind: change.kind,
       source: change.source, note: change.note, subjectId: subject.id,
       subject: coalesce(subject.name, subject.id),
       subjectType: CASE WHEN 'Drink' IN labels(subject) THEN 'drink' ELSE 'ingredient' END,
       before: coalesce(change.before, []), after: coalesce(change.after, [])
     })[0..$most] AS changes
RETURN drink.id AS drinkId, since AS since, changes AS changes
ORDER BY drinkId
