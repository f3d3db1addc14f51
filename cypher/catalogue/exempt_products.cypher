// Exempt products: what a regulation exempts from an allergen, by kind of product or amount.
/*
Older exemptions by that regulation have been removed in the same transaction.

mode:    write
returns:
:param rows => [{regulation: 'eu-14', allergen: 'milk', text: 'lactitol', source: 'Annex II (7)(b)'}]
*/
UNWIND $rows AS row
MATCH (regulation:Regulation {id: row.regulation})
MATCH (allergen:Allergen {id: row.allergen})
CREATE (regulation)-[exemption:EXEMPTS]->(allergen)
SET exemption.allergen = row.allergen, exemption.text = row.text, exemption.source = row.source
