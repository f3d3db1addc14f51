// Swap recipe: the recipe of a drink, and what no change to it can fix.
/*
A person with a limit on alcohol or caffeine, their own (`limited`) or a diet's, is `limited`: how
much of either a changed recipe has is unknown. `ownEvidence` says that evidence on the drink itself,
not on its parts, concerns an allergy. A drink without ingredients has one row without an ingredient.

mode:    read
returns: ingredientId STRING, name STRING, optional BOOLEAN, recipeComplete BOOLEAN,
         limited BOOLEAN, ownEvidence BOOLEAN
:param allergenIds => ['milk']
:param dietIds => ['vegan']
:param limited => false
:param drinkId => 'flat-white'
*/
UNWIND $dietIds + [''] AS dietId
OPTIONAL MATCH (diet:Diet {id: dietId})
WITH sum(CASE WHEN diet.maxAbv IS NOT NULL OR diet.maxCaffeineMgPer100ml IS NOT NULL THEN 1 ELSE 0 END)
       AS limits
UNWIND $allergenIds + [''] AS allergenId
OPTIONAL MATCH (stated:Allergen {id: allergenId})
OPTIONAL MATCH (stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen)
WITH limits, collect(DISTINCT related.id) AS about
MATCH (drink:Drink {id: $drinkId})
WITH drink, limits > 0 OR $limited AS limited,
     size([(drink)-[:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen) WHERE found.id IN about
           | found.id]) > 0 AS ownEvidence
OPTIONAL MATCH (drink)-[line:CONTAINS]->(ingredient:Ingredient)
WITH drink, limited, ownEvidence, ingredient,
     collect(coalesce(line.optional, false)) AS optionals
RETURN ingredient.id AS ingredientId, ingredient.name AS name,
       all(one IN optionals WHERE one) AS optional,
       coalesce(drink.recipeComplete, false) AS recipeComplete, limited, ownEvidence
ORDER BY ingredientId
