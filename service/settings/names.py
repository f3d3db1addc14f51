"""The settings there are: name, default and meaning."""

from __future__ import annotations

from service.settings.kafka import KAFKA_SETTINGS
from service.settings.setting import Setting

REMEMBER_DAYS = "TASTEGRAPH_REMEMBER_RECOMMENDATIONS_DAYS"
KEEP_MODELS = "TASTEGRAPH_KEEP_MODELS"
SHELF_LIFE = "TASTEGRAPH_DECLARATION_SHELF_LIFE"

DOCUMENTS = "TASTEGRAPH_DOCUMENTS"
KEPT_ANSWERS = "TASTEGRAPH_KEPT_ANSWERS"
COST_LIMITS = "TASTEGRAPH_COST_LIMITS"
RATE_LIMITS = "TASTEGRAPH_RATE_LIMITS"
CONNECTIONS = "TASTEGRAPH_CONNECTIONS"
AT_ONCE = "TASTEGRAPH_AT_ONCE"
TRUSTED_PROXIES = "TASTEGRAPH_TRUSTED_PROXIES"
UVICORNS_PROXIES = "FORWARDED_ALLOW_IPS"
"""The setting's former name: still read if the new one is unset."""
CORS_ORIGINS = "TASTEGRAPH_CORS_ORIGINS"
WRITE_KEYS = "TASTEGRAPH_WRITE_KEYS"
KEEP_EVENTS = "TASTEGRAPH_KEEP_EVENTS_DAYS"
CONDENSE_EVENTS = "TASTEGRAPH_CONDENSE_EVENTS_DAYS"
CONSUME = "TASTEGRAPH_CONSUME"
CHANGES = "TASTEGRAPH_CHANGES"
WINDOWS = "TASTEGRAPH_WINDOWS"
FLINK_GATEWAY = "FLINK_SQL_GATEWAY"
TREND_PEOPLE = "TASTEGRAPH_TREND_PEOPLE"
WEBHOOK_NETWORKS = "TASTEGRAPH_WEBHOOK_NETWORKS"
HOLDOUT = "TASTEGRAPH_HOLDOUT"
POLLS = "TASTEGRAPH_POLLS"
TRIGGERS = "TASTEGRAPH_TRIGGERS"
POLICY = "TASTEGRAPH_POLICY"
GROUNDS = "TASTEGRAPH_GROUNDS"
ASK_FIRST = "TASTEGRAPH_ASK_FIRST"
AGE_OF_CONSENT = "TASTEGRAPH_AGE_OF_CONSENT"
SEALED = "TASTEGRAPH_SEALED"
MASTER_KEY = "TASTEGRAPH_MASTER_KEY"
SUPPORT_MINUTES = "TASTEGRAPH_SUPPORT_MINUTES"
FOUR_EYES = "TASTEGRAPH_FOUR_EYES"
ROLE_CLAIMS = "TASTEGRAPH_ROLE_CLAIMS"
FOUR_EYES_HOURS = "TASTEGRAPH_FOUR_EYES_HOURS"

