/** Signs in with the password that was just chosen and leaves for the overview; false when that did not work. */
export async function signInHere(email: string, form: FormData): Promise<boolean> {
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: form.get('password') }),
  }).catch(() => null)
  if (!response?.ok) return false
  window.location.assign('/')
  return true
}
