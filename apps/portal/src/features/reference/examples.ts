/** Calls that run as they stand once GATEWAY_URL, EMAIL and PASSWORD are set in the shell. */
export const examples = [
  {
    id: 'token',
    code: `SESSION=$(curl -sS -D - -o /dev/null "$GATEWAY_URL/auth/sign-in/email" \\
  -H 'Content-Type: application/json' -H "Origin: $GATEWAY_URL" \\
  -d "{\\"email\\":\\"$EMAIL\\",\\"password\\":\\"$PASSWORD\\"}" \\
  | tr -d '\\r' | sed -n 's/^set-auth-token: //Ip')
LETHE_TOKEN=$(curl -sS "$GATEWAY_URL/auth/token" -H "Authorization: Bearer $SESSION" | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
  },
  {
    id: 'query',
    code: `curl -sS "$GATEWAY_URL/graphql" \\
  -H "Authorization: Bearer $LETHE_TOKEN" -H 'Content-Type: application/json' \\
  -d '{"query":"{ overview { openRequests atRisk nearestDue { dueAt } } }"}'`,
  },
  {
    id: 'follow',
    code: `curl -sSN "$GATEWAY_URL/graphql/stream" \\
  -H "Authorization: Bearer $LETHE_TOKEN" -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \\
  -d '{"query":"subscription { tenantChanged { aggregate id at } }"}'`,
  },
  {
    id: 'evidence',
    code: `curl -sS "$GATEWAY_URL/graphql" \\
  -H "Authorization: Bearer $LETHE_TOKEN" -H 'Content-Type: application/json' \\
  -d '{"query":"{ evidenceEntry(seq: 1) { body leafHash inclusionProof { leafIndex treeSize hashes checkpoint { note } } } }"}'`,
  },
] as const
