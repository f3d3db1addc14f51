// Add avoids: ingredients, or whole groups of them, that a person does not want.
/*
mode:    write
returns: ingredientId STRING
:param userId => 'user-1'
:param ingredientIds => ['alcoholic-beverage']
*/
UNWIND $ingredientIds AS ingredientId
MATCH (user:User {id: $userId})
MATCH (ingredient:Ingredient {id: ingredientId})
MERGE (user)-[:AVOIDS]->(ingredient)
RETURN ingredient.id AS ingredientId
ORDER BY ingredientId
