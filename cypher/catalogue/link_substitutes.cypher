// Link substitutes: what takes the place of an ingredient in a recipe.
/*
Both have to be there already. What a substitute contains decides nobody's safety here: a recipe
with it is judged anew for each person.

mode:    write
returns:
:param rows => [{id: 'butter', substituteId: 'oat-drink', note: 'thinner', source: 'bar practice'}]
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (substitute:Ingredient {id: row.substituteId})
MERGE (ingredient)-[link:REPLACED_BY]->(substitute)
SET link.note = row.note, link.source = row.source
