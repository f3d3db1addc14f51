// List allergens: what each regulation lists, and under which name.
/*
Its older listings have been removed in the same transaction. `entry` is the law's own number.

mode:    write
returns:
:param rows => [{regulation: 'eu-14', allergen: 'almond', name: 'Almonds', entry: '8', text: 'almonds', source: 'Annex II (8)'}]
*/
UNWIND $rows AS row
MATCH (regulation:Regulation {id: row.regulation})
MATCH (allergen:Allergen {id: row.allergen})
CREATE (regulation)-[listing:LISTS]->(allergen)
SET listing.name = row.name, listing.entry = row.entry, listing.text = row.text,
    listing.source = row.source
