// Exempt ingredients: what a regulation exempts, if there is an ingredient for it.
/*
Older exemptions of ingredients by that regulation have been removed in the same transaction. An
exemption is shown, and decides nothing.

mode:    write
returns:
:param rows => [{regulation: 'eu-14', allergen: 'milk', ingredient: 'gin', text: 'whey for distillates', source: 'Annex II (7)(a)'}]
*/
UNWIND $rows AS row
MATCH (regulation:Regulation {id: row.regulation})
MATCH (ingredient:Ingredient {id: row.ingredient})
CREATE (regulation)-[exemption:EXEMPTS]->(ingredient)
SET exemption.allergen = row.allergen, exemption.text = row.text, exemption.source = row.source
