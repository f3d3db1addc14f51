// Inventory: how much there is of everything, and how recent it is.
/*
mode:    read
returns: version INTEGER, bundled STRING, knowledge STRING, knowledgeAt STRING, drinks INTEGER,
         ingredients INTEGER, unreviewed INTEGER, allergens INTEGER, people INTEGER
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN catalogue.version AS version, catalogue.bundled AS bundled,
       catalogue.knowledge AS knowledge, catalogue.knowledgeAt AS knowledgeAt,
       COUNT { (:Drink) } AS drinks, COUNT { (:Ingredient) } AS ingredients,
       COUNT { MATCH (one:Ingredient) WHERE NOT coalesce(one.reviewed, false) } AS unreviewed,
       COUNT { (:Allergen) } AS allergens, COUNT { (:User) } AS people
