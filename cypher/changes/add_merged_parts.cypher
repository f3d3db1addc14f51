// Add merged parts: what a drink holds that was in one merged into it.
/*
As optional parts: whoever must not have one of them is not offered the drink.

mode:    write
returns:
:param intoId => 'flat-white'
:param fromId => 'oat-flat-white'
:param rows => [{ingredientId: 'oat-drink', amount: 120.0, unit: 'ml'}]
*/
UNWIND $rows AS row
MATCH (kept:Drink {id: $intoId})
MATCH (part:Ingredient {id: row.ingredientId})
CREATE (kept)-[line:CONTAINS]->(part)
SET line.amount = row.amount, line.unit = row.unit, line.optional = true, line.mergedFrom = [$fromId]
