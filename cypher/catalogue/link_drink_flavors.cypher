// Link drink flavors: what each drink tastes of.
/*
Both must exist already; the drink's older links have been removed in the same transaction.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', flavorId: 'creamy'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
MATCH (flavor:Flavor {id: row.flavorId})
CREATE (drink)-[:HAS_FLAVOR]->(flavor)
