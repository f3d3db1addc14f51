// Add merged parts: what a drink gains from one merged into it.
/*
They become optional parts: people who must not have one of them are not offered the drink.

mode:    write
returns:
:param intoId => 'flat-white'
:param fromId => 'oat-flat-white'
:param rows => [{ingredientId: 'oat-drink', amount: 120.0, unit: 'ml'}]
*/
UNWIND $rows AS row
MATCH (kept:Drink {id: $intoId})
MATCH (part:Ingredient {id: row.ingredientId})
CREATE (kept)-[:CONTAINS {
  amount: row.amount, unit: row.unit, optional: true, mergedFrom: [$fromId]}]->(part)
