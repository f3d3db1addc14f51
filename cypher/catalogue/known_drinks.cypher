// Known drinks: what an import compares its drinks and recipes with.
/*
The fingerprints show whether anything in a drink's row or recipe has changed.

mode:    read
returns: id STRING, fingerprint STRING, recipeFingerprint STRING, recipeComplete BOOLEAN
*/
MATCH (drink:Drink)
RETURN drink.id AS id, drink.fingerprint AS fingerprint,
       drink.recipeFingerprint AS recipeFingerprint,
       coalesce(drink.recipeComplete, false) AS recipeComplete
ORDER BY id
