// Set consents: what a person agrees to, by purpose; null leaves an answer as it is.
/*
mode:    write
returns: userId STRING
:param userId => 'user-1'
:param given => {safety: null, personalisation: false, remembering: null, training: null, experiments: null, analytics: null, warehouse: null, marketing: null}
:param at => '2026-11-21T08:00:00+00:00'
*/
MATCH (user:User {id: $userId})
SET user.safety = coalesce($given.safety, user.safety),
    user.personalisation = coalesce($given.personalisation, user.personalisation),
    user.remembering = coalesce($given.remembering, user.remembering),
    user.training = coalesce($given.training, user.training),
    user.experiments = coalesce($given.experiments, user.experiments),
    user.analytics = coalesce($given.analytics, user.analytics),
    user.warehouse = coalesce($given.warehouse, user.warehouse),
    user.marketing = coalesce($given.marketing, user.marketing),
    user.consentsSetAt = $at
RETURN user.id AS userId
