// Link allergies: what each person must not have.
/*
An allergy that the person declared themselves is left as it is.

mode:    write
returns:
:param rows => [{id: 'guest-1', allergenId: 'milk', severity: 'SEVERE', acceptsTraces: false}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
MATCH (allergen:Allergen {id: row.allergenId})
MERGE (user)-[allergy:ALLERGIC_TO]->(allergen)
  ON CREATE SET allergy.severity = row.severity, allergy.acceptsTraces = row.acceptsTraces,
                allergy.source = 'import'
