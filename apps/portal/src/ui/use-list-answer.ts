import { useTranslations } from 'next-intl'
import type { List } from '@/ui/list-body'

/** The sentence over a list; while it is being read or was refused, that, since nothing is known of its rows. */
export function useListAnswer(): (list: Pick<List<unknown>, 'isPending' | 'error'>, answer: string) => string {
  const t = useTranslations('states')
  return (list, answer) => {
    if (list.error) return `${t('error')}${t('stop')}`
    return list.isPending ? t('loading') : answer
  }
}
