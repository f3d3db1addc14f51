// Link diets: which groups of ingredients each of them avoids.
/*
Both must exist already.

mode:    write
returns:
:param rows => [{id: 'vegan', ingredientId: 'cream'}]
*/
UNWIND $rows AS row
MATCH (diet:Diet {id: row.id})
MATCH (ingredient:Ingredient {id: row.ingredientId})
MERGE (diet)-[:AVOIDS]->(ingredient)
