// Substitutes, as stated: what can replace each ingredient of a drink, and who says so.
/*
A statement about a group applies to everything below it; `steps` counts how far up the group is.
`flavors` are shared, `drinks` counts drinks of the same kind with the substitute. Nothing here says
that a substitute is safe for anybody.

mode:    read
returns: ingredientId STRING, substituteId STRING, name STRING, about STRING, steps INTEGER,
         note STRING, source STRING, flavors LIST<STRING>, drinks INTEGER
:param drinkId => 'flat-white'
*/
MATCH (drink:Drink {id: $drinkId})-[:CONTAINS]->(ingredient:Ingredient)
MATCH route = (ingredient)-[:IS_A*0..]->(group:Ingredient)
MATCH (group)-[link:REPLACED_BY]->(substitute:Ingredient)
WHERE substitute.id <> ingredient.id
WITH drink, ingredient, group, link, substitute, min(length(route)) AS steps
RETURN ingredient.id AS ingredientId, substitute.id AS substituteId, substitute.name AS name,
       group.name AS about, steps, link.note AS note, link.source AS source,
       [(ingredient)-[:HAS_FLAVOR]->(flavor:Flavor)
        WHERE EXISTS { (substitute)-[:HAS_FLAVOR]->(flavor) } | flavor.name] AS flavors,
       COUNT { (substitute)<-[:CONTAINS]-(other:Drink) WHERE other.kind = drink.kind } AS drinks
ORDER BY ingredientId, substituteId, steps, about
