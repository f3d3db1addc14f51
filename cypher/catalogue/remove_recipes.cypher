// Remove recipes: the first step of replacing them.
/*
The drinks stay, marked as changed, with the fingerprints of their new recipes.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', recipeFingerprint: 'f2'}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: row.id})
SET drink.recipeFingerprint = row.recipeFingerprint, drink.changedAt = catalogue.version
WITH drink
OPTIONAL MATCH (drink)-[line:CONTAINS]->(:Ingredient)
DELETE line
