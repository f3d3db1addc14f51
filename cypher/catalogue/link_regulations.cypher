// Link regulations: which allergens each of them lists.
/*
Rows that name an unknown regulation or allergen link nothing.

mode:    write
returns:
:param rows => [{id: 'almond', regulationId: 'eu-14'}]
*/
UNWIND $rows AS row
MATCH (allergen:Allergen {id: row.id})
MATCH (regulation:Regulation {id: row.regulationId})
MERGE (regulation)-[:LISTS]->(allergen)
