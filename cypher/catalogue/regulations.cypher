// Regulations: the laws, what each lists under which name, and what each exempts.
/*
An exemption without an ingredient speaks of a kind of product, or of an amount.

mode:    read
returns: id STRING, name STRING, source STRING, listings LIST<MAP>, products LIST<MAP>,
         ingredients LIST<MAP>
*/
MATCH (regulation:Regulation)
RETURN regulation.id AS id, regulation.name AS name, regulation.source AS source,
       [(regulation)-[listing:LISTS]->(allergen:Allergen) | {
         allergen: allergen.id, name: coalesce(listing.name, allergen.name, allergen.id),
         entry: listing.entry, text: listing.text, source: listing.source}] AS listings,
       [(regulation)-[exemption:EXEMPTS]->(about:Allergen) | {
         allergen: exemption.allergen, text: exemption.text,
         source: exemption.source}] AS products,
       [(regulation)-[exemption:EXEMPTS]->(ingredient:Ingredient) | {
         allergen: exemption.allergen, text: exemption.text, source: exemption.source,
         ingredient: ingredient.id,
         name: coalesce(ingredient.name, ingredient.id)}] AS ingredients
ORDER BY id
