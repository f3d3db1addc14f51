// Add recipe lines: what each drink contains, and how much of it.
/*
The drinks' older lines have been removed in the same transaction.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', ingredientId: 'oat-drink', amount: 120.0, unit: 'ml', optional: false}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
MATCH (ingredient:Ingredient {id: row.ingredientId})
CREATE (drink)-[line:CONTAINS]->(ingredient)
SET line.amount = row.amount, line.unit = row.unit, line.optional = row.optional