SETTINGS = (
    Setting(
        "TASTEGRAPH_HOME", ".data", "The folder for everything that is kept: graph, models, keys."
    ),
    Setting("HOST", "127.0.0.1", "The address to serve on."),
    Setting("PORT", "8000", "The port to serve on."),
    Setting("NEO4J_URI", "", "The graph server; unset means the embedded engine."),
    Setting("NEO4J_USER", "neo4j", "The user of the graph server.", secret=True),
    Setting("NEO4J_PASSWORD", "", "The password of the graph server.", secret=True),
    Setting("NEO4J_DATABASE", "neo4j", "The database on the graph server."),
    Setting("TASTEGRAPH_GRAPH_HEAP", "1g", "The memory of the embedded engine."),
    Setting("TASTEGRAPH_DEADLINE", "5", "Seconds a query of a request may take."),
    Setting("TASTEGRAPH_JWKS_URL", "", "Where the keys of your identity provider are."),
    Setting("TASTEGRAPH_JWT_ISSUER", "", "The issuer that a token must name."),
    Setting("TASTEGRAPH_JWT_AUDIENCE", "", "The audience that a token must name."),
    Setting(
        ROLE_CLAIMS,
        "",
        "What claims of your provider's tokens give, as CLAIM:VALUE=SCOPE, separated by commas.",
    ),
    Setting(
        REMEMBER_DAYS,
        "30",
        "Days to remember what each person was recommended; 0: not at all.",
    ),
    Setting(
        KEEP_MODELS,
        "10",
        "Models whose files are kept, newest first; the active one and the previous one stay.",
    ),
    Setting("TASTEGRAPH_DEMO", "auto", "Show a demo user with a token: auto (loopback), off."),
    Setting("TASTEGRAPH_OPERATOR", "", "Who changes the catalogue, for its history."),
    Setting(
        SHELF_LIFE,
        "",
        "Days after which a declaration of absence or a review no longer counts; unset: never.",
    ),
    Setting(
        COST_LIMITS,
        "5000,25000,100000",
        "What one operation may cost: signed out, a person, a developer.",
    ),
    Setting(
        RATE_LIMITS,
        "50,50,500",
        "Requests a second: an address that is signed out, a person, a developer; 0: unlimited.",
    ),
    Setting(CONNECTIONS, "4000,100", "Connections open at once: of all clients, of one address."),
    Setting(
        AT_ONCE,
        "32,250",
        "Requests in work at once (0: any number), and milliseconds that one may wait to be.",
    ),
    Setting(
        TRUSTED_PROXIES,
        "",
        "Addresses or networks whose X-Forwarded-For is trusted, separated by commas.",
    ),
    Setting(CORS_ORIGINS, "", "Other origins whose pages may use the API, separated by commas."),
    Setting(
        WRITE_KEYS,
        "",
        "Keys with which a page may send events about nobody in particular, separated by commas.",
        hidden=True,
    ),
    Setting(KEEP_EVENTS, "365", "Days to keep events in the log; 0: for good."),
    Setting(
        CONDENSE_EVENTS,
        "0",
        "Days after which the graph keeps events as monthly counts; 0: never, else 90 or more.",
    ),
    Setting(
        CONSUME,
        "auto",
        "Let the server write events from the log to the graph: on, off, auto (without Kafka).",
    ),
    Setting(
        GROUNDS,
        "",
        "What holds until somebody says no: consent (nothing), asked-elsewhere (all), or pairs "
        "such as training=legitimate-interest; unset: as it was said last, in a new graph nothing.",
    ),
    Setting(
        ASK_FIRST,
        "safety,personalisation",
        "The consents that the page asks for by itself; the others are under My data.",
    ),
    Setting(
        AGE_OF_CONSENT, "16", "The age from which somebody agrees for themselves, from 13 to 18."
    ),
    Setting(
        SEALED,
        "auto",
        "Seal what people declare before it reaches the graph: on, off, auto (if it was).",
    ),
    Setting(
        MASTER_KEY,
        "",
        "The master key that opens what is sealed; unset: a file of the home, made when needed.",
        secret=True,
    ),
    Setting(
        SUPPORT_MINUTES,
        "15",
        "Minutes that support may look at a person for one reason, 1 to 1440.",
    ),
    Setting(
        FOUR_EYES,
        "",
        "What needs a second person: recalls (their withdrawal), master-keys, or both.",
    ),
    Setting(FOUR_EYES_HOURS, "24", "Hours in which a proposal is approved and done, 0.1 to 720."),
    Setting(CHANGES, "", "The mapping by which changes of a shop's own database are followed."),
    *KAFKA_SETTINGS,
    Setting(
        WINDOWS,
        "on",
        "Who computes what is trending, from the log: on (this server), flink (with Kafka), off.",
    ),
    Setting(
        FLINK_GATEWAY,
        "http://127.0.0.1:8083",
        "Where Flink's SQL gateway is, for tastegraph stream windows submit and jobs.",
    ),
    Setting(
        TREND_PEOPLE, "5", "How many people must have wanted a drink for it to trend; 5 or more."
    ),
    Setting(
        WEBHOOK_NETWORKS,
        "",
        "Networks of your own that webhooks may reach, without TLS too, separated by commas.",
    ),
    Setting(HOLDOUT, "0", "The share of people whom no experiment touches."),
    Setting(POLLS, "", "The file of the questions to people; unset: those that come along."),
    Setting(
        POLICY,
        "none",
        "What draws lists from the best drinks: none, epsilon, thompson, linucb, new-drinks.",
    ),
    Setting(TRIGGERS, "", "The file of the rules that act when something happens; unset: none."),
    Setting(DOCUMENTS, "", "The file of trusted documents; if set, people can run nothing else."),
    Setting(
        KEPT_ANSWERS,
        "100000",
        "How many answers of the safety gate a server keeps; with 0 it asks about every drink.",
    ),
)
