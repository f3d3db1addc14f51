// Add unreviewed ingredients: text that an import could not recognise.
/*
An existing ingredient is left as it is. Unreviewed means that nothing containing it is safe.

mode:    write
returns:
:param rows => [{id: 'secret-syrup', name: 'Secret syrup', source: 'operator'}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MERGE (ingredient:Ingredient {id: row.id})
  ON CREATE SET ingredient.name = row.name, ingredient.synonyms = [],
                ingredient.reviewed = false, ingredient.dietsReviewed = false,
                ingredient.source = row.source,
                ingredient.changedAt = catalogue.version
