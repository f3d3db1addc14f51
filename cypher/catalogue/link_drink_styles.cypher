// Link drink styles: which styles each drink is of.
/*
Both must exist already.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', styleId: 'espresso-drinks'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
MATCH (style:Style {id: row.styleId})
MERGE (drink)-[:OF_STYLE]->(style)
