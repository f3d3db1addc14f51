// Preferences: which flavors, ingredients and styles people like and dislike.
/*
People who do not want personal lists are left out.

mode:    read
returns: userId STRING, opinion STRING, kinds LIST<STRING>, targetId STRING
*/
MATCH (user:User)-[preference:LIKES|DISLIKES]->(target)
WHERE coalesce(user.personalisation, true)
RETURN user.id AS userId, type(preference) AS opinion, labels(target) AS kinds,
       target.id AS targetId
ORDER BY userId, opinion, targetId
