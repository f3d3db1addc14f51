// Watched versions: how recent the catalogue is, and what these people declared and did.
/*
mode:    read
returns: userId STRING, profileVersion INTEGER, catalogueVersion INTEGER
:param userIds => ['user-1', 'nobody']
*/
UNWIND $userIds AS userId
OPTIONAL MATCH (user:User {id: userId})
WITH userId, user
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN userId AS userId, coalesce(user.version, 0) AS profileVersion,
       catalogue.version AS catalogueVersion
ORDER BY userId
