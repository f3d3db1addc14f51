// Swap recipe: the recipe of a drink, and what no change to it can fix.
/*
A person with a limit on alcohol or caffeine, their own or a diet's, is `limited`: how much of
either a changed recipe has is unknown. `ownEvidence` says that evidence on the drink itself, not on
its parts, concerns an allergy. A drink without ingredients has one row without an ingredient.

mode:    read
returns: ingredientId STRING, name STRING, optional BOOLEAN, recipeComplete BOOLEAN,
         limited BOOLEAN, ownEvidence BOOLEAN
:param userId => 'simulated-0001'
:param drinkId => 'flat-white'
*/
MATCH (drink:Drink {id: $drinkId})
OPTIONAL MATCH (user:User {id: $userId})
OPTIONAL MATCH (user)-[:FOLLOWS]->(diet:Diet)
WHERE diet.maxAbv IS NOT NULL OR diet.maxCaffeineMgPer100ml IS NOT NULL
WITH drink, user, count(diet) AS limits
OPTIONAL MATCH (user)-[:ALLERGIC_TO]->(stated:Allergen)
OPTIONAL MATCH (stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen)
WITH drink, user, limits, collect(DISTINCT related.id) AS about
WITH drink,
     limits > 0 OR user.maxAbv IS NOT NULL OR user.maxCaffeineMgPer100ml IS NOT NULL AS limited,
     size([(drink)-[:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen) WHERE found.id IN about
           | found.id]) > 0 AS ownEvidence
OPTIONAL MATCH (drink)-[line:CONTAINS]->(ingredient:Ingredient)
WITH drink, limited, ownEvidence, ingredient,
     collect(coalesce(line.optional, false)) AS optionals
RETURN ingredient.id AS ingredientId, ingredient.name AS name,
       all(one IN optionals WHERE one) AS optional,
       coalesce(drink.recipeComplete, false) AS recipeComplete, limited, ownEvidence
ORDER BY ingredientId
