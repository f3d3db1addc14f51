// Substitutes, by similarity: what shares a group and a flavor with an ingredient of a drink.
/*
Only reviewed ingredients that are in some drink of the catalogue, and no bare group, which says
nothing about allergens. In a group of many kinds half of the flavors must be shared, in a small one
any. A group that a diet avoids says nothing about what an ingredient is used for. `drinks` counts
drinks of the same kind with the substitute. Nothing here says that a substitute is safe for
anybody.

mode:    read
returns: ingredientId STRING, substituteId STRING, name STRING, about STRING,
         flavors LIST<STRING>, drinks INTEGER
:param drinkId => 'negroni'
*/
MATCH (drink:Drink {id: $drinkId})-[:CONTAINS]->(ingredient:Ingredient)
MATCH (ingredient)-[:IS_A]->(group:Ingredient)
WHERE NOT EXISTS { (:Diet)-[:AVOIDS]->(group) }
WITH drink, ingredient, group, COUNT { (group)<-[:IS_A]-(:Ingredient) } AS kinds,
     COUNT { (ingredient)-[:HAS_FLAVOR]->(:Flavor) } AS own
MATCH (group)<-[:IS_A]-(substitute:Ingredient)
WHERE substitute.id <> ingredient.id AND coalesce(substitute.reviewed, false)
  AND NOT coalesce(substitute.source, '') STARTS WITH 'group'
  AND EXISTS { (:Drink)-[:CONTAINS]->(substitute) }
MATCH (ingredient)-[:HAS_FLAVOR]->(flavor:Flavor)<-[:HAS_FLAVOR]-(substitute)
WITH drink, ingredient, group, kinds, own, substitute, collect(DISTINCT flavor.name) AS flavors
WITH drink, ingredient, group, substitute, flavors, kinds,
     own + COUNT { (substitute)-[:HAS_FLAVOR]->(:Flavor) } - size(flavors) AS together
WHERE kinds <= 20 OR 2 * size(flavors) >= together
WITH drink, ingredient, substitute, flavors, min(group.name) AS about
RETURN ingredient.id AS ingredientId, substitute.id AS substituteId, substitute.name AS name,
       about, flavors,
       COUNT { (substitute)<-[:CONTAINS]-(other:Drink) WHERE other.kind = drink.kind } AS drinks
ORDER BY ingredientId, substituteId, about
