// Recall state: what one source says now about an allergen in a drink or an ingredient.
/*
One of the two ids is null. The name is null if there is no such drink or ingredient. `recalled`
says whether a recall last wrote what this source says.

mode:    read
returns: subject STRING, allergen STRING, statements LIST<STRING>, recalled BOOLEAN
:param drinkId => null
:param ingredientId => 'butter'
:param allergenId => 'milk'
:param source => 'Dairy Ltd'
*/
OPTIONAL MATCH (drink:Drink {id: $drinkId})
OPTIONAL MATCH (ingredient:Ingredient {id: $ingredientId})
WITH coalesce(ingredient, drink) AS subject
OPTIONAL MATCH (allergen:Allergen {id: $allergenId})
WITH subject, allergen
OPTIONAL MATCH (change:Change)-[:ABOUT]->(subject)
WHERE any(fact IN change.after
          WHERE (fact + ' | ') CONTAINS (' ' + $allergenId + ' | ' + $source + ' | ')
            AND NOT fact IN change.before)
WITH subject, allergen, max(change.version) AS newest,
     max(CASE WHEN change.kind = 'RECALL' THEN change.version END) AS byRecall
RETURN coalesce(subject.name, subject.id) AS subject,
       coalesce(allergen.name, allergen.id) AS allergen,
       [(subject)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM]->(about:Allergen)
        WHERE about.id = $allergenId AND evidence.source = $source | type(evidence)] AS statements,
       coalesce(byRecall = newest, false) AS recalled
ORDER BY subject, allergen
