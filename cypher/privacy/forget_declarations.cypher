// Forget declarations: that, when and by which law a person declared, their limits, what was unclear, sealed or not.
/*
The relationships to allergens, ingredients and diets are deleted by other files, in the same
transaction.

mode:    write
returns: userId STRING
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})
SET user.sealed = null, user.allergiesDeclaredAt = null, user.regulation = null, user.maxAbv = null,
    user.maxCaffeineMgPer100ml = null, user.unresolved = []
RETURN user.id AS userId
