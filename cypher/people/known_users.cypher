// Known users: what an import compares its users with.
/*
The fingerprint shows whether anything in a user's row has changed, `mergedInto` who the person was
merged into, and `tookIn` whether others were merged into them.

mode:    read
returns: id STRING, sealed BOOLEAN, fingerprint STRING, unresolved LIST<STRING>, mergedInto STRING,
         tookIn BOOLEAN
:param ids => ['guest-1', 'card-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})
RETURN user.id AS id, user.sealed IS NOT NULL AS sealed,
       user.fingerprint AS fingerprint,
       coalesce(user.unresolved, []) AS unresolved,
       head([(user)-[:MERGED_INTO]->(other:User) | other.id]) AS mergedInto,
       size([(user)<-[:MERGED_INTO]-(other:User) | other.id]) > 0 AS tookIn
ORDER BY id
