// An OpenID provider on loopback: PORT, and KEY_ID, the name of the key that it makes at its start.
import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
const audience = "urn:tastegraph:api";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: process.env.KEY_ID };
const scopes = ["events.write", "shop.analysts", "shop.auditors"];
const machine = (client_id) => ({
  client_id,
  client_secret: `${client_id}-secret`,
  redirect_uris: [],
  response_types: [],
  grant_types: ["client_credentials"],
});

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  cookies: { keys: ["only-for-tests"] },
  clients: [machine("till"), machine("reports")],
  scopes,
  // what a shop's own provider would say of a client besides its scope
  extraTokenClaims: (_, token) => (token.clientId === "reports" ? { realm: { roles: ["readers"] } } : {}),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo: () => ({
        scope: scopes.join(" "),
        audience,
        accessTokenFormat: "jwt",
        accessTokenTTL: 300,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
