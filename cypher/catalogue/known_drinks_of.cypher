// Known drinks of some ids: what captured changes compare them with.
/*
mode:    read
returns: id STRING, fingerprint STRING, recipeFingerprint STRING, recipeComplete BOOLEAN
:param ids => ['flat-white', 'negroni']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})
RETURN drink.id AS id, drink.fingerprint AS fingerprint,
       drink.recipeFingerprint AS recipeFingerprint,
       coalesce(drink.recipeComplete, false) AS recipeComplete
ORDER BY id
