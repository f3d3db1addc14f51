// Link substitutes: what can replace an ingredient in a recipe.
/*
Both must exist already. This makes nothing safe: a recipe with the substitute is judged afresh for
each person.

mode:    write
returns:
:param rows => [{id: 'butter', substituteId: 'oat-drink', note: 'thinner', source: 'bar practice'}]
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (substitute:Ingredient {id: row.substituteId})
MERGE (ingredient)-[link:REPLACED_BY]->(substitute)
SET link.note = row.note, link.source = row.source
