// Link drink styles: which styles each drink is of.
/*
Both must exist already; the drink's older links have been removed in the same transaction.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', styleId: 'espresso-drinks'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
MATCH (style:Style {id: row.styleId})
CREATE (drink)-[:OF_STYLE]->(style)
