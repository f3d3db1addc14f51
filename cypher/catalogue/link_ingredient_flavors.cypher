// Link ingredient flavors: what each ingredient tastes of.
/*
Both must exist already. The source shows whose statement it is.

mode:    write
returns:
:param rows => [{id: 'butter', flavorId: 'creamy'}]
:param source => 'operator'
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (flavor:Flavor {id: row.flavorId})
MERGE (ingredient)-[:HAS_FLAVOR {source: $source}]->(flavor)
