'use client'
import { useEffect, useState } from 'react'

/** The secret of a mailed link, which is then taken out of the address and the history. Null while it is not yet read. */
export function useMailedToken(): { token: string | null; isRead: boolean } {
  const [state, setState] = useState<{ token: string | null; isRead: boolean }>({ token: null, isRead: false })
  useEffect(() => {
    const read = () => {
      const token = new URLSearchParams(window.location.hash.slice(1)).get('token')
      if (token !== null) window.history.replaceState(null, '', window.location.pathname)
      // An effect may run twice; the second time the address holds nothing any more.
      setState((before) => ({ token: token ?? before.token, isRead: true }))
    }
    read()
    // A link that is opened on its own page changes the fragment alone.
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [])
  return state
}
