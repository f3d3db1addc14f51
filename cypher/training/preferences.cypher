// Preferences: which flavors, ingredients and styles people like and dislike.
/*
People whose tastes may not be learned from are left out.

mode:    read
returns: userId STRING, opinion STRING, kinds LIST<STRING>, targetId STRING
*/
MATCH (rules:ConsentRules {id: 'rules'})
MATCH (user:User)-[preference:LIKES|DISLIKES]->(target)
WHERE coalesce(user.training, user.ground IS NOT NULL OR 'training' IN rules.assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
RETURN user.id AS userId, type(preference) AS opinion, labels(target) AS kinds,
       target.id AS targetId
ORDER BY userId, opinion, targetId
