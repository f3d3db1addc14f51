// Substitutes, by likeness: which of those proposed as alike may stand in a drink.
/*
Who proposes knows which ingredients taste alike; the graph knows what they are: both must belong to
the group that is named, or be made of it, or be it. Only reviewed ingredients that are in some
drink of the catalogue, and no bare group, which says nothing about allergens. `drinks` counts
drinks of the same kind with the substitute. Nothing here says that a substitute is safe for
anybody.

mode:    read
returns: ingredientId STRING, substituteId STRING, name STRING, about STRING,
         flavors LIST<STRING>, drinks INTEGER
:param drinkId => 'negroni'
:param proposed => [{ingredientId: 'gin', substituteId: 'ginger', groupId: 'alcoholic-beverage'}]
*/
UNWIND $proposed AS proposal
MATCH (drink:Drink {id: $drinkId})-[:CONTAINS]->(ingredient)
WHERE ingredient.id = proposal.ingredientId
MATCH (ingredient)-[:IS_A|MADE_OF*0..]->(group)
WHERE group.id = proposal.groupId
WITH DISTINCT drink, ingredient, group, proposal.substituteId AS substituteId
MATCH (substitute:Ingredient {id: substituteId})
WHERE substitute.id <> ingredient.id AND coalesce(substitute.reviewed, false)
  AND NOT coalesce(substitute.source, '') STARTS WITH 'group'
  AND EXISTS { (substitute)-[:IS_A|MADE_OF*0..]->(group) }
  AND EXISTS { (:Drink)-[:CONTAINS]->(substitute) }
WITH DISTINCT drink, ingredient, substitute, coalesce(group.name, group.id) AS about
RETURN ingredient.id AS ingredientId, substitute.id AS substituteId, substitute.name AS name,
       about,
       [(ingredient)-[:HAS_FLAVOR]->(flavor:Flavor)
        WHERE EXISTS { (substitute)-[:HAS_FLAVOR]->(flavor) } | flavor.name] AS flavors,
       COUNT { (substitute)<-[:CONTAINS]-(other:Drink) WHERE other.kind = drink.kind } AS drinks
ORDER BY ingredientId, substituteId, about
