// node list-requests.mjs: the tenant's erasure requests and what each waits for. LETHE_URL and LETHE_TOKEN (an API key,
// or a person's token) come from the environment; `npm install lethe-client` gives the client.
import { createClient, LetheError } from 'lethe-client'

const { LETHE_URL: url, LETHE_TOKEN: token } = process.env
const lethe = createClient({ url, token })

try {
  for await (const { number, state, allowedActions } of lethe.pages(lethe.query.erasureRequests, { first: 20 }))
    console.log(`${number}\t${state}\t${allowedActions.join(', ')}`)
} catch (error) {
  if (!(error instanceof LetheError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
