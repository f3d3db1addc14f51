// Review queue: the ingredients that nobody has reviewed, by how many drinks they block.
/*
`rejected` ones were last seen by somebody who could not say what they are; they come only with
`all`. Any later change to one brings it back.

mode:    read
returns: id STRING, name STRING, source STRING, drinks INTEGER, rejected BOOLEAN,
         examples LIST<STRING>
:param all => true
:param most => 25
*/
MATCH (ingredient:Ingredient)
WHERE NOT coalesce(ingredient.reviewed, false)
OPTIONAL MATCH (change:Change)-[:ABOUT]->(ingredient)
WITH ingredient, max(change.version) AS newest,
     max(CASE WHEN change.kind = 'REJECTION' THEN change.version END) AS looked
WITH ingredient, coalesce(looked = newest, false) AS rejected
WHERE $all OR NOT rejected
OPTIONAL MATCH (ingredient)<-[:CONTAINS|IS_A|MADE_OF*1..]-(drink:Drink)
WITH ingredient, rejected, collect(DISTINCT coalesce(drink.name, drink.id)) AS blocked,
     count(DISTINCT drink) AS drinks
RETURN ingredient.id AS id, coalesce(ingredient.name, ingredient.id) AS name,
       ingredient.source AS source, drinks AS drinks, rejected AS rejected,
       blocked[0..3] AS examples
ORDER BY drinks DESC, id
LIMIT $most
