// Newest ingredient change: whether the ingredients must be read again.
/*
mode:    read
returns: changedAt INTEGER
:param since => -1
*/
MATCH (ingredient:Ingredient)
WHERE ingredient.changedAt > $since
RETURN max(ingredient.changedAt) AS changedAt
