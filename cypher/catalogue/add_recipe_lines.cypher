// Add recipe lines: what each drink contains, and how much of it.
/*
The drinks' older lines have been removed in the same transaction. The embedded engine takes thrice
as long for a relationship that gets its properties after it was created.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', lines: [{ingredientId: 'oat-drink', amount: 120.0, unit: 'ml', optional: false}]}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
UNWIND row.lines AS line
MATCH (ingredient:Ingredient {id: line.ingredientId})
CREATE (drink)-[:CONTAINS {amount: line.amount, unit: line.unit, optional: line.optional}]->(ingredient)
