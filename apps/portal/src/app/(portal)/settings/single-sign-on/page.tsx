import { SsoProviders } from '@/features/sso/sso-providers'

export default function SingleSignOnPage() {
  return <SsoProviders />
}
